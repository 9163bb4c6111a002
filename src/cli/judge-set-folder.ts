/**
 * The judge's and the report's stage over the folder of a set: the repetitions' results in, the set's
 * out. `blackstart judge` judges every repetition anew before.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runPaths, writeAtomic, writeJson } from "../history/run-folder.ts";
import { readSet, setPaths } from "../history/set-folder.ts";
import { judgeSet } from "../reconcile/repetition/judge-set.ts";
import { type SetResult, setResultSchema } from "../reconcile/repetition/set-result.ts";
import { type Result, resultSchema } from "../reconcile/result.ts";
import { renderSetJunit } from "../report/set/junit.ts";
import { renderSetMarkdown } from "../report/set/markdown.ts";
import { renderSetPrometheus } from "../report/set/prometheus.ts";
import { renderSetReport } from "../report/set/render.ts";
import { judgeFolder, readResult, renderFolder } from "./judge-folder.ts";
import { toolVersion } from "./tool-version.ts";

/** Judges a set from the results of its repetitions and writes its result.json. */
export function judgeSetFolder(dir: string, options: { anew?: boolean } = {}): SetResult {
  const set = readSet(dir);
  const results = new Map<number, Result>();
  for (const { index, folder } of set.repetitions) {
    const paths = runPaths(join(dir, folder));
    if (!existsSync(paths.plan)) continue;
    if (options.anew) judgeFolder(paths.dir);
    if (existsSync(paths.result)) results.set(index, readResult(paths.dir, resultSchema));
  }
  const tool = { name: "blackstart", version: toolVersion() };
  const result = judgeSet({ set, results, tool });
  writeJson(setPaths(dir).result, result);
  return result;
}

/** Renders a set's result.json, and with `anew` those of its repetitions; gives the report's path. */
export function renderSetFolder(dir: string, options: { anew?: boolean } = {}): string {
  const paths = setPaths(dir);
  const result = readResult(dir, setResultSchema);
  for (const { folder } of options.anew ? result.repetitions : []) {
    const run = join(paths.dir, folder);
    if (existsSync(runPaths(run).result)) renderFolder(run);
  }
  writeAtomic(paths.report, renderSetReport(result));
  writeAtomic(paths.junit, renderSetJunit(result));
  writeAtomic(paths.summary, renderSetMarkdown(result));
  writeAtomic(paths.metrics, renderSetPrometheus(result));
  return paths.report;
}
