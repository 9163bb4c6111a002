/**
 * docs/mutation.json: what is known of each file's mutants, file by file, each with the commit it was
 * measured at. A new measurement of a file replaces the old one; a reason that was written beside a
 * survivor stays as long as the same change of the same text survives.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/environment.ts";

/** A change that no test noticed. */
export interface Survivor {
  line: number;
  /** What stood there, and what Stryker put in its place. */
  was: string;
  became: string;
  /** Why no test is missing; absent when nobody has said so yet. */
  why?: string;
}

export interface FileMeasured {
  commit: string;
  /** When its survivors were tried again, with tests written since. */
  again?: string;
  mutants: number;
  /** The run was stopped before it came to these; absent when it came to all. */
  untried?: number;
  /** By the tests that stand near the code, by whole judgements alone, and without an end. */
  near: number;
  whole: number;
  endless: number;
  survivors: Survivor[];
}

export type Measured = Record<string, FileMeasured>;

const FILE = join(packageRoot(), "docs/mutation.json");

export function readMeasured(): Measured {
  return JSON.parse(readFileSync(FILE, "utf8")) as Measured;
}

export function writeMeasured(all: Measured): void {
  const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

const keyOf = ({ was, became }: Survivor) => `${was} → ${became}`;

/** The measurement with the reasons that were given before. */
export function withReasons(now: FileMeasured, before: FileMeasured | undefined): FileMeasured {
  const told = (before?.survivors ?? []).filter(({ why }) => why !== undefined);
  const survivors = now.survivors.map((one) => {
    const same = told.filter((other) => keyOf(other) === keyOf(one));
    same.sort((a, b) => Math.abs(a.line - one.line) - Math.abs(b.line - one.line));
    const why = same[0]?.why;
    return why === undefined ? one : { ...one, why };
  });
  return { ...now, survivors };
}

/** What became of mutants that were tried again. */
export interface TriedAgain {
  commit: string;
  survived: Survivor[];
  killed: Survivor[];
  endless: Survivor[];
}

/** Takes out of `from` a change of the same text on the same line, if there is one. */
function takes(from: Survivor[], one: Survivor): boolean {
  const at = from.findIndex((other) => other.line === one.line && keyOf(other) === keyOf(one));
  return at >= 0 && from.splice(at, 1).length > 0;
}

/**
 * The measurement after survivors were tried again. On their lines stand mutants that had not
 * survived, too: so one is found now only when fewer of its like survived. What was not tried is a
 * survivor still.
 */
export function afterAgain(before: FileMeasured, { commit, ...now }: TriedAgain): FileMeasured {
  const after: FileMeasured = { ...before, again: commit, survivors: [] };
  for (const one of before.survivors) {
    if (takes(now.survived, one)) after.survivors.push(one);
    else if (takes(now.killed, one)) after.near += 1;
    else if (takes(now.endless, one)) after.endless += 1;
    else after.survivors.push(one);
  }
  return after;
}
