/**
 * Brokers that speak just enough Kafka for the canary: ApiVersions v3, Metadata v12 and Produce v9,
 * over real sockets. A test moves leaders and silences brokers; nothing is stored but a count.
 */
import { once } from "node:events";
import net from "node:net";
import type { Writer } from "@platformatic/kafka";
import {
  API,
  apiVersionsAnswer,
  metadataAnswer,
  producedAnswer,
  producePartition,
  RequestSplitter,
} from "../../../src/kafka/echo-answers.ts";

const NOT_LEADER = 6;
const HOST = "127.0.0.1";

export class StubCluster {
  readonly topic: string;
  /** By partition: who leads, since which epoch, how many records it took. */
  readonly partitions: { leader: number; epoch: number; end: number }[];
  readonly brokers: StubBroker[] = [];

  private constructor(topic: string, leaders: number[]) {
    this.topic = topic;
    this.partitions = leaders.map((leader) => ({ leader, epoch: 1, end: 0 }));
  }

  static async start(topic: string, brokers: number, leaders: number[]): Promise<StubCluster> {
    const cluster = new StubCluster(topic, leaders);
    for (let id = 0; id < brokers; id += 1) {
      const broker = new StubBroker(id, cluster);
      await broker.listen();
      cluster.brokers.push(broker);
    }
    return cluster;
  }

  get bootstrap(): string[] {
    return this.brokers.map(({ port }) => `${HOST}:${port}`);
  }

  moveLeader(partition: number, leader: number): void {
    const state = this.partitions[partition];
    if (state === undefined) throw new Error(`no partition ${partition}`);
    state.leader = leader;
    state.epoch += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const broker of this.brokers) await broker.close();
  }
}

export class StubBroker {
  readonly id: number;
  /** A silent broker accepts connections and requests and never answers, like a paused process. */
  silent = false;
  readonly #cluster: StubCluster;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  constructor(id: number, cluster: StubCluster) {
    this.id = id;
    this.#cluster = cluster;
    this.#server = net.createServer((socket) => this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const requests = new RequestSplitter();
    socket.on("data", (chunk: Buffer) => {
      requests.push(chunk, (request) => {
        const answer = this.#answer(request);
        if (answer !== undefined && !this.silent) socket.write(answer.prependLength().buffer);
      });
    });
  }

  #answer(request: Buffer): Writer | undefined {
    switch (request.readInt16BE(0)) {
      case API.apiVersions:
        return apiVersionsAnswer(request);
      case API.metadata: {
        const brokers = this.#cluster.brokers.map(({ id, port }) => ({ id, host: HOST, port }));
        return metadataAnswer(request, { ...this.#cluster, brokers });
      }
      case API.produce:
        return this.#produced(request);
      default:
        return undefined;
    }
  }

  #produced(request: Buffer): Writer {
    const { topic, partitions } = this.#cluster;
    const partition = producePartition(request, topic);
    const state = partitions[partition];
    const leads = state?.leader === this.id && !this.silent;
    const offset = leads && state !== undefined ? state.end++ : -1;
    const errorCode = leads ? 0 : NOT_LEADER;
    return producedAnswer(request, { topic, partition, errorCode, offset });
  }
}
