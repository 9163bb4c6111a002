/** Objectives and predictions on what the drill can measure at all. */
import type { MetricId } from "../history/judging.ts";
import type { Draft } from "./draft.ts";
import { isChaos } from "./draw-chaos.ts";
import { isFault, isRunbook, type StepEntry } from "./schema-steps.ts";
import { METRIC_PATHS } from "./schema-targets.ts";

export function checkTargets(draft: Draft): void {
  for (const part of ["objectives", "predict"] as const) {
    for (const [metric, [group, name]] of METRIC_PATHS) {
      const path = name === null ? [group] : [group, name];
      if (!isGiven(draft.targets[part], path)) continue;
      const reason = unmeasurable(draft, metric);
      if (reason !== undefined) draft.find([part, ...path], reason, "key");
    }
  }
}

function isGiven(value: unknown, path: string[]): boolean {
  let at = value;
  for (const key of path) {
    if (at === null || typeof at !== "object") return false;
    at = (at as Record<string, unknown>)[key];
  }
  return at !== undefined;
}

/** Why there can never be a number, so that nobody waits for one; or nothing. */
function unmeasurable(draft: Draft, metric: MetricId): string | undefined {
  const [group] = metric.split(".");
  if ((group === "mirror" || group === "exposure") && draft.flowCount === 0) {
    return `${metric} needs replication, and the topology has none`;
  }
  const acked =
    ["rpo", "lost", "stranded"].includes(group ?? "") || /^(rto|stall)\.produce$/.test(metric);
  if (acked && draft.silent) {
    return `${metric} is about acked records, and every producer has acks: "0"; see unconfirmed`;
  }
  const loud =
    draft.producers.length > 0 && draft.producers.every(({ value }) => value.acks !== "0");
  if (group === "unconfirmed" && loud) {
    return 'unconfirmed counts what is sent with acks: "0", and no producer sends so';
  }
  const reads = ["offsets", "unread", "redelivered"].includes(group ?? "");
  if ((reads || metric === "rto.consume") && draft.consumerCount === 0) {
    return `${metric} needs a consumer, and the workload has none`;
  }
  if (/^(rto|stall)\.cluster$/.test(metric) && !draft.canaryEnabled) {
    return `${metric} is measured by the canary, which is off`;
  }
  if (metric === "rto.fresh" && !draft.freshClients) {
    return "rto.fresh is measured by new clients, and none is started: set workload.canary.fresh, such as 1s";
  }
  // A step that is itself wrong may be the fault: then nothing is said.
  const unread = draft.stepIds.length > draft.steps.length;
  if (
    group === "rto" &&
    !unread &&
    !draft.steps.some(({ value }) => isFault(value) || isChaos(value))
  ) {
    return `${metric} is counted from a fault, and there is none`;
  }
  if (group === "offsets" && !unread && !draft.steps.some(({ value }) => movesGroups(value))) {
    return `${metric} is about where groups resume after a failover or a fault on them, and there is none`;
  }
  return undefined;
}

/** Whether a group resumes somewhere because of this step. */
function movesGroups(step: StepEntry): boolean {
  return isRunbook(step) || (isFault(step) && /^(client|group)\./.test(step.fault));
}
