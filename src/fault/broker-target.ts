/**
 * How a step names brokers: by name, or as the leaders of a topic's partitions at that moment.
 * Shared by the faults that act on single brokers.
 */
import { z } from "zod";
import type { Fidelity } from "../history/events.ts";
import { DrillError } from "../kernel/errors.ts";
import type { Topology } from "../topology/types.ts";
import type { FaultContext, FaultReach, LiveTargets } from "./fault.ts";

export const nodeTargetParams = {
  brokers: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Node names, as `blackstart plan` prints them."),
  leaderOf: z
    .strictObject({
      topic: z.string(),
      cluster: z.string(),
      partition: z.number().int().min(0).default(0),
    })
    .optional()
    .describe("The broker that leads this partition when the step begins."),
};

export interface NodeTarget {
  brokers?: string[] | undefined;
  leaderOf?: { topic: string; cluster: string; partition: number } | undefined;
}

/** Names that do not exist, or no target at all. */
export function brokerProblems(params: NodeTarget, topology: Topology) {
  const problems: { path: (string | number)[]; message: string }[] = [];
  if ((params.brokers === undefined) === (params.leaderOf === undefined)) {
    problems.push({ path: [], message: "give either `brokers` or `leaderOf`" });
  }
  const names = topology.nodes.map((node) => node.name);
  params.brokers?.forEach((broker, at) => {
    if (!names.includes(broker)) {
      problems.push({
        path: ["brokers", at],
        message: `no node named "${broker}"; the nodes are ${names.join(", ")}`,
      });
    }
  });
  const cluster = params.leaderOf?.cluster;
  if (cluster !== undefined && !topology.clusters.some(({ name }) => name === cluster)) {
    problems.push({ path: ["leaderOf", "cluster"], message: `no cluster named "${cluster}"` });
  }
  return problems;
}

export async function resolveNodes(
  params: NodeTarget,
  context: FaultContext,
): Promise<LiveTargets> {
  if (params.brokers) return { nodes: params.brokers };
  const { topic, cluster, partition } = params.leaderOf as NonNullable<NodeTarget["leaderOf"]>;
  const views = await context.observer.partitions(cluster, topic);
  const view = views?.find((candidate) => candidate.partition === partition);
  const leader = view?.leader;
  const node = context.topology.nodes.find(
    (candidate) => candidate.cluster === cluster && candidate.id === leader,
  );
  if (!node) {
    const found =
      views === null ? `no topic ${topic}` : view ? "no leader" : `no partition ${partition}`;
    const message = `expected a leader of ${topic}-${partition} on ${cluster}, found ${found}`;
    throw new DrillError("E_FAULT_FAILED", message);
  }
  return { nodes: [node.name] };
}

/** The target in words, as long as nobody has looked who it is. */
function leaderWords({ leaderOf }: NodeTarget): string {
  return leaderOf ? `leader of ${leaderOf.topic}-${leaderOf.partition}` : "nobody";
}

export function brokersReach(
  params: NodeTarget,
  topology: Topology,
  live: LiveTargets | undefined,
  fidelity: Fidelity,
): FaultReach {
  const names = live?.nodes ?? params.brokers ?? [];
  const clusters = new Set(
    topology.nodes.filter(({ name }) => names.includes(name)).map(({ cluster }) => cluster),
  );
  if (params.leaderOf) clusters.add(params.leaderOf.cluster);
  return {
    fidelity,
    targets: names.length > 0 ? names : [leaderWords(params)],
    affects: [...clusters].map((cluster) => `cluster:${cluster}`),
  };
}
