/** What lies around a place on a log, in words: an example is worth little without it. */
import type { PlaceTable } from "./columns.ts";
import type { AuditedPlace } from "./ledger.ts";
import type { World } from "./world.ts";

/** `producer-a seq 41` */
export function nameOf(world: World, stream: number, seq: number): string {
  return `${world.stream(stream).producer.name} seq ${seq}`;
}

/** `offset 1040 holds producer-a seq 41`, or that it holds nothing. */
export function holderOf(world: World, table: PlaceTable, offset: number): string {
  const row = table.rowAt(offset);
  if (row < 0) return `offset ${offset} holds no record of this run`;
  const seq = table.seq.get(row) + (offset - table.offset.get(row));
  return `offset ${offset} holds ${nameOf(world, table.stream.get(row), seq)}`;
}

/** The first offset at which a record lies, or -1. Scans the table: for examples only. */
export function offsetOf(table: PlaceTable, stream: number, seq: number): number {
  for (let row = 0; row < table.rows; row += 1) {
    if (table.stream.get(row) !== stream) continue;
    const into = seq - table.seq.get(row);
    if (into >= 0 && into < table.count.get(row)) return table.offset.get(row) + into;
  }
  return -1;
}

/** Where the records before and after a missing run lie on an audited log. */
export function aroundRun(
  audit: AuditedPlace,
  run: { stream: number; seqFirst: number; count: number },
): string {
  const before = offsetOf(audit.table, run.stream, run.seqFirst - 1);
  const next = offsetOf(audit.table, run.stream, run.seqFirst + run.count);
  const one = before < 0 ? "nothing of the stream before it" : `seq before it at offset ${before}`;
  const two = next < 0 ? "nothing of the stream after it" : `seq after it at offset ${next}`;
  return `${one}, ${two}, log ends at ${audit.end}`;
}
