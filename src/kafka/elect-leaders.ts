/**
 * ElectLeaders (KIP-460): asks the controller to hold an election for partitions. A preferred one
 * gives leadership back to the first replica of the assignment; an unclean one takes any replica
 * that lives where there is no leader, and may lose records.
 *
 * The library has no codec for it, so this is our own: version 2. Any broker passes it on to the
 * controller.
 */
import { Writer } from "@platformatic/kafka";
import type { BrokerConnection } from "./broker-connection.ts";
import { Cursor } from "./cursor.ts";

const API_KEY = 43;
const API_VERSION = 2;
const TYPE = { preferred: 0, unclean: 1 } as const;

export type ElectionType = keyof typeof TYPE;

export interface ElectionAsk {
  type: ElectionType;
  topics: { topic: string; partitions: number[] }[];
  timeoutMs: number;
}

export interface Elected {
  topic: string;
  partition: number;
  /** 0: elected. 84: there was no need, the leader is the one that was asked for. */
  errorCode: number;
  /** The controller's words; empty when there are none. */
  reason: string;
}

export function electBody({ type, topics, timeoutMs }: ElectionAsk): Writer {
  return Writer.create()
    .appendInt8(TYPE[type])
    .appendArray(topics, (writer, { topic, partitions }) => {
      writer
        .appendString(topic)
        .appendArray(partitions, (inner, one) => void inner.appendInt32(one), true, false);
    })
    .appendInt32(timeoutMs)
    .appendTaggedFields();
}

/** The request's own error code, and what became of each partition the controller speaks of. */
export function parseElected(bytes: Buffer): { errorCode: number; elected: Elected[] } {
  const cursor = new Cursor(bytes);
  cursor.at += 4; // throttle time
  const errorCode = cursor.int16();
  const elected: Elected[] = [];
  for (let topics = cursor.compactLength(); topics > 0; topics -= 1) {
    const topic = cursor.compactString();
    for (let count = cursor.compactLength(); count > 0; count -= 1) {
      const partition = cursor.int32();
      const code = cursor.int16();
      elected.push({ topic, partition, errorCode: code, reason: cursor.compactString() });
      cursor.tags();
    }
    cursor.tags();
  }
  return { errorCode, elected };
}

export function electLeaders(
  connection: BrokerConnection,
  ask: ElectionAsk,
): Promise<ReturnType<typeof parseElected>> {
  const answered = Promise.withResolvers<ReturnType<typeof parseElected>>();
  connection.send(
    { apiKey: API_KEY, apiVersion: API_VERSION, body: () => electBody(ask), parse: parseElected },
    (error, answer) => {
      if (error !== null || answer === undefined) answered.reject(error);
      else answered.resolve(answer);
    },
  );
  return answered.promise;
}
