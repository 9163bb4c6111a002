/**
 * The judge's and the report's stage over the folder of a set: the repetitions' results in, the set's
 * out. `blackstart judge` judges every repetition anew before. A run can be judged anew without its
 * set, and by another version of the judge: so a set keeps the SHA-256 of what it was made of.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { runPaths, sha256Of, writeAtomic, writeJson } from "../history/run-folder.ts";
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
  const sums = new Map<number, string>();
  for (const { index, folder } of set.repetitions) {
    const paths = runPaths(join(dir, folder));
    if (!existsSync(paths.plan)) continue;
    if (options.anew) judgeFolder(paths.dir);
    if (!existsSync(paths.result)) continue;
    results.set(index, readResult(paths.dir, resultSchema));
    sums.set(index, sha256Of(paths.result));
  }
  const tool = { name: "blackstart", version: toolVersion() };
  const result = judgeSet({ set, results, sums, tool });
  writeJson(setPaths(dir).result, result);
  return result;
}

/**
 * Renders a set's result.json, and with `anew` those of its repetitions; gives the report's path. Says on
 * stderr when the pages beside it may contradict it.
 */
export function renderSetFolder(dir: string, options: { anew?: boolean } = {}): string {
  const paths = setPaths(dir);
  const result = readResult(dir, setResultSchema);
  for (const { folder } of options.anew ? result.repetitions : []) {
    const run = join(paths.dir, folder);
    if (existsSync(runPaths(run).result)) renderFolder(run);
  }
  const strayed = strayedMembers(paths.dir, result);
  for (const why of strayed) process.stderr.write(`${basename(paths.dir)}: ${why}\n`);
  if (strayed.length > 0) process.stderr.write(`judge it again: blackstart judge ${dir}\n`);
  writeAtomic(paths.report, renderSetReport(result));
  writeAtomic(paths.junit, renderSetJunit(result));
  writeAtomic(paths.summary, renderSetMarkdown(result));
  writeAtomic(paths.metrics, renderSetPrometheus(result));
  return paths.report;
}

/** What of a set's runs is no longer what the set was judged from: its numbers may be others. */
export function strayedMembers(dir: string, { repetitions }: SetResult): string[] {
  const fileOf = (folder: string) => runPaths(join(dir, folder)).result;
  if (repetitions.every(({ resultSha256 }) => resultSha256 === undefined)) {
    const found = repetitions.some(({ folder }) => existsSync(fileOf(folder)));
    const why = "result.json of the set does not say which results of its runs it was judged from";
    return found ? [why] : [];
  }
  return repetitions.flatMap(({ folder, resultSha256 }) => {
    const file = fileOf(folder);
    if (!existsSync(file)) {
      const gone = `${folder}/result.json is gone, and the set was judged from it`;
      return resultSha256 === undefined ? [] : [gone];
    }
    if (sha256Of(file) === resultSha256) return [];
    return [`${folder}/result.json is another one than the set was judged from`];
  });
}
