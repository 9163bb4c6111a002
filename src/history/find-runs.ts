/**
 * Run folders below a folder, however they are nested: alone, in the folder of a set, of a matrix or
 * of a suite. A run folder is one with a plan and a result; nothing is looked for inside of it.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { requireFolder, runPaths } from "./run-folder.ts";

/** A folder of suites holds suites of sets or matrices of runs: four deep, and some room. */
const DEPTH_MAX = 6;

/** Judged run folders in the order of their paths. Throws `E_RUN_FOLDER` when the folder is none. */
export function findRunFolders(dir: string): string[] {
  requireFolder(dir);
  return within(dir, DEPTH_MAX);
}

function within(dir: string, depth: number): string[] {
  const { plan, result } = runPaths(dir);
  if (existsSync(plan)) return existsSync(result) ? [dir] : [];
  if (depth === 0) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(dir, name))
    .sort()
    .flatMap((inner) => within(inner, depth - 1));
}
