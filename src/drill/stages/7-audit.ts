/**
 * Stage 7: read every log that survives, from its start to its end, with a client other than the
 * producer's; and only then heal what is still broken, and read what comes back.
 *
 * The order matters. Were the dead region started first, replication would carry its stranded
 * records over and the loss would vanish from the evidence. So: audit the survivors, stop
 * replication, heal, audit what was healed.
 *
 * A cluster that has lost a part of itself is read twice. Before the heal, as far as that goes: what
 * the living part holds, which is all there would be without the dead. After it, the whole log.
 */
import type { LogRef } from "../../history/judging.ts";
import { poll } from "../../kernel/clock.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import { formatCount } from "../../kernel/units.ts";
import type { AgentClient } from "../agent-client.ts";
import { healOpen } from "../heal-open.ts";
import { keepLogs } from "../kept-logs.ts";
import {
  addressOf,
  hasTransactions,
  observerFor,
  type RunContext,
  regionsOf,
  throwIfAborted,
} from "../run-context.ts";
import { auditHeld, HELD, isServed, sortedOut } from "../survivors.ts";

const BOUNDS_WITHIN_MS = 60_000;
/** A new leader whose ISR is below min.insync.replicas may never know its high watermark. */
const WOUNDED_BOUNDS_WITHIN_MS = 15_000;
const AUDIT_STALL_MS = 15_000;
/**
 * A transaction whose producer died stays open, and hides what is behind it, until its timeout (60 s
 * for kafkajs) and the coordinator's next look (every 10 s).
 */
const OPEN_TRANSACTION_MS = 85_000;
const AGREE_POLL_MS = 500;
const AUDIT_WITHIN_MS = 300_000;
const CLUSTER_READY_WITHIN_MS = 120_000;

export async function audit(context: RunContext): Promise<void> {
  const { alive, dead, wounded, cut } = sortedOut(context);
  await auditLogs(context, alive, "surviving", 1);
  if (context.live.openFaults.size === 0) return auditLogs(context, wounded, "healed", 2);
  for (const log of wounded) await auditWounded(context, log);
  await stopReplication(context);
  await endFrozen(context);
  await healOpen(context);
  const again = [...dead, ...wounded, ...cut];
  if (again.length === 0) return;
  try {
    for (const cluster of new Set(again.map((log) => log.cluster))) {
      await bringObserver(context, cluster);
    }
    await auditLogs(context, dead, "failed region, healed", 2);
    await auditLogs(context, [...wounded, ...cut], "healed", 2);
  } catch (error) {
    throwIfAborted(context.signal);
    const message = `what was healed could not be audited: ${messageOf(error)}`;
    context.history.record({ type: "warning", code: "W_FAILED_REGION_NOT_AUDITED", message });
    context.progress.note(message);
  }
}

/** Led by the living, a log is read as any other; else replica by replica. */
async function auditWounded(context: RunContext, log: LogRef): Promise<void> {
  if (await isServed(context, log)) {
    try {
      return await auditLogs(context, [log], HELD, 1);
    } catch (error) {
      throwIfAborted(context.signal);
      context.progress.note(`${log.topic} is not served after all: ${messageOf(error)}`);
    }
  }
  await auditHeld(context, log, auditReader(context, [log], 1));
}

async function auditLogs(
  context: RunContext,
  logs: LogRef[],
  purpose: string,
  pass: number,
): Promise<void> {
  const clusters = [...new Set(logs.map(({ cluster }) => cluster))];
  for (const cluster of clusters) {
    const ours = logs.filter((log) => log.cluster === cluster);
    const observer = observerFor(context, cluster);
    const withinMs = purpose === HELD ? WOUNDED_BOUNDS_WITHIN_MS : BOUNDS_WITHIN_MS;
    for (const log of ours) await recordBounds(context, observer, log, { pass, withinMs });
    const reader = auditReader(context, ours, pass);
    const committed = ours.some((log) => hasTransactions(context.plan, log));
    context.progress.status(`auditing ${cluster}: ${ours.map(({ topic }) => topic).join(", ")}`);
    for (const log of ours) {
      context.history.record({ type: "audit.started", pass, log: log.id, purpose });
    }
    const found = await observer.request(
      "audit",
      {
        reader,
        runTag: context.plan.judging.runTag,
        address: addressOf(context.plan, cluster),
        logs: ours,
        stallMs: committed ? OPEN_TRANSACTION_MS : AUDIT_STALL_MS,
        committed,
      },
      AUDIT_WITHIN_MS,
    );
    const records = found.logs.reduce((sum, log) => sum + log.records, 0);
    const incomplete = found.logs.filter(({ complete }) => !complete).length;
    const suffix = incomplete > 0 ? `, ${incomplete} partitions NOT read to their end` : "";
    context.progress.note(`audited ${cluster}: ${formatCount(records)} records${suffix}`);
    throwIfAborted(context.signal);
  }
}

/** The reader id of this audit pass over these logs; the plan has them in the order of passes. */
function auditReader(context: RunContext, logs: LogRef[], pass: number): number {
  const [log] = logs;
  const found = context.plan.judging.readers.filter(
    ({ kind, logs: read }) => kind === "audit" && log !== undefined && read.includes(log.id),
  );
  const [first] = found;
  if (!first) throw new DrillError("E_INTERNAL", "the plan has no audit reader for these logs");
  return (found[pass - 1] ?? first).id;
}

type Asked = Awaited<ReturnType<typeof boundsOf>>;

/** End offsets by two independent clients; where they differ, the judge finds it inconclusive. */
async function recordBounds(
  context: RunContext,
  observer: AgentClient,
  log: LogRef,
  { pass, withinMs }: { pass: number; withinMs: number },
): Promise<void> {
  const [one, other] = await bothBounds(context, observer, log, withinMs);
  if (one.absent && other.absent) {
    const message = `${log.topic} does not exist on ${log.cluster}: it counts as an empty log`;
    context.history.record({ type: "warning", code: "W_TOPIC_ABSENT", message });
    context.progress.note(message);
  }
  for (const [by, { bounds }] of [["platformatic", one] as const, ["kafkajs", other] as const]) {
    context.history.record({ type: "audit.bounds", pass, log: log.id, by, bounds });
  }
  for (const { partition, detail } of differences(one, other)) {
    context.history.record({ type: "audit.disagreement", log: log.id, partition, detail });
  }
}

/**
 * What each of the two says. kafkajs asks for the last stable offset, which an open transaction holds
 * back (KIP-98): while one may be open, both are asked until they agree.
 */
async function bothBounds(
  context: RunContext,
  observer: AgentClient,
  log: LogRef,
  withinMs: number,
): Promise<[Asked, Asked]> {
  let last: [Asked, Asked] | undefined;
  const ask = async (): Promise<[Asked, Asked]> => {
    const one = await boundsOf(context, observer, log, { by: "platformatic", withinMs });
    last = [one, await boundsOf(context, observer, log, { by: "kafkajs", withinMs })];
    return last;
  };
  const asked = await ask();
  if (differences(...asked).length === 0 || !hasTransactions(context.plan, log)) return asked;
  context.progress.status(`auditing ${log.cluster}: ${log.topic} has an open transaction`);
  const agreed = await poll(
    async () => (differences(...(await ask())).length === 0 ? last : undefined),
    { everyMs: AGREE_POLL_MS, withinMs: OPEN_TRANSACTION_MS, signal: context.signal },
  );
  throwIfAborted(context.signal);
  return agreed ?? last ?? asked;
}

/** Where the two differ, in words. */
function differences(one: Asked, other: Asked): { partition: number; detail: string }[] {
  const said = (asked: Asked, partition: number) => {
    const found = asked.bounds.find((bound) => bound.partition === partition);
    return asked.absent ? "no such topic" : `${found?.start}..${found?.end}`;
  };
  return one.bounds.flatMap(({ partition, start, end }) => {
    const theirs = other.bounds.find((bound) => bound.partition === partition);
    const same = theirs?.start === start && theirs.end === end;
    if (same && one.absent === other.absent) return [];
    const detail = `platformatic says ${said(one, partition)}, kafkajs ${said(other, partition)}`;
    return [{ partition, detail }];
  });
}

/** A leader that was just elected does not know its high watermark yet: asked until it does. */
async function boundsOf(
  context: RunContext,
  observer: AgentClient,
  log: LogRef,
  { by, withinMs }: { by: "platformatic" | "kafkajs"; withinMs: number },
) {
  const address = addressOf(context.plan, log.cluster);
  let last = "";
  const ask = async () => ({ bounds: await observer.request("log.bounds", { address, log, by }) });
  const asked = await poll(ask, {
    everyMs: 200,
    withinMs,
    signal: context.signal,
    onError: (error) => {
      last = messageOf(error);
    },
  });
  throwIfAborted(context.signal);
  if (!asked) throw new DrillError("E_AGENT_REFUSED", `no bounds of ${log.topic}: ${last}`);
  const empty = Array.from({ length: log.partitions }, (_, partition) => ({
    partition,
    start: 0,
    end: 0,
  }));
  return { absent: asked.bounds === null, bounds: asked.bounds ?? empty };
}

async function stopReplication(context: RunContext): Promise<void> {
  for (const { name } of context.plan.topology.replications) {
    context.expected.add(name);
    if (await context.runtime.isRunning(name)) await context.runtime.kill(name);
    await keepLogs(context, [name]);
    await context.runtime.remove(name);
    context.removed.add(name);
    context.history.record({ type: "node.state", node: name, state: "removed", expected: true });
  }
}

/** Frozen clients would go on once thawed, and what they send then is no part of the drill. */
async function endFrozen(context: RunContext): Promise<void> {
  for (const { name } of context.agents.all().filter(({ frozen }) => frozen)) {
    context.expected.add(name);
    await context.runtime.kill(name);
  }
}

/** A living observer and a ready cluster: its own agents died with the region. */
async function bringObserver(context: RunContext, cluster: string): Promise<void> {
  const [region] = regionsOf(context.plan, cluster);
  if (region !== undefined && context.agents.observerIn(region) === undefined) {
    await context.agents.start(region, "observer", "restore");
  }
  const brokers = context.plan.topology.nodes.filter(
    (node) => node.cluster === cluster && node.clientPort !== null,
  ).length;
  const address = addressOf(context.plan, cluster);
  const ask = { address, brokers, withinMs: CLUSTER_READY_WITHIN_MS };
  const observer = observerFor(context, cluster);
  await observer.request("cluster.ready", ask, CLUSTER_READY_WITHIN_MS + 5000);
}
