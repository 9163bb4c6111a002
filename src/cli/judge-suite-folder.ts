/**
 * The judge's and the report's stage over the folder of a suite: the results of its runs in, its
 * suite.json, page and junit.xml out. `blackstart judge` judges every run anew before.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson, runPaths, writeAtomic } from "../history/run-folder.ts";
import {
  lastAttempt,
  readSuite,
  type Suite,
  suitePaths,
  writeSuite,
} from "../history/suite-folder.ts";
import { judgeSuite } from "../reconcile/judge-suite.ts";
import { type Result, resultSchema } from "../reconcile/result.ts";
import { renderIndex } from "../report/index-page.ts";
import { suiteIndex } from "../report/suite/index.ts";
import { renderSuiteJunit } from "../report/suite/junit.ts";
import { judgeFolder, renderFolder } from "./judge-folder.ts";

/** What a run's folder holds that was judged; undefined when it is absent or no result. */
export function resultIn(folder: string): Result | undefined {
  const file = runPaths(folder).result;
  if (!existsSync(file)) return undefined;
  try {
    return resultSchema.safeParse(readJson(file)).data;
  } catch {
    return undefined;
  }
}

/** Judges the suite from results by folder, and writes all that is made of it. */
export function writeJudged(
  dir: string,
  suite: Suite,
  results: ReadonlyMap<string, Result>,
): Suite {
  const paths = suitePaths(dir);
  const judged = judgeSuite(suite, results);
  writeSuite(paths, judged);
  writeAtomic(paths.index, renderIndex(suiteIndex(judged, results)));
  writeAtomic(paths.junit, renderSuiteJunit(judged, results));
  return judged;
}

/** From files alone. `anew`: what is redone of each run before. */
export function judgeSuiteFolder(dir: string, { anew }: { anew?: "judge" | "report" } = {}): Suite {
  const suite = readSuite(dir);
  const results = new Map<string, Result>();
  for (const { folder } of suite.runs.flatMap((run) => lastAttempt(run) ?? [])) {
    const run = join(dir, folder);
    if (anew === "judge" && existsSync(runPaths(run).plan)) judgeFolder(run);
    const result = resultIn(run);
    if (!result) continue;
    if (anew === "report") renderFolder(run);
    results.set(folder, result);
  }
  return writeJudged(dir, suite, results);
}
