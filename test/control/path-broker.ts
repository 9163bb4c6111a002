/**
 * A broker at the end of one path, which can be cut in three ways. It stores nothing but a count.
 *
 * - refuse: the listening socket is closed, open connections are reset
 * - stall: connections and requests are accepted, nothing is answered; closed when it ends
 * - blackhole: the kernel drops every packet to the port, SYNs included (`packet-filter.ts`)
 *
 * Each act gives the instants right before and right after it: the truth lies between them.
 */
import { once } from "node:events";
import net from "node:net";
import type { Writer } from "@platformatic/kafka";
import {
  API,
  apiVersionsAnswer,
  metadataAnswer,
  producedAnswer,
  RequestSplitter,
} from "../../src/kafka/echo-answers.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import {
  classicApiVersions,
  classicMetadata,
  classicProduced,
  classicRecords,
} from "./classic-answers.ts";
import type { PacketFilter } from "./packet-filter.ts";
import type { Act, Mode } from "./path-cut.ts";

const HOST = "127.0.0.1";
const FIRST_FLEXIBLE_PRODUCE = 9;

export class PathBroker {
  readonly port: number;
  readonly topic: string;
  readonly #filter: PacketFilter;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #stalled = false;
  #end = 0;

  constructor(port: number, topic: string, filter: PacketFilter) {
    this.port = port;
    this.topic = topic;
    this.#filter = filter;
    this.#server = net.createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<void> {
    const listening = once(this.#server, "listening");
    this.#server.listen({ port: this.port, host: HOST, backlog: 4096 });
    await listening;
  }

  async cut(mode: Mode): Promise<Act> {
    if (mode === "blackhole") return this.#filter.drop(this.port);
    const beforeUs = monotonicUs();
    if (mode === "stall") this.#stalled = true;
    else {
      this.#server.close();
      for (const socket of this.#sockets) socket.resetAndDestroy();
    }
    return { beforeUs, afterUs: monotonicUs() };
  }

  async mend(mode: Mode): Promise<Act> {
    if (mode === "blackhole") return this.#filter.pass(this.port);
    const beforeUs = monotonicUs();
    if (mode === "stall") {
      this.#stalled = false;
      for (const socket of this.#sockets) socket.resetAndDestroy();
    } else await this.listen();
    return { beforeUs, afterUs: monotonicUs() };
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    const requests = new RequestSplitter();
    socket.on("data", (chunk: Buffer) => {
      if (this.#stalled) return;
      requests.push(chunk, (request) => {
        const answer = this.#answer(request);
        if (answer !== undefined) socket.write(answer.prependLength().buffer);
      });
    });
  }

  #answer(request: Buffer): Writer | undefined {
    const { topic, port } = this;
    const version = request.readInt16BE(2);
    switch (request.readInt16BE(0)) {
      case API.apiVersions:
        return version > 2 ? apiVersionsAnswer(request) : classicApiVersions(request);
      case API.metadata: {
        if (version < 9) return classicMetadata(request, topic, port);
        const brokers = [{ id: 0, host: HOST, port }];
        return metadataAnswer(request, { topic, brokers, partitions: [{ leader: 0, epoch: 1 }] });
      }
      case API.produce: {
        const classic = version < FIRST_FLEXIBLE_PRODUCE;
        const offset = this.#end;
        this.#end += classic ? classicRecords(request) : 1;
        if (classic) return classicProduced(request, topic, offset);
        return producedAnswer(request, { topic, partition: 0, errorCode: 0, offset });
      }
      default:
        return undefined;
    }
  }
}
