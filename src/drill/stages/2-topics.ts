/**
 * Stage 2: topics, the groups' first commits, and replication that is proven to work.
 *
 * One readiness record is written to every partition and every group commits the offset behind it,
 * before MirrorMaker starts: so it finds topics and groups at once instead of at its next refresh,
 * and no group ever starts without a commit (kafkajs#590). Replication is ready when the record and
 * the offset have crossed.
 */
import { isMadeLater, type PlannedReplication } from "../../experiment/plan.ts";
import type { LogRef } from "../../history/judging.ts";
import { monotonicUs, poll } from "../../kernel/clock.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import {
  addressOf,
  atStart,
  isUp,
  logOf,
  observerFor,
  type RunContext,
  throwIfAborted,
} from "../run-context.ts";
import { clientAgents, settleAll } from "./1-boot.ts";

export const TOPICS_WITHIN_MS = 60_000;
const COORDINATOR_WITHIN_MS = 30_000;
const POLL_MS = 100;
/**
 * MirrorMaker has at most 10 offset syncs in flight (OffsetSyncWriter) and sends the ones it put off
 * with the next record: with more partitions than that, one record each is not enough.
 */
const RESEED_US = 3_000_000;
/** A round may need several tries on a partition, each with a seq of its own. */
const SEQS_PER_ROUND = 1000;

export async function topics(context: RunContext): Promise<void> {
  const { plan, progress } = context;
  const up = (cluster: string) => isUp(context, cluster);
  const clusters = [...new Set(plan.topics.map(({ cluster }) => cluster))].filter(up);
  const consumers = plan.consumers.filter(({ cluster }) => up(cluster));
  // MirrorMaker takes longest, and leaves a core idle while it joins its group: it is not held up.
  if (plan.replications.length === 0) void clientAgents(context);
  await settleAll([
    createTopics(context, clusters),
    ...consumers.map((consumer) => wakeCoordinator(context, consumer)),
  ]);
  const first = consumers.filter(({ start }) => start === "initial");
  await settleAll(first.map((consumer) => firstCommit(context, consumer)));
  throwIfAborted(context.signal);
  const started = startReplications(context);
  await settleAll([seedAll(context, 0), ...started]);
  const agents = clientAgents(context);
  await settleAll(plan.replications.map((replication) => replicationReady(context, replication)));
  await agents;
  if (plan.replications.some(({ expectLogs }) => expectLogs.length > 0)) {
    progress.note("replication proven: record and offset crossed");
  }
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
): Promise<void> {
  const { topic } = logOf(context.plan, logs[0] ?? 0);
  const ask = { address: addressOf(context.plan, cluster), group, topic, partitions: 1 };
  await observerFor(context, cluster)
    .request("group.offsets", ask)
    .catch(() => {});
}

/** Makes the topics of some clusters, all at once, but for those that a step makes. */
export async function createTopics(context: RunContext, clusters: string[]): Promise<void> {
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
      const observer = observerFor(context, cluster);
      return observer.request("topics.create", ask, TOPICS_WITHIN_MS + 5000);
    }),
  );
}

function readinessProducers({ plan }: RunContext) {
  return plan.judging.producers.filter(({ kind }) => kind === "readiness");
}

/** Writes a readiness record to every partition of every workload log that is there at the boot. */
function seedAll(context: RunContext, round: number): Promise<void> {
  return seedLogs(context, round, (log) => !isMadeLater(context.plan, log));
}

export async function seedLogs(
  context: RunContext,
  round: number,
  which: (log: number) => boolean,
): Promise<void> {
  const producers = readinessProducers(context).filter(({ log }) => which(log));
  await settleAll(
    producers.map(async (producer) => {
      const log = logOf(context.plan, producer.log);
      await observerFor(context, log.cluster).request("canary.seed", {
        address: addressOf(context.plan, log.cluster),
        log: atStart(log),
        producer: producer.id,
        runTag: context.plan.judging.runTag,
        recordBytes: producer.recordBytes,
        seqFirst: round * SEQS_PER_ROUND,
      });
    }),
  );
}

/** The group starts right behind the readiness record, on every log that has one. */
export async function firstCommit(
  context: RunContext,
  consumer: { group: string; logs: number[] },
): Promise<void> {
  const seeded = new Set(readinessProducers(context).map(({ log }) => log));
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
    const committed = await poll(
      () => observerFor(context, log.cluster).request("group.commit", ask),
      {
        everyMs: POLL_MS,
        withinMs: COORDINATOR_WITHIN_MS,
        signal: context.signal,
        onError: (error) => {
          last = messageOf(error);
        },
      },
    );
    throwIfAborted(context.signal);
    if (committed) continue;
    throw new DrillError("E_NODE_NOT_READY", `first commit of group ${consumer.group}: ${last}`);
  }
}

async function replicationReady(
  context: RunContext,
  replication: PlannedReplication,
): Promise<void> {
  if (replication.expectLogs.length === 0) {
    context.progress.note(
      `${replication.name} started; nothing is asked of it before the workload`,
    );
    return;
  }
  const startedUs = monotonicUs();
  const logs = replication.expectLogs.map((id) => atStart(logOf(context.plan, id)));
  let missing = "";
  let rounds = 1;
  const ready = await poll(
    async () => {
      missing = await whatIsMissing(context, replication, logs);
      if (missing === "") return true;
      if (monotonicUs() - startedUs > rounds * RESEED_US) {
        await seedAll(context, rounds);
        rounds += 1;
      }
      return undefined;
    },
    {
      everyMs: POLL_MS,
      withinMs: replication.readyWithinMs,
      signal: context.signal,
      onError: (error) => {
        missing = String(error);
      },
    },
  );
  throwIfAborted(context.signal);
  if (!ready) {
    const after = `${replication.readyWithinMs / 1000} s`;
    const message = `${replication.name} was not ready after ${after}: ${missing}`;
    throw new DrillError("E_REPLICATION_NOT_READY", message);
  }
  const tookS = ((monotonicUs() - startedUs) / 1e6).toFixed(1);
  context.history.record({ type: "node.state", node: replication.name, state: "ready" });
  context.progress.note(`${replication.name} ready after ${tookS} s`);
}

/** The first thing that has not crossed yet, in words; empty when everything has. */
async function whatIsMissing(
  context: RunContext,
  replication: PlannedReplication,
  logs: LogRef[],
): Promise<string> {
  for (const log of logs) {
    const address = addressOf(context.plan, log.cluster);
    const observer = observerFor(context, log.cluster);
    const states = await observer.request("topic.describe", { address, topic: log.topic });
    if (states === null) return `topic ${log.topic} does not exist on ${log.cluster}`;
    const bounds = await observer.request("log.bounds", { address, log, by: "platformatic" });
    if (bounds === null) return `topic ${log.topic} does not exist on ${log.cluster}`;
    const empty = bounds.filter(({ end }) => end < 1).length;
    if (empty > 0) return `${empty} partitions of ${log.topic} have no canary record`;
    for (const group of replication.expectGroups.filter((one) => reads(context, one, log))) {
      const offsets = await observer.request("group.offsets", {
        address,
        group,
        topic: log.topic,
        partitions: log.partitions,
      });
      const unmapped = offsets.filter((offset) => offset < 1).length;
      if (unmapped > 0) return `${unmapped} offsets of group ${group} have not crossed`;
    }
  }
  return "";
}

/** Whether a member of the group reads what this log is a mirror of. */
function reads({ plan }: RunContext, group: string, { mirrorOf }: LogRef): boolean {
  return plan.consumers.some(
    (consumer) => consumer.group === group && consumer.logs.some((log) => log === mirrorOf),
  );
}
