/** What faults ask of a cluster as a whole: who leads what, who is in sync, who leads the quorum. */
import { poll } from "../kernel/clock.ts";
import type { KafkaNode, Topology } from "../topology/types.ts";
import type { TopicPartitionView } from "./cluster-asks.ts";
import type { FaultContext } from "./fault.ts";

const POLL_MS = 200;

/** A wait of its own length, and never a longer one than a heal may take. */
export function atMost(context: FaultContext, ms: number): number {
  return Math.min(ms, context.healedWithinMs);
}

export function nodeOf(topology: Topology, name: string): KafkaNode {
  const node = topology.nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`the topology has no node ${name}`);
  return node;
}

/** Nodes by cluster: faults name nodes, requests go to clusters. */
export function byCluster(topology: Topology, names: string[]): [string, KafkaNode[]][] {
  const groups = new Map<string, KafkaNode[]>();
  for (const name of names) {
    const node = nodeOf(topology, name);
    groups.set(node.cluster, [...(groups.get(node.cluster) ?? []), node]);
  }
  return [...groups];
}

export function brokersOf(topology: Topology, cluster: string): KafkaNode[] {
  return topology.nodes.filter((node) => node.cluster === cluster && node.clientPort !== null);
}

export function controllersOf(topology: Topology, cluster: string): KafkaNode[] {
  return topology.nodes.filter((node) => node.cluster === cluster && node.controllerPort !== null);
}

/**
 * Asks for all partitions until none is wrong, and gives them; throws with the first wrong one in
 * words. While nobody answers, the question is asked again.
 */
export async function partitionsUntil(
  context: FaultContext,
  cluster: string,
  wrong: (partition: TopicPartitionView) => string | undefined,
  withinMs: number,
): Promise<TopicPartitionView[]> {
  let state = "nobody described them";
  const found = await poll(
    async () => {
      const partitions = await context.ask(cluster, "partitions.describe", {});
      const first = partitions.map(wrong).find((words) => words !== undefined);
      state = first ?? "";
      return first === undefined ? partitions : undefined;
    },
    { everyMs: POLL_MS, withinMs, signal: context.signal },
  );
  if (!found) throw new Error(`${cluster} after ${withinMs} ms: ${state}`);
  return found;
}

const nameOf = ({ topic, partition }: TopicPartitionView) => `${topic}-${partition}`;

/** Waits until no other broker can be asked to lead anything the nodes led. */
export async function proveLeadersMoved(context: FaultContext, names: string[]): Promise<string> {
  for (const [cluster, nodes] of byCluster(context.topology, names)) {
    const ids = nodes.map(({ id }) => id);
    await partitionsUntil(
      context,
      cluster,
      (one) => (ids.includes(one.leader) ? `${nameOf(one)} is led by ${one.leader}` : undefined),
      context.healedWithinMs,
    );
  }
  return `${names.join(", ")} ${names.length > 1 ? "lead" : "leads"} no partition`;
}

/** Waits until the nodes are in the ISR of every partition they have a replica of. */
export async function proveCaughtUp(context: FaultContext, names: string[]): Promise<string> {
  let replicas = 0;
  for (const [cluster, nodes] of byCluster(context.topology, names)) {
    const ids = nodes.filter(({ clientPort }) => clientPort !== null).map(({ id }) => id);
    if (ids.length === 0) continue;
    const missing = ({ isr, replicas: all }: TopicPartitionView) =>
      ids.find((id) => all.includes(id) && !isr.includes(id));
    const partitions = await partitionsUntil(
      context,
      cluster,
      (one) => {
        const id = missing(one);
        return id === undefined ? undefined : `${nameOf(one)} has isr [${one.isr}] without ${id}`;
      },
      context.healedWithinMs,
    );
    replicas += partitions.flatMap((one) => one.replicas).filter((id) => ids.includes(id)).length;
  }
  return `${names.join(", ")} in sync on all of ${replicas} replicas`;
}

export interface QuorumLeader {
  node: string;
  leaderEpoch: number;
}

/** Who leads the controllers now; null when nobody who answers claims to. */
export async function quorumLeader(
  context: FaultContext,
  cluster: string,
): Promise<QuorumLeader | null> {
  const voters = controllersOf(context.topology, cluster);
  const controllers = voters.map(({ name, controllerPort }) => `${name}:${controllerPort}`);
  const { claim } = await context.ask(cluster, "quorum.describe", { controllers });
  const node = voters.find(({ id }) => id === claim?.leader);
  return claim && node ? { node: node.name, leaderEpoch: claim.leaderEpoch } : null;
}

/** Waits for a leader that `right` accepts; throws with what there was instead. */
export async function quorumLeaderUntil(
  context: FaultContext,
  cluster: string,
  right: (leader: QuorumLeader) => boolean,
  withinMs: number,
): Promise<QuorumLeader> {
  let last: QuorumLeader | null = null;
  const found = await poll(
    async () => {
      last = await quorumLeader(context, cluster);
      return last && right(last) ? last : undefined;
    },
    { everyMs: POLL_MS, withinMs, signal: context.signal },
  );
  if (found) return found;
  const state = last ? leaderWords(last) : "nobody leads them";
  throw new Error(`controllers of ${cluster} after ${withinMs} ms: ${state}`);
}

export function leaderWords({ node, leaderEpoch }: QuorumLeader): string {
  return `${node} leads in epoch ${leaderEpoch}`;
}
