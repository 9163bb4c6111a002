/**
 * Histories of a few rows, written by hand: producers 1 and 2 on `orders` of primary (log 1), which
 * standby mirrors as log 3. Nobody reads, unless a test says so. Records are due 10 ms apart.
 */
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { judgeJournals, judgingFor } from "./against-oracle.ts";
import { type MemoryJournal, type Row, row } from "./memory-journal.ts";

const journal = (role: string, rows: Row[]): MemoryJournal => ({
  file: `agent.${role}.1.bin`,
  agent: "agent",
  role,
  rows,
  state: "closed",
});

/** `judgingFor`, without its consumer groups: so nothing is unread. */
export function readByNobody(survivingCluster: "primary" | "standby" = "primary"): Judging {
  const judging = judgingFor(survivingCluster);
  return { ...judging, readers: judging.readers.filter(({ kind }) => kind === "audit") };
}

export function judged(producer: Row[], audit: Row[], judging: Judging = readByNobody()): Result {
  return judgeJournals(judging, [journal("producer", producer), journal("audit", audit)]);
}

/** Where rows are about another producer than 1, or another partition than 0. */
export interface Place {
  producer?: number;
  partition?: number;
}

/** A send whose records are acked from `offset` on; -1: the ack names none. */
export function acked(seq: number, count: number, offset: number, place: Place = {}): Row[] {
  const { producer = 1, partition = 0 } = place;
  return [
    row.intent(producer, partition, seq, count, seq * 10, 10),
    row.outcome(producer, partition, seq, count, OUTCOME.acked, offset, 1000 + seq),
  ];
}

/** A run of records that an audit met. */
export function seen(
  log: number,
  offset: number,
  seq: number,
  count: number,
  { producer = 1, partition = 0 }: Place = {},
): Row {
  const at = { log, partition, offset, atMs: 5000 };
  return row.found(ROW.seen, 100 + log, at, { producer, seq, count });
}

/** A damaged record; without a seq it claims to be nobody. */
export function bad(log: number, offset: number, defect: number, seq?: number): Row {
  const claims = { producer: seq === undefined ? 0 : 1, seq: seq ?? 0 };
  return row.bad(100 + log, { log, partition: 0, offset, atMs: 5000 }, defect, claims);
}

/** The end of an audit of a log, from offset 0. */
export function end(
  log: number,
  upTo: number,
  { atMs = 6000, complete = true, partition = 0 } = {},
): Row {
  return row.end(100 + log, log, partition, 0, upTo, atMs, complete);
}

/** Anomalies by class, with their full counts. */
export function classes({ anomalies }: Result): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of anomalies) counts[one.class] = (counts[one.class] ?? 0) + one.count;
  return counts;
}
