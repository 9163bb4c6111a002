/** AlterPartitionReassignments (KIP-455): which brokers hold a partition, the preferred leader first. */
import { alterPartitionReassignmentsV0 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { BrokerRefusal } from "./cluster-requests.ts";

export interface Assignment {
  topic: string;
  partition: number;
  replicas: number[];
}

/** What became of each partition: code 0 when the controller took the order up. */
export async function reassignReplicas(
  connection: BrokerConnection,
  assignments: Assignment[],
  timeoutMs: number,
): Promise<{ topic: string; partition: number; errorCode: number; reason: string }[]> {
  const topics = [...new Set(assignments.map(({ topic }) => topic))].map((name) => ({
    name,
    partitions: assignments
      .filter(({ topic }) => topic === name)
      .map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
  }));
  const { api } = alterPartitionReassignmentsV0;
  const answer = await connection.call(api, timeoutMs, false, topics);
  if (answer.errorCode !== 0) {
    throw new BrokerRefusal("reassignment", answer.errorCode, answer.errorMessage);
  }
  return answer.responses.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode, errorMessage }) => ({
      topic: name,
      partition: partitionIndex,
      errorCode,
      reason: errorMessage ?? "",
    })),
  );
}
