/**
 * Brokers that speak just enough Kafka for the canary: Metadata v12 and Produce v9, over real
 * sockets. A test moves leaders and silences brokers; nothing is stored but a count.
 */
import { once } from "node:events";
import net from "node:net";
import { Writer } from "@platformatic/kafka";

const METADATA = 3;
const PRODUCE = 0;
const NOT_LEADER = 6;

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
    return this.brokers.map(({ port }) => `127.0.0.1:${port}`);
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
    this.#server.listen(0, "127.0.0.1");
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
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const end = 4 + rest.readInt32BE(0);
        const body = this.#answer(rest.subarray(4, end));
        rest = rest.subarray(end);
        if (body !== undefined && !this.silent) socket.write(body.prependLength().buffer);
      }
    });
  }

  #answer(request: Buffer): Writer | undefined {
    const apiKey = request.readInt16BE(0);
    const head = Writer.create().appendInt32(request.readInt32BE(4)).appendTaggedFields();
    if (apiKey === METADATA) return this.#metadata(head);
    if (apiKey !== PRODUCE) return undefined;
    // Behind the header: no transactional id, acks, timeout, one topic of one partition.
    const clientBytes = Math.max(0, request.readInt16BE(8));
    const topicBytes = Buffer.byteLength(this.#cluster.topic);
    const partition = request.readInt32BE(10 + clientBytes + 1 + 7 + 1 + 1 + topicBytes + 1);
    return this.#produced(head, partition);
  }

  #produced(head: Writer, partition: number): Writer {
    const state = this.#cluster.partitions[partition];
    const leads = state?.leader === this.id && !this.silent;
    const offset = leads && state !== undefined ? state.end++ : -1;
    return head
      .appendArray([this.#cluster.topic], (w, topic) => {
        w.appendString(topic).appendArray([partition], (w2) => {
          w2.appendInt32(partition).appendInt16(leads ? 0 : NOT_LEADER);
          w2.appendInt64(BigInt(offset)).appendInt64(-1n).appendInt64(0n);
          w2.appendArray([], () => {}).appendString(null);
        });
      })
      .appendInt32(0)
      .appendTaggedFields();
  }

  #metadata(head: Writer): Writer {
    const { brokers, topic, partitions } = this.#cluster;
    return head
      .appendInt32(0)
      .appendArray(brokers, (w, { id, port }) => {
        w.appendInt32(id).appendString("127.0.0.1").appendInt32(port).appendString(null);
      })
      .appendString("stub")
      .appendInt32(0)
      .appendArray([topic], (w, name) => {
        w.appendInt16(0).appendString(name).appendUUID("00000000-0000-4000-8000-000000000001");
        w.appendBoolean(false);
        w.appendArray(partitions, (w2, { leader, epoch }, index) => {
          w2.appendInt16(0).appendInt32(index).appendInt32(leader).appendInt32(epoch);
          for (const nodes of [[leader], [leader], []]) {
            w2.appendArray(nodes, (w3, node) => w3.appendInt32(node), true, false);
          }
        }).appendInt32(0);
      })
      .appendTaggedFields();
  }
}
