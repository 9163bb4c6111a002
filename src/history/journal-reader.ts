/**
 * Reads one journal (format: `journal-format.ts`) from start to end and says what it is worth.
 *
 * A block is taken only when its place in the chain, its length and its CRC are right, and reading
 * stops at the first that is not: no row after a damage counts. Memory stays at one block, however
 * long the file, and rows are read where they lie (`RowBlock`), so 100 million are feasible.
 *
 * What it leaves out: a forger who makes every block again. `journal.progress` in the history finds
 * him, through `progress`, and so does the hash of the file in the evidence bundle.
 */
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { BlockReader } from "./block-reader.ts";
import { BLOCK, type JournalHeader } from "./journal-format.ts";
import type { RowBlock } from "./row-block.ts";

/**
 * - `closed`: complete, with its end.
 * - `open-end`: no end; the writer was killed between two blocks.
 * - `torn-end`: no end; the writer was killed while writing. Valid up to the last complete block.
 * - `cut`: shorter than the history knew it to be.
 * - `corrupt`: changed after it was written. Rows before the damage were still given.
 */
export type JournalState = "closed" | "open-end" | "torn-end" | "cut" | "corrupt";

export interface JournalVerdict {
  /** Name of the file, without its folder. */
  file: string;
  state: JournalState;
  /** Valid blocks, the header's and the end's included. */
  blocks: number;
  /** Rows in valid blocks. */
  rows: number;
  /** CRC of the last valid block; 0 when there is none. */
  crcLast: number;
  /** The journal's own header; absent when block 0 is not valid. */
  header?: JournalHeader;
  /** One sentence: what is wrong and where; empty when nothing is. */
  detail: string;
}

export interface JournalExpectation {
  /** How far the history knew this file: any number of points, in any order. */
  progress?: readonly { blocks: number; crc: number }[];
  /** Who must have written it. */
  run?: string;
  agent?: string;
  role?: string;
}

const headerSchema = z.object({
  run: z.string(),
  agent: z.string(),
  role: z.string(),
  file: z.string(),
  startedUs: z.number(),
});
const endSchema = z.object({ rows: z.number() });

/**
 * Reads the journal at `file`; calls `onBlock` for each valid block of rows, in order. The block is
 * lent for the call only. Damage is in the verdict, never thrown; a file that cannot be opened
 * throws as `node:fs` does.
 */
export function readJournal(
  file: string,
  onBlock?: (block: RowBlock) => void,
  expected: JournalExpectation = {},
): JournalVerdict {
  const fd = fs.openSync(file, "r");
  try {
    const reader = new BlockReader(fd, fs.fstatSync(fd).size);
    return new JournalJudge(path.basename(file), reader, expected).run(onBlock);
  } finally {
    fs.closeSync(fd);
  }
}

/** Turns blocks into a verdict: header, rows, end, and what the history knew. */
class JournalJudge {
  readonly #verdict: JournalVerdict;
  readonly #reader: BlockReader;
  readonly #expected: JournalExpectation;
  /** What the history knew: the CRC of the last block, by number of blocks. */
  readonly #crcAt = new Map<number, number>();
  #blocksKnown = 0;

  constructor(file: string, reader: BlockReader, expected: JournalExpectation) {
    this.#verdict = { file, state: "open-end", blocks: 0, rows: 0, crcLast: 0, detail: "" };
    this.#reader = reader;
    this.#expected = expected;
    for (const { blocks, crc } of expected.progress ?? []) {
      const before = this.#crcAt.get(blocks);
      // Two points that contradict each other: no block can be right.
      this.#crcAt.set(blocks, before === undefined || before === crc ? crc : Number.NaN);
      this.#blocksKnown = Math.max(this.#blocksKnown, blocks);
    }
  }

  run(onBlock: ((block: RowBlock) => void) | undefined): JournalVerdict {
    const verdict = this.#verdict;
    const stop = this.#readBlocks(onBlock);
    verdict.state = stop.state;
    verdict.detail = stop.detail;
    const known = this.#blocksKnown;
    if (verdict.state !== "corrupt" && verdict.blocks < known) {
      verdict.state = "cut";
      verdict.detail = `${verdict.blocks} blocks are left of at least ${known}`;
    }
    return verdict;
  }

  #readBlocks(
    onBlock: ((block: RowBlock) => void) | undefined,
  ): Pick<JournalVerdict, "state" | "detail"> {
    const reader = this.#reader;
    let ended = false;
    for (;;) {
      const stop = reader.next();
      if (stop !== undefined) {
        if (!ended) return stop;
        if (stop.state === "open-end") return { state: "closed", detail: "" };
        return { state: "corrupt", detail: "bytes follow the end of the journal" };
      }
      if (ended) return { state: "corrupt", detail: "a block follows the end of the journal" };
      const problem = this.#takeBlock();
      if (problem !== undefined) return { state: "corrupt", detail: problem };
      ended = reader.type === BLOCK.end;
      if (reader.type === BLOCK.rows) onBlock?.(reader.block);
    }
  }

  /** Checks what a valid block says; a sentence when it says what it must not. */
  #takeBlock(): string | undefined {
    const { type, block, crc } = this.#reader;
    const verdict = this.#verdict;
    const at = `block ${block.blockSeq}`;
    if ((type === BLOCK.header) !== (block.blockSeq === 0)) return `${at} has type ${type}`;
    if (type === BLOCK.header) {
      const problem = this.#takeHeader();
      if (problem !== undefined) return problem;
    } else if (type === BLOCK.end) {
      const end = endSchema.safeParse(this.#reader.json());
      if (!end.success) return "the end block is not readable";
      if (end.data.rows !== verdict.rows) {
        return `the end says ${end.data.rows} rows, the blocks have ${verdict.rows}`;
      }
    } else if (type !== BLOCK.rows) {
      return `${at} has the unknown type ${type}`;
    }
    const known = this.#crcAt.get(block.blockSeq + 1);
    if (known !== undefined && known !== crc) {
      return `${at} is not the one that the history knew (CRC ${hex(crc)}, known ${hex(known)})`;
    }
    verdict.blocks += 1;
    verdict.rows += block.rows;
    verdict.crcLast = crc;
    return undefined;
  }

  #takeHeader(): string | undefined {
    const parsed = headerSchema.safeParse(this.#reader.json());
    if (!parsed.success) return "the header block is not readable";
    const header = parsed.data;
    this.#verdict.header = header;
    if (header.file !== this.#verdict.file) {
      return `it was written as ${header.file} and lies here as ${this.#verdict.file}`;
    }
    for (const field of ["run", "agent", "role"] as const) {
      const wanted = this.#expected[field];
      if (wanted !== undefined && header[field] !== wanted) {
        return `its ${field} is ${header[field]}, expected ${wanted}`;
      }
    }
    return undefined;
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
