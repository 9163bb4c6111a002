/**
 * Acks against the log: an ack names an offset, and that offset must hold that record.
 *
 * - *duplicate-acked-offset*: two acks name one offset of one log (a client bug seen in the field:
 *   concurrent idempotent sends all acked with the same offset, and one landed).
 * - *inconsistent-offset*: the log holds another record there, or two readers met two records there.
 *   Where two acks name the offset, the case is the one above and is not counted twice.
 */
import { forEachAck, type Writers } from "./ack-runs.ts";
import { BitPlane, select } from "./bit-plane.ts";
import { lastAtMost } from "./column.ts";
import type { Book } from "./content.ts";
import type { AuditedPlace, StreamLedger } from "./ledger.ts";
import { madeAnew } from "./made-anew.ts";
import { holderOf, nameOf, offsetOf } from "./neighbourhood.ts";
import { noteUnappended } from "./unappended.ts";

export function noteAckDefects(book: Book): void {
  const { ledger, chronicle } = book;
  const anew = madeAnew(ledger.world, chronicle);
  for (const place of ledger.world.places) {
    if (anew.has(place.log.id)) continue;
    const streams = ledger.streams.filter(
      ({ stream, sends }) =>
        stream.log === place.log && stream.partition === place.partition && sends.rows > 0,
    );
    const audit = ledger.finalAudit(place.log.id, place.partition);
    const writers: Writers = { place, streams, audit, twice: new BitPlane() };
    noteDuplicateAcks(book, writers);
    noteUnappended(book, writers);
    if (!audit) continue;
    for (const stream of streams) {
      noteMisplaced(book, writers, audit, stream);
      noteOccupied(book, writers, audit, stream);
    }
  }
  noteConflicts(book, anew);
}

function noteDuplicateAcks(book: Book, writers: Writers): void {
  const named = new BitPlane();
  for (const stream of writers.streams) {
    forEachAck(stream, (_row, offset, seq, count) => {
      if (named.countIn(offset, count) > 0) {
        named.runsIn(offset, count, (first, twice) => {
          writers.twice.add(first, twice);
          addDuplicateAck(book, writers, stream, {
            offset: first,
            count: twice,
            seq: seq + first - offset,
          });
        });
      }
      named.add(offset, count);
    });
  }
}

function addDuplicateAck(
  { ledger, anomalies }: Book,
  { place, streams, audit }: Writers,
  stream: StreamLedger,
  run: { offset: number; count: number; seq: number },
): void {
  const describe = () => {
    const names = streams.flatMap((one) => {
      const found: string[] = [];
      forEachAck(one, (_row, offset, seq, count) => {
        const into = run.offset - offset;
        if (into >= 0 && into < count) {
          found.push(nameOf(ledger.world, one.stream.index, seq + into));
        }
      });
      return found;
    });
    const held = audit ? holderOf(ledger.world, audit.table, run.offset) : "the log was not read";
    return `acks of ${names.join(" and ")} name offset ${run.offset}; ${held}`;
  };
  anomalies.add(
    { class: "duplicate-acked-offset", violation: true },
    {
      count: run.count,
      stream: stream.stream,
      log: place.log,
      partition: place.partition,
      seqFirst: run.seq,
      offset: run.offset,
      detail: describe,
    },
  );
}

/** Records that lie elsewhere than their ack says, and of which no copy lies where it says. */
function noteMisplaced(
  book: Book,
  writers: Writers,
  audit: AuditedPlace,
  stream: StreamLedger,
): void {
  const { table } = audit;
  const { sends } = stream;
  // A record may lie at two wrong places and is still one.
  const told = new BitPlane();
  for (let at = 0; at < table.rows; at += 1) {
    if (table.stream.get(at) !== stream.stream.index) continue;
    const [seqFirst, offset] = [table.seq.get(at), table.offset.get(at)];
    const end = seqFirst + table.count.get(at);
    let row = Math.max(lastAtMost(sends.seq, seqFirst), 0);
    for (; row < sends.rows && sends.seq.get(row) < end; row += 1) {
      const first = Math.max(sends.seq.get(row), seqFirst);
      const upTo = Math.min(sends.seq.get(row) + sends.count.get(row), end);
      const base = sends.offset.get(row);
      if (base < 0 || upTo <= first) continue;
      const named = base + (first - sends.seq.get(row));
      const lies = offset + (first - seqFirst);
      if (named === lies) continue;
      addMisplaced(book, writers, { stream, seq: first, count: upTo - first, named, lies, told });
    }
  }
}

function addMisplaced(
  { ledger, anomalies }: Book,
  { place, audit, twice }: Writers,
  run: {
    stream: StreamLedger;
    seq: number;
    count: number;
    named: number;
    lies: number;
    told: BitPlane;
  },
): void {
  if (!audit) return;
  const { index } = run.stream.stream;
  let count = 0;
  let first = -1;
  for (let n = 0; n < run.count; n += 1) {
    const row = audit.table.rowAt(run.named + n);
    const copy =
      row >= 0 &&
      audit.table.stream.get(row) === index &&
      audit.table.seq.get(row) + run.named + n - audit.table.offset.get(row) === run.seq + n;
    if (copy || twice.has(run.named + n) || run.told.add(run.seq + n, 1) > 0) continue;
    if (first < 0) first = n;
    count += 1;
  }
  if (count === 0) return;
  anomalies.add(
    { class: "inconsistent-offset", cause: "the ack names another offset", violation: true },
    {
      count,
      stream: run.stream.stream,
      log: place.log,
      partition: place.partition,
      seqFirst: run.seq + first,
      offset: run.named + first,
      detail: () =>
        `acked at offset ${run.named + first}, lies at ${run.lies + first}; ` +
        holderOf(ledger.world, audit.table, run.named + first),
    },
  );
}

/** Acked records that are not on their log, while another record lies where their ack says. */
function noteOccupied(
  { ledger, anomalies }: Book,
  { place, twice }: Writers,
  audit: AuditedPlace,
  stream: StreamLedger,
): void {
  const { index } = stream.stream;
  const present = [audit.seen.get(index), audit.damaged.get(index)].flatMap((plane) => plane ?? []);
  select({ inAll: [stream.acked], inNone: present }, (seqFirst, count) => {
    for (let seq = seqFirst; seq < seqFirst + count; seq += 1) {
      const row = stream.sends.rowOf(seq);
      const base = row < 0 ? -1 : stream.sends.offset.get(row);
      if (base < 0) continue;
      const named = base + seq - stream.sends.seq.get(row);
      if (twice.has(named) || audit.table.rowAt(named) < 0) continue;
      anomalies.add(
        { class: "inconsistent-offset", cause: "another record lies there", violation: true },
        {
          count: 1,
          stream: stream.stream,
          log: place.log,
          partition: place.partition,
          seqFirst: seq,
          offset: named,
          detail: () => `acked at offset ${named}; ${holderOf(ledger.world, audit.table, named)}`,
        },
      );
    }
  });
}

/** Offsets at which readers met another record than the audit did. */
function noteConflicts({ ledger, chronicle, anomalies }: Book, anew: ReadonlySet<number>): void {
  const { world } = ledger;
  for (const conflict of ledger.conflicts) {
    const place = world.place(conflict.place);
    if (anew.has(place.log.id)) continue;
    const audit = ledger.finalAudit(place.log.id, place.partition);
    if (!audit) continue;
    anomalies.add(
      { class: "inconsistent-offset", cause: "two readers, two records", violation: true },
      {
        count: conflict.count,
        stream: world.stream(conflict.stream),
        log: place.log,
        partition: place.partition,
        seqFirst: conflict.seq,
        offset: conflict.offset,
        atMs: chronicle.ms(conflict.tUs),
        detail: () => {
          const elsewhere = offsetOf(audit.table, conflict.stream, conflict.seq);
          return (
            `a reader met ${nameOf(world, conflict.stream, conflict.seq)} at offset ` +
            `${conflict.offset}; in the audit ${holderOf(world, audit.table, conflict.offset)}` +
            (elsewhere < 0 ? " and that record is nowhere" : `, that record at ${elsewhere}`)
          );
        },
      },
    );
  }
}
