/** The parts of a synthetic run (see `synthetic-run.ts`). */
import type { NewEvent } from "../../../src/history/events.ts";
import type { Expectation, Judging } from "../../../src/history/judging.ts";
import type { MemoryJournal } from "./memory-journal.ts";

export interface SyntheticOptions {
  scenario: "region-loss" | "outage" | "calm";
  partitions: number;
  durationMs: number;
  faultAtMs: number;
  /** Width of the fault's interval. */
  faultWidthMs: number;
  /** Distance of due records on one partition, and records in a send. */
  everyMs: number;
  batch: number;
  ackMs: number;
  mirrorLagMs: number;
  deliverMs: number;
  commitEveryMs: number;
  /** Takeover clients start this long after the fault. */
  takeoverMs: number;
  /** outage: how long, and which partitions; null: never over. */
  outageMs: number | null;
  outagePartitions: number[];
  /** outage: the group is handed nothing for this long from the fault on. */
  deliveryOutageMs: number;
  /** Resume offset of the takeover group = the true one + this. */
  resumeShift: number;
  /** Instead: no committed offset (-1), or far beyond the end. */
  resumeAs: "translated" | "unmapped" | "ahead";
  objectives: Expectation[];
  predictions: Expectation[];
}

export interface Send {
  producer: number;
  partition: number;
  seq: number;
  count: number;
  dueMs: number;
  dueLastMs: number;
  sentMs: number;
  /** Undefined: no answer was journalled. */
  answer?: { code: number; offset: number; atMs: number };
}

export interface LogRecord {
  offset: number;
  producer: number;
  partition: number;
  seq: number;
  atMs: number;
  /** A DEFECT: the audit writes a bad row instead. */
  defect?: number;
}

/** What changes rows as they are written, where logs and sends cannot express it. */
export interface Tampering {
  /** Reader id → partition of a log that its audit leaves out. */
  hidden: { log: number; partition: number }[];
  /** Ranges handed to the group again. */
  redelivered: { log: number; partition: number; offset: number; count: number }[];
  /** Handed to the group in the east at their time, though the log does not hold them any more. */
  alsoDelivered: { log: number; record: LogRecord }[];
  /** Audit passes before the final one, as snapshots of a log. */
  earlierAudits: {
    log: number;
    partition: number;
    records: LogRecord[];
    atMs: number;
    /** Instead of the log's own audit reader. */
    reader?: number;
    complete?: boolean;
  }[];
  /** Journals that the history announces and that are not there. */
  missingJournals: string[];
  /** Changes the history before it is written. */
  events: (events: NewEvent[]) => NewEvent[];
  /** How a journal turned out to be. */
  journalState: Map<string, MemoryJournal["state"]>;
}

/** Reader id of the audit of a log = this + the log's id. */
export const AUDIT_BASE = 100;

export interface SyntheticModel {
  readonly options: SyntheticOptions;
  readonly judging: Judging;
  sends: Send[];
  /** log id → partition → records in order of offset. */
  readonly logs: Map<number, LogRecord[][]>;
  readonly tampering: Tampering;
  readonly faulty: boolean;
  /** When the region died or the outage began, as the truth has it. */
  readonly faultMs: number;
  records(log: number, partition: number): LogRecord[];
}
