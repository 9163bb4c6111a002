/**
 * Stage 2: topics, the groups' first commits, and replication that is proven to work.
 *
 * One readiness record is written to every partition, and every group has committed the offset behind
 * it (`ground.ts`). Replication is ready when the record and the offset have crossed.
 */
import { isMadeLater, type PlannedReplication } from "../../experiment/plan.ts";
import type { LogRef } from "../../history/judging.ts";
import { monotonicUs, poll } from "../../kernel/clock.ts";
import { DrillError } from "../../kernel/errors.ts";
import { ground } from "../ground.ts";
import {
  addressOf,
  atStart,
  logOf,
  observerFor,
  type RunContext,
  throwIfAborted,
} from "../run-context.ts";
import { settleAll } from "../settle-all.ts";
import { clientAgents } from "./1-boot.ts";

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
  if (plan.replications.length === 0) void clientAgents(context);
  await ground(context);
  throwIfAborted(context.signal);
  // MirrorMaker takes longest, and leaves a core idle while it starts.
  const agents = clientAgents(context);
  await seedAll(context, 0);
  await settleAll(plan.replications.map((replication) => replicationReady(context, replication)));
  await agents;
  if (plan.replications.some(({ expectLogs }) => expectLogs.length > 0)) {
    progress.note("replication proven: record and offset crossed");
  }
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
