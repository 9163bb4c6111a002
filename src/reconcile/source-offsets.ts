/**
 * The map between a mirror and its source: (record) ↔ (offset on the mirror, offset at the source).
 *
 * Naive rule: the ack says where a record lies at the source. Counter-example: a client whose acks
 * name wrong offsets makes a faithful mirror look out of order. Real rule: where the source could
 * be read, its audit says it (and knows unacknowledged records too); where it could not, because
 * its disks are gone, the acks are all there is. What neither knows is passed over.
 */
import { BitPlane } from "./bit-plane.ts";
import { Column, lastAtMost, sortBy } from "./column.ts";
import type { AuditedPlace, Ledger } from "./ledger.ts";

/** Runs of one stream, sorted by seq, and where they lie. A table of sends is one. */
interface OffsetTable {
  readonly seq: Column;
  readonly count: Column;
  readonly offset: Column;
}

export interface Run {
  stream: number;
  seq: number;
  count: number;
  /** On the mirror. */
  offset: number;
}

export interface SourceRun extends Run {
  /** On the record's own log. */
  source: number;
}

export class SourceMap {
  readonly #ledger: Ledger;
  readonly #sourceLog: number;
  readonly #audited = new Map<number, OffsetTable>();

  constructor(ledger: Ledger, sourceLog: number, partition: number) {
    this.#ledger = ledger;
    this.#sourceLog = sourceLog;
    const audit = ledger.finalAudit(sourceLog, partition);
    if (audit) indexBySeq(audit, this.#audited);
  }

  /** Visits what an audited mirror holds of the source, in order of its offsets. */
  forEach(mirror: AuditedPlace, visit: (run: SourceRun) => void): void {
    const { table } = mirror;
    for (let row = 0; row < table.rows; row += 1) {
      this.cut(
        {
          stream: table.stream.get(row),
          seq: table.seq.get(row),
          count: table.count.get(row),
          offset: table.offset.get(row),
        },
        visit,
      );
    }
  }

  /** Cuts one run of a mirror where its records do not lie side by side at the source. */
  cut(run: Run, visit: (run: SourceRun) => void): void {
    const stream = this.#ledger.stream(run.stream);
    if (stream.stream.log.id !== this.#sourceLog) return;
    const byAcks = (rest: Run) => cutAt(stream.sends, rest, visit, () => {});
    const audited = this.#audited.get(run.stream);
    if (audited) cutAt(audited, run, visit, byAcks);
    else byAcks(run);
  }
}

/** Gives the parts of a run that a table knows to `visit`, and the others to `rest`. */
function cutAt(
  table: OffsetTable,
  run: Run,
  visit: (run: SourceRun) => void,
  rest: (run: Run) => void,
): void {
  const part = (from: number, to: number): Run => ({
    stream: run.stream,
    seq: from,
    count: to - from,
    offset: run.offset + from - run.seq,
  });
  const end = run.seq + run.count;
  let at = run.seq;
  let row = Math.max(lastAtMost(table.seq, run.seq), 0);
  for (; row < table.seq.length && at < end; row += 1) {
    const first = table.seq.get(row);
    if (first >= end) break;
    const base = table.offset.get(row);
    const upTo = Math.min(first + table.count.get(row), end);
    if (base < 0 || upTo <= at) continue;
    const from = Math.max(first, at);
    if (from > at) rest(part(at, from));
    visit({ ...part(from, upTo), source: base + from - first });
    at = upTo;
  }
  if (at < end) rest(part(at, end));
}

/** Where each record first lies on an audited log, by stream and seq. */
function indexBySeq(audit: AuditedPlace, tables: Map<number, OffsetTable>): void {
  const { table } = audit;
  const known = new Map<number, BitPlane>();
  for (let row = 0; row < table.rows; row += 1) {
    const stream = table.stream.get(row);
    let held = tables.get(stream);
    let plane = known.get(stream);
    if (!held || !plane) {
      held = emptyTable();
      plane = new BitPlane();
      tables.set(stream, held);
      known.set(stream, plane);
    }
    const [seq, count, offset] = [table.seq.get(row), table.count.get(row), table.offset.get(row)];
    if (plane.countIn(seq, count) === 0) push(held, seq, count, offset);
    else {
      // A further copy of some of them: only the others are new.
      for (let n = 0; n < count; n += 1) {
        if (!plane.has(seq + n)) push(held, seq + n, 1, offset + n);
      }
    }
    plane.add(seq, count);
  }
  for (const held of tables.values()) sortTable(held);
}

function emptyTable(): OffsetTable {
  return {
    seq: new Column(),
    count: new Column(),
    offset: new Column(),
  };
}

function push(table: OffsetTable, seq: number, count: number, offset: number): void {
  table.seq.push(seq);
  table.count.push(count);
  table.offset.push(offset);
}

function sortTable({ seq, count, offset }: OffsetTable): void {
  sortBy(seq, [seq, count, offset]);
}
