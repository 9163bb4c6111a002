/**
 * A step of a runbook that sets a topic's configuration. It is done when every setting was read back
 * as it was set: an answer of Kafka's says that the controller took it, not that brokers know.
 */
import type { ConfigStep } from "../experiment/plan.ts";
import { poll } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { addressOf, observerFor, type RunContext, throwIfAborted } from "./run-context.ts";

const POLL_MS = 100;
const PROVEN_WITHIN_MS = 30_000;

/** Throws `E_CONFIG_UNPROVEN` when the cluster refuses it, or does not show it in time. */
export async function alterConfig(context: RunContext, step: ConfigStep): Promise<void> {
  const { cluster, topic, set } = step;
  const ask = { address: addressOf(context.plan, cluster), topic };
  const read = async () => {
    const all = await observerFor(context, cluster).request("topic.configs", ask);
    return Object.fromEntries(Object.keys(set).map((key) => [key, all[key] ?? ""]));
  };
  const fail = (why: string, cause?: unknown) =>
    new DrillError("E_CONFIG_UNPROVEN", `${step.id}: ${why}`, { cause });
  let before: Record<string, string>;
  try {
    before = await read();
    await observerFor(context, cluster).request("topic.alter", { ...ask, set });
  } catch (error) {
    throw fail(messageOf(error), error);
  }
  let last = "nothing";
  const after = await poll(
    async () => {
      const found = await read();
      last = JSON.stringify(found);
      return Object.entries(set).every(([key, value]) => found[key] === value) ? found : undefined;
    },
    {
      everyMs: POLL_MS,
      withinMs: PROVEN_WITHIN_MS,
      signal: context.signal,
      onError: (error) => {
        last = messageOf(error);
      },
    },
  );
  throwIfAborted(context.signal);
  if (!after) throw fail(`expected ${JSON.stringify(set)} on ${topic}, read back ${last}`);
  context.history.record({ type: "config.altered", step: step.id, cluster, topic, before, after });
  context.progress.note(`${step.id}: read back ${last}`);
}
