/**
 * The truth comes from Kafka's own offsets: nothing was lost and the mirror came to rest, so whatever
 * its end exceeds the source's by was written twice. Offsets were asked of kafkajs, which no part of
 * the judging reads logs with.
 */
import type { HistoryEvent } from "../../../src/history/events.ts";
import type { Control } from "./control.ts";

const SOURCE = 1;
const MIRROR = 2;

function endOf(events: HistoryEvent[], log: number): number {
  const bounds = events.findLast(
    (event) => event.type === "audit.bounds" && event.log === log && event.by === "kafkajs",
  );
  if (bounds?.type !== "audit.bounds") throw new Error(`no bounds of log ${log}`);
  return bounds.bounds.reduce((sum, { end }) => sum + end, 0);
}

export const mirrorRestarted: Control = {
  name: "mirror restarted mid-batch",
  what: "SIGKILL to MirrorMaker under load, started again 3 s later",
  file: "mirror-restarted.yaml",
  explains: ["duplicate-append"],
  check: ({ events, findings, result }) => {
    const twice = endOf(events, MIRROR) - endOf(events, SOURCE);
    const duplicates = findings.filter((one) => one.class === "duplicate-append");
    const found = duplicates.reduce((sum, { count }) => sum + count, 0);
    const elsewhere = duplicates.filter(({ log }) => log !== MIRROR).length;
    const causes = [...new Set(duplicates.map(({ cause }) => cause?.replace(/^.* stream, /, "")))];
    return {
      planted: `${twice} records beyond the source's on the mirror, by Kafka's end offsets`,
      found: `${found} duplicate appends, cause: ${causes.join(", ")}`,
      wrong: [
        ...(twice > 0 ? [] : ["nothing was copied twice: this run shows nothing"]),
        ...(found === twice ? [] : [`${found} found, ${twice} planted`]),
        ...(elsewhere === 0 ? [] : [`${elsewhere} findings on another log than the mirror`]),
        ...(causes.join() === "mirror retry or restart" ? [] : [`causes ${causes.join()}`]),
        ...(result.rpo.lost === 0 ? [] : [`${result.rpo.lost} records called lost`]),
      ],
    };
  },
};
