/**
 * One kafkajs producer, wrapped so that a send can be watched and called off.
 *
 * kafkajs asks its partitioner again at the start of every attempt. That is the only place where it
 * says how often it tried, and the only one where a retry can be stopped: after `disconnect` a
 * pending send simply connects again and goes on.
 *
 * One partition per send, always. kafkajs remembers answers per broker over the retries of a call,
 * and when one of two leaders dies it may resolve with the other's answer alone (kafkajs#1303).
 */
import type { Message, Producer } from "kafkajs";
import { monotonicUs } from "../kernel/clock.ts";
import { kafkaClient, splitSettings } from "./client.ts";

/** One send call, as both sides see it. */
export interface Sending {
  attempts: number;
  cancelled: boolean;
}

/** kafkajs' answer for one partition; what it does not tell is undefined. */
export interface SendAnswer {
  topicName: string;
  partition: number;
  errorCode: number;
  baseOffset?: string;
}

export interface OutgoingRecord {
  key: Buffer;
  value: Buffer;
}

/** What the producer needs of a client; a test gives its own. */
export interface SendClient {
  connect(): Promise<void>;
  send(sending: Sending, partition: number, records: OutgoingRecord[]): Promise<SendAnswer[]>;
  /** When anything last moved: an attempt began, an answer came. */
  readonly lastMoveUs: number;
  /** Of a client with transactions: ends the open one and opens the next. */
  end?(commit: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface SendClientOptions {
  clientId: string;
  bootstrap: string[];
  topic: string;
  acks: "all" | "1" | "0";
  idempotent: boolean;
  settings: Record<string, unknown>;
}

const ACKS = { all: -1, "1": 1, "0": 0 } as const;

interface TrackedMessage extends Message {
  sending?: Sending;
}

/** kafkajs gives up at once on an error that says it cannot be retried. */
class SendCancelled extends Error {
  readonly retriable = false;
}

export class KafkajsSendClient implements SendClient {
  readonly #options: SendClientOptions;
  protected readonly producer: Producer;
  #lastMoveUs = monotonicUs();

  constructor(options: SendClientOptions) {
    this.#options = options;
    const { clientId, bootstrap, settings, idempotent } = options;
    this.producer = kafkaClient({ clientId, bootstrap, settings }).producer({
      allowAutoTopicCreation: false,
      ...splitSettings(settings).role,
      idempotent,
      createPartitioner:
        () =>
        ({ message }) =>
          this.#attempt(message),
    });
  }

  get lastMoveUs(): number {
    return this.#lastMoveUs;
  }

  async connect(): Promise<void> {
    await this.producer.connect();
    this.moved();
  }

  async send(
    sending: Sending,
    partition: number,
    records: OutgoingRecord[],
  ): Promise<SendAnswer[]> {
    const messages: TrackedMessage[] = records.map(({ key, value }) => ({ key, value, partition }));
    const first = messages[0];
    if (first !== undefined) first.sending = sending;
    this.moved();
    try {
      const { topic, acks } = this.#options;
      return await this.sender.send({ topic, acks: ACKS[acks], messages });
    } finally {
      this.moved();
    }
  }

  protected get sender(): Pick<Producer, "send"> {
    return this.producer;
  }

  protected moved(): void {
    this.#lastMoveUs = monotonicUs();
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  #attempt(message: TrackedMessage): number {
    const { sending, partition = 0 } = message;
    if (sending !== undefined) {
      if (sending.cancelled) throw new SendCancelled("called off");
      sending.attempts += 1;
      this.moved();
    }
    return partition;
  }
}

/**
 * The base offset, when the answer says that exactly this partition took the records; else
 * undefined. An answer that names another partition, or none, acknowledges nothing.
 */
export function ackedOffset(
  answer: SendAnswer[],
  topic: string,
  partition: number,
): number | undefined {
  const [only] = answer;
  if (answer.length !== 1 || only === undefined) return undefined;
  if (only.topicName !== topic || only.partition !== partition) return undefined;
  const offset = only.baseOffset === undefined ? -1 : Number(only.baseOffset);
  return only.errorCode === 0 && Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined;
}
