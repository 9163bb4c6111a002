/**
 * Operations on who leads: all partitions of a cluster with leader and ISR, elections, and the quorum
 * of controllers.
 */

import { BrokerRefusal, fetchMetadata, topicOf, withAnyBroker } from "../kafka/cluster-requests.ts";
import { electLeaders } from "../kafka/elect-leaders.ts";
import { describeQuorum } from "../kafka/quorum.ts";
import { reassignReplicas } from "../kafka/reassign.ts";
import type { Answer, Ask } from "./protocol.ts";

const CLIENT = "blackstart-admin";
const ELECT_MS = 4000;

/** Every partition of every topic, as the first broker that answers sees it. */
export async function describeAll(
  ask: Ask<"partitions.describe">,
): Promise<Answer<"partitions.describe">> {
  const metadata = await withAnyBroker(ask.address.bootstrap, CLIENT, (connection) =>
    fetchMetadata(connection, null),
  );
  return metadata.topics.flatMap(({ name }) => {
    const topic = name ? topicOf(metadata, name) : null;
    return (topic?.partitions ?? []).map((p) => ({
      topic: name ?? "",
      partition: p.partitionIndex,
      leader: p.leaderId,
      leaderEpoch: p.leaderEpoch,
      replicas: p.replicaNodes,
      isr: p.isrNodes,
    }));
  });
}

/** Sends one reassignment; each partition's outcome is an error code, never a throw. */
export function reassign(ask: Ask<"replicas.reassign">): Promise<Answer<"replicas.reassign">> {
  return withAnyBroker(ask.address.bootstrap, CLIENT, (connection) =>
    reassignReplicas(connection, ask.partitions, ELECT_MS),
  );
}

/** Holds an election; each partition's outcome is an error code, never a throw. */
export async function elect(ask: Ask<"leaders.elect">): Promise<Answer<"leaders.elect">> {
  const topics = [...new Set(ask.partitions.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: ask.partitions.filter((p) => p.topic === topic).map((p) => p.partition),
  }));
  const answer = await withAnyBroker(ask.address.bootstrap, CLIENT, (connection) =>
    electLeaders(connection, { type: ask.type, topics, timeoutMs: ELECT_MS }),
  );
  if (answer.errorCode !== 0) throw new BrokerRefusal(`${ask.type} election`, answer.errorCode);
  return answer.elected;
}

export function quorumOf(ask: Ask<"quorum.describe">): Promise<Answer<"quorum.describe">> {
  return describeQuorum(ask.controllers, CLIENT);
}
