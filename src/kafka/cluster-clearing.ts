/**
 * What is asked of a cluster before it serves another run: who is there, how far the controllers
 * are, and to forget topics and groups.
 */
import {
  deleteGroupsV2,
  deleteTopicsV6,
  describeGroupsV5,
  describeQuorumV1,
  leaveGroupV5,
  listGroupsV4,
} from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerRefusal, withCoordinator } from "./cluster-requests.ts";

const UNKNOWN_TOPIC = 3;
const UNKNOWN_GROUP = 69;
const HAS_MEMBERS = 68;
const METADATA_TOPIC = "__cluster_metadata";

/** Groups that one broker coordinates. A cluster's groups are those of all its brokers. */
export async function listGroups(connection: BrokerConnection): Promise<string[]> {
  const answer = await connection.call(listGroupsV4.api, [], []);
  if (answer.errorCode !== 0) throw new BrokerRefusal("list groups", answer.errorCode);
  return answer.groups.map(({ groupId }) => groupId);
}

/** Deletes topics; those that are gone already are fine. Throws the first refusal. */
export async function deleteTopics(
  connection: BrokerConnection,
  topics: string[],
  timeoutMs: number,
): Promise<void> {
  const asked = topics.map((name) => ({ name }));
  const answer = await connection.call(deleteTopicsV6.api, asked, timeoutMs);
  for (const { name, errorCode, errorMessage } of answer.responses) {
    if (errorCode === 0 || errorCode === UNKNOWN_TOPIC) continue;
    throw new BrokerRefusal(`delete topic ${name}`, errorCode, errorMessage);
  }
}

/**
 * Deletes a group with its offsets. Members that died without leaving are sent out first: the
 * coordinator would wait for the end of their sessions (KIP-345 lets an administrator do so).
 */
export async function deleteGroup(
  bootstrap: string[],
  clientId: string,
  group: string,
): Promise<void> {
  const code = await withCoordinator(bootstrap, clientId, group, async (connection) => {
    const first = await deletionOf(connection, group);
    if (first !== HAS_MEMBERS) return first;
    await sendOutMembers(connection, group);
    return deletionOf(connection, group);
  });
  if (code !== 0 && code !== UNKNOWN_GROUP) throw new BrokerRefusal(`delete group ${group}`, code);
}

async function deletionOf(coordinator: BrokerConnection, group: string): Promise<number> {
  const answer = await coordinator.call(deleteGroupsV2.api, [group]);
  return answer.results[0]?.errorCode ?? -1;
}

async function sendOutMembers(coordinator: BrokerConnection, group: string): Promise<void> {
  const described = await coordinator.call(describeGroupsV5.api, [group], false);
  const members = described.groups[0]?.members ?? [];
  const leaving = members.map(({ memberId, groupInstanceId }) => ({
    memberId,
    groupInstanceId,
    reason: "its run is over",
  }));
  const answer = await coordinator.call(leaveGroupV5.api, group, leaving);
  if (answer.errorCode !== 0) throw new BrokerRefusal(`members of ${group}`, answer.errorCode);
}

export interface QuorumProgress {
  leader: number;
  /** Records of the metadata log that a voter has still to fetch, up to what is committed. */
  voters: { id: number; behind: number }[];
}

/** The quorum as its leader tells it; any broker passes the question on. */
export async function quorumProgress(connection: BrokerConnection): Promise<QuorumProgress> {
  const asked = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
  const answer = await connection.call(describeQuorumV1.api, asked);
  const partition = answer.topics[0]?.partitions[0];
  const code = answer.errorCode || (partition?.errorCode ?? -1);
  if (partition === undefined || code !== 0) throw new BrokerRefusal("describe quorum", code);
  const committed = Number(partition.highWatermark);
  return {
    leader: partition.leaderId,
    voters: partition.currentVoters.map(({ replicaId, logEndOffset }) => ({
      id: replicaId,
      behind: Math.max(0, committed - Number(logEndOffset)),
    })),
  };
}
