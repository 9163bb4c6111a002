/**
 * The map between a mirror and its source: (record) ↔ (offset on the mirror, offset at the source).
 *
 * Naive rule: the ack says where a record lies at the source. Counter-example: a client whose acks
 * name wrong offsets makes a faithful mirror look out of order. Real rule: where the source could
 * be read, its audit says it (and knows unacknowledged records too); where it could not, because
 * its disks are gone, the acks are all there is. What neither knows is passed over.
 */
import { BitPlane } from "./bit-plane.ts";
import { Column, Cursor, sortBy } from "./column.ts";
import type { AuditedPlace, Ledger } from "./ledger.ts";

/** Runs of one stream, sorted by seq, and where they lie. A table of sends is one. */
interface OffsetTable {
  readonly seq: Column;
  readonly count: Column;
  readonly offset: Column;
  /** The last row that begins at or before a seq, or -1. */
  rowBefore(seq: number): number;
}

/**
 * A run of a mirror, and where it lies on the records' own log. Plain arguments, because a large log
 * has millions of them.
 */
export type VisitSource = (
  stream: number,
  seq: number,
  count: number,
  offset: number,
  source: number,
) => void;

type VisitRest = (seq: number, count: number, offset: number) => void;

export class SourceMap {
  readonly #ledger: Ledger;
  readonly #sourceLog: number;
  readonly #audited = new Map<number, AuditedOffsets>();

  constructor(ledger: Ledger, sourceLog: number, partition: number) {
    this.#ledger = ledger;
    this.#sourceLog = sourceLog;
    const audit = ledger.finalAudit(sourceLog, partition);
    if (audit) indexBySeq(audit, this.#audited);
  }

  /** Visits what an audited mirror holds of the source, in order of its offsets. */
  forEach(mirror: AuditedPlace, visit: VisitSource): void {
    const { stream, seq, count, offset } = mirror.table;
    for (let row = 0; row < mirror.table.rows; row += 1) {
      this.cut(stream.get(row), seq.get(row), count.get(row), offset.get(row), visit);
    }
  }

  /** Cuts one run of a mirror where its records do not lie side by side at the source. */
  cut(stream: number, seq: number, count: number, offset: number, visit: VisitSource): void {
    const ledger = this.#ledger.stream(stream);
    if (ledger.stream.log.id !== this.#sourceLog) return;
    const byAcks: VisitRest = (first, some, at) =>
      cutAt(ledger.sends, stream, first, some, at, visit, passOver);
    const audited = this.#audited.get(stream);
    if (audited) cutAt(audited, stream, seq, count, offset, visit, byAcks);
    else byAcks(seq, count, offset);
  }
}

function passOver(): void {}

/** Gives the parts of a run that a table knows to `visit`, and the others to `rest`. */
function cutAt(
  table: OffsetTable,
  stream: number,
  seq: number,
  count: number,
  offset: number,
  visit: VisitSource,
  rest: VisitRest,
): void {
  const end = seq + count;
  let at = seq;
  let row = Math.max(table.rowBefore(seq), 0);
  for (; row < table.seq.length && at < end; row += 1) {
    const first = table.seq.get(row);
    if (first >= end) break;
    const base = table.offset.get(row);
    const upTo = Math.min(first + table.count.get(row), end);
    if (base < 0 || upTo <= at) continue;
    const from = Math.max(first, at);
    if (from > at) rest(at, from - at, offset + at - seq);
    visit(stream, from, upTo - from, offset + from - seq, base + from - first);
    at = upTo;
  }
  if (at < end) rest(at, end - at, offset + at - seq);
}

/** Where each record first lies on an audited log, by stream and seq. */
function indexBySeq(audit: AuditedPlace, tables: Map<number, AuditedOffsets>): void {
  const { table } = audit;
  const known = new Map<number, BitPlane>();
  for (let row = 0; row < table.rows; row += 1) {
    const stream = table.stream.get(row);
    let held = tables.get(stream);
    let plane = known.get(stream);
    if (!held || !plane) {
      held = new AuditedOffsets();
      plane = new BitPlane();
      tables.set(stream, held);
      known.set(stream, plane);
    }
    const [seq, count, offset] = [table.seq.get(row), table.count.get(row), table.offset.get(row)];
    if (plane.countIn(seq, count) === 0) held.push(seq, count, offset);
    else {
      // A further copy of some of them: only the others are new.
      for (let n = 0; n < count; n += 1) {
        if (!plane.has(seq + n)) held.push(seq + n, 1, offset + n);
      }
    }
    plane.add(seq, count);
  }
  for (const held of tables.values()) held.seal();
}

/** A table of its own, for what an audit found. */
class AuditedOffsets implements OffsetTable {
  readonly seq = new Column();
  readonly count = new Column();
  readonly offset = new Column();
  readonly #cursor = new Cursor(this.seq);

  rowBefore(seq: number): number {
    return this.#cursor.lastAtMost(seq);
  }

  push(seq: number, count: number, offset: number): void {
    this.seq.push(seq);
    this.count.push(count);
    this.offset.push(offset);
  }

  seal(): void {
    sortBy(this.seq, [this.seq, this.count, this.offset]);
  }
}
