/**
 * Histories of a few rows, written by hand: producers 1 and 2 on `orders` of primary (log 1), which
 * standby mirrors as log 3. Nobody reads, unless a test says so. Records are due 10 ms apart.
 */
import { expect } from "chai";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { Anomalies } from "../../../src/reconcile/anomalies.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
import type { Book } from "../../../src/reconcile/content.ts";
import { ingest } from "../../../src/reconcile/ingest.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import type { JournalInput } from "../../../src/reconcile/rows.ts";
import { World } from "../../../src/reconcile/world.ts";
import { judgingFor } from "./against-oracle.ts";
import { journalInput, type MemoryJournal, type Row, row, us } from "./memory-journal.ts";

/** `judgingFor`, without its consumer groups: so nothing is unread. */
export function readByNobody(survivingCluster: "primary" | "standby" = "primary"): Judging {
  const judging = judgingFor(survivingCluster);
  return { ...judging, readers: judging.readers.filter(({ kind }) => kind === "audit") };
}

/** What a run left, journal by journal. */
interface Evidence {
  producer?: Row[];
  /** The producers' journal, when it was not closed. */
  producerState?: MemoryJournal["state"];
  /** The journal of another process with producers, which was killed. */
  killed?: Row[];
  audit?: Row[];
  consumer?: Row[];
  events?: NewEvent[];
  judging?: Judging;
}

function journalsOf(evidence: Evidence): JournalInput[] {
  const { producer = [], killed = [], audit = [], consumer = [] } = evidence;
  const { producerState = "closed" } = evidence;
  const named = (role: string, rows: Row[], state: MemoryJournal["state"] = "closed", n = 1) => {
    return { file: `agent.${role}.${n}.bin`, agent: "agent", role, rows, state };
  };
  const journals: MemoryJournal[] = [
    named("producer", producer, producerState),
    named("producer", killed, "open-end", 2),
    named("audit", audit),
    named("consumer", consumer),
  ];
  return journals.filter((one) => one.rows.length > 0).map(journalInput);
}

function toldIn({ events = [] }: Evidence): HistoryEvent[] {
  return events.map(
    (event, seq) => ({ ...event, seq, prev: "", tUs: event.tUs ?? 0 }) as HistoryEvent,
  );
}

/** The evidence as the checks read it, before any of them ran. */
export function bookOf(evidence: Evidence): Book {
  const { judging = readByNobody() } = evidence;
  const window = { fromUs: us(0), toUs: us(10_000), buckets: 10, sightingsFromUs: us(0) };
  const { ledger } = ingest(new World(judging), journalsOf(evidence), window);
  const chronicle = new Chronicle(toldIn(evidence), judging);
  return { ledger, chronicle, anomalies: new Anomalies() };
}

export function judgedAll(evidence: Evidence): Result {
  const { judging = readByNobody() } = evidence;
  const names = { run: "r", name: "n", title: "t", experimentFile: "f", experimentSha256: "0" };
  const result = judge({
    plan: { ...names, seed: 1, topology: {}, judging },
    history: { events: toldIn(evidence), problems: [], sha256: "0" },
    journals: journalsOf(evidence),
    tool: { name: "blackstart", version: "0" },
  });
  // A check that throws is contained, and the run inconclusive: here it would hide what it found.
  expect(result.reasons.filter((reason) => reason.startsWith("the check "))).to.deep.equal([]);
  return result;
}

export function judged(producer: Row[], audit: Row[], judging: Judging = readByNobody()): Result {
  return judgedAll({ producer, audit, judging });
}

/** A run that starts its workload at 0 and stops it at `stopMs`, and a fault in between. */
export function faultAt(
  lowMs: number,
  highMs: number,
  stopMs: number,
  others: NewEvent[] = [],
): NewEvent[] {
  const step = "disaster";
  return [
    { type: "workload.started", tUs: us(-1), t0Us: us(0) },
    {
      type: "fault.injecting",
      tUs: us(lowMs),
      step,
      kind: "broker.kill",
      fidelity: "crash",
      targets: ["a"],
      affects: ["primary"],
    },
    { type: "fault.injected", tUs: us(highMs), step },
    ...others,
    { type: "workload.stopped", tUs: us(stopMs), producers: 2 },
  ];
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
