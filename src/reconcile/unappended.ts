/**
 * *acked-not-appended*: an ack names an offset below a log end that was known before the send, and
 * the record is not there.
 *
 * Naive rule: any offset below a known end. Counter-example: a log that was truncated by an unclean
 * election and grew again; those records are there. An offset that another ack names as well is a
 * duplicate acked offset, and is not counted again.
 *
 * What is known grows with every answer, of any producer, and with every pair of bounds that was
 * asked for. Sends and answers are walked together in order of time, as two sorted lists.
 */
import { forEachAck, type Writers } from "./ack-runs.ts";
import type { Book } from "./content.ts";
import type { StreamLedger } from "./ledger.ts";
import { holderOf } from "./neighbourhood.ts";

/** Every acked send of a place. Times are looked up in the tables, not copied. */
class Acks {
  readonly #streams: readonly StreamLedger[];
  readonly #stream: Uint16Array;
  readonly #row: Uint32Array;
  /** Positions in order of send time, and of answer time. */
  readonly bySent: Uint32Array;
  readonly byAnswer: Uint32Array;

  constructor({ streams }: Writers) {
    let total = 0;
    for (const stream of streams) {
      forEachAck(stream, () => {
        total += 1;
      });
    }
    this.#streams = streams;
    this.#stream = new Uint16Array(total);
    this.#row = new Uint32Array(total);
    let at = 0;
    for (const [index, stream] of streams.entries()) {
      forEachAck(stream, (row) => {
        this.#stream[at] = index;
        this.#row[at] = row;
        at += 1;
      });
    }
    this.bySent = this.#sorted((one) => this.sentUs(one));
    this.byAnswer = this.#sorted((one) => this.answeredUs(one));
  }

  stream(at: number): StreamLedger {
    return this.#streams[this.#stream[at] as number] as StreamLedger;
  }

  row(at: number): number {
    return this.#row[at] as number;
  }

  sentUs(at: number): number {
    return this.stream(at).sends.sentUs(this.row(at));
  }

  answeredUs(at: number): number {
    return this.stream(at).sends.answeredUs(this.row(at));
  }

  /** Offset after the last record of an ack. */
  end(at: number): number {
    const { offset, count } = this.stream(at).sends;
    return offset.get(this.row(at)) + count.get(this.row(at));
  }

  #sorted(time: (at: number) => number): Uint32Array {
    const order = new Uint32Array(this.#row.length).map((_, at) => at);
    let inOrder = true;
    for (let at = 1; at < order.length && inOrder; at += 1) inOrder = time(at - 1) <= time(at);
    return inOrder ? order : order.sort((a, b) => time(a) - time(b) || a - b);
  }
}

function lastSent({ sends }: StreamLedger): number {
  return sends.rows === 0 ? -Infinity : sends.sentUs(sends.rows - 1);
}

/**
 * Asked first, because it takes no memory and is the rule: from the log's end backwards, no send
 * left after any ack above it was answered. False when it does not know.
 */
function clearlyInOrder(streams: readonly StreamLedger[]): boolean {
  const cursors = streams.map(({ sends }) => sends.rows - 1);
  let earliestAnswerUs = Infinity;
  let above = Infinity;
  for (;;) {
    let chosen = -1;
    let offset = -1;
    for (const [index, stream] of streams.entries()) {
      const { offset: offsets } = stream.sends;
      let row = cursors[index] as number;
      while (row >= 0 && offsets.get(row) < 0) row -= 1;
      cursors[index] = row;
      if (row < 0 || offsets.get(row) <= offset) continue;
      chosen = index;
      offset = offsets.get(row);
    }
    const stream = streams[chosen];
    if (!stream) return true;
    const row = cursors[chosen] as number;
    if (offset >= above || stream.sends.sentUs(row) > earliestAnswerUs) return false;
    earliestAnswerUs = Math.min(earliestAnswerUs, stream.sends.answeredUs(row));
    above = offset;
    cursors[chosen] = row - 1;
  }
}

export function noteUnappended(book: Book, writers: Writers): void {
  const { place } = writers;
  // Bounds that were asked for after the last send say nothing about any send.
  const lastSentUs = Math.max(...writers.streams.map(lastSent));
  const bounds = book.chronicle
    .of("audit.bounds")
    .filter(({ log, tUs }) => log === place.log.id && tUs < lastSentUs)
    .flatMap(({ tUs, bounds: all }) =>
      all.filter(({ partition }) => partition === place.partition).map(({ end }) => ({ tUs, end })),
    );
  if (bounds.length === 0 && clearlyInOrder(writers.streams)) return;
  const acks = new Acks(writers);
  let next = 0;
  let known = 0;
  for (const at of acks.bySent) {
    const sentUs = acks.sentUs(at);
    for (; next < acks.byAnswer.length; next += 1) {
      const answer = acks.byAnswer[next] as number;
      if (acks.answeredUs(answer) >= sentUs) break;
      known = Math.max(known, acks.end(answer));
    }
    const asked = bounds.reduce((max, one) => (one.tUs < sentUs ? Math.max(max, one.end) : max), 0);
    judgeAck(book, writers, acks.stream(at), { row: acks.row(at), known: Math.max(known, asked) });
  }
}

function judgeAck(
  { ledger, chronicle, anomalies }: Book,
  { place, audit, twice }: Writers,
  stream: StreamLedger,
  { row, known }: { row: number; known: number },
): void {
  const { sends } = stream;
  const offset = sends.offset.get(row);
  if (offset >= known) return;
  const [seq, all] = [sends.seq.get(row), sends.count.get(row)];
  const seen = audit?.seen.get(stream.stream.index)?.countIn(seq, all) ?? 0;
  const damaged = audit?.damaged.get(stream.stream.index)?.countIn(seq, all) ?? 0;
  anomalies.add(
    {
      class: "acked-not-appended",
      ...(audit ? {} : { cause: "by the offset alone, the log was not read" }),
      violation: true,
    },
    {
      count: all - Math.max(seen + damaged, twice.countIn(offset, all)),
      stream: stream.stream,
      log: place.log,
      partition: place.partition,
      seqFirst: seq,
      offset,
      atMs: chronicle.ms(sends.dueUs.get(row)),
      detail: () =>
        `acked at offset ${offset}, but the log's end was known to be ${known} before the send` +
        (audit ? `; ${holderOf(ledger.world, audit.table, offset)}` : ""),
    },
  );
}
