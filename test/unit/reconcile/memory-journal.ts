/** Journals in memory: rows as objects, read by the judge like blocks from disk. */
import { type JournalRow, ROW } from "../../../src/history/journal-format.ts";
import type { JournalInput, JournalReading, Rows } from "../../../src/reconcile/rows.ts";

const EMPTY: JournalRow = {
  kind: 0,
  code: 0,
  actor: 0,
  log: 0,
  partition: 0,
  producer: 0,
  sourcePartition: 0,
  count: 0,
  seqFirst: 0,
  offset: 0,
  tUs: 0,
  aux1: 0,
  aux2: 0,
};

export type Row = Partial<JournalRow> & { kind: number };

export class MemoryRows implements Rows {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  get rows(): number {
    return this.#rows.length;
  }
  #field(i: number, name: keyof JournalRow): number {
    return this.#rows[i]?.[name] ?? 0;
  }
  kind = (i: number): number => this.#field(i, "kind");
  code = (i: number): number => this.#field(i, "code");
  actor = (i: number): number => this.#field(i, "actor");
  log = (i: number): number => this.#field(i, "log");
  partition = (i: number): number => this.#field(i, "partition");
  producer = (i: number): number => this.#field(i, "producer");
  sourcePartition = (i: number): number => this.#field(i, "sourcePartition");
  count = (i: number): number => this.#field(i, "count");
  seqFirst = (i: number): number => this.#field(i, "seqFirst");
  offset = (i: number): number => this.#field(i, "offset");
  tUs = (i: number): number => this.#field(i, "tUs");
  aux1 = (i: number): number => this.#field(i, "aux1");
  aux2 = (i: number): number => this.#field(i, "aux2");
}

export interface MemoryJournal {
  file: string;
  agent: string;
  role: string;
  rows: Row[];
  state: JournalReading["state"];
}

export function journalInput(journal: MemoryJournal): JournalInput {
  const { file, agent, role, rows, state } = journal;
  return {
    file,
    agent,
    role,
    read: (onBlock) => {
      onBlock(new MemoryRows(rows));
      return { state, rows: rows.length, detail: "" };
    },
  };
}

/** Rows in a few words, for hand-written histories. Times in ms after the workload's start. */
export const row = {
  /** `count` records from `seq`, due `dueMs` and `everyMs` apart, sent right after the last. */
  intent: (
    producer: number,
    partition: number,
    seq: number,
    count: number,
    dueMs: number,
    everyMs = 0,
  ): Row => ({
    kind: ROW.intent,
    actor: producer,
    partition,
    seqFirst: seq,
    count,
    tUs: us(dueMs + everyMs * (count - 1)),
    aux1: us(dueMs),
    aux2: us(dueMs + everyMs * (count - 1)),
  }),
  outcome: (
    producer: number,
    partition: number,
    seq: number,
    count: number,
    code: number,
    offset: number,
    atMs: number,
  ): Row => ({
    kind: ROW.outcome,
    code,
    actor: producer,
    partition,
    seqFirst: seq,
    count,
    offset,
    tUs: us(atMs),
  }),
  found: (
    kind: typeof ROW.seen | typeof ROW.delivered,
    reader: number,
    at: { log: number; partition: number; offset: number; atMs: number },
    record: { producer: number; seq: number; count: number; sourcePartition?: number },
  ): Row => ({
    kind,
    actor: reader,
    log: at.log,
    partition: at.partition,
    offset: at.offset,
    producer: record.producer,
    sourcePartition: record.sourcePartition ?? at.partition,
    seqFirst: record.seq,
    count: record.count,
    tUs: us(at.atMs),
  }),
  bad: (
    reader: number,
    at: { log: number; partition: number; offset: number; atMs: number },
    defect: number,
    claims: { producer: number; seq: number } = { producer: 0, seq: 0 },
  ): Row => ({
    kind: ROW.bad,
    code: defect,
    actor: reader,
    log: at.log,
    partition: at.partition,
    offset: at.offset,
    producer: claims.producer,
    sourcePartition: at.partition,
    seqFirst: claims.seq,
    count: 1,
    tUs: us(at.atMs),
  }),
  end: (
    reader: number,
    log: number,
    partition: number,
    start: number,
    end: number,
    atMs: number,
    complete = true,
  ): Row => ({
    kind: ROW.end,
    code: complete ? 1 : 0,
    actor: reader,
    log,
    partition,
    offset: start,
    aux1: end,
    tUs: us(atMs),
  }),
  commit: (reader: number, log: number, partition: number, offset: number, atMs: number): Row => ({
    kind: ROW.commit,
    actor: reader,
    log,
    partition,
    offset,
    tUs: us(atMs),
  }),
  resume: (reader: number, log: number, partition: number, offset: number, atMs: number): Row => ({
    kind: ROW.resume,
    actor: reader,
    log,
    partition,
    offset,
    tUs: us(atMs),
  }),
};

/** The start of the workload on the run's clock, µs. */
export const ORIGIN_US = 1_000_000_000;

/** Milliseconds after the start of the workload, on the run's clock. */
export function us(ms: number): number {
  return ORIGIN_US + Math.round(ms * 1000);
}

/** A row with every field, as a journal has it. */
export function whole(partial: Row): JournalRow {
  return { ...EMPTY, ...partial };
}
