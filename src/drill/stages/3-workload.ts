/**
 * Stage 3: the workload begins. Every producer gets the same first due time, a little ahead, so that
 * all schedules start together and none starts late.
 */
import { isMadeLater, type PlannedConsumer, type PlannedProducer } from "../../experiment/plan.ts";
import { monotonicUs } from "../../kernel/clock.ts";
import { DrillError } from "../../kernel/errors.ts";
import type { AgentClient } from "../agent-client.ts";
import type { Origin } from "../agent-pool.ts";
import { addressOf, atStart, logOf, type RunContext } from "../run-context.ts";
import { settleAll } from "../settle-all.ts";

export const LEAD_US = 500_000;
const START_WITHIN_MS = 60_000;

export async function startWorkload(context: RunContext): Promise<void> {
  const { plan, history } = context;
  // Consumers and watchers first: they are to be there when the first record is.
  await settleAll([
    ...plan.consumers
      .filter(({ start }) => start === "initial")
      .map((consumer) =>
        startConsumer(context, consumer, agentFor(context, consumer.region, "consumers")),
      ),
    ...plan.watchers.map((watcher) => startWatcher(context, watcher)),
  ]);
  const t0Us = monotonicUs() + LEAD_US;
  history.record({ type: "workload.started", t0Us });
  await settleAll([
    ...plan.producers
      .filter(({ start }) => start === "initial")
      .map((producer) =>
        startProducer(context, producer, t0Us, agentFor(context, producer.region, "producers")),
      ),
    ...plan.canaries
      .filter(({ log }) => !isMadeLater(plan, log))
      .map((canary) => startCanary(context, canary, t0Us)),
  ]);
}

export function agentFor(context: RunContext, region: string, role: string): AgentClient {
  const found = context.agents
    .alive()
    .find((agent) => agent.region === region && agent.role === role);
  if (!found) throw new DrillError("E_AGENT_LOST", `no ${role} agent is alive in ${region}`);
  return found;
}

export async function startProducer(
  context: RunContext,
  producer: PlannedProducer,
  t0Us: number,
  agent: AgentClient,
  origin: Origin = "initial",
): Promise<void> {
  const { plan } = context;
  const log = logOf(plan, producer.log);
  context.live.producers.set(producer.ref, agent);
  await agent.request(
    "producer.start",
    {
      producer: producer.ref,
      name: producer.name,
      runTag: plan.judging.runTag,
      address: addressOf(plan, log.cluster),
      ...(producer.start === "added"
        ? { log, partitionFirst: log.partitionsAtStart ?? 0 }
        : { log: atStart(log) }),
      ratePerSecond: producer.ratePerSecond,
      recordBytes: producer.recordBytes,
      acks: producer.acks,
      idempotent: producer.idempotent,
      ...(producer.transactional ? { transactional: producer.transactional } : {}),
      lingerMs: producer.lingerMs,
      batchRecordsMax: producer.batchRecordsMax,
      client: producer.client,
      t0Us,
      changes: context.live.changes.get(producer.ref) ?? [],
    },
    START_WITHIN_MS,
  );
  recordStart(context, producer, "producer", origin);
}

export async function startConsumer(
  context: RunContext,
  consumer: PlannedConsumer,
  agent: AgentClient,
  origin: Origin = "initial",
): Promise<void> {
  const { plan } = context;
  context.live.consumers.set(consumer.ref, agent);
  await agent.request(
    "consumer.start",
    {
      reader: consumer.ref,
      name: consumer.name,
      group: consumer.group,
      runTag: plan.judging.runTag,
      address: addressOf(plan, consumer.cluster),
      logs: consumer.logs.map((id) => logOf(plan, id)),
      commitEveryMs: consumer.commitEveryMs,
      client: consumer.client,
    },
    START_WITHIN_MS,
  );
  recordStart(context, consumer, "consumer", origin);
}

export async function startCanary(
  context: RunContext,
  canary: RunContext["plan"]["canaries"][number],
  t0Us: number,
): Promise<void> {
  const log = logOf(context.plan, canary.log);
  // What a new client costs must not hold up the probe that measures to the millisecond.
  const agent = agentFor(context, canary.region, canary.fresh ? "observer" : "canary");
  context.live.canaries.set(canary.ref, agent);
  await agent.request("canary.start", {
    producer: canary.ref,
    name: canary.name,
    runTag: context.plan.judging.runTag,
    address: addressOf(context.plan, log.cluster),
    log: atStart(log),
    intervalMs: canary.intervalMs,
    recordBytes: canary.recordBytes,
    timeoutMs: canary.timeoutMs,
    t0Us,
    ...(canary.fresh ? { fresh: canary.fresh } : {}),
  });
  recordStart(context, canary, "canary", "initial");
}

async function startWatcher(
  context: RunContext,
  watcher: RunContext["plan"]["watchers"][number],
): Promise<void> {
  const agent = agentFor(context, watcher.region, "observer");
  context.live.watchers.set(watcher.ref, agent);
  await agent.request("watch.start", {
    reader: watcher.ref,
    runTag: context.plan.judging.runTag,
    address: addressOf(context.plan, watcher.cluster),
    logs: watcher.logs.map((id) => logOf(context.plan, id)),
  });
  recordStart(
    context,
    { name: `watcher-${watcher.cluster}`, region: watcher.region },
    "watcher",
    "initial",
  );
}

function recordStart(
  context: RunContext,
  client: { name: string; region: string },
  kind: "producer" | "consumer" | "canary" | "watcher",
  origin: Origin,
): void {
  context.history.record({
    type: "client.started",
    client: client.name,
    kind,
    region: client.region,
    origin,
  });
}
