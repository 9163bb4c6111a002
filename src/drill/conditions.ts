/**
 * Looks at the running system for a condition of the plan: whether it holds now, and what was seen,
 * in words. What cannot be asked (nobody answers) throws: that is no observation, and whoever waits
 * or guards says so.
 */
import { readFileSync, statfsSync } from "node:fs";
import type { Condition, LagBound } from "../experiment/plan.ts";
import { formatBytes, formatCount, formatDurationMs } from "../kernel/units.ts";
import type { PartitionState } from "../workload/protocol.ts";
import { eyesOf } from "./eyes.ts";
import { addressOf, logOf, observerFor, type RunContext } from "./run-context.ts";

export interface Sight {
  met: boolean;
  seen: string;
}

/** What a condition counts from. */
export interface Baseline {
  /** Records acked when the wait began. */
  acked: number;
}

const ASK_WITHIN_MS = 5000;
const PROBE_MS = 1000;
/** An age is that of what arrived in this time. */
const AGE_WINDOW_MS = 2000;

export function look(
  context: RunContext,
  condition: Condition,
  baseline: Baseline,
): Promise<Sight> | Sight {
  switch (condition.what) {
    case "isr":
      return lookAtIsr(context, condition);
    case "leader":
      return lookAtLeaders(context, condition);
    case "group-lag":
      return lookAtLag(context, condition, () => groupLag(context, condition));
    case "mirror-lag":
      return lookAtLag(context, condition, () => mirrorLag(context, condition));
    case "group":
      return lookAtGroup(context, condition);
    case "controller":
      return lookAtController(context, condition);
    case "acked":
      return lookAtAcks(context, condition, baseline);
    case "topic":
      return lookAtTopic(context, condition);
    case "region":
      return lookAtRegion(context, condition);
    case "errors":
      return lookAtErrors(context, condition);
    case "disk": {
      const { bavail, bsize } = statfsSync(context.folder);
      return below("free on the disk", bavail * bsize, condition.belowBytes);
    }
    case "memory":
      return below("of memory available", memoryBytes(), condition.belowBytes);
  }
}

type Of<W extends Condition["what"]> = Extract<Condition, { what: W }>;

/** Records that the application's producers had acked so far. */
export function ackedRecords({ plan, monitor }: RunContext): number {
  return plan.producers.reduce((sum, { ref }) => sum + monitor.acked(ref), 0);
}

async function partitionsOf(context: RunContext, place: Of<"isr"> | Of<"leader">) {
  const states = await eyesOf(context).partitions(place.cluster, place.topic);
  if (states === null) throw new Error(`there is no topic ${place.topic} on ${place.cluster}`);
  const meant = states.filter(({ partition }) => place.partitions?.includes(partition) ?? true);
  const wanted = place.partitions?.length ?? 1;
  if (meant.length < wanted) throw new Error(`${place.topic} lacks partitions that were named`);
  return meant;
}

/** Region of a broker; undefined when the plan has no such node. */
function regionOf({ plan }: RunContext, cluster: string, id: number): string | undefined {
  return plan.topology.nodes.find((node) => node.cluster === cluster && node.id === id)?.region;
}

async function lookAtIsr(context: RunContext, condition: Of<"isr">): Promise<Sight> {
  const { wants, cluster } = condition;
  const holds = ({ isr, replicas }: PartitionState): boolean => {
    if (wants === "full") return isr.length === replicas.length;
    if ("atMost" in wants) return isr.length <= wants.atMost;
    if ("atLeast" in wants) return isr.length >= wants.atLeast;
    // Nobody in sync is not "everybody in sync is over there".
    return isr.length > 0 && isr.every((id) => regionOf(context, cluster, id) === wants.in);
  };
  const show = ({ partition, isr, replicas }: PartitionState) =>
    `${partition}: ISR [${isr.join(", ")}] of [${replicas.join(", ")}]`;
  return summarized(await partitionsOf(context, condition), holds, show);
}

async function lookAtLeaders(context: RunContext, condition: Of<"leader">): Promise<Sight> {
  const region = (id: number) => regionOf(context, condition.cluster, id);
  const holds = ({ leader }: PartitionState) =>
    condition.in === null ? leader < 0 : region(leader) === condition.in;
  const show = ({ partition, leader }: PartitionState) =>
    leader < 0 ? `${partition}: no leader` : `${partition}: leader ${leader} in ${region(leader)}`;
  return summarized(await partitionsOf(context, condition), holds, show);
}

const SHOWN_MAX = 3;

/** Of many partitions, those that are not as wanted say most. */
function summarized(
  states: PartitionState[],
  holds: (state: PartitionState) => boolean,
  show: (state: PartitionState) => string,
): Sight {
  const against = states.filter((state) => !holds(state));
  const met = against.length === 0;
  const shown = (met ? states : against).slice(0, SHOWN_MAX).map(show).join("; ");
  const count = `${states.length - against.length} of ${states.length} partitions`;
  return { met, seen: `${count}; ${met ? "" : "not "}${shown}` };
}

async function lookAtLag(
  context: RunContext,
  { bound, readers }: { bound: LagBound; readers: number[] },
  records: () => Promise<number>,
): Promise<Sight> {
  if (bound.unit === "records") {
    const lag = await records();
    return { met: isBeyond(lag, bound), seen: `${formatCount(lag)} records behind` };
  }
  const ages = readers.flatMap((ref) => context.monitor.lagMs(ref, AGE_WINDOW_MS) ?? []);
  if (ages.length === 0) throw new Error(`no record arrived in the last ${AGE_WINDOW_MS} ms`);
  const age = Math.max(...ages);
  return { met: isBeyond(age, bound), seen: `records are ${formatDurationMs(age)} old` };
}

function isBeyond(amount: number, { side, than }: LagBound): boolean {
  return side === "above" ? amount > than : amount < than;
}

async function endsOf(context: RunContext, id: number): Promise<number[]> {
  const log = logOf(context.plan, id);
  const address = addressOf(context.plan, log.cluster);
  const ask = { address, log, by: "platformatic" } as const;
  const observer = observerFor(context, log.cluster);
  const bounds = await observer.request("log.bounds", ask, ASK_WITHIN_MS);
  if (bounds === null) throw new Error(`there is no topic ${log.topic} on ${log.cluster}`);
  return bounds.map(({ end }) => end);
}

async function groupLag(context: RunContext, { group, logs }: Of<"group-lag">): Promise<number> {
  let lag = 0;
  for (const id of logs) {
    const log = logOf(context.plan, id);
    const ask = {
      address: addressOf(context.plan, log.cluster),
      group,
      topic: log.topic,
      partitions: log.partitions,
    };
    const observer = observerFor(context, log.cluster);
    const offsets = await observer.request("group.offsets", ask, ASK_WITHIN_MS);
    const ends = await endsOf(context, id);
    // A partition without an offset is unread from its start.
    lag += ends.reduce((sum, end, p) => sum + Math.max(0, end - Math.max(0, offsets[p] ?? 0)), 0);
  }
  return lag;
}

/** The mirror is asked first: what is written meanwhile can only make the lag larger, never less. */
async function mirrorLag(
  context: RunContext,
  { source, mirror }: Of<"mirror-lag">,
): Promise<number> {
  const copied = await endsOf(context, mirror);
  const written = await endsOf(context, source);
  return written.reduce((sum, end, p) => sum + Math.max(0, end - (copied[p] ?? 0)), 0);
}

const GROUP_STATES: Record<Of<"group">["is"], string[]> = {
  stable: ["Stable"],
  empty: ["Empty"],
  rebalancing: ["PreparingRebalance", "CompletingRebalance"],
};

async function lookAtGroup(
  context: RunContext,
  { group, cluster, is }: Of<"group">,
): Promise<Sight> {
  const ask = { address: addressOf(context.plan, cluster), group };
  const observer = observerFor(context, cluster);
  const { state, members } = await observer.request("group.describe", ask, ASK_WITHIN_MS);
  const seen = `${state} with ${members} ${members === 1 ? "member" : "members"}`;
  return { met: GROUP_STATES[is].includes(state), seen };
}

async function lookAtController(
  context: RunContext,
  { cluster, in: region }: Of<"controller">,
): Promise<Sight> {
  const controllers = context.plan.topology.nodes
    .filter((node) => node.cluster === cluster && node.controllerPort !== null)
    .map((node) => `${node.name}:${node.controllerPort}`);
  const ask = { address: addressOf(context.plan, cluster), controllers };
  const observer = observerFor(context, cluster);
  const { claim, answered } = await observer.request("quorum.describe", ask, ASK_WITHIN_MS);
  if (answered === 0) throw new Error(`no controller of ${cluster} answers`);
  if (claim === null) return { met: false, seen: "no controller is active" };
  const { leader, leaderEpoch } = claim;
  const where = regionOf(context, cluster, leader);
  const seen = `controller ${leader} in ${where} is active, epoch ${leaderEpoch}`;
  return { met: where === region, seen };
}

function lookAtAcks(
  context: RunContext,
  { records, after }: Of<"acked">,
  { acked }: Baseline,
): Sight {
  const { ackedAtEnd } = context.live;
  const from =
    after === null ? acked : Math.max(...after.map((step) => ackedAtEnd.get(step) ?? acked));
  const count = ackedRecords(context) - from;
  return { met: count >= records, seen: `${formatCount(count)} records acked` };
}

async function lookAtTopic(
  context: RunContext,
  { cluster, topic, above }: Of<"topic">,
): Promise<Sight> {
  const states = await eyesOf(context).partitions(cluster, topic);
  if (states === null) return { met: false, seen: `${topic} does not exist` };
  const log = { id: 0, cluster, topic, partitions: states.length, role: "workload", region: "" };
  const ask = { address: addressOf(context.plan, cluster), log, by: "platformatic" } as const;
  const observer = observerFor(context, cluster);
  const bounds = await observer.request("log.bounds", ask as never, ASK_WITHIN_MS);
  if (bounds === null) return { met: false, seen: `${topic} does not exist` };
  const records = bounds.reduce((sum, { start, end }) => sum + end - start, 0);
  return { met: records > above, seen: `${formatCount(records)} records` };
}

/** Asked inside the region: a cut link is no loss of what lies behind it. */
async function lookAtRegion(context: RunContext, { region, is }: Of<"region">): Promise<Sight> {
  const brokers = context.plan.topology.nodes.filter(
    (node) => node.region === region && node.clientPort !== null,
  );
  const eyes = eyesOf(context);
  const outcomes = await Promise.all(brokers.map(({ name }) => eyes.probe(region, name, PROBE_MS)));
  const answered = outcomes.filter((outcome) => outcome === "answered").length;
  const met = is === "lost" ? answered === 0 : answered === brokers.length;
  return { met, seen: `${answered} of ${brokers.length} brokers answer` };
}

function lookAtErrors(context: RunContext, { above, overMs }: Of<"errors">): Sight {
  const ended = context.plan.producers.map(({ ref }) => context.monitor.ended(ref, overMs));
  const all = ended.reduce((sum, one) => sum + one.all, 0);
  const notAcked = ended.reduce((sum, one) => sum + one.notAcked, 0);
  const seen = `${formatCount(notAcked)} of ${formatCount(all)} records not acked`;
  return { met: all > 0 && notAcked / all > above, seen };
}

function below(what: string, bytes: number, limit: number): Sight {
  return { met: bytes < limit, seen: `${formatBytes(bytes)} ${what}` };
}

/** What the kernel would give away without swapping. */
function memoryBytes(): number {
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
  if (!line) throw new Error("/proc/meminfo does not say what is available");
  return Number(line[1]) * 1024;
}
