/**
 * The produce request (version 9, understood from Kafka 2.8 to 4.x) with one partition in it, as
 * the canary needs it: little work, no retries, no producer id.
 */
import { Writer } from "@platformatic/kafka";
import type { Answered, BrokerConnection } from "./broker-connection.ts";
import { Cursor } from "./cursor.ts";

const API_KEY = 0;
const API_VERSION = 9;

export interface ProduceAnswer {
  topic: string;
  partition: number;
  errorCode: number;
  baseOffset: number;
}

export function produceBody(o: {
  topic: string;
  partition: number;
  batch: Buffer;
  /** How long the broker may wait for its replicas. */
  timeoutMs: number;
}): Buffer {
  const topic = Buffer.from(o.topic);
  const topicSize = uvarintSize(topic.length + 1);
  const batchSize = uvarintSize(o.batch.length + 1);
  const body = Buffer.alloc(
    1 + 2 + 4 + 1 + topicSize + topic.length + 1 + 4 + batchSize + o.batch.length + 3,
  );
  let at = 1; // no transactional id
  at = body.writeInt16BE(-1, at); // acks=all
  at = body.writeInt32BE(o.timeoutMs, at);
  at = body.writeUInt8(2, at); // one topic
  at = writeUvarint(body, at, topic.length + 1);
  at += topic.copy(body, at);
  at = body.writeUInt8(2, at); // one partition
  at = body.writeInt32BE(o.partition, at);
  at = writeUvarint(body, at, o.batch.length + 1);
  o.batch.copy(body, at); // then three empty sets of tagged fields
  return body;
}

/** The answer's only partition; `undefined` when it does not hold exactly one. */
export function parseProduceAnswer(bytes: Buffer): ProduceAnswer | undefined {
  const cursor = new Cursor(bytes);
  if (cursor.compactLength() !== 1) return undefined;
  const topic = cursor.compactString();
  if (cursor.compactLength() !== 1) return undefined;
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  return { topic, partition, errorCode, baseOffset: cursor.int64() };
}

/** Sends one batch to the broker at the other end, which should be the partition's leader. */
export function produce(
  connection: BrokerConnection,
  request: { topic: string; partition: number; batch: Buffer; timeoutMs: number },
  answered: Answered<ProduceAnswer | undefined>,
): void {
  connection.send(
    {
      apiKey: API_KEY,
      apiVersion: API_VERSION,
      body: () => Writer.create().append(produceBody(request)),
      parse: parseProduceAnswer,
    },
    answered,
  );
}

function uvarintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) size += 1;
  return size;
}

function writeUvarint(target: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) {
    target[at] = (rest & 0x7f) | 0x80;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}
