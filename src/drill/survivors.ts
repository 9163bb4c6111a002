/**
 * Whom the faults that are still open have left: which clusters are whole, which have lost a part of
 * themselves, and what the living part of those holds.
 */
import type { FaultReach } from "../fault/fault.ts";
import type { LogRef } from "../history/judging.ts";
import { poll } from "../kernel/clock.ts";
import { formatCount } from "../kernel/units.ts";
import type { KafkaNode } from "../topology/types.ts";
import { eyesOf } from "./eyes.ts";
import { addressOf, observerFor, type RunContext, regionsOf } from "./run-context.ts";

/** What the reading of a wounded cluster before its heal is called in the history. */
export const HELD = "held by survivors";
const REPLICA_WITHIN_MS = 15_000;
const AUDIT_WITHIN_MS = 300_000;
const DESCRIBED_WITHIN_MS = 10_000;
const PROBE_MS = 2000;

export interface SortedLogs {
  /** Of clusters that nothing broken reaches. */
  alive: LogRef[];
  /** Of clusters that are gone altogether. */
  dead: LogRef[];
  /** Of clusters that have lost a part of themselves. */
  wounded: LogRef[];
  /** Of clusters whose regions cannot speak to each other: all live, and no side is the log. */
  cut: LogRef[];
}

/** By what is broken now. The plan says which clusters are wounded, or dead, to the end. */
export function sortedOut(context: RunContext): SortedLogs {
  const { judging } = context.plan;
  const failed = new Set(judging.failedClusters);
  const held = new Set(
    judging.readers.filter(({ beforeHeal }) => beforeHeal).flatMap(({ logs }) => logs),
  );
  const torn = new Set(
    judging.logs.map(({ cluster }) => cluster).filter((name) => isCut(context, name)),
  );
  const sorted: SortedLogs = { alive: [], dead: [], wounded: [], cut: [] };
  for (const log of judging.logs) {
    // Nobody reads what an agent kept to itself.
    if (log.role === "loopback") continue;
    if (failed.has(log.cluster)) sorted.dead.push(log);
    else if (held.has(log.id)) sorted.wounded.push(log);
    else if (torn.has(log.cluster)) sorted.cut.push(log);
    else sorted.alive.push(log);
  }
  return sorted;
}

/** A link between two regions of the cluster is broken; one that is only slow is not. */
function isCut(context: RunContext, cluster: string): boolean {
  const regions = regionsOf(context.plan, cluster);
  const links = regions.flatMap((from) => regions.map((to) => `${from}->${to}`));
  return reaches(context).some(
    ({ fidelity, affects }) =>
      fidelity !== "degrade" && affects.some((name) => links.includes(name)),
  );
}

function reaches(context: RunContext): FaultReach[] {
  return [...context.live.openFaults.values()].map(({ reach }) => reach);
}

/**
 * Nodes of a cluster that a fault has taken: named by one that is open, and silent. One that was only
 * restarted by it answers, and is among the living; one that no fault names and that does not answer is
 * nobody's plan: what it holds is unknown, and its reading will be incomplete.
 */
async function goneFrom(context: RunContext, cluster: string): Promise<KafkaNode[]> {
  const held = new Set(
    reaches(context).flatMap(({ targets, affects }) => [...targets, ...affects]),
  );
  const named = context.plan.topology.nodes.filter(
    (node) => node.cluster === cluster && (held.has(node.name) || held.has(node.region)),
  );
  const { region } = observerFor(context, cluster);
  const eyes = eyesOf(context);
  const seen = await Promise.all(named.map(({ name }) => eyes.probe(region, name, PROBE_MS)));
  return named.filter((_, at) => seen[at] !== "answered");
}

/** Whether somebody who lives leads every partition of a log. */
export async function isServed(context: RunContext, log: LogRef): Promise<boolean> {
  const gone = new Set((await goneFrom(context, log.cluster)).map(({ id }) => id));
  const ask = { address: addressOf(context.plan, log.cluster), topic: log.topic };
  const described = await poll(
    async () => ({
      states: await observerFor(context, log.cluster).request("topic.describe", ask),
    }),
    { everyMs: 200, withinMs: DESCRIBED_WITHIN_MS, signal: context.signal },
  );
  if (!described) return false;
  return (described.states ?? []).every(({ leader }) => leader >= 0 && !gone.has(leader));
}

/** Reads what the living brokers of a cluster hold of a log, replica by replica. */
export async function auditHeld(context: RunContext, log: LogRef, reader: number): Promise<void> {
  const { plan, history, progress } = context;
  const gone = await goneFrom(context, log.cluster);
  const brokers = plan.topology.nodes
    .filter((node) => node.cluster === log.cluster && node.clientPort !== null)
    .filter((node) => !gone.includes(node))
    .map(({ id, name, clientPort }) => ({ id, address: `${name}:${clientPort}` }));
  progress.status(`auditing what the living brokers of ${log.cluster} hold of ${log.topic}`);
  history.record({ type: "audit.started", pass: 1, log: log.id, purpose: HELD });
  const { partitions } = await observerFor(context, log.cluster).request(
    "audit.replicas",
    {
      address: addressOf(plan, log.cluster),
      reader,
      runTag: plan.judging.runTag,
      log,
      brokers,
      stallMs: REPLICA_WITHIN_MS,
    },
    AUDIT_WITHIN_MS,
  );
  history.record({
    type: "audit.replicas",
    log: log.id,
    gone: gone.map(({ name }) => name),
    partitions,
  });
  const read = partitions.flatMap((one) => one.read);
  const incomplete = read.filter(({ complete }) => !complete).length;
  const records = read.reduce((sum, one) => sum + one.records, 0);
  const suffix = incomplete > 0 ? `, ${incomplete} of them NOT read to their end` : "";
  progress.note(
    `${log.topic} of ${log.cluster} is not served by who lives: ${read.length} living replicas ` +
      `hold ${formatCount(records)} records${suffix}`,
  );
}
