/** What goes into the engine: journals as blocks of rows, from disk or from a test's memory. */
import type { Buckets } from "./buckets.ts";

/** What the engine asks of a block of rows; `RowBlock` of the history gives it. */
export interface Rows {
  readonly rows: number;
  kind(i: number): number;
  code(i: number): number;
  actor(i: number): number;
  log(i: number): number;
  partition(i: number): number;
  producer(i: number): number;
  sourcePartition(i: number): number;
  count(i: number): number;
  seqFirst(i: number): number;
  offset(i: number): number;
  tUs(i: number): number;
  aux1(i: number): number;
  aux2(i: number): number;
}

/** What reading a journal came to. */
export interface JournalReading {
  state: "closed" | "open-end" | "torn-end" | "cut" | "corrupt";
  rows: number;
  detail: string;
}

/** A journal to be read: once, from start to end. */
export interface JournalInput {
  file: string;
  agent: string;
  role: string;
  read(onBlock: (block: Rows) => void): JournalReading;
}

export interface JournalFact extends JournalReading {
  file: string;
  agent: string;
  role: string;
}

/** Curves that can only be drawn while rows pass by. */
export interface Flow {
  delivered: Buckets;
  /** Age of records when handed to a group, ms. */
  deliveredAge: Buckets;
  /** Age of records when first seen on a mirror, ms. */
  mirroredAge: Buckets;
}

export interface IngestWindow {
  fromUs: number;
  toUs: number;
  buckets: number;
  /** Deliveries are kept with their time from here on; before it only the fact is kept. */
  sightingsFromUs: number;
}
