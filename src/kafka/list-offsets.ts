/** First and next offsets of partitions, as a broker that holds them tells, read uncommitted. */
import { listOffsetsV7 } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";

export const EARLIEST = -2n;
/** For a reader that is no replica this is the high watermark. */
export const LATEST = -1n;

/** Who asks: a consumer, who is answered by leaders only; or one that looks at a replica itself. */
export const CONSUMER = -1;
/** For it the latest offset is the end of the replica's own log, wherever the high watermark is. */
export const DEBUGGING_REPLICA = -2;

export interface ListedOffset {
  topic: string;
  partition: number;
  errorCode: number;
  offset: number;
}

export async function listOffsets(
  broker: BrokerConnection,
  partitions: { topic: string; partition: number }[],
  timestamp: bigint,
  asks: number = CONSUMER,
): Promise<ListedOffset[]> {
  const topics = [...new Set(partitions.map((p) => p.topic))].map((name) => ({
    name,
    partitions: partitions
      .filter((p) => p.topic === name)
      .map((p) => ({ partitionIndex: p.partition, currentLeaderEpoch: -1, timestamp })),
  }));
  const answer = await broker.call(listOffsetsV7.api, asks, 0, topics);
  return answer.topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, errorCode, offset }) => ({
      topic: topic.name,
      partition: partitionIndex,
      errorCode,
      offset: Number(offset),
    })),
  );
}
