/**
 * The fetch request (version 12: topics by name, understood from Kafka 2.7 to 4.x), without a fetch
 * session, read uncommitted up to the high watermark unless a reader wants only what was committed.
 * The answer's record bytes are views of what came off the socket: they are walked, never turned
 * into objects.
 */
import { fetchV12, Writer } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { Cursor } from "./cursor.ts";
import type { AbortedTransaction } from "./record-batch.ts";

export interface FetchAsk {
  topic: string;
  partition: number;
  offset: number;
  /** Epoch of the last record read, so that the broker can say where histories part; else -1. */
  lastEpoch: number;
}

export interface FetchedPartition {
  topic: string;
  partition: number;
  errorCode: number;
  highWatermark: number;
  /** What was read beyond this offset is no longer part of the log; -1 when it all still is. */
  divergesAt: number;
  records: Buffer;
  /** Transactions with records from here on that were aborted; told when only committed is read. */
  aborted: AbortedTransaction[];
}

export interface FetchLimits {
  maxWaitMs: number;
  maxBytes: number;
  partitionMaxBytes: number;
  /** Up to the first open transaction, and with word of the aborted ones. */
  committed?: boolean;
}

/** Who asks: a consumer, who gets what is committed from whoever leads. */
const CONSUMER = -1;
/**
 * The number that a broker gives a replica it moves between its own disks: whoever asks under it is
 * answered by a follower as well, up to the end of its log. Kafka reads it so from 2.4 on.
 */
export const FUTURE_REPLICA = -3;

export function fetchBody(
  asks: FetchAsk[],
  limits: FetchLimits,
  replica: number = CONSUMER,
): Writer {
  const topics = new Map<string, FetchAsk[]>();
  for (const ask of asks) {
    const same = topics.get(ask.topic);
    if (same === undefined) topics.set(ask.topic, [ask]);
    else same.push(ask);
  }
  const request = fetchV12.createRequest(
    limits.maxWaitMs,
    1,
    limits.maxBytes,
    limits.committed ? 1 : 0,
    0, // no session
    -1,
    [...topics].map(([topicId, wanted]) => ({
      topicId, // version 12 takes the name here
      partitions: wanted.map((ask) => ({
        partition: ask.partition,
        currentLeaderEpoch: -1,
        fetchOffset: BigInt(ask.offset),
        lastFetchedEpoch: ask.lastEpoch,
        partitionMaxBytes: limits.partitionMaxBytes,
      })),
    })),
    [],
    "",
  );
  if (replica === CONSUMER) return request;
  // The library asks as a consumer and nothing else; who asks is the first field.
  const bytes = Buffer.from(request.buffer);
  bytes.writeInt32BE(replica, 0);
  return Writer.create().append(bytes);
}

export function parseFetchAnswer(bytes: Buffer): {
  errorCode: number;
  partitions: FetchedPartition[];
} {
  const cursor = new Cursor(bytes);
  cursor.at += 4; // throttle time
  const errorCode = cursor.int16();
  cursor.at += 4; // session
  const partitions: FetchedPartition[] = [];
  for (let topics = cursor.compactLength(); topics > 0; topics -= 1) {
    const topic = cursor.compactString();
    for (let count = cursor.compactLength(); count > 0; count -= 1) {
      partitions.push(parsePartition(cursor, topic));
    }
    cursor.tags();
  }
  return { errorCode, partitions };
}

function parsePartition(cursor: Cursor, topic: string): FetchedPartition {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const highWatermark = cursor.int64();
  cursor.at += 16; // last stable offset, log start offset
  const aborted: AbortedTransaction[] = [];
  for (let left = cursor.compactLength(); left > 0; left -= 1) {
    aborted.push({ producerId: cursor.int64(), firstOffset: cursor.int64() });
    cursor.tags();
  }
  cursor.at += 4; // preferred read replica
  const records = cursor.compactBytes();
  let divergesAt = -1;
  cursor.tags((tag) => {
    if (tag !== 0) return;
    cursor.at += 4; // epoch
    divergesAt = cursor.int64();
  });
  return { topic, partition, errorCode, highWatermark, divergesAt, records, aborted };
}

export function fetchRecords(
  connection: BrokerConnection,
  asks: FetchAsk[],
  limits: FetchLimits,
  replica: number = CONSUMER,
): Promise<{ errorCode: number; partitions: FetchedPartition[] }> {
  return new Promise((resolve, reject) => {
    connection.send(
      {
        apiKey: 1,
        apiVersion: 12,
        body: () => fetchBody(asks, limits, replica),
        parse: parseFetchAnswer,
      },
      (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error("an empty answer"));
        else resolve(answer);
      },
    );
  });
}
