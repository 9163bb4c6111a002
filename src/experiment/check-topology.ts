/** Regions, clusters, links and replication: names that exist, settings that may be set. */
import { isOwnedKey, nameOf } from "../replication/mirror-maker.ts";
import { parseProperties } from "../topology/properties-text.ts";
import { OWNED_KEYS } from "../topology/server-properties.ts";
import type { Draft, Item } from "./draft.ts";
import type { Path } from "./problems.ts";
import type { ClusterEntry, ReplicationEntry } from "./schema-topology.ts";

/** Heaps below this do not boot. */
const HEAP_BYTES_MIN = 128 * 1024 * 1024;
/** A host name's limit. */
const HOST_NAME_MAX = 63;

export function checkTopology(draft: Draft): void {
  checkRegions(draft);
  checkPlaces(draft);
  for (const [name, cluster] of Object.entries(draft.topology.clusters)) {
    checkCluster(draft, cluster, name);
  }
  checkLinks(draft);
  for (const flow of draft.flows) checkFlow(draft, flow);
  checkFlowNames(draft);
}

function checkRegions(draft: Draft): void {
  draft.regions.forEach((region, index) => {
    if (draft.regions.indexOf(region) < index) {
      draft.find(["topology", "regions", index], `region "${region}" is listed twice`);
    }
  });
}

/** Of all clusters, those with other mistakes, too. */
function checkPlaces(draft: Draft): void {
  for (const { path, cluster, region } of draft.places) {
    draft.region(region, path, "key");
    if (`${cluster}-${region}-c9`.length > HOST_NAME_MAX) {
      draft.find(path, `"${cluster}-${region}-1" is too long for a host name`, "key");
    }
  }
}

function checkCluster(draft: Draft, cluster: ClusterEntry, name: string): void {
  const base: Path = ["topology", "clusters", name];
  const [major = 0, minor = 0] = cluster.kafka.split(".").map(Number);
  if (major < 3 || (major === 3 && minor < 3)) {
    draft.find([...base, "kafka"], `expected Kafka 3.3 or later, found ${cluster.kafka}`);
  }
  checkHeap(draft, cluster.heap, base);
  checkRacks(draft, cluster, [...base, "racks"]);
  for (const key of Object.keys(cluster.config ?? {})) {
    if (!OWNED_KEYS.includes(key)) continue;
    draft.find([...base, "config", key], `"${key}" is set by the topology, not by hand`, "key");
  }
}

function checkRacks(draft: Draft, { racks, brokers }: ClusterEntry, base: Path): void {
  if (racks === undefined || racks === "none") return;
  const regions = Object.keys(brokers);
  for (const [region, named] of Object.entries(racks)) {
    if (!draft.known(region, "region", regions, [...base, region], "key")) continue;
    const count = brokers[region] as number;
    if (typeof named === "string" || named.length === count) continue;
    draft.find([...base, region], `${named.length} racks for ${count} brokers in ${region}`);
  }
}

function checkHeap(draft: Draft, heap: number | undefined, base: Path): void {
  if (heap === undefined || heap >= HEAP_BYTES_MIN) return;
  draft.find([...base, "heap"], "expected a heap of at least 128MiB");
}

function checkLinks(draft: Draft): void {
  const pairs: string[] = [];
  for (const { path, value } of draft.links) {
    const [a, b] = value.between;
    const known = value.between.map((name, at) => draft.region(name, [...path, "between", at]));
    if (a === b && known[0]) draft.find([...path, "between"], "a link needs two different regions");
    const pair = [a, b].sort().join(" ");
    if (pairs.includes(pair)) {
      draft.find([...path, "between"], `the link between ${a} and ${b} is listed twice`);
    }
    pairs.push(pair);
  }
}

function checkFlow(draft: Draft, { path, value: flow }: Item<ReplicationEntry>): void {
  const before = draft.findings.length;
  const from = draft.known(flow.from, "cluster", draft.clusterNames, [...path, "from"]);
  const to = draft.known(flow.to, "cluster", draft.clusterNames, [...path, "to"]);
  if (from && to && flow.from === flow.to) {
    draft.find([...path, "to"], "replication needs two different clusters");
  }
  draft.region(flow.in, [...path, "in"]);
  checkHeap(draft, flow.heap, path);
  for (const key of Object.keys(flow.config ?? {})) {
    if (!isOwnedKey(key)) continue;
    draft.find([...path, "config", key], `"${key}" is set by the experiment's own keys`, "key");
  }
  if (flow.properties !== undefined) {
    const given = parseProperties(flow.properties);
    const clusters = (given["clusters"] ?? "").split(",").map((name) => name.trim());
    for (const name of [flow.from, flow.to].filter((one) => !clusters.includes(one))) {
      draft.find([...path, "properties"], `expected \`clusters\` to list "${name}"`);
    }
    if (flow.config)
      draft.find([...path, "config"], "`properties` takes the place of `config`", "key");
  }
  for (const kind of ["topics", "groups"] as const) {
    flow[kind].forEach((pattern, at) => {
      checkPattern(draft, pattern, [...path, kind, at]);
    });
    const key = `${kind}.exclude`;
    const excluded = flow.config?.[key];
    if (excluded !== undefined) checkPattern(draft, String(excluded), [...path, "config", key]);
  }
  // Later checks ask what the flow carries, which only a flow without mistakes can answer.
  if (draft.findings.length === before) draft.topology.replication.push(flow);
}

function checkPattern(draft: Draft, patterns: string, path: Path): void {
  for (const pattern of patterns.split(",")) {
    try {
      new RegExp(pattern.trim());
    } catch {
      draft.find(path, `"${pattern.trim()}" is not a regular expression`);
    }
  }
}

function checkFlowNames(draft: Draft): void {
  const taken: string[] = [];
  for (const { path, value } of draft.flows) {
    const name = nameOf(value);
    if (taken.includes(name)) {
      draft.find(path, `another replication is named "${name}"; give this one a \`name\``);
    }
    taken.push(name);
  }
}
