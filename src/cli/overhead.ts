/**
 * What a run took beside its drill. The drill itself is everything from the start of the workload to
 * the end of the recovery, and as long after it as a fault that was left open is being healed: until
 * its heal is proven, it is still in effect. Beside it are boot or proof of the world, topics,
 * replication, audit, clean-up and judging.
 */
import type { HistoryEvent } from "../history/events.ts";
import { readHistory } from "../history/history-reader.ts";
import { runPaths } from "../history/run-folder.ts";
import { monotonicUs } from "../kernel/clock.ts";

/** `startedUs`: when somebody began to wait for the run, which ends now. Whole ms. */
export function overheadMsOf(folder: string, startedUs: number): number {
  const { events } = readHistory(runPaths(folder).history);
  return overheadMs(events, (monotonicUs() - startedUs) / 1000);
}

/** Of `wholeMs`, what lay beside the drill: all of it when the drill did not come to its end. */
export function overheadMs(events: readonly HistoryEvent[], wholeMs: number): number {
  const begun = events.find((one) => one.type === "stage.started" && one.stage === "workload");
  const ended = events.find(
    (one) => one.type === "stage.ended" && one.stage === "recovery and drain",
  );
  if (!begun || !ended) return Math.round(wholeMs);
  const drillUs = ended.tUs - begun.tUs + healingUs(events, ended.tUs);
  return Math.round(wholeMs - drillUs / 1000);
}

/** How long at least one heal was under way after this instant. */
function healingUs(events: readonly HistoryEvent[], fromUs: number): number {
  const open = new Set<string>();
  let sinceUs = 0;
  let totalUs = 0;
  for (const event of events) {
    if (event.tUs < fromUs) continue;
    if (event.type === "fault.healing") {
      if (open.size === 0) sinceUs = event.tUs;
      open.add(event.step);
    } else if (event.type === "fault.healed" || event.type === "heal.failed") {
      if (open.delete(event.step) && open.size === 0) totalUs += event.tUs - sinceUs;
    }
  }
  return totalUs;
}
