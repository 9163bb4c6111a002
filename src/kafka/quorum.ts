/**
 * The quorum of controllers, each asked over its own port: only the one that leads describes it, so
 * an answer is a claim to leadership. After a partition two may claim; the higher epoch is right.
 */
import { describeQuorumV1 } from "@platformatic/kafka";
import { parseEndpoint } from "./broker-connection.ts";
import { withBroker } from "./cluster-requests.ts";

const METADATA_TOPIC = "__cluster_metadata";

export interface QuorumClaim {
  leader: number;
  leaderEpoch: number;
}

/** What one controller claims; null when it answers that it does not lead. Throws when it is mute. */
async function claimOf(address: string, clientId: string): Promise<QuorumClaim | null> {
  const asked = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
  const answer = await withBroker(parseEndpoint(address), clientId, (connection) =>
    connection.call(describeQuorumV1.api, asked),
  );
  const partition = answer.topics[0]?.partitions[0];
  if (answer.errorCode !== 0 || partition === undefined || partition.errorCode !== 0) return null;
  return { leader: partition.leaderId, leaderEpoch: partition.leaderEpoch };
}

/** The leader of the highest epoch, or null; and how many controllers answered at all. */
export async function describeQuorum(
  controllers: string[],
  clientId: string,
): Promise<{ claim: QuorumClaim | null; answered: number }> {
  const asked = controllers.map((address) => claimOf(address, clientId));
  const settled = await Promise.allSettled(asked);
  const answers = settled.filter((one) => one.status === "fulfilled").map(({ value }) => value);
  const claims = answers.filter((claim) => claim !== null);
  claims.sort((a, b) => b.leaderEpoch - a.leaderEpoch);
  return { claim: claims[0] ?? null, answered: answers.length };
}
