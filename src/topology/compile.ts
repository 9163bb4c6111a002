/**
 * Regions, clusters and links as the file has them → nodes with every setting, and a full mesh of
 * directed links.
 *
 * Every node gets a name, a fixed address and ports that no other node of the run has, because the
 * gateways bear the names of remote nodes and forward each port to one address:
 * ```
 *  region 0 (east)   primary-east-1  10.x.x.11  client 19101  raft 29101
 *                    primary-east-2  10.x.x.12  client 19102  raft 29102
 *  region 1 (west)   standby-west-1  10.x.y.11  client 19201  raft 29201
 * ```
 * Names are expected to be checked before: an unknown region here is a bug.
 */
import assert from "node:assert";
import { createHash } from "node:crypto";
import { serverProperties } from "./server-properties.ts";
import type { Cluster, KafkaNode, Link, Region, Topology } from "./types.ts";

export interface ClusterSpec {
  kafka: string;
  /** Name of an image that somebody else licenses. */
  image?: string | undefined;
  /** Number of brokers by region. */
  brokers: Record<string, number>;
  /** Number of isolated controllers by region; absent: every broker is a controller, too. */
  controllers?: Record<string, number> | undefined;
  /** Not booted with the run. */
  cold?: boolean | undefined;
  /** By region, for all its brokers or for each; "none"; absent: the region's name. */
  racks?: "none" | Record<string, string | string[]> | undefined;
  config?: Record<string, string | number | boolean> | undefined;
  /** Levels of features that are not Kafka's own for a new cluster. */
  features?: Record<string, number> | undefined;
  /** Bytes. */
  heap?: number | undefined;
  /** Bytes. */
  disk?: number | undefined;
}

export interface LinkSpec {
  between: [string, string];
  latency: number;
  jitter?: number | undefined;
  bandwidth?: number | undefined;
}

export interface TopologySpec {
  regions: string[];
  clusters: Record<string, ClusterSpec>;
  links: LinkSpec[];
}

const CLIENT_PORT = 19_100;
const CONTROLLER_PORT = 29_100;
const PORTS_A_REGION = 100;
/** Below are the engine's gateway address and room for what the runtime places itself. */
const FIRST_HOST = 10;
const HEAP_MIB = 256;
const MIB = 1024 * 1024;

/** Everything but replications, which `src/replication/` adds. */
export function compileTopology(spec: TopologySpec, run: string): Topology {
  const regions = spec.regions.map((name, index) => ({ name, index }));
  const placed = new Map<string, number>();
  const clusters: Cluster[] = [];
  const nodes: KafkaNode[] = [];
  for (const [name, cluster] of Object.entries(spec.clusters)) {
    const members = compileCluster(name, cluster, regions, placed);
    const present = new Set(members.map(({ region }) => region));
    clusters.push({
      name,
      kafka: cluster.kafka,
      clusterId: clusterIdOf(run, name),
      regions: spec.regions.filter((region) => present.has(region)),
      ...(cluster.image === undefined ? {} : { image: cluster.image }),
      ...(cluster.cold ? { cold: true as const } : {}),
    });
    nodes.push(...members);
  }
  return { regions, clusters, nodes, links: meshOf(spec), replications: [] };
}

/** 16 bytes as base64url. Kafka's own ids never begin with a dash, which tools take for a flag. */
function clusterIdOf(run: string, cluster: string): string {
  const hash = createHash("sha256").update(`${run}/${cluster}`).digest();
  return hash.subarray(0, 16).toString("base64url").replace(/^-/, "A");
}

type Seat = Omit<KafkaNode, "cluster" | "config" | "heapMiB">;

function compileCluster(
  cluster: string,
  spec: ClusterSpec,
  regions: Region[],
  placed: Map<string, number>,
): KafkaNode[] {
  const isolated = spec.controllers !== undefined;
  const seats: Seat[] = [];
  const seat = (region: Region, name: string, roles: KafkaNode["roles"], n: number) => {
    const place = (placed.get(region.name) ?? 0) + 1;
    placed.set(region.name, place);
    assert(place < PORTS_A_REGION, `fewer than ${PORTS_A_REGION} nodes in ${region.name}`);
    const offset = region.index * PORTS_A_REGION + place;
    seats.push({
      name,
      region: region.name,
      id: seats.length + 1,
      roles,
      rack: rackOf(spec.racks, region.name, n),
      clientPort: roles.includes("broker") ? CLIENT_PORT + offset : null,
      controllerPort: roles.includes("controller") ? CONTROLLER_PORT + offset : null,
      hostIndex: FIRST_HOST + place,
    });
  };
  for (const region of regions) {
    for (let n = 1; n <= (spec.brokers[region.name] ?? 0); n += 1) {
      const roles: KafkaNode["roles"] = isolated ? ["broker"] : ["broker", "controller"];
      seat(region, `${cluster}-${region.name}-${n}`, roles, n);
    }
  }
  for (const region of regions) {
    for (let n = 1; n <= (spec.controllers?.[region.name] ?? 0); n += 1) {
      seat(region, `${cluster}-${region.name}-c${n}`, ["controller"], n);
    }
  }
  return seats.map((place) => finish(place, seats, cluster, spec));
}

/** Of the n-th broker of a region. An isolated controller has one too, which Kafka does not ask. */
function rackOf(racks: ClusterSpec["racks"], region: string, n: number): string | null {
  if (racks === "none") return null;
  const named = racks?.[region] ?? region;
  return typeof named === "string" ? named : (named[n - 1] ?? region);
}

function finish(place: Seat, seats: Seat[], cluster: string, spec: ClusterSpec): KafkaNode {
  const voters = seats
    .filter(({ controllerPort }) => controllerPort !== null)
    .map(({ id, name, controllerPort }) => `${id}@${name}:${controllerPort}`);
  const brokers = seats.filter(({ roles }) => roles.includes("broker")).length;
  const node = { ...place, cluster };
  return {
    name: node.name,
    cluster,
    region: node.region,
    id: node.id,
    roles: node.roles,
    rack: node.rack,
    clientPort: node.clientPort,
    controllerPort: node.controllerPort,
    hostIndex: node.hostIndex,
    config: serverProperties(node, { kafka: spec.kafka, voters, brokers }, spec.config ?? {}),
    ...(spec.features === undefined ? {} : { features: spec.features }),
    heapMiB: spec.heap === undefined ? HEAP_MIB : Math.round(spec.heap / MIB),
    ...(spec.disk === undefined ? {} : { diskBytes: spec.disk }),
  };
}

/** Both directions of every pair of regions; what the file does not list adds nothing. */
function meshOf(spec: TopologySpec): Link[] {
  const links: Link[] = [];
  for (const from of spec.regions) {
    for (const to of spec.regions) {
      if (from === to) continue;
      const listed = spec.links.find(
        ({ between }) => between.includes(from) && between.includes(to),
      );
      links.push({
        from,
        to,
        latencyMs: listed?.latency ?? 0,
        jitterMs: listed?.jitter ?? 0,
        bandwidthBytesPerSecond: listed?.bandwidth ?? null,
      });
    }
  }
  return links;
}

/** host:port of every broker of a cluster, in node order: a bootstrap list. */
export function bootstrapOf(topology: Topology, cluster: string): string[] {
  return topology.nodes
    .filter((node) => node.cluster === cluster && node.clientPort !== null)
    .map(({ name, clientPort }) => `${name}:${clientPort}`);
}

export function brokerCount(topology: Topology, cluster: string): number {
  return bootstrapOf(topology, cluster).length;
}
