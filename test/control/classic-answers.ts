/**
 * The server's side of the requests that kafkajs makes, in Kafka's older encoding: ApiVersions v2,
 * Metadata v6 and Produce v7 (KIP-482 changed the encoding afterwards).
 */

import type { Writer } from "@platformatic/kafka";
import { API, answerHead } from "../../src/kafka/echo-answers.ts";

const HOST = "127.0.0.1";
/** Produce and Metadata: the newest that this file answers. kafkajs takes the newest both know. */
const KNOWN: readonly [number, number, number][] = [
  [API.produce, 3, 7],
  [API.metadata, 4, 6],
  [API.apiVersions, 0, 2],
];

export function classicApiVersions(request: Buffer): Writer {
  const answer = answerHead(request).appendInt16(0).appendInt32(KNOWN.length);
  for (const [key, low, high] of KNOWN) answer.appendInt16(key).appendInt16(low).appendInt16(high);
  return answer.appendInt32(0);
}

export function classicMetadata(request: Buffer, topic: string, port: number): Writer {
  const answer = answerHead(request).appendInt32(0);
  text(answer.appendInt32(1).appendInt32(0), HOST).appendInt32(port).appendInt16(-1);
  text(answer, "path").appendInt32(0);
  text(answer.appendInt32(1).appendInt16(0), topic).appendInt8(0);
  answer.appendInt32(1).appendInt16(0).appendInt32(0).appendInt32(0);
  for (const nodes of [[0], [0], []]) {
    answer.appendInt32(nodes.length);
    for (const node of nodes) answer.appendInt32(node);
  }
  return answer;
}

/** How many records the only batch of a Produce v7 request holds. */
export function classicRecords(request: Buffer): number {
  const client = Math.max(0, request.readInt16BE(8));
  let at = 10 + client;
  at += 2 + Math.max(0, request.readInt16BE(at)); // transactional id
  at += 2 + 4 + 4; // acks, timeout, one topic
  at += 2 + request.readInt16BE(at); // its name
  at += 4 + 4 + 4; // one partition, its number, the batch's size
  return request.readInt32BE(at + 23) + 1; // last offset delta
}

export function classicProduced(request: Buffer, topic: string, offset: number): Writer {
  const answer = answerHead(request).appendInt32(1);
  text(answer, topic).appendInt32(1).appendInt32(0).appendInt16(0);
  return answer.appendInt64(BigInt(offset)).appendInt64(-1n).appendInt64(0n).appendInt32(0);
}

function text(writer: Writer, value: string): Writer {
  const bytes = Buffer.from(value);
  return writer.appendInt16(bytes.length).append(bytes);
}
