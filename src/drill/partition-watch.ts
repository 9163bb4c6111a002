/**
 * Records every change of leader, epoch and ISR of the workload's partitions, as seen by a poll, and
 * when the look before was begun that still showed the state before: the change lies in between.
 */
import type { LogRef } from "../history/judging.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import type { PartitionState } from "../workload/protocol.ts";
import { addressOf, isUp, observerFor, type RunContext } from "./run-context.ts";

const POLL_MS = 250;

/** Polls until `stop` aborts. A cluster that does not answer has no state: nothing is recorded. */
export async function watchPartitions(context: RunContext, stop: AbortSignal): Promise<void> {
  const { plan } = context;
  const logs = plan.judging.logs.filter(({ role }) => role === "workload");
  const watches = logs.map((log) => new Watch(context, log));
  while (!stop.aborted) {
    await Promise.all(
      watches.filter(({ log }) => isUp(context, log.cluster)).map((watch) => watch.look(stop)),
    );
    await delay(POLL_MS, stop);
  }
}

class Watch {
  readonly log: LogRef;
  readonly #context: RunContext;
  readonly #known = new Map<number, string>();
  /** When the last look began that was answered. */
  #lookedUs: number | undefined;

  constructor(context: RunContext, log: LogRef) {
    this.#context = context;
    this.log = log;
  }

  async look(stop: AbortSignal): Promise<void> {
    const beganUs = monotonicUs();
    const states = await statesOf(this.#context, this.log);
    const tUs = monotonicUs();
    for (const state of states) {
      const value = JSON.stringify(state);
      if (this.#known.get(state.partition) === value || stop.aborted) continue;
      this.#known.set(state.partition, value);
      const looked = this.#lookedUs === undefined ? {} : { lookedUs: this.#lookedUs };
      this.#context.history.record({
        type: "partition.state",
        tUs,
        log: this.log.id,
        ...looked,
        ...state,
      });
    }
    if (states.length > 0) this.#lookedUs = beganUs;
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
