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
