/**
 * Who is meant: the topic of a client, the cluster that serves a topic from another region, the
 * region a failover gives up. Shared by the checks, which report what cannot be resolved, and the
 * planner, which runs after them.
 */
import assert from "node:assert";
import { faultOf } from "../fault/catalogue.ts";
import type { FaultReach } from "../fault/fault.ts";
import { carriesTopic } from "../replication/mirror-maker.ts";
import type { Topology } from "../topology/types.ts";
import { type FaultEntry, isFault, paramsOf, type StepEntry } from "./schema-steps.ts";
import type { ReplicationEntry, TopologyEntry } from "./schema-topology.ts";
import type { TopicEntry } from "./schema-workload.ts";

/** The topics a client can mean: more than one when clusters share the name. */
export function topicsMeant(
  topics: TopicEntry[],
  client: { topic: string; cluster?: string | undefined },
): TopicEntry[] {
  return topics.filter(
    ({ name, cluster }) =>
      name === client.topic && (client.cluster === undefined || cluster === client.cluster),
  );
}

/** Regions of a cluster that hold brokers, in file order. */
export function brokerRegions(topology: TopologyEntry, cluster: string): string[] {
  const brokers = topology.clusters[cluster]?.brokers ?? {};
  return topology.regions.filter((region) => (brokers[region] ?? 0) > 0);
}

export interface Serving {
  cluster: string;
  /** The flow that brings the topic there; null when it is the topic's own cluster, or a cold one. */
  by: ReplicationEntry | null;
}

/**
 * Clusters that can serve a topic to clients of a region: its own one; else those it is copied to,
 * and cold ones, which begin with an empty topic of the same name.
 */
export function servingFrom(topology: TopologyEntry, topic: TopicEntry, region: string): Serving[] {
  if (brokerRegions(topology, topic.cluster).includes(region)) {
    return [{ cluster: topic.cluster, by: null }];
  }
  const there = (name: string, cold: boolean) =>
    (topology.clusters[name]?.cold === true) === cold &&
    brokerRegions(topology, name).includes(region);
  const copied = topology.replication
    .filter((flow) => flow.from === topic.cluster && there(flow.to, false))
    .filter((flow) => carriesTopic(flow, topic.name))
    .map((by) => ({ cluster: by.to, by }));
  const cold = Object.keys(topology.clusters).filter((name) => there(name, true));
  return [...copied, ...cold.map((cluster) => ({ cluster, by: null }))];
}

/** What a fault step will touch, as far as it is known before the run. */
export function reachOf(step: FaultEntry, topology: Topology): FaultReach {
  return reachOfFault(step.fault, paramsOf(step), topology);
}

export function reachOfFault(kind: string, params: unknown, topology: Topology): FaultReach {
  const fault = faultOf(kind);
  assert(fault, `a fault of kind ${kind}`);
  return fault.reach(params, topology);
}

/** Regions a fault takes away as a whole. */
export function regionsTaken(step: FaultEntry, topology: Topology): string[] {
  const { affects } = reachOf(step, topology);
  return topology.regions.map(({ name }) => name).filter((name) => affects.includes(name));
}

/** Steps named by `after`, directly and through other steps; the nearest first. */
export function ancestorsOf(step: StepEntry, steps: StepEntry[]): StepEntry[] {
  const found: StepEntry[] = [];
  const queue = [step];
  for (let at = queue.shift(); at; at = queue.shift()) {
    for (const id of afterOf(at)) {
      const named = steps.find((other) => other.id === id);
      if (!named || found.includes(named)) continue;
      found.push(named);
      queue.push(named);
    }
  }
  return found;
}

export function afterOf(step: { after?: string | string[] | undefined }): string[] {
  if (step.after === undefined) return [];
  return typeof step.after === "string" ? [step.after] : step.after;
}

/**
 * The region a failover gives up: the one it names, else the one taken by the nearest fault before
 * it, else by any fault, else the one its clients start in.
 */
export function regionGivenUp(
  step: StepEntry & { from?: string | undefined; to: string },
  steps: StepEntry[],
  topology: Topology,
  clients: { in: string; failover?: string | undefined }[],
): string | undefined {
  if (step.from !== undefined) return step.from;
  const before = [...ancestorsOf(step, steps), ...steps].filter(isFault);
  const taken = before.flatMap((fault) => regionsTaken(fault, topology));
  const moving = clients.filter(({ failover }) => failover === step.to).map((client) => client.in);
  return [...taken, ...moving].find((region) => region !== step.to);
}
