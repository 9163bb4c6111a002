/**
 * Keeps a producer supplied with a client: connects, tries again, and replaces one that must not
 * be used any more. A replaced client is closed when the last of its sends was answered, so that
 * sends to other partitions, which are well, may end well.
 */
import type { SendClient } from "../kafka/send-client.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";

const RECONNECT_MS = 500;
/** Far beyond kafkajs' own ladder: only a connect that was lost to a stray throw takes so long. */
const CONNECT_MS_MAX = 120_000;

export class ClientHolder {
  readonly #make: (generation: number) => SendClient;
  readonly #tell: (what: string, detail?: string) => void;
  readonly #inflight = new Map<SendClient, number>();
  readonly #stop = new AbortController();
  #client: SendClient | undefined;
  #generation = 0;
  #connecting = false;

  constructor(options: {
    make: (generation: number) => SendClient;
    tell: (what: string, detail?: string) => void;
  }) {
    this.#make = options.make;
    this.#tell = options.tell;
  }

  /** The client to send with; undefined while none is connected. */
  get client(): SendClient | undefined {
    return this.#client;
  }

  /** When the client last moved; now while one is being connected. */
  get lastMoveUs(): number {
    return this.#client?.lastMoveUs ?? monotonicUs();
  }

  start(): void {
    if (this.#connecting || this.#stop.signal.aborted) return;
    this.#connecting = true;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#generation += 1;
      const client = this.#make(this.#generation);
      try {
        await Promise.race([client.connect(), failAfter(CONNECT_MS_MAX, this.#stop.signal)]);
        if (this.#stop.signal.aborted) return await closeQuietly(client);
        this.#client = client;
        this.#connecting = false;
        this.#tell("connected", `client ${this.#generation}`);
        return;
      } catch (error) {
        this.#tell("connect-failed", `client ${this.#generation}: ${messageOf(error)}`);
        await closeQuietly(client);
        await delay(RECONNECT_MS, this.#stop.signal);
      }
    }
  }

  sent(client: SendClient): void {
    this.#inflight.set(client, (this.#inflight.get(client) ?? 0) + 1);
  }

  answered(client: SendClient): void {
    const left = (this.#inflight.get(client) ?? 1) - 1;
    if (left > 0) {
      this.#inflight.set(client, left);
      return;
    }
    this.#inflight.delete(client);
    if (client !== this.#client) void closeQuietly(client);
  }

  /** Replaces `client` if it is still the one in use; its other sends may end. */
  renew(client: SendClient, reason: string): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#tell("renewed", reason);
    if (!this.#inflight.has(client)) void closeQuietly(client);
    this.start();
  }

  /** Replaces the client whatever it does; its sends were called off. */
  renewNow(reason: string): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    this.#tell("renewed", reason);
    void closeQuietly(client);
    this.start();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    const clients = new Set(this.#inflight.keys());
    if (this.#client !== undefined) clients.add(this.#client);
    this.#client = undefined;
    await Promise.all([...clients].map(closeQuietly));
  }
}

async function failAfter(ms: number, signal: AbortSignal): Promise<never> {
  await delay(ms, signal);
  throw new Error(signal.aborted ? "stopped" : `no connection within ${ms} ms`);
}

async function closeQuietly(client: SendClient): Promise<void> {
  try {
    await client.close();
  } catch {
    // A client that cannot even say goodbye is gone all the same.
  }
}
