/**
 * The logs of a plan: topics the workload writes to, their mirrors, and those of the controls.
 *
 * When a client fails over to a cluster that its topic is mirrored to, it goes on in a topic of the
 * same name made there beforehand: two logs on the promoted cluster, the mirror with the past and
 * the local one with what comes after. A replication that keeps names has one log for both.
 */
import assert from "node:assert";
import { topicAddPartitions } from "../fault/topic-add-partitions.ts";
import type { LogRef } from "../history/judging.ts";
import { carriesTopic, keepsNames, mirroredTopic } from "../replication/mirror-maker.ts";
import { placeReplicas } from "../topology/placement.ts";
import type { KafkaNode, Topology } from "../topology/types.ts";
import type { PlannedTopic } from "./plan.ts";
import { brokerRegions, servingFrom, topicsMeant } from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import { type FaultEntry, isCreate, isFault, paramsOf } from "./schema-steps.ts";
import type { ReplicationEntry, TopologyEntry } from "./schema-topology.ts";
import type { TopicEntry } from "./schema-workload.ts";

const REPLICATION_MAX = 3;
export const CONTROL_TOPIC = "blackstart-control";
const LOOPBACK_TOPIC = "blackstart-loopback";

export interface MirrorOf {
  flow: ReplicationEntry;
  source: LogRef;
  mirror: LogRef;
}

export class LogBook {
  readonly logs: LogRef[] = [];
  readonly topics: PlannedTopic[] = [];
  readonly mirrors: MirrorOf[] = [];
  readonly #topology: TopologyEntry;
  readonly #nodes: readonly KafkaNode[];
  /** Steps that make a topic. */
  readonly #makers: { id: string; topic: TopicEntry }[];
  readonly #experiment: Experiment;

  /** `compiled`: of the experiment's topology. */
  constructor(experiment: Experiment, compiled: Topology) {
    this.#nodes = compiled.nodes;
    this.#experiment = experiment;
    this.#topology = experiment.topology;
    const { topics } = experiment.workload;
    this.#makers = experiment.steps.filter(isCreate).flatMap(({ id, create }) => {
      return topicsMeant(topics, create).map((topic) => ({ id, topic }));
    });
    for (const topic of topics) this.#addWorkload(topic);
    for (const client of clientsOf(experiment)) this.#addTakeover(topics, client);
    for (const flow of experiment.topology.replication) this.#addMirrors(flow);
  }

  find(cluster: string, topic: string): LogRef | undefined {
    return this.logs.find((log) => log.cluster === cluster && log.topic === topic);
  }

  /** The log of a topic that a step names; that there is exactly one was checked. */
  meant(named: { topic: string; cluster?: string | undefined }, topics: TopicEntry[]): LogRef {
    const [topic] = topicsMeant(topics, named);
    const log = topic && this.find(topic.cluster, topic.name);
    assert(log, `the topic ${named.topic} was checked`);
    return log;
  }

  /** Whether a step makes it, or what it copies. */
  isMadeLater({ id, mirrorOf = id }: LogRef): boolean {
    return this.topics.some(({ log, madeBy }) => log === mirrorOf && madeBy !== undefined);
  }

  mirrorIn(source: LogRef, flow: ReplicationEntry): LogRef | undefined {
    return this.mirrors.find((pair) => pair.source === source && pair.flow === flow)?.mirror;
  }

  /** A topic for a canary that nothing in the plan breaks: one leader on each broker. */
  addControl(cluster: string): LogRef {
    const brokers = brokersOf(this.#topology, cluster);
    const replication = Math.min(REPLICATION_MAX, brokers);
    return this.#make(
      {
        name: CONTROL_TOPIC,
        cluster,
        partitions: Math.min(REPLICATION_MAX, brokers),
        replication,
        minInsync: replication >= REPLICATION_MAX ? 2 : 1,
      },
      "control",
    );
  }

  /** What an agent writes to itself. A colon: no cluster of the file has such a name. */
  addLoopback(region: string): LogRef {
    const log: LogRef = {
      id: this.logs.length + 1,
      cluster: `loopback:${region}`,
      topic: LOOPBACK_TOPIC,
      partitions: 1,
      role: "loopback",
      region,
    };
    this.logs.push(log);
    return log;
  }

  #addWorkload(topic: TopicEntry): LogRef {
    return this.#make(topic, "workload");
  }

  #addTakeover(topics: TopicEntry[], client: Client): void {
    if (client.failover === undefined) return;
    const [topic] = topicsMeant(topics, client);
    const [serving] = topic ? servingFrom(this.#topology, topic, client.failover) : [];
    if (!topic || !serving || serving.cluster === topic.cluster) return;
    if (serving.by && keepsNames(serving.by)) return;
    if (this.find(serving.cluster, topic.name)) return;
    const replication = Math.min(topic.replication, brokersOf(this.#topology, serving.cluster));
    const minInsync = Math.min(topic.minInsync, replication);
    // A placement names places of the cluster it was written for.
    const { placement, leaders, ...anywhere } = topic;
    this.#addWorkload({ ...anywhere, cluster: serving.cluster, replication, minInsync });
  }

  #addMirrors(flow: ReplicationEntry): void {
    const sources = this.logs.filter(
      ({ role, cluster, topic }) =>
        role === "workload" && cluster === flow.from && carriesTopic(flow, topic),
    );
    for (const source of sources) {
      const topic = mirroredTopic(flow, source.topic);
      // Two flows that keep names write into one topic; it is the mirror of the first.
      if (this.find(flow.to, topic)) continue;
      const mirror = this.#log(flow.to, topic, source.partitions, "mirror");
      mirror.mirrorOf = source.id;
      if (source.partitionsAtStart) mirror.partitionsAtStart = source.partitionsAtStart;
      this.mirrors.push({ flow, source, mirror });
    }
  }

  #make(topic: TopicEntry, role: LogRef["role"]): LogRef {
    const wide = widthOf(topic, this.#experiment);
    const log = this.#log(topic.cluster, topic.name, wide, role);
    if (wide > topic.partitions) log.partitionsAtStart = topic.partitions;
    const config = Object.entries(topic.config ?? {}).map(([key, value]) => [key, String(value)]);
    const maker = this.#makers.find((one) => one.topic === topic);
    this.topics.push({
      log: log.id,
      cluster: topic.cluster,
      ...(maker ? { madeBy: maker.id } : {}),
      spec: {
        topic: topic.name,
        partitions: topic.partitions,
        replication: topic.replication,
        config: { "min.insync.replicas": String(topic.minInsync), ...Object.fromEntries(config) },
        ...this.#placed(topic),
      },
    });
    return log;
  }

  #placed({ cluster, placement, partitions, leaders }: TopicEntry): { placement?: number[][] } {
    if (placement === undefined) return {};
    const seats = this.#nodes.filter(
      (node) => node.cluster === cluster && node.clientPort !== null,
    );
    return { placement: placeReplicas({ placement, partitions, leaders }, seats) };
  }

  #log(cluster: string, topic: string, partitions: number, role: LogRef["role"]): LogRef {
    const [region = ""] = brokerRegions(this.#topology, cluster);
    const log: LogRef = { id: this.logs.length + 1, cluster, topic, partitions, role, region };
    this.logs.push(log);
    return log;
  }
}

/** The steps that widen a topic, and how far. */
export function widenersOf(
  { name, cluster }: Pick<TopicEntry, "name" | "cluster">,
  steps: Experiment["steps"],
): { step: FaultEntry; to: number }[] {
  return steps.filter(isFault).flatMap((step) => {
    if (step.fault !== topicAddPartitions.kind) return [];
    const { data: params } = topicAddPartitions.params.safeParse(paramsOf(step));
    if (params?.topic !== name || params.cluster !== cluster) return [];
    return [{ step, to: params.to }];
  });
}

/** Partitions that somebody writes to, now or later. What is added and stays empty is no part of it. */
function widthOf(topic: TopicEntry, { workload, steps }: Experiment): number {
  const written = workload.producers.some(
    (one) => one.partitions === "added" && topicsMeant([topic], one).length > 0,
  );
  const widths = written ? widenersOf(topic, steps).map(({ to }) => to) : [];
  return Math.max(topic.partitions, ...widths);
}

export interface Client {
  topic: string;
  cluster?: string | undefined;
  in: string;
  failover?: string | undefined;
}

export function clientsOf({ workload }: Experiment): Client[] {
  return [...workload.producers, ...workload.consumers];
}

function brokersOf(topology: TopologyEntry, cluster: string): number {
  const counts = Object.values(topology.clusters[cluster]?.brokers ?? {});
  return counts.reduce((sum, count) => sum + count, 0);
}
