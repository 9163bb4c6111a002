/** A run of one second from the start of its workload to its end, so that a column is 250 ms. */
import type { Judging } from "../../../src/history/judging.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { judgedAll, readByNobody } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

export const EVENTS = [
  { type: "workload.started", tUs: us(0), t0Us: us(0) },
  { type: "workload.stopped", tUs: us(1000), producers: 1 },
] as const;

export function shown(
  producer: Row[],
  { audit = [], judging = readByNobody() }: { audit?: Row[]; judging?: Judging } = {},
): Result {
  return judgedAll({ producer, audit, judging, events: [...EVENTS] });
}

/** A send of producer 1 and its answer, due and answered at these times; an ack names no offset. */
export const send = (
  seq: number,
  count: number,
  dueMs: number,
  code: number,
  atMs: number,
  lastDueMs = dueMs,
): Row[] => [
  row.intent(1, 0, seq, count, dueMs, count > 1 ? (lastDueMs - dueMs) / (count - 1) : 0),
  row.outcome(1, 0, seq, count, code, -1, atMs),
];
