/**
 * Reads the history of a run line by line, checks every line against its schema and the chain of
 * hashes between them, and reports what is wrong instead of throwing: what to make of an altered
 * history is the judge's decision.
 *
 * One torn last line is what a killed harness leaves, and is told apart from the rest. Two things
 * a chain cannot show, by its nature: whole lines taken from the end, and a change of the last line
 * that leaves it valid. A complete history ends in `run.ended`, and the evidence bundle has the hash
 * of the whole file.
 */
import crypto from "node:crypto";
import fs from "node:fs";
import { z } from "zod";
import { type HistoryEvent, historyEventSchema } from "./events.ts";
import { lineHash, NO_LINE } from "./history-writer.ts";

/**
 * - `torn-line`: the last line has no end; its writer was killed. It is not among the events.
 * - `chain`: a line does not follow the one before: something was changed, removed or moved.
 * - `sequence`: the number of a line is not its place.
 * - `invalid`: a line is not JSON, or not an event. It is not among the events.
 */
export interface HistoryProblem {
  kind: "torn-line" | "chain" | "sequence" | "invalid";
  /** From 1, as editors count. */
  line: number;
  detail: string;
}

export interface HistoryRead {
  events: HistoryEvent[];
  problems: HistoryProblem[];
  /** True when any problem is more than a torn last line. */
  altered: boolean;
  /** SHA-256 of the whole file, hex. */
  sha256: string;
}

const CHUNK_BYTES = 256 * 1024;
const LF = 10;

/** Reads a whole history. A file that cannot be opened throws as `node:fs` does. */
export function readHistory(file: string): HistoryRead {
  const events: HistoryEvent[] = [];
  const problems: HistoryProblem[] = [];
  const whole = crypto.createHash("sha256");
  let prev = NO_LINE;
  let number = 0;
  const rest = forEachLine(
    file,
    (line) => {
      number += 1;
      const event = readLine(line, number, prev, problems);
      if (event) events.push(event);
      prev = lineHash(line);
    },
    (chunk) => whole.update(chunk),
  );
  if (rest > 0) {
    const detail = `the last line is incomplete (${rest} bytes of it): its writer was killed`;
    problems.push({ kind: "torn-line", line: number + 1, detail });
  }
  const altered = problems.some((problem) => problem.kind !== "torn-line");
  return { events, problems, altered, sha256: whole.digest("hex") };
}

/** One line: its event, or undefined when it has none. Adds what is wrong to `problems`. */
function readLine(
  line: Buffer,
  number: number,
  prev: string,
  problems: HistoryProblem[],
): HistoryEvent | undefined {
  const report = (kind: HistoryProblem["kind"], detail: string) => {
    problems.push({ kind, line: number, detail });
  };
  let value: unknown;
  try {
    value = JSON.parse(line.toString("utf8"));
  } catch {
    report(
      "invalid",
      `expected one JSON object, found ${JSON.stringify(line.toString("utf8", 0, 40))}`,
    );
    return undefined;
  }
  const parsed = historyEventSchema.safeParse(value);
  if (!parsed.success) {
    report("invalid", `not an event: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
    return undefined;
  }
  const event = parsed.data;
  if (event.prev !== prev) {
    const detail = `expected prev ${prev}, found ${event.prev}: the line before was changed, removed or moved`;
    report("chain", detail);
  }
  if (event.seq !== number - 1) {
    report("sequence", `expected seq ${number - 1}, found ${event.seq}`);
  }
  return event;
}

/** Calls `onLine` with each complete line, without its LF; gives the bytes after the last LF. */
function forEachLine(
  file: string,
  onLine: (line: Buffer) => void,
  onChunk: (chunk: Buffer) => void,
): number {
  const fd = fs.openSync(file, "r");
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let pieces: Buffer[] = [];
    let held = 0;
    for (;;) {
      const got = fs.readSync(fd, chunk, 0, chunk.length, null);
      if (got === 0) return held;
      const data = chunk.subarray(0, got);
      onChunk(data);
      let from = 0;
      for (let to = data.indexOf(LF); to >= 0; to = data.indexOf(LF, from)) {
        const end = data.subarray(from, to);
        onLine(held === 0 ? end : Buffer.concat([...pieces, end]));
        pieces = [];
        held = 0;
        from = to + 1;
      }
      if (from < got) {
        // The chunk is used again, so what waits for its LF is copied.
        pieces.push(Buffer.from(data.subarray(from)));
        held += got - from;
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}
