/**
 * The ground that a workload stands on in Kafka: its topics, the coordinators and first commits of its
 * groups, and the start of replication. It is asked for by one agent for each cluster, whoever is there
 * first: in a warm world its keepers, while the run's own agents start; else the observers.
 *
 * Every group commits before MirrorMaker starts, so that it finds topics and groups at once instead of
 * at its next refresh, and no group ever starts without a commit (kafkajs#590).
 */
import { poll } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { AgentClient } from "./agent-client.ts";
import {
  addressOf,
  atStart,
  isUp,
  logOf,
  observerFor,
  type RunContext,
  regionsOf,
  throwIfAborted,
} from "./run-context.ts";
import { settleAll } from "./settle-all.ts";

export const TOPICS_WITHIN_MS = 60_000;
const COORDINATOR_WITHIN_MS = 30_000;
const POLL_MS = 100;

/** Who speaks to a cluster. */
export type Speaker = (cluster: string) => AgentClient;

/** It is laid once: who asks later waits for the same, whoever lays it. */
export function ground(context: RunContext): Promise<void> {
  return once(context, () => lay(context, (cluster) => observerFor(context, cluster)));
}

/** The same through the keepers of a warm world. */
export function groundByKeepers(context: RunContext): Promise<void> {
  const { plan, world } = context;
  return once(context, () =>
    world.awake((keeperIn) =>
      lay(context, (cluster) => keeperIn(regionsOf(plan, cluster)[0] ?? "")),
    ),
  );
}

function once(context: RunContext, begin: () => Promise<void>): Promise<void> {
  context.ground ??= begin();
  // Whoever waits for it hears of a failure; after Ctrl-C nobody may.
  context.ground.catch(() => {});
  return context.ground;
}

async function lay(context: RunContext, speaker: Speaker): Promise<void> {
  const { plan } = context;
  const up = (cluster: string) => isUp(context, cluster);
  const clusters = [...new Set(plan.topics.map(({ cluster }) => cluster))].filter(up);
  const consumers = plan.consumers.filter(({ cluster }) => up(cluster));
  await settleAll([
    createTopics(context, clusters, speaker),
    ...consumers.map((consumer) => wakeCoordinator(context, consumer, speaker)),
  ]);
  const first = consumers.filter(({ start }) => start === "initial");
  await settleAll(first.map((consumer) => firstCommit(context, consumer, speaker)));
  throwIfAborted(context.signal);
  await settleAll(startReplications(context));
}

function startReplications(context: RunContext): Promise<void>[] {
  const { plan, runtime, history } = context;
  return plan.topology.replications.map(async (replication) => {
    const target = plan.topology.clusters.find(({ name }) => name === replication.to);
    if (!target) throw new DrillError("E_INTERNAL", `no cluster ${replication.to}`);
    context.world.host(replication.name);
    await runtime.startReplication(replication, target.kafka);
    history.record({ type: "node.state", node: replication.name, state: "started" });
  });
}

/** Asks for a group's offsets: the broker makes its internal topic meanwhile. The answer is moot. */
async function wakeCoordinator(
  context: RunContext,
  { group, cluster, logs }: { group: string; cluster: string; logs: number[] },
  speaker: Speaker,
): Promise<void> {
  const { topic } = logOf(context.plan, logs[0] ?? 0);
  const ask = { address: addressOf(context.plan, cluster), group, topic, partitions: 1 };
  await speaker(cluster)
    .request("group.offsets", ask)
    .catch(() => {});
}

/** Makes the topics of some clusters, all at once, but for those that a step makes. */
export async function createTopics(
  context: RunContext,
  clusters: string[],
  speaker: Speaker,
): Promise<void> {
  await settleAll(
    clusters.map((cluster) => {
      const topics = context.plan.topics.filter(
        (topic) => topic.cluster === cluster && topic.madeBy === undefined,
      );
      const ask = {
        address: addressOf(context.plan, cluster),
        topics: topics.map(({ spec }) => spec),
        withinMs: TOPICS_WITHIN_MS,
      };
      return speaker(cluster).request("topics.create", ask, TOPICS_WITHIN_MS + 5000);
    }),
  );
}

/** The group starts right behind the readiness record, on every log that has one. */
export async function firstCommit(
  context: RunContext,
  consumer: { group: string; logs: number[] },
  speaker: Speaker,
): Promise<void> {
  const seeded = new Set(
    context.plan.judging.producers.filter(({ kind }) => kind === "readiness").map(({ log }) => log),
  );
  for (const id of consumer.logs.filter((log) => seeded.has(log))) {
    const log = logOf(context.plan, id);
    const ask = {
      address: addressOf(context.plan, log.cluster),
      group: consumer.group,
      topic: log.topic,
      offsets: new Array<number>(atStart(log).partitions).fill(1),
    };
    // A fresh cluster has no group coordinator until its internal topic is there.
    let last = "";
    const committed = await poll(() => speaker(log.cluster).request("group.commit", ask), {
      everyMs: POLL_MS,
      withinMs: COORDINATOR_WITHIN_MS,
      signal: context.signal,
      onError: (error) => {
        last = messageOf(error);
      },
    });
    throwIfAborted(context.signal);
    if (committed) continue;
    throw new DrillError("E_NODE_NOT_READY", `first commit of group ${consumer.group}: ${last}`);
  }
}
