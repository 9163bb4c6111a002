/** What a run took besides workload, steps and recovery: boot or proof, topics, audit, clean-up. */
import { readHistory } from "../history/history-reader.ts";
import { runPaths } from "../history/run-folder.ts";
import { monotonicUs } from "../kernel/clock.ts";

/** `startedUs`: when somebody began to wait for the run. Whole ms. */
export function overheadMsOf(folder: string, startedUs: number): number {
  const { events } = readHistory(runPaths(folder).history);
  const wholeMs = (monotonicUs() - startedUs) / 1000;
  const begun = events.find((one) => one.type === "stage.started" && one.stage === "workload");
  const ended = events.find(
    (one) => one.type === "stage.ended" && one.stage === "recovery and drain",
  );
  if (!begun || !ended) return Math.round(wholeMs);
  return Math.round(wholeMs - (ended.tUs - begun.tUs) / 1000);
}
