/**
 * Steps that change what producers send: their rate, or the size of one record. The rate is a
 * function of time that a producer and whoever takes over from it have in common, so a successor
 * goes on with the load that was there when its elder died.
 */
import type { LoadStep, SendStep } from "../experiment/plan.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { formatBytes, formatCount } from "../kernel/units.ts";
import type { AgentClient } from "./agent-client.ts";
import { type RunContext, throwIfAborted } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";

/** So that the request is there before the change begins. */
const LEAD_US = 100_000;
const SEND_WITHIN_MS = 120_000;

/** Ends when the producers have come to the new rate. */
export async function changeLoad(context: RunContext, step: LoadStep): Promise<void> {
  const { history, live, progress } = context;
  const { id, producers, ratePerSecond, overMs } = step;
  const change = { fromUs: monotonicUs() + LEAD_US, ratePerSecond, overUs: overMs * 1000 };
  for (const ref of producers) {
    live.changes.set(ref, [...(live.changes.get(ref) ?? []), change]);
  }
  const running = runningOf(context, producers);
  if (running.length === 0) throw failed(id, "none of its producers runs");
  let lastUs = 0;
  await settleAll(
    running.map(async ({ ref, name, agent }) => {
      const { fromUs } = await agent.request("producer.load", { producer: ref, change });
      lastUs = Math.max(lastUs, fromUs);
      history.record({
        type: "load.changed",
        tUs: fromUs,
        step: id,
        client: name,
        ratePerSecond,
        overMs,
      });
    }),
  );
  const rate = `${formatCount(ratePerSecond)}/s`;
  progress.status(`${id}: on the way to ${rate}`);
  await delay(Math.max(0, (lastUs + change.overUs - monotonicUs()) / 1000), context.signal);
  throwIfAborted(context.signal);
  progress.note(`${id}: ${running.map(({ name }) => name).join(", ")} at ${rate}`);
}

/** Ends when the record was answered, whatever the answer. */
export async function sendSingle(context: RunContext, step: SendStep): Promise<void> {
  const { id, producers, partition, bytes } = step;
  const client = runningOf(context, producers).at(-1);
  if (client === undefined) throw failed(id, "its producer does not run");
  const { ref: producer, name } = client;
  let sent: { seq: number; outcome: "acked" | "failed" | "indeterminate"; offset: number };
  try {
    const ask = { producer, partition, bytes };
    sent = await client.agent.request("producer.single", ask, SEND_WITHIN_MS);
  } catch (error) {
    throwIfAborted(context.signal);
    throw failed(id, messageOf(error), error);
  }
  const { seq: recordSeq, outcome, offset } = sent;
  const record = { producer, partition, recordSeq, bytes, outcome, offset };
  context.history.record({ type: "record.sent", step: id, ...record });
  const what = `${formatBytes(bytes)} by ${name} to partition ${partition}`;
  context.progress.note(`${id}: ${what}: ${outcome}`);
}

function failed(step: string, why: string, cause?: unknown): DrillError {
  return new DrillError("E_CONDITION_UNMET", `${step}: ${why}`, { cause });
}

/** The producers among these that run now. */
function runningOf(
  { plan, live }: RunContext,
  refs: number[],
): { ref: number; name: string; agent: AgentClient }[] {
  return refs.flatMap((ref) => {
    const agent = live.producers.get(ref);
    const name = plan.producers.find((one) => one.ref === ref)?.name ?? String(ref);
    return agent?.alive ? [{ ref, name, agent }] : [];
  });
}
