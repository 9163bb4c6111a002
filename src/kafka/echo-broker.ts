/**
 * A broker on this process' own loopback that answers probes and stores nothing but a count.
 *
 * Whoever probes it goes through timers, sockets and codec as with a real broker, and meets no
 * network, no disk of a broker and no election. So what it waits for is the prober itself.
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
} from "./echo-answers.ts";

const HOST = "127.0.0.1";
/** The only broker, leader of the only partition. */
const BROKER = 0;
const PARTITION = 0;

export class EchoBroker {
  readonly #topic: string;
  readonly #server = net.createServer({ noDelay: true }, (socket) => this.#serve(socket));
  readonly #sockets = new Set<net.Socket>();
  #end = 0;

  private constructor(topic: string) {
    this.#topic = topic;
  }

  /** Listens on a port that the kernel chooses. */
  static async start(topic: string): Promise<EchoBroker> {
    const broker = new EchoBroker(topic);
    broker.#server.listen(0, HOST);
    await once(broker.#server, "listening");
    return broker;
  }

  /** host:port, as a bootstrap list takes it. */
  get address(): string {
    return `${HOST}:${this.#port}`;
  }

  get #port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
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
    const topic = this.#topic;
    switch (request.readInt16BE(0)) {
      case API.apiVersions:
        return apiVersionsAnswer(request);
      case API.metadata: {
        const brokers = [{ id: BROKER, host: HOST, port: this.#port }];
        return metadataAnswer(request, {
          topic,
          brokers,
          partitions: [{ leader: BROKER, epoch: 1 }],
        });
      }
      case API.produce: {
        const offset = this.#end;
        this.#end += 1;
        return producedAnswer(request, { topic, partition: PARTITION, errorCode: 0, offset });
      }
      default:
        return undefined;
    }
  }
}
