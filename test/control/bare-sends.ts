/**
 * A bare kafkajs producer as many write it: one `send` over two partitions, not waiting for the last
 * one. It runs on the host and reaches the brokers at their own addresses.
 */
import { connect } from "node:net";
import Docker from "dockerode";
import { Kafka, logLevel } from "kafkajs";

/** One call of `send` and what came of it. Record `n` went to partition 0 and to partition 1. */
export interface Send {
  n: number;
  resolved: boolean;
  /** Partitions that the answer names. */
  named: number[];
  error?: string;
}

/** Address by broker name, of one run; read from the containers that hold the addresses. */
export async function addressesOf(run: string): Promise<Map<string, string>> {
  const found = await new Docker().listContainers({
    filters: { label: [`blackstart.run=${run}`] },
  });
  return new Map(
    found.flatMap(({ Labels, NetworkSettings }) => {
      const [network] = Object.values(NetworkSettings.Networks);
      const name = Labels["blackstart.name"]?.replace(/-host$/, "");
      return name && network?.IPAddress ? [[name, network.IPAddress] as const] : [];
    }),
  );
}

/** A kafkajs client on the host; names of brokers are looked up in `addresses`. */
export function bareClient(brokers: string[], addresses: Map<string, string>): Kafka {
  return new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) =>
      connect({ host: addresses.get(host) ?? host, port }, onConnect),
  });
}

export class BareSends {
  readonly sends: Send[] = [];
  readonly #producer: ReturnType<Kafka["producer"]>;
  readonly #topic: string;
  readonly #open = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(kafka: Kafka, topic: string) {
    this.#producer = kafka.producer();
    this.#topic = topic;
  }

  async start(everyMs: number): Promise<void> {
    await this.#producer.connect();
    this.#timer = setInterval(() => {
      const sending = this.#send(this.sends.length).finally(() => this.#open.delete(sending));
      this.#open.add(sending);
    }, everyMs);
  }

  /** Stops sending and waits for every answer. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    await this.#producer.disconnect();
  }

  async #send(n: number): Promise<void> {
    const send: Send = { n, resolved: false, named: [] };
    this.sends.push(send);
    const messages = [0, 1].map((partition) => ({ partition, value: String(n) }));
    try {
      const answer = await this.#producer.send({ topic: this.#topic, acks: -1, messages });
      send.resolved = true;
      send.named = answer.map(({ partition }) => partition).sort((a, b) => a - b);
    } catch (error) {
      send.error = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Every `n` on each of the two partitions, read from the start to the end. */
export async function readBack(kafka: Kafka, topic: string): Promise<[Set<number>, Set<number>]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const found: [Set<number>, Set<number>] = [new Set(), new Set()];
  const open = new Set(ends.filter(({ high }) => Number(high) > 0).map((one) => one.partition));
  const consumer = kafka.consumer({ groupId: `read-back-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((done, failed) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error));
    consumer
      .run({
        eachMessage: async ({ partition, message }) => {
          found[partition as 0 | 1].add(Number(message.value));
          const end = Number(ends.find((one) => one.partition === partition)?.high ?? 0);
          if (Number(message.offset) >= end - 1) open.delete(partition);
          if (open.size === 0) done();
        },
      })
      .catch(failed);
  });
  await consumer.disconnect();
  return found;
}
