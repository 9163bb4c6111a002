/** How a step names a cluster, or partitions of one of its topics. Shared by the cluster faults. */
import { z } from "zod";
import type { Topology } from "../topology/types.ts";
import type { Workload } from "./application.ts";
import type { TopicPartitionView } from "./cluster-asks.ts";
import type { FaultContext } from "./fault.ts";

export const topicTargetParams = {
  cluster: z.string(),
  topic: z.string(),
  partitions: z
    .array(z.number().int().min(0))
    .min(1)
    .optional()
    .describe("Which partitions; all unless set."),
};

export interface TopicTarget {
  cluster: string;
  topic: string;
  partitions?: number[] | undefined;
}

/** A cluster that does not exist. */
export function clusterProblems({ cluster }: { cluster: string }, topology: Topology) {
  const names = topology.clusters.map(({ name }) => name);
  if (names.includes(cluster)) return [];
  const message = `no cluster named "${cluster}"; the clusters are ${names.join(", ")}`;
  return [{ path: ["cluster"] as (string | number)[], message }];
}

/**
 * A cluster or topic that does not exist, or too high a partition. Topics that are no workload's own
 * (mirrors, internal ones) are left for the run: no list of the file has them.
 */
export function topicProblems(target: TopicTarget, topology: Topology, workload?: Workload) {
  const problems = clusterProblems(target, topology);
  const topics = workload?.topics.filter(({ cluster }) => cluster === target.cluster) ?? [];
  const topic = topics.find(({ name }) => name === target.topic);
  const flows = topology.replications.some(({ to }) => to === target.cluster);
  if (problems.length > 0 || !workload || target.topic.startsWith("__") || (!topic && flows)) {
    return problems;
  }
  if (!topic) {
    const names = topics.map(({ name }) => name).join(", ") || "none";
    const message = `no topic "${target.topic}" on ${target.cluster}; its topics are ${names}`;
    return [{ path: ["topic"], message }];
  }
  return (target.partitions ?? []).flatMap((partition, at) =>
    partition < topic.partitions
      ? []
      : [
          {
            path: ["partitions", at] as (string | number)[],
            message: `"${topic.name}" has partitions 0 to ${topic.partitions - 1}, found ${partition}`,
          },
        ],
  );
}

/** The partitions as they are now; throws when one that was named does not exist. */
export async function partitionsMeant(
  { cluster, topic, partitions }: TopicTarget,
  context: FaultContext,
): Promise<TopicPartitionView[]> {
  const all = await context.ask(cluster, "partitions.describe", {});
  const found = all.filter((one) => one.topic === topic);
  if (found.length === 0) throw new Error(`${cluster} has no topic ${topic}`);
  if (!partitions) return found;
  return partitions.map((wanted) => {
    const one = found.find(({ partition }) => partition === wanted);
    if (!one) throw new Error(`${topic} on ${cluster} has no partition ${wanted}`);
    return one;
  });
}

export function topicWords({ topic, partitions }: TopicTarget): string {
  return partitions ? partitions.map((partition) => `${topic}-${partition}`).join(", ") : topic;
}
