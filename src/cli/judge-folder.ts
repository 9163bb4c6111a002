import type { Plan } from "../experiment/plan.ts";
import { readHistory } from "../history/history-reader.ts";
import { openRunFolder, readJson } from "../history/run-folder.ts";
import type { Result } from "../reconcile/result.ts";

/** Judges a run folder and writes its result.json. */
export function judgeFolder(dir: string): Result {
  const paths = openRunFolder(dir);
  const plan = readJson(paths.plan) as Plan;
  const history = readHistory(paths.history);
  void plan;
  void history;
  throw new Error("todo");
}
