/**
 * One kafkajs group consumer, wrapped: what it tells by instrumentation events (assignments,
 * confirmed commits, crashes) becomes calls.
 *
 * A commit counts when kafkajs emits `commit_offsets`, which it does after the coordinator's
 * answer. The promise of `commitOffsets` does not do: it also resolves when the consumer is not
 * running and nothing was sent.
 */
import type { Consumer, KafkaMessage } from "kafkajs";
import { monotonicUs } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import { kafkaClient, splitSettings } from "./client.ts";

export interface PartitionOffset {
  topic: string;
  partition: number;
  offset: number;
}

export interface GroupBatch {
  topic: string;
  partition: number;
  messages: readonly Pick<KafkaMessage, "offset" | "key" | "value">[];
  /** The offset after everything this batch covers, control records included. */
  next: number;
}

export interface GroupHandlers {
  joined(assignment: { topic: string; partitions: number[] }[]): void;
  batch(batch: GroupBatch): Promise<void>;
  committed(offsets: PartitionOffset[]): void;
  /** It stopped by an error; kafkajs starts it again by itself when `restarts`. */
  crashed(reason: string, restarts: boolean): void;
}

/** What the consumer role needs of a client; a test gives its own. */
export interface GroupClient {
  start(): Promise<void>;
  commit(offsets: PartitionOffset[]): Promise<void>;
  /** When it was last heard from: any answer of any broker. */
  readonly lastMoveUs: number;
  close(): Promise<void>;
}

export interface GroupClientOptions {
  clientId: string;
  bootstrap: string[];
  group: string;
  topics: string[];
  settings: Record<string, unknown>;
}

export class KafkajsGroupClient implements GroupClient {
  readonly #options: GroupClientOptions;
  readonly #handlers: GroupHandlers;
  readonly #consumer: Consumer;
  #lastMoveUs = monotonicUs();

  constructor(options: GroupClientOptions, handlers: GroupHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const { clientId, bootstrap, settings, group } = options;
    this.#consumer = kafkaClient({ clientId, bootstrap, settings }).consumer({
      allowAutoTopicCreation: false,
      ...splitSettings(settings).role,
      groupId: group,
    });
    this.#listen();
  }

  get lastMoveUs(): number {
    return this.#lastMoveUs;
  }

  #listen(): void {
    const { events } = this.#consumer;
    const moved = () => {
      this.#lastMoveUs = monotonicUs();
    };
    for (const event of [events.REQUEST, events.FETCH, events.CONNECT] as const) {
      this.#consumer.on(event, moved);
    }
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const topics = Object.entries(payload.memberAssignment);
      this.#handlers.joined(topics.map(([topic, partitions]) => ({ topic, partitions })));
    });
    this.#consumer.on(events.COMMIT_OFFSETS, ({ payload }) => {
      const offsets = payload.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({
          topic,
          partition: Number(partition),
          offset: Number(offset),
        })),
      );
      this.#handlers.committed(offsets);
    });
    this.#consumer.on(events.CRASH, ({ payload }) => {
      moved();
      this.#handlers.crashed(messageOf(payload.error), payload.restart);
    });
  }

  async start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: this.#options.topics, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) =>
        this.#handlers.batch({
          topic: batch.topic,
          partition: batch.partition,
          messages: batch.messages,
          next: Number(batch.lastOffset()) + 1,
        }),
    });
  }

  async commit(offsets: PartitionOffset[]): Promise<void> {
    await this.#consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  async close(): Promise<void> {
    await this.#consumer.disconnect();
  }
}
