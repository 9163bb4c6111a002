/**
 * A broker that holds a replica and leads nothing: it answers whoever asks as a replica (ListOffsets v7
 * as the debugging one, Fetch v12 as the future one), and tells a consumer that it does not lead.
 *
 * Layouts: Kafka's message definitions (ListOffsets, Fetch, `clients/…/message/*.json`).
 */
import { once } from "node:events";
import net from "node:net";
import { Writer } from "@platformatic/kafka";
import {
  API,
  answerHead,
  apiVersionsAnswer,
  type EchoCluster,
  metadataAnswer,
  RequestSplitter,
} from "../../../src/kafka/echo-answers.ts";
import { singleRecordBatch } from "../../../src/kafka/record-batch.ts";

const LIST_OFFSETS = 2;
const FETCH = 1;
const NOT_LEADER = 6;
const EARLIEST = -2n;
const HOST = "127.0.0.1";

export class ReplicaBroker {
  readonly id: number;
  /** Values of the replica's records, from offset 0. */
  readonly values: Buffer[];
  /** A fetch gets nothing from this offset on, though the log goes further. */
  stopsAt = Infinity;
  /** What it tells of the cluster. */
  partitions: EchoCluster["partitions"] = [];
  readonly #topic: string;
  readonly #server = net.createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<net.Socket>();

  constructor(id: number, topic: string, values: Buffer[]) {
    this.id = id;
    this.#topic = topic;
    this.values = values;
  }

  get address(): string {
    return `${HOST}:${(this.#server.address() as net.AddressInfo).port}`;
  }

  async listen(): Promise<this> {
    this.#server.listen(0, HOST);
    await once(this.#server, "listening");
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
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
        if (answer !== undefined) socket.write(answer.prependLength().buffer);
      });
    });
  }

  #answer(request: Buffer): Writer | undefined {
    // Behind the header: key, version, correlation, client id, no tagged fields.
    const body = request.subarray(11 + Math.max(0, request.readInt16BE(8)));
    switch (request.readInt16BE(0)) {
      case API.apiVersions:
        return apiVersionsAnswer(request);
      case API.metadata: {
        const brokers = [{ id: this.id, host: HOST, port: Number(this.address.split(":")[1]) }];
        const { partitions } = this;
        return metadataAnswer(request, { topic: this.#topic, brokers, partitions });
      }
      case LIST_OFFSETS:
        return this.#listed(request, body);
      case FETCH:
        return this.#fetched(request, body);
      default:
        return undefined;
    }
  }

  /** One topic of one partition, behind the topic's name. */
  #partitionAt(fixed: number): number {
    return fixed + 1 + 1 + Buffer.byteLength(this.#topic) + 1;
  }

  #listed(request: Buffer, body: Buffer): Writer {
    const at = this.#partitionAt(5);
    const asksReplica = body.readInt32BE(0) === -2;
    const earliest = body.readBigInt64BE(at + 8) === EARLIEST;
    const offset = earliest ? 0 : this.values.length;
    return answerHead(request)
      .appendTaggedFields()
      .appendInt32(0)
      .appendArray([this.#topic], (w, name) => {
        w.appendString(name).appendArray([body.readInt32BE(at)], (w2, index) => {
          w2.appendInt32(index).appendInt16(asksReplica ? 0 : NOT_LEADER);
          w2.appendInt64(-1n).appendInt64(BigInt(offset)).appendInt32(-1);
        });
      })
      .appendTaggedFields();
  }

  #fetched(request: Buffer, body: Buffer): Writer {
    const at = this.#partitionAt(25);
    const asksReplica = body.readInt32BE(0) === -3;
    const from = Number(body.readBigInt64BE(at + 8));
    const value = from < this.stopsAt ? this.values[from] : undefined;
    const records = value === undefined ? Buffer.alloc(0) : batchAt(from, value);
    return answerHead(request)
      .appendTaggedFields()
      .appendInt32(0)
      .appendInt16(0)
      .appendInt32(0)
      .appendArray([this.#topic], (w, name) => {
        w.appendString(name).appendArray([body.readInt32BE(at)], (w2, index) => {
          w2.appendInt32(index).appendInt16(asksReplica ? 0 : NOT_LEADER);
          // The high watermark is behind the log's end: a replica's reader does not stop there.
          w2.appendInt64(0n).appendInt64(0n).appendInt64(0n);
          w2.appendArray([], () => {}).appendInt32(-1);
          w2.append(compact(records));
        });
      })
      .appendTaggedFields();
  }
}

function batchAt(offset: number, value: Buffer): Buffer {
  const batch = singleRecordBatch(Buffer.from("k"), value, 1_795_000_000_000);
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

function compact(bytes: Buffer): Buffer {
  return Buffer.concat([Writer.create().appendUnsignedVarInt(bytes.length + 1).buffer, bytes]);
}
