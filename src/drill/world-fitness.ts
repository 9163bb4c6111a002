/**
 * What in a run's history forbids to use its world for another run. A proof of health looks at what
 * is; this looks at what happened, for what no later proof would show.
 */
import { faultOf } from "../fault/catalogue.ts";
import type { HistoryEvent } from "../history/events.ts";

/** The first reason, in words; null when there is none. */
export function whyNotReusable(events: readonly HistoryEvent[]): string | null {
  const open = new Map<string, string>();
  for (const event of events) {
    if (event.type === "fault.injecting") {
      const lasting = faultOf(event.kind)?.lasting;
      if (lasting !== undefined) return `${lasting} (${event.step}, ${event.kind})`;
      open.set(event.step, event.kind);
    }
    if (event.type === "fault.healed") open.delete(event.step);
    if (event.type === "heal.failed") return `the heal of ${event.step} failed: ${event.reason}`;
    if (event.type === "cluster.started") return `${event.cluster} is cold no longer`;
    if (event.type === "steady.missed") return "the steady state was not reached";
    if (event.type === "node.state" && event.state === "died" && event.expected === false) {
      return `${event.node} ended by itself`;
    }
  }
  const [step] = open.keys();
  if (step !== undefined) return `the fault of ${step} (${open.get(step)}) was not healed`;
  return uncleanElection(events);
}

/** A leader that was not in sync when it was elected: records may be gone for good. */
function uncleanElection(events: readonly HistoryEvent[]): string | null {
  const inSync = new Map<string, number[]>();
  for (const event of events) {
    if (event.type !== "partition.state" || event.leader < 0) continue;
    const key = `${event.log}/${event.partition}`;
    const before = inSync.get(key);
    inSync.set(key, event.isr);
    if (before && !before.includes(event.leader)) {
      return `partition ${event.partition} of log ${event.log} was led by ${event.leader}, which was not in sync`;
    }
  }
  return null;
}
