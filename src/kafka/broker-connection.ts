/**
 * One TCP connection to one broker, over @platformatic/kafka's low-level API: the client that is
 * independent of the workload's kafkajs.
 *
 * A broker answers the requests of one connection strictly in order, one at a time. So whatever
 * may wait (a produce with acks=all, a long fetch) gets a connection of its own.
 */
import { type API, Connection, type Reader, type Writer } from "@platformatic/kafka";
import { names } from "./resolve.ts";

export interface Endpoint {
  host: string;
  port: number;
}

export function parseEndpoint(address: string): Endpoint {
  const at = address.lastIndexOf(":");
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}

export function formatEndpoint({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

export interface ConnectionLimits {
  clientId: string;
  connectMs: number;
  /** A request without an answer for this long ends the connection. */
  requestMs: number;
  inflightMax?: number;
}

export type Answered<T> = (error: Error | null, answer?: T) => void;

export class BrokerConnection {
  readonly endpoint: Endpoint;
  readonly #connection: Connection;

  private constructor(endpoint: Endpoint, connection: Connection) {
    this.endpoint = endpoint;
    this.#connection = connection;
  }

  static async open(endpoint: Endpoint, limits: ConnectionLimits): Promise<BrokerConnection> {
    const connection = new Connection(limits.clientId, {
      connectTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      maxInflights: limits.inflightMax ?? 16,
    });
    // Its errors also reach whoever waits; unlistened, an "error" event would end the process.
    connection.on("error", () => {});
    await connection.connect(await names.resolve(endpoint.host), endpoint.port);
    return new BrokerConnection(endpoint, connection);
  }

  get connected(): boolean {
    return this.#connection.isConnected();
  }

  /** Calls `gone` once when the connection ends, by whichever side. */
  onClose(gone: () => void): void {
    this.#connection.once("close", gone);
  }

  /** One request by the library's own codec. Answers that carry error codes are given, not thrown. */
  async call<A extends unknown[], T>(api: API<A, T>, ...args: A): Promise<T> {
    try {
      return await api.async(this.#connection, ...args);
    } catch (error) {
      const response = (error as { response?: T }).response;
      if (response !== undefined && response !== null) return response;
      throw error;
    }
  }

  /** One request by a codec of our own. The answer's bytes are valid during `parse` only. */
  send<T>(
    request: {
      apiKey: number;
      apiVersion: number;
      body: () => Writer;
      parse: (bytes: Buffer) => T;
    },
    answered: Answered<T>,
  ): void {
    const parse = (_id: number, _key: number, _version: number, reader: Reader): T =>
      request.parse(reader.buffer.slice(reader.position));
    this.#connection.send(
      request.apiKey,
      request.apiVersion,
      request.body,
      parse,
      true,
      true,
      answered as Answered<unknown>,
    );
  }

  close(): void {
    this.#connection.close(() => {});
  }

  /** Drops the socket at once: nothing more is sent, and every open request fails. */
  destroy(): void {
    this.#connection.socket?.destroy();
  }
}
