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

/** Where the nearest records before and after a missing run lie on an audited log. */
export function aroundRun(
  audit: AuditedPlace,
  run: { stream: number; seqFirst: number; count: number },
): string {
  const [last, first] = [run.seqFirst - 1, run.seqFirst + run.count];
  const { before, after } = nearest(audit.table, run.stream, last, first);
  const one = sideOf("before", before, last);
  const two = sideOf("after", after, first);
  return `${one}, ${two}, log ends at ${audit.end}`;
}

interface Found {
  seq: number;
  offset: number;
}

/** The greatest seq up to `last`, and the least from `first` on, with an offset of each. */
function nearest(table: PlaceTable, stream: number, last: number, first: number) {
  let [before, after]: [Found | undefined, Found | undefined] = [undefined, undefined];
  for (let row = 0; row < table.rows; row += 1) {
    if (table.stream.get(row) !== stream) continue;
    const [seq, offset] = [table.seq.get(row), table.offset.get(row)];
    const end = seq + table.count.get(row);
    const low = Math.min(end - 1, last);
    if (low >= seq && low > (before?.seq ?? -1)) before = { seq: low, offset: offset + low - seq };
    const high = Math.max(seq, first);
    if (high < end && high < (after?.seq ?? Infinity)) {
      after = { seq: high, offset: offset + high - seq };
    }
  }
  return { before, after };
}

/** The very next one needs no number: the run is named with its first. */
function sideOf(side: string, found: Found | undefined, next: number): string {
  if (!found) return `nothing of the stream ${side} it`;
  const which = found.seq === next ? "seq" : `seq ${found.seq}`;
  return `${which} ${side} it at offset ${found.offset}`;
}
