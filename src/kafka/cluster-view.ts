/**
 * Who leads which partition, as told by *all* brokers of a cluster, each polled over a connection
 * of its own: one dead or cut-off broker delays no answer of another.
 *
 * Answers disagree while a change spreads, so the one with the highest leader epoch counts.
 */
import { metadataV12 } from "@platformatic/kafka";
import { delay } from "../kernel/clock.ts";
import {
  BrokerConnection,
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
} from "./broker-connection.ts";

export interface Leadership {
  leader: number;
  epoch: number;
  replicas: number[];
  isr: number[];
}

interface TopicView {
  id: string;
  partitions: Map<number, Leadership>;
}

export interface ClusterViewOptions {
  bootstrap: string[];
  topics: string[];
  clientId: string;
  connectMs?: number;
  requestMs?: number;
  /** Pause between polls of one broker: asked anew before each. */
  everyMs: () => number;
  onChange?: () => void;
}

const CONNECT_MS = 500;
const REQUEST_MS = 1500;
/** Even a hurried poll leaves a broker this much rest. */
const REST_MS = 20;

export class ClusterView {
  readonly #options: ClusterViewOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #brokers = new Map<number, Endpoint>();
  readonly #topics = new Map<string, TopicView>();
  readonly #stop = new AbortController();
  #hurry = new AbortController();
  #hurries = 0;

  constructor(options: ClusterViewOptions) {
    this.#options = options;
  }

  start(): void {
    for (const address of this.#options.bootstrap) this.#addEndpoint(parseEndpoint(address));
  }

  stop(): void {
    this.#stop.abort();
    this.#hurry.abort();
  }

  /** Polls every broker now instead of at its next turn. */
  hurry(): void {
    this.#hurries += 1;
    this.#hurry.abort();
    this.#hurry = new AbortController();
  }

  leadership(topic: string, partition: number): Leadership | undefined {
    return this.#topics.get(topic)?.partitions.get(partition);
  }

  /** Node id of the leader, or -1 when there is none or none is known. */
  leader(topic: string, partition: number): number {
    return this.leadership(topic, partition)?.leader ?? -1;
  }

  endpoint(nodeId: number): Endpoint | undefined {
    return this.#brokers.get(nodeId);
  }

  #addEndpoint(endpoint: Endpoint): void {
    const name = formatEndpoint(endpoint);
    if (this.#endpoints.has(name) || this.#stop.signal.aborted) return;
    this.#endpoints.set(name, endpoint);
    void this.#poll(endpoint);
  }

  async #poll(endpoint: Endpoint): Promise<void> {
    const { clientId, topics, connectMs = CONNECT_MS, requestMs = REQUEST_MS } = this.#options;
    let connection: BrokerConnection | undefined;
    while (!this.#stop.signal.aborted) {
      const hurries = this.#hurries;
      try {
        connection ??= await BrokerConnection.open(endpoint, { clientId, connectMs, requestMs });
        const asked = topics.map((name) => ({ name }));
        this.#merge(await connection.call(metadataV12.api, asked, false, false));
      } catch {
        // A broker that does not answer says nothing; the others do.
        connection?.destroy();
        connection = undefined;
      }
      await delay(REST_MS, this.#stop.signal);
      if (hurries !== this.#hurries) continue;
      await delay(Math.max(0, this.#options.everyMs() - REST_MS), this.#hurry.signal);
    }
    connection?.close();
  }

  #merge(answer: metadataV12.MetadataResponse): void {
    let changed = false;
    for (const { nodeId, host, port } of answer.brokers) {
      const known = this.#brokers.get(nodeId);
      if (known?.host === host && known.port === port) continue;
      this.#brokers.set(nodeId, { host, port });
      this.#addEndpoint({ host, port });
      changed = true;
    }
    for (const topic of answer.topics) {
      if (topic.errorCode === 0 && topic.name && this.#mergeTopic(topic.name, topic)) {
        changed = true;
      }
    }
    if (changed && !this.#stop.signal.aborted) this.#options.onChange?.();
  }

  #mergeTopic(name: string, topic: metadataV12.MetadataResponseTopic): boolean {
    let view = this.#topics.get(name);
    if (view === undefined || view.id !== topic.topicId) {
      // Another id is another topic of the same name: its epochs start again.
      view = { id: topic.topicId, partitions: new Map() };
      this.#topics.set(name, view);
    }
    let changed = false;
    for (const partition of topic.partitions) {
      const known = view.partitions.get(partition.partitionIndex);
      if (known !== undefined && known.epoch > partition.leaderEpoch) continue;
      if (known?.epoch !== partition.leaderEpoch || known.leader !== partition.leaderId) {
        changed = true;
      }
      view.partitions.set(partition.partitionIndex, {
        leader: partition.leaderId,
        epoch: partition.leaderEpoch,
        replicas: partition.replicaNodes,
        isr: partition.isrNodes,
      });
    }
    return changed;
  }
}
