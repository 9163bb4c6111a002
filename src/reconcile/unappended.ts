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
import { holderOf } from "./neighbourhood.ts";

/** Instants of one place and what belongs to each, sorted by time. */
interface Timed {
  tUs: Float64Array;
  order: Uint32Array;
}

function sorted(tUs: Float64Array): Timed {
  const order = new Uint32Array(tUs.length).map((_, at) => at);
  let inOrder = true;
  for (let at = 1; at < tUs.length && inOrder; at += 1) {
    inOrder = (tUs[at - 1] as number) <= (tUs[at] as number);
  }
  if (!inOrder) order.sort((a, b) => (tUs[a] as number) - (tUs[b] as number) || a - b);
  return { tUs, order };
}

/** Every acked send of a place, in typed columns. */
class Acks {
  readonly stream: Uint16Array;
  readonly row: Uint32Array;
  readonly sent: Timed;
  readonly answered: Timed;

  constructor({ streams }: Writers) {
    let total = 0;
    for (const stream of streams) forEachAck(stream, () => (total += 1));
    this.stream = new Uint16Array(total);
    this.row = new Uint32Array(total);
    const [sentUs, answeredUs] = [new Float64Array(total), new Float64Array(total)];
    let at = 0;
    for (const [index, stream] of streams.entries()) {
      forEachAck(stream, (row) => {
        this.stream[at] = index;
        this.row[at] = row;
        sentUs[at] = stream.sends.sentUs(row);
        answeredUs[at] = stream.sends.answeredUs(row);
        at += 1;
      });
    }
    this.sent = sorted(sentUs);
    this.answered = sorted(answeredUs);
  }
}

export function noteUnappended(book: Book, writers: Writers): void {
  const { place, streams } = writers;
  const acks = new Acks(writers);
  const bounds = book.chronicle
    .of("audit.bounds")
    .filter(({ log }) => log === place.log.id)
    .flatMap(({ tUs, bounds: all }) =>
      all.filter(({ partition }) => partition === place.partition).map(({ end }) => ({ tUs, end })),
    );
  let next = 0;
  let known = 0;
  for (const at of acks.sent.order) {
    const sentUs = acks.sent.tUs[at] as number;
    for (; next < acks.row.length; next += 1) {
      const answer = acks.answered.order[next] as number;
      if ((acks.answered.tUs[answer] as number) >= sentUs) break;
      const sends = streams[acks.stream[answer] as number]?.sends;
      const row = acks.row[answer] as number;
      if (sends) known = Math.max(known, sends.offset.get(row) + sends.count.get(row));
    }
    const asked = bounds.reduce((max, one) => (one.tUs < sentUs ? Math.max(max, one.end) : max), 0);
    judgeAck(book, writers, acks.stream[at] as number, {
      row: acks.row[at] as number,
      known: Math.max(known, asked),
    });
  }
}

function judgeAck(
  { ledger, chronicle, anomalies }: Book,
  { place, streams, audit, twice }: Writers,
  index: number,
  { row, known }: { row: number; known: number },
): void {
  const stream = streams[index];
  if (!stream) return;
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
