/** First and next offsets of partitions, as their leader tells them, read uncommitted. */
import { listOffsetsV7 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";

export const EARLIEST = -2n;
/** For a reader that is no replica this is the high watermark. */
export const LATEST = -1n;

export interface ListedOffset {
  topic: string;
  partition: number;
  errorCode: number;
  offset: number;
}

export async function listOffsets(
  leader: BrokerConnection,
  partitions: { topic: string; partition: number }[],
  timestamp: bigint,
): Promise<ListedOffset[]> {
  const topics = [...new Set(partitions.map((p) => p.topic))].map((name) => ({
    name,
    partitions: partitions
      .filter((p) => p.topic === name)
      .map((p) => ({ partitionIndex: p.partition, currentLeaderEpoch: -1, timestamp })),
  }));
  const answer = await leader.call(listOffsetsV7.api, -1, 0, topics);
  return answer.topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, errorCode, offset }) => ({
      topic: topic.name,
      partition: partitionIndex,
      errorCode,
      offset: Number(offset),
    })),
  );
}
