/**
 * What a fault may ask of a cluster: single requests, made by an observer in one of its regions (or
 * wherever one is left), each with its own error when nobody answers.
 *
 * The operations are those of the agents' protocol without the address, which whoever carries the
 * question adds; `src/drill/eyes.ts` does not compile when the two differ.
 */
import type { LogRef } from "../history/judging.ts";

/** A topic as the plan makes it. */
export interface TopicShape {
  topic: string;
  partitions: number;
  replication: number;
  config: Record<string, string>;
  /** Broker ids by partition; overrides `replication`. */
  placement?: number[][];
}

export interface PartitionView {
  partition: number;
  leader: number;
  leaderEpoch: number;
  isr: number[];
  replicas: number[];
}

export interface TopicPartitionView extends PartitionView {
  topic: string;
}

export interface ClusterAsks {
  /** Every partition of every topic, internal topics too. */
  "partitions.describe": { ask: Record<string, never>; answer: TopicPartitionView[] };
  /** An election (KIP-460). Codes: 0 elected, 84 not needed, others refused. */
  "leaders.elect": {
    ask: {
      type: "preferred" | "unclean";
      partitions: { topic: string; partition: number }[];
    };
    answer: { topic: string; partition: number; errorCode: number; reason: string }[];
  };
  /** Gives partitions these replicas, in this order. Codes: 0 taken up, others refused. */
  "replicas.reassign": {
    ask: { partitions: { topic: string; partition: number; replicas: number[] }[] };
    answer: { topic: string; partition: number; errorCode: number; reason: string }[];
  };
  /** Who claims to lead the controllers (host:port each), and how many of them answered. */
  "quorum.describe": {
    ask: { controllers: string[] };
    answer: { claim: { leader: number; leaderEpoch: number } | null; answered: number };
  };
  /** Sum of the end offsets of each topic that exists. */
  "topics.ends": { ask: { topics: string[] }; answer: { topic: string; end: number }[] };
  /** First and next offset of every partition of a log of the run; null when it does not exist. */
  "log.bounds": {
    ask: { log: LogRef; by: "platformatic" | "kafkajs" };
    answer: { partition: number; start: number; end: number }[] | null;
  };
  /** Committed offsets by partition; -1 where there is none. */
  "group.offsets": { ask: { group: string; topic: string; partitions: number }; answer: number[] };
  /** By partition; one that is -1 is left alone. Refused while the group has members. */
  "group.commit": {
    ask: { group: string; topic: string; offsets: number[] };
    answer: Record<string, never>;
  };
  /** Null when no broker that answers knows it. The id is another once it was made anew. */
  "topic.identify": {
    ask: { topic: string };
    answer: { topicId: string; partitions: number } | null;
  };
  "topic.delete": { ask: { topic: string }; answer: Record<string, never> };
  "topics.create": {
    ask: { topics: TopicShape[]; withinMs: number };
    answer: Record<string, never>;
  };
  /** `partitions`: in all, afterwards. */
  "topic.widen": { ask: { topic: string; partitions: number }; answer: Record<string, never> };
  /** Settings as they are in effect, the broker's included. */
  "topic.configs": { ask: { topic: string }; answer: Record<string, string> };
  "topic.alter": {
    ask: { topic: string; set: Record<string, string> };
    answer: Record<string, never>;
  };
}

export type AskCluster = <O extends keyof ClusterAsks>(
  cluster: string,
  operation: O,
  ask: ClusterAsks[O]["ask"],
) => Promise<ClusterAsks[O]["answer"]>;
