/** Journals on disk for tests: made, taken apart into blocks, damaged, and read again. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { BLOCK_HEADER_BYTES, type JournalRow } from "../../../src/history/journal-format.ts";
import { type JournalExpectation, readJournal } from "../../../src/history/journal-reader.ts";
import { JournalWriter } from "../../../src/history/journal-writer.ts";

/** A fresh folder for each test of the suite that calls this; `dir` is the one of the test. */
export function useTemporaryFolder(): { dir: string } {
  const folder = { dir: "" };
  beforeEach(() => {
    folder.dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-test-"));
  });
  afterEach(() => {
    fs.rmSync(folder.dir, { recursive: true });
  });
  return folder;
}

export interface BuiltJournal {
  dir: string;
  file: string;
  bytes: Buffer;
  rows: JournalRow[];
  /** Progress after every flush, and after the end when there is one. */
  progress: { file: string; blocks: number; crc: number }[];
}

/** Writes each group of rows as one block. */
export function buildJournal(
  dir: string,
  groups: JournalRow[][],
  { closed = true, agent = "east-agent" } = {},
): BuiltJournal {
  const journal = JournalWriter.open(dir, { run: "run-1", agent, role: "producer" });
  const progress = [journal.progress()];
  for (const group of groups) {
    for (const row of group) journal.append(row);
    journal.flush();
    progress.push(journal.progress());
  }
  const untilNow = fs.readFileSync(journal.path);
  journal.close();
  if (closed) progress.push(journal.progress());
  const bytes = closed ? fs.readFileSync(journal.path) : untilNow;
  fs.writeFileSync(journal.path, bytes);
  return { dir, file: journal.header.file, bytes, rows: groups.flat(), progress };
}

/** The blocks of a sound journal, as pieces of its bytes. */
export function blocksOf(bytes: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + BLOCK_HEADER_BYTES + bytes.readUInt32LE(at + 8);
    blocks.push(bytes.subarray(at, end));
    at = end;
  }
  return blocks;
}

/** Puts `bytes` under the journal's name, and reads that: the verdict and every row given. */
export function readBytes(
  dir: string,
  file: string,
  bytes: Buffer,
  expected: JournalExpectation = {},
) {
  const place = path.join(dir, file);
  fs.writeFileSync(place, bytes);
  const rows: JournalRow[] = [];
  const verdict = readJournal(
    place,
    (block) => {
      for (let i = 0; i < block.rows; i += 1) rows.push(block.row(i));
    },
    expected,
  );
  return { verdict, rows };
}

const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 65_535 });
const whole = fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER });

export const arbitraryRow: fc.Arbitrary<JournalRow> = fc.record({
  kind: u8,
  code: u8,
  actor: u16,
  log: u16,
  partition: u16,
  producer: u16,
  sourcePartition: u16,
  count: fc.integer({ min: 0, max: 0xffffffff }),
  seqFirst: whole,
  offset: whole,
  tUs: whole,
  aux1: whole,
  aux2: whole,
});

export const arbitraryGroups = fc.array(fc.array(arbitraryRow, { minLength: 1, maxLength: 6 }), {
  maxLength: 6,
});

/** A row that is easy to tell from its neighbours. */
export function row(n: number): JournalRow {
  return {
    kind: 1,
    code: 0,
    actor: n,
    log: 1,
    partition: n % 12,
    producer: 0,
    sourcePartition: 0,
    count: 1,
    seqFirst: n,
    offset: 1000 + n,
    tUs: 1_000_000 + n,
    aux1: 2_000_000 + n,
    aux2: 3_000_000 + n,
  };
}
