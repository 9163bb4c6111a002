/** How a step names a topic of the workload, and what the faults on whole topics share. */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { Topology } from "../topology/types.ts";
import type { Workload } from "./application.ts";
import type { TopicShape } from "./cluster-asks.ts";
import type { FaultContext, FaultReach, LiveTargets } from "./fault.ts";

export const topicTargetParams = {
  topic: z.string().describe("A topic of the workload."),
  cluster: z.string().describe("The cluster it was made on."),
};

export interface TopicTarget {
  topic: string;
  cluster: string;
}

const POLL_MS = 100;
const GONE_WITHIN_MS = 15_000;
const MADE_WITHIN_MS = 30_000;

export function topicOf({ topic, cluster }: TopicTarget, workload?: Workload) {
  return workload?.topics.find((one) => one.name === topic && one.cluster === cluster);
}

export function topicProblems(target: TopicTarget, topology: Topology, workload?: Workload) {
  const clusters = topology.clusters.map(({ name }) => name);
  if (!clusters.includes(target.cluster)) {
    const message = `no cluster named "${target.cluster}"; the clusters are ${clusters.join(", ")}`;
    return [{ path: ["cluster"], message }];
  }
  if (topicOf(target, workload)) return [];
  const names = workload?.topics.filter(({ cluster }) => cluster === target.cluster) ?? [];
  const there = names.map(({ name }) => name).join(", ") || "none";
  const message = `the workload has no topic "${target.topic}" on ${target.cluster}, it has ${there}`;
  return [{ path: ["topic"], message }];
}

export function topicReach({ topic, cluster }: TopicTarget): FaultReach {
  return { fidelity: "graceful", targets: [topic], affects: [`cluster:${cluster}`] };
}

/** The topic as it was found before the act. */
export interface LiveTopic extends LiveTargets {
  topicId: string;
}

/** Throws when it does not exist: then nothing could happen to it. */
export async function resolveTopic(
  { topic, cluster }: TopicTarget,
  context: FaultContext,
): Promise<LiveTopic> {
  const found = await context.ask(cluster, "topic.identify", { topic });
  if (!found) throw new Error(`${topic} does not exist on ${cluster}`);
  return { nodes: [], topicId: found.topicId };
}

/** Arms the making, then deletes. Told as begun before the request and as done after its answer. */
export async function deleteTopic(target: TopicTarget, context: FaultContext): Promise<void> {
  const { topic, cluster } = target;
  context.heals.defer(`create ${topic}`, () => createUnlessThere(target, context));
  context.injecting();
  await context.ask(cluster, "topic.delete", { topic });
  context.injected();
}

/** Until every broker that answers knows no such topic. */
export async function isGone({ topic, cluster }: TopicTarget, context: FaultContext) {
  const gone = await poll(
    async () => (await context.observer.partitions(cluster, topic)) === null || undefined,
    { everyMs: POLL_MS, withinMs: GONE_WITHIN_MS, signal: context.signal },
  );
  return gone === true;
}

/** As the plan made it; whole on every broker when this resolves. */
export async function createUnlessThere(target: TopicTarget, context: FaultContext): Promise<void> {
  const { topic, cluster } = target;
  if ((await context.ask(cluster, "topic.identify", { topic })) !== null) return;
  const ask = { topics: [shapeOf(target, context)], withinMs: MADE_WITHIN_MS };
  await context.ask(cluster, "topics.create", ask);
}

export function shapeOf({ topic, cluster }: TopicTarget, context: FaultContext): TopicShape {
  const shape = context.application.topic(cluster, topic);
  if (!shape) throw new Error(`the plan makes no topic ${topic} on ${cluster}`);
  return shape;
}

/** There again, in its planned width. */
export async function proveThere(target: TopicTarget, context: FaultContext): Promise<string> {
  const { topic, cluster } = target;
  const wanted = shapeOf(target, context).placement?.length ?? shapeOf(target, context).partitions;
  const found = await context.ask(cluster, "topic.identify", { topic });
  if (found?.partitions !== wanted) {
    throw new Error(`${topic} has ${found?.partitions ?? "no"} partitions, expected ${wanted}`);
  }
  return `${topic} is there with ${wanted} ${wanted === 1 ? "partition" : "partitions"}`;
}
