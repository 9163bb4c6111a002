/**
 * A step that makes a topic of the workload while everything else runs, as somebody does who deploys
 * a new application shortly before the disaster.
 *
 * It ends as the boot ends for topics that are there from the start: every broker knows the topic,
 * every partition holds a readiness record, every group has committed behind it, the clients run.
 * Their schedules begin here, so what nobody could have sent before is not missing.
 */
import { type CreateStep, isMadeLater } from "../experiment/plan.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { firstCommit, TOPICS_WITHIN_MS } from "./ground.ts";
import { addressOf, observerFor, type RunContext, throwIfAborted } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";
import { seedLogs } from "./stages/2-topics.ts";
import {
  agentFor,
  LEAD_US,
  startCanary,
  startConsumer,
  startProducer,
} from "./stages/3-workload.ts";

export async function createTopic(context: RunContext, step: CreateStep): Promise<void> {
  const { plan, history, progress } = context;
  const planned = plan.topics.filter(({ log }) => log === step.log);
  const ask = {
    address: addressOf(plan, step.cluster),
    topics: planned.map(({ spec }) => spec),
    withinMs: TOPICS_WITHIN_MS,
  };
  const speaker = (name: string) => observerFor(context, name);
  await speaker(step.cluster).request("topics.create", ask, TOPICS_WITHIN_MS + 5000);
  const { id, cluster, topic } = step;
  history.record({ type: "topic.created", step: id, cluster, topic });
  throwIfAborted(context.signal);
  await seedLogs(context, 0, (log) => log === step.log);
  const consumers = plan.consumers.filter(
    ({ start, logs }) => start === "created" && logs.includes(step.log),
  );
  await settleAll(consumers.map((consumer) => firstCommit(context, consumer, speaker)));
  throwIfAborted(context.signal);
  await startClients(context, step.log, consumers);
  progress.note(`${id}: ${topic} is there, and its clients run`);
}

async function startClients(
  context: RunContext,
  log: number,
  consumers: RunContext["plan"]["consumers"],
): Promise<void> {
  const { plan } = context;
  await settleAll(
    consumers.map((one) => startConsumer(context, one, agentFor(context, one.region, "consumers"))),
  );
  throwIfAborted(context.signal);
  const t0Us = monotonicUs() + LEAD_US;
  const producers = plan.producers.filter((one) => one.start === "created" && one.log === log);
  const canaries = plan.canaries.filter((one) => one.log === log && isMadeLater(plan, log));
  await settleAll([
    ...producers.map((one) =>
      startProducer(context, one, t0Us, agentFor(context, one.region, "producers")),
    ),
    ...canaries.map((one) => startCanary(context, one, t0Us)),
  ]);
}
