/** Records every change of leader, epoch and ISR of the workload's partitions, as seen by a poll. */
import type { LogRef } from "../history/judging.ts";
import { delay } from "../kernel/clock.ts";
import type { PartitionState } from "../workload/protocol.ts";
import { addressOf, isUp, observerFor, type RunContext } from "./run-context.ts";

const POLL_MS = 500;

/** Polls until `stop` aborts. A cluster that does not answer has no state: nothing is recorded. */
export async function watchPartitions(context: RunContext, stop: AbortSignal): Promise<void> {
  const { plan, history } = context;
  const logs = plan.judging.logs.filter(({ role }) => role === "workload");
  const known = new Map<string, string>();
  while (!stop.aborted) {
    await Promise.all(
      logs
        .filter(({ cluster }) => isUp(context, cluster))
        .map(async (log) => {
          for (const state of await statesOf(context, log)) {
            const key = `${log.id}/${state.partition}`;
            const value = JSON.stringify(state);
            if (known.get(key) === value || stop.aborted) continue;
            known.set(key, value);
            history.record({ type: "partition.state", log: log.id, ...state });
          }
        }),
    );
    await delay(POLL_MS, stop);
  }
}

async function statesOf(context: RunContext, log: LogRef): Promise<PartitionState[]> {
  try {
    const ask = { address: addressOf(context.plan, log.cluster), topic: log.topic };
    const observer = observerFor(context, log.cluster);
    return (await observer.request("topic.describe", ask, 5000)) ?? [];
  } catch {
    // The cluster is down or cut off: that is what the run is about.
    return [];
  }
}
