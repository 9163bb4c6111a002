/**
 * The map between a mirror and its source: (record) ↔ (offset on the mirror, offset at the source).
 *
 * The source's side comes from the acks, because the source may be dead; its disks are asked only
 * by the audit. Records that were never acked have no known offset there and are passed over.
 */
import type { AuditedPlace, Ledger, StreamLedger } from "./ledger.ts";

export interface SourceRun {
  stream: StreamLedger;
  seq: number;
  count: number;
  /** On the audited log. */
  offset: number;
  /** On the record's own log, as acked. */
  source: number;
}

/** Visits what an audited log holds of the records of `sourceLog`, in order of offset. */
export function forEachSourceRun(
  ledger: Ledger,
  audit: AuditedPlace,
  sourceLog: number,
  visit: (run: SourceRun) => void,
): void {
  const { table } = audit;
  for (let row = 0; row < table.rows; row += 1) {
    const stream = ledger.stream(table.stream.get(row));
    if (stream.stream.log.id !== sourceLog) continue;
    const seq = table.seq.get(row);
    const run = { seq, count: table.count.get(row), offset: table.offset.get(row) };
    cutAtSends(stream, run, visit);
  }
}

/** Cuts a run where its records come from different sends. */
export function cutAtSends(
  stream: StreamLedger,
  run: { seq: number; count: number; offset: number },
  visit: (run: SourceRun) => void,
): void {
  const { sends } = stream;
  const end = run.seq + run.count;
  let row = sends.rowOf(run.seq);
  for (let seq = run.seq; row >= 0 && row < sends.rows && seq < end; row += 1) {
    const first = Math.max(seq, sends.seq.get(row));
    const upTo = Math.min(sends.seq.get(row) + sends.count.get(row), end);
    const base = sends.offset.get(row);
    if (base >= 0 && upTo > first) {
      const source = base + first - sends.seq.get(row);
      const offset = run.offset + first - run.seq;
      visit({ stream, seq: first, count: upTo - first, offset, source });
    }
    seq = Math.max(seq, upTo);
  }
}
