/**
 * Conditions of a plan: names resolved, and the words in which the plan, the history and the report
 * speak of them.
 */
import assert from "node:assert";
import type { LogRef } from "../history/judging.ts";
import { formatBytes, formatCount, formatExactMs } from "../kernel/units.ts";
import type { Condition, LagBound, PlannedGuard, PlannedWait } from "./plan.ts";
import type { LogBook } from "./plan-logs.ts";
import { afterOf } from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import type { ConditionEntry, GuardEntry, UntilEntry } from "./schema-conditions.ts";

/** What names are resolved against. */
export interface Known {
  experiment: Experiment;
  book: LogBook;
  consumers: { ref: number; group: string; cluster: string; logs: number[] }[];
  watchers: { ref: number; cluster: string; logs: number[] }[];
}

export function planWait(until: UntilEntry, known: Known): PlannedWait {
  const condition = planCondition(until, known);
  return { ...condition, withinMs: until.within, forMs: until.for };
}

export function planGuard(guard: GuardEntry, known: Known): PlannedGuard {
  return { ...planCondition(guard, known), forMs: guard.for };
}

function planCondition(entry: ConditionEntry, known: Known) {
  const condition = resolve(entry, known);
  return { condition, words: wordsOf(condition) };
}

function resolve(entry: ConditionEntry, known: Known): Condition {
  const { isr, leader, lag, group, controller, acked, topic, region, errors, disk, memory } = entry;
  if (isr) {
    const wants =
      isr.in !== undefined
        ? { in: isr.in }
        : isr.atMost !== undefined
          ? { atMost: isr.atMost }
          : isr.atLeast !== undefined
            ? { atLeast: isr.atLeast }
            : ("full" as const);
    return { what: "isr", ...placeOf(isr, known), wants };
  }
  if (leader) return { what: "leader", ...placeOf(leader, known), in: leader.in ?? null };
  if (lag) return lagOf(lag, known);
  if (group) {
    const cluster = group.cluster ?? consumersOf(group.name, undefined, known)[0]?.cluster;
    return { what: "group", group: group.name, cluster: clusterOf(cluster, known), is: group.is };
  }
  if (controller) {
    const cluster = clusterOf(controller.cluster, known);
    return { what: "controller", cluster, in: controller.in };
  }
  if (acked) {
    const after = acked.after === undefined ? null : afterOf(acked);
    return { what: "acked", records: acked.records, after };
  }
  if (topic) {
    const { cluster } = placeOf({ topic: topic.name, cluster: topic.cluster }, known);
    return { what: "topic", cluster, topic: topic.name, above: topic.above };
  }
  if (region) return { what: "region", region: region.name, is: region.is };
  if (errors) return { what: "errors", above: errors.above, overMs: errors.over };
  if (disk) return { what: "disk", belowBytes: disk.below };
  assert(memory, "a condition has one of the keys");
  return { what: "memory", belowBytes: memory.below };
}

function clusterOf(cluster: string | undefined, { experiment }: Known): string {
  const [first] = Object.keys(experiment.topology.clusters);
  assert(first !== undefined, "a topology has a cluster");
  return cluster ?? first;
}

function placeOf(
  entry: { topic: string; cluster?: string | undefined; partitions?: "all" | number[] },
  { experiment, book }: Known,
) {
  const own = experiment.workload.topics.find(
    ({ name, cluster }) => name === entry.topic && cluster === (entry.cluster ?? cluster),
  );
  const log = book.logs.find(({ topic }) => topic === entry.topic);
  const cluster = entry.cluster ?? own?.cluster ?? log?.cluster;
  assert(cluster !== undefined, `the cluster of ${entry.topic} was checked`);
  const { partitions = "all" } = entry;
  return { cluster, topic: entry.topic, partitions: partitions === "all" ? null : partitions };
}

function consumersOf(group: string, cluster: string | undefined, { consumers }: Known) {
  const members = consumers.filter((consumer) => consumer.group === group);
  const home = cluster ?? members[0]?.cluster;
  return members.filter((member) => member.cluster === home);
}

function lagOf(lag: NonNullable<ConditionEntry["lag"]>, known: Known): Condition {
  const bound = boundOf(lag);
  if (lag.group !== undefined) {
    const members = consumersOf(lag.group, lag.cluster, known);
    const logs = [...new Set(members.flatMap((member) => member.logs))];
    const readers = members.map(({ ref }) => ref);
    return { what: "group-lag", group: lag.group, logs, readers, bound };
  }
  const mirror = mirrorsOf(lag.mirror ?? "", lag.cluster, known.book.logs)[0];
  assert(mirror?.mirrorOf !== undefined, "the mirror was checked");
  const readers = known.watchers.filter(({ logs }) => logs.includes(mirror.id));
  return {
    what: "mirror-lag",
    topic: lag.mirror ?? "",
    source: mirror.mirrorOf,
    mirror: mirror.id,
    readers: readers.map(({ ref }) => ref),
    bound,
  };
}

/** Mirrors of a workload topic; on one cluster when it is named. */
export function mirrorsOf(topic: string, cluster: string | undefined, logs: LogRef[]): LogRef[] {
  return logs.filter((log) => {
    const source = logs.find(({ id }) => id === log.mirrorOf);
    return source?.topic === topic && log.cluster === (cluster ?? log.cluster);
  });
}

function boundOf({ above, below }: NonNullable<ConditionEntry["lag"]>): LagBound {
  const amount = above ?? below ?? 0;
  const side = above === undefined ? "below" : "above";
  return typeof amount === "number"
    ? { side, unit: "records", than: amount }
    : { side, unit: "ms", than: amount.ms };
}

/** "orders on main: at most 1 in-sync replica, partitions 0, 1". */
export function wordsOf(condition: Condition): string {
  switch (condition.what) {
    case "isr":
      return `${placeWords(condition)}: ${isrWords(condition.wants)}`;
    case "leader": {
      const what = condition.in === null ? "no leader" : `led from ${condition.in}`;
      return `${placeWords(condition)}: ${what}`;
    }
    case "group-lag":
      return `lag of the group ${condition.group} ${boundWords(condition.bound)}`;
    case "mirror-lag":
      return `lag of the mirror of ${condition.topic} ${boundWords(condition.bound)}`;
    case "group":
      return `group ${condition.group} on ${condition.cluster} is ${condition.is}`;
    case "controller":
      return `the active controller of ${condition.cluster} is in ${condition.in}`;
    case "acked": {
      const since =
        condition.after === null
          ? "since the wait began"
          : `since the end of ${condition.after.join(", ")}`;
      return `${formatCount(condition.records)} records acked ${since}`;
    }
    case "topic": {
      const { topic, cluster, above } = condition;
      return `${topic} on ${cluster} holds more than ${formatCount(above)} records`;
    }
    case "region":
      return condition.is === "lost"
        ? `no broker of ${condition.region} answers inside it`
        : `every broker of ${condition.region} answers inside it`;
    case "errors": {
      const share = `${Math.round(condition.above * 1000) / 10}%`;
      return `more than ${share} of sends failed in ${formatExactMs(condition.overMs)}`;
    }
    case "disk":
      return `less than ${formatBytes(condition.belowBytes)} of disk left`;
    case "memory":
      return `less than ${formatBytes(condition.belowBytes)} of memory left`;
  }
}

function placeWords(place: { cluster: string; topic: string; partitions: number[] | null }) {
  const { cluster, topic, partitions } = place;
  const which = partitions === null ? "" : `, partitions ${partitions.join(", ")}`;
  return `${topic} on ${cluster}${which}`;
}

function isrWords(wants: Extract<Condition, { what: "isr" }>["wants"]): string {
  if (wants === "full") return "every replica in sync";
  if ("in" in wants) return `in-sync replicas in ${wants.in} only`;
  const [words, count] =
    "atMost" in wants ? ["at most", wants.atMost] : ["at least", wants.atLeast];
  return `${words} ${count} in-sync ${count === 1 ? "replica" : "replicas"}`;
}

function boundWords({ side, unit, than }: LagBound): string {
  return `${side} ${unit === "ms" ? formatExactMs(than) : `${formatCount(than)} records`}`;
}

/** A wait in words, for the plan: "until …, at most 60 s". */
export function waitWords({ words, withinMs, forMs }: PlannedWait): string {
  const held = forMs > 0 ? ` for ${formatExactMs(forMs)}` : "";
  return `waits until ${words}${held}, at most ${formatExactMs(withinMs)}`;
}
