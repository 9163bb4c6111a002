/**
 * `mm2.properties` for one dedicated MirrorMaker 2 process that carries one flow, and the names it
 * gives to mirrored topics.
 *
 * Ours, for boot speed only: service-loader plugin discovery, one-partition Connect topics, no
 * herder for the reverse direction (MirrorMaker starts one per ordered pair while heartbeats are on),
 * and replication factors that the clusters can hold. Everything else keeps MirrorMaker's defaults
 * (offset sync off, 60 s checkpoints, 600 s refresh), because they decide RPO and offset results;
 * the experiment sets them if it wants others.
 *
 * Where a key of the experiment goes (`routeKey`):
 * ```
 *  sync.group.offsets.enabled   → primary->standby.sync.group.offsets.enabled   a flow's setting
 *  offset.flush.interval.ms     → standby.offset.flush.interval.ms              a Connect worker's
 *  producer.linger.ms           → standby.producer.linger.ms                    the worker's, too
 *  replication.policy.class     → as it is                                      both read it there
 *  standby.producer.linger.ms   → as it is: a cluster's name is in front
 *  primary->standby.tasks.max   → as it is
 * ```
 */
import { bootstrapOf, brokerCount } from "../topology/compile.ts";
import { parseProperties } from "../topology/properties-text.ts";
import type { Replication, Topology } from "../topology/types.ts";

export interface MirrorMakerSpec {
  name?: string | undefined;
  from: string;
  to: string;
  in: string;
  topics: string[];
  groups: string[];
  config?: Record<string, string | number | boolean> | undefined;
  /** A whole mm2.properties in place of `config`. */
  properties?: string | undefined;
  /** Bytes. */
  heap?: number | undefined;
}

/** Settings that make the process what the plan says; an experiment that sets one is refused. */
export function isOwnedKey(key: string): boolean {
  const bare = key.replace(/^.*->[^.]*\./, "");
  return (
    ["clusters", "enabled", "topics", "groups"].includes(bare) ||
    /(^|\.)bootstrap\.servers$/.test(key)
  );
}

const HEAP_MIB = 256;
const MIB = 1024 * 1024;
/** Above any node: a region holds fewer than 90 of those. */
const FIRST_HOST = 101;
const REPLICATION_MAX = 3;
const IDENTITY = "IdentityReplicationPolicy";

/** What MirrorMaker hands from the top of the file to workers and connectors alike. */
const TOP_LEVEL = ["replication.policy.", "config.providers", "dedicated.mode.", "admin.listeners"];
/** Settings of the Connect worker, which reads them under the name of the target cluster. */
const WORKER = [
  "offset.storage.",
  "config.storage.",
  "status.storage.",
  "offset.flush.",
  "plugin.",
  "key.converter",
  "value.converter",
  "header.converter",
  "scheduled.rebalance.",
  "rebalance.timeout.",
  "session.timeout.",
  "heartbeat.interval.ms",
  "worker.",
  "task.shutdown.",
  "connect.protocol",
  "exactly.once.source.support",
  "connector.client.config.",
  // The producer of the mirrored records is the worker's.
  "producer.",
];

export function routeKey(key: string, from: string, to: string): string {
  const begins = (prefixes: readonly string[]) => prefixes.some((prefix) => key.startsWith(prefix));
  if (key.includes("->") || begins([`${from}.`, `${to}.`]) || begins(TOP_LEVEL)) return key;
  const worker = begins(WORKER) && !key.startsWith("producer.override.");
  return worker ? `${to}.${key}` : `${from}->${to}.${key}`;
}

export function nameOf(spec: Pick<MirrorMakerSpec, "name" | "from" | "to">): string {
  return spec.name ?? `mm2-${spec.from}-${spec.to}`;
}

/** `index`: position among the replications of the run, for a fixed address. */
export function compileReplication(
  spec: MirrorMakerSpec,
  topology: Topology,
  index: number,
): Replication {
  return {
    name: nameOf(spec),
    kind: "mirror-maker-2",
    from: spec.from,
    to: spec.to,
    region: spec.in,
    topics: spec.topics,
    groups: spec.groups,
    config: mirrorMakerProperties(spec, topology),
    heapMiB: spec.heap === undefined ? HEAP_MIB : Math.round(spec.heap / MIB),
    hostIndex: FIRST_HOST + index,
  };
}

function mirrorMakerProperties(spec: MirrorMakerSpec, topology: Topology): Record<string, string> {
  const { from, to } = spec;
  if (spec.properties !== undefined) return verbatim(spec.properties, spec, topology);
  const flow = `${from}->${to}`;
  const replicas = (cluster: string) =>
    String(Math.min(REPLICATION_MAX, brokerCount(topology, cluster)));
  const routed = Object.entries(spec.config ?? {}).map(([key, value]) => [
    routeKey(key, from, to),
    String(value),
  ]);
  return {
    clusters: `${from}, ${to}`,
    [`${from}.bootstrap.servers`]: bootstrapOf(topology, from).join(","),
    [`${to}.bootstrap.servers`]: bootstrapOf(topology, to).join(","),
    [`${flow}.enabled`]: "true",
    [`${flow}.topics`]: spec.topics.join(","),
    [`${flow}.groups`]: spec.groups.join(","),
    [`${to}->${from}.enabled`]: "false",
    [`${to}->${from}.emit.heartbeats.enabled`]: "false",
    [`${flow}.replication.factor`]: replicas(to),
    [`${flow}.checkpoints.topic.replication.factor`]: replicas(to),
    [`${flow}.heartbeats.topic.replication.factor`]: replicas(to),
    // Kept on the source cluster unless offset-syncs.topic.location says otherwise.
    [`${flow}.offset-syncs.topic.replication.factor`]: replicas(
      spec.config?.["offset-syncs.topic.location"] === "target" ? to : from,
    ),
    // The program itself reads it at the top, each worker under the target's name.
    "plugin.discovery": "service_load",
    [`${to}.plugin.discovery`]: "service_load",
    [`${to}.offset.storage.replication.factor`]: replicas(to),
    [`${to}.offset.storage.partitions`]: "1",
    [`${to}.status.storage.replication.factor`]: replicas(to),
    [`${to}.status.storage.partitions`]: "1",
    [`${to}.config.storage.replication.factor`]: replicas(to),
    ...Object.fromEntries(routed),
  };
}

/**
 * A file as somebody wrote it. Only the addresses are ours, and the way plugins are found, which
 * decides nothing but how long the start takes.
 */
function verbatim(text: string, { from, to }: MirrorMakerSpec, topology: Topology) {
  return {
    "plugin.discovery": "service_load",
    [`${from}.plugin.discovery`]: "service_load",
    [`${to}.plugin.discovery`]: "service_load",
    ...parseProperties(text),
    [`${from}.bootstrap.servers`]: bootstrapOf(topology, from).join(","),
    [`${to}.bootstrap.servers`]: bootstrapOf(topology, to).join(","),
  };
}

/** The user's value of a flow setting, wherever it was written; undefined: MirrorMaker's default. */
export function flowSetting(spec: MirrorMakerSpec, key: string): string | undefined {
  const config = spec.properties === undefined ? spec.config : parseProperties(spec.properties);
  const value = config?.[`${spec.from}->${spec.to}.${key}`] ?? config?.[key];
  return value === undefined ? undefined : String(value);
}

export function syncsGroupOffsets(spec: MirrorMakerSpec): boolean {
  return flowSetting(spec, "sync.group.offsets.enabled") === "true";
}

/** Whether mirrored topics keep their names. */
export function keepsNames(spec: MirrorMakerSpec): boolean {
  return (flowSetting(spec, "replication.policy.class") ?? "").endsWith(IDENTITY);
}

/** What a topic of the source is called on the target. */
export function mirroredTopic(spec: MirrorMakerSpec, topic: string): string {
  if (keepsNames(spec)) return topic;
  const separator = flowSetting(spec, "replication.policy.separator") ?? ".";
  return `${spec.from}${separator}${topic}`;
}

/**
 * Whether the flow carries a topic. MirrorMaker joins the patterns with `|` and matches the whole
 * name; Java's syntax and JavaScript's agree on what topic patterns use. Its default exclusions
 * (internal topics, `.*\.replica`, `__.*`) are applied unless the experiment sets others.
 */
export function carriesTopic(spec: MirrorMakerSpec, topic: string): boolean {
  const excluded =
    flowSetting(spec, "topics.exclude") ?? String.raw`.*[\-\.]internal, .*\.replica, __.*`;
  const patterns = excluded.split(",").map((pattern) => pattern.trim());
  return matchesAny(spec.topics, topic) && !matchesAny(patterns, topic);
}

export function carriesGroup(spec: MirrorMakerSpec, group: string): boolean {
  const excluded = flowSetting(spec, "groups.exclude") ?? "console-consumer-.*, connect-.*, __.*";
  const patterns = excluded.split(",").map((pattern) => pattern.trim());
  return matchesAny(spec.groups, group) && !matchesAny(patterns, group);
}

function matchesAny(patterns: string[], text: string): boolean {
  return patterns.some((pattern) => pattern !== "" && new RegExp(`^(?:${pattern})$`).test(text));
}
