/** Rows as the oracle sees them: record by record. */
import type { Row } from "./memory-journal.ts";

export interface Rec {
  id: string;
  stream: string;
  producer: number;
  partition: number;
  seq: number;
}

/** Offset → what lies there. */
export type Reading = Map<number, Rec>;

export const field = (row: Row, name: keyof Row): number => row[name] ?? 0;

/** A row of several records as its records, with their offsets. */
export function recordsOf(row: Row): { offset: number; rec: Rec }[] {
  return Array.from({ length: field(row, "count") }, (_, n) => {
    const [producer, partition] = [field(row, "producer"), field(row, "sourcePartition")];
    const seq = field(row, "seqFirst") + n;
    const stream = `${producer}/${partition}`;
    const rec = { id: `${stream}/${seq}`, stream, producer, partition, seq };
    return { offset: field(row, "offset") + n, rec };
  });
}
