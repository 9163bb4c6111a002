/**
 * Reads partitions from given offsets on, for as long as it takes: over leader changes, dead
 * brokers, cut links and topics that do not exist yet. No consumer group, nothing committed.
 *
 * One loop per leader, one fetch in flight each. An answer counts only while the partition still
 * belongs to that leader and stands where the fetch asked: a late answer of a lost leader is void.
 */
import { delay } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { BrokerConnection } from "./broker-connection.ts";
import { ClusterView } from "./cluster-view.ts";
import { isStaleLeader } from "./errors.ts";
import { type FetchAsk, type FetchedPartition, type FetchLimits, fetchRecords } from "./fetch.ts";
import { EARLIEST, LATEST, listOffsets } from "./list-offsets.ts";
import { type RecordVisitor, walkBatches } from "./record-batch.ts";

export interface Followed {
  topic: string;
  partition: number;
  /** Offset to read next; -1 until the log's start is known. */
  next: number;
  lastEpoch: number;
  done: boolean;
}

export interface FollowerOptions {
  bootstrap: string[];
  clientId: string;
  limits: FetchLimits;
  /** Gives a visitor for the records of one partition that one fetch brought. */
  visitor: (partition: Followed) => RecordVisitor;
  /** After a fetch moved `partition.next`, or was answered without moving it. */
  progressed?: (partition: Followed) => void;
  /** The visitor could not go on (its disk is full); the follower has stopped. */
  failed?: (error: unknown) => void;
  /** The log no longer goes on where it was read to: `next` was set back (or forward) from `from`. */
  moved?: (partition: Followed, from: number) => void;
}

const CONNECT_MS = 1000;
const ANSWER_GRACE_MS = 1500;
const PAUSE_MS = 50;
const OFFSET_OUT_OF_RANGE = 1;

export class LogFollower {
  readonly view: ClusterView;
  readonly #options: FollowerOptions;
  readonly #partitions: Followed[] = [];
  readonly #serving = new Set<number>();
  readonly #stop = new AbortController();
  #turn = 0;

  constructor(options: FollowerOptions, logs: { topic: string; partitions: number }[]) {
    this.#options = options;
    for (const { topic, partitions } of logs) {
      for (let partition = 0; partition < partitions; partition += 1) {
        this.#partitions.push({ topic, partition, next: -1, lastEpoch: -1, done: false });
      }
    }
    this.view = new ClusterView({
      bootstrap: options.bootstrap,
      topics: [...new Set(logs.map((log) => log.topic))],
      clientId: options.clientId,
      everyMs: () => (this.#leaderless() ? 100 : 1000),
      onChange: () => this.#serveLeaders(),
    });
  }

  get partitions(): readonly Followed[] {
    return this.#partitions;
  }

  start(): void {
    this.view.start();
  }

  stop(): void {
    this.#stop.abort();
    this.view.stop();
  }

  #leaderless(): boolean {
    return this.#partitions.some((p) => !p.done && this.view.leader(p.topic, p.partition) < 0);
  }

  #led(nodeId: number): Followed[] {
    return this.#partitions.filter(
      (p) => !p.done && this.view.leader(p.topic, p.partition) === nodeId,
    );
  }

  #serveLeaders(): void {
    for (const partition of this.#partitions) {
      const leader = this.view.leader(partition.topic, partition.partition);
      if (leader < 0 || partition.done || this.#serving.has(leader)) continue;
      this.#serving.add(leader);
      void this.#serve(leader);
    }
  }

  async #serve(nodeId: number): Promise<void> {
    let connection: BrokerConnection | undefined;
    while (!this.#stop.signal.aborted) {
      const mine = this.#led(nodeId);
      const endpoint = this.view.endpoint(nodeId);
      if (mine.length === 0 || endpoint === undefined) break;
      try {
        connection ??= await BrokerConnection.open(endpoint, {
          clientId: this.#options.clientId,
          connectMs: CONNECT_MS,
          requestMs: this.#options.limits.maxWaitMs + ANSWER_GRACE_MS,
        });
        if (!(await this.#round(connection, nodeId, mine))) {
          this.view.hurry();
          await delay(PAUSE_MS, this.#stop.signal);
        }
      } catch (error) {
        connection?.destroy();
        connection = undefined;
        // A full disk under the visitor's journal is not the broker's doing: never tried again.
        if (error instanceof DrillError) {
          this.stop();
          if (this.#options.failed === undefined) throw error;
          this.#options.failed(error);
        }
        this.view.hurry();
        await delay(PAUSE_MS, this.#stop.signal);
      }
    }
    connection?.close();
    this.#serving.delete(nodeId);
    // A partition may have come back to this leader between the last look and now.
    if (!this.#stop.signal.aborted && this.#led(nodeId).length > 0) this.#serveLeaders();
  }

  /** One fetch. Gives false when a partition's leader turned out to be elsewhere. */
  async #round(connection: BrokerConnection, nodeId: number, mine: Followed[]): Promise<boolean> {
    await this.#findStarts(connection, mine);
    // Who is first in the request is first to fill the answer, so the order goes round.
    this.#turn += 1;
    const known = mine.filter((p) => p.next >= 0);
    const shift = known.length === 0 ? 0 : this.#turn % known.length;
    const asks: FetchAsk[] = [...known.slice(shift), ...known.slice(0, shift)].map((p) => ({
      topic: p.topic,
      partition: p.partition,
      offset: p.next,
      lastEpoch: p.lastEpoch,
    }));
    if (asks.length === 0) return false;
    const answer = await fetchRecords(connection, asks, this.#options.limits);
    if (answer.errorCode !== 0) throw new Error(`fetch error ${answer.errorCode}`);
    let settled = true;
    for (const fetched of answer.partitions) {
      const ask = asks.find((a) => a.topic === fetched.topic && a.partition === fetched.partition);
      const partition = this.#find(fetched);
      if (ask === undefined || partition === undefined || partition.next !== ask.offset) continue;
      if (this.view.leader(partition.topic, partition.partition) !== nodeId) continue;
      if (!(await this.#take(connection, partition, fetched))) settled = false;
    }
    return settled;
  }

  #find({ topic, partition }: { topic: string; partition: number }): Followed | undefined {
    return this.#partitions.find((p) => p.topic === topic && p.partition === partition);
  }

  async #take(
    connection: BrokerConnection,
    partition: Followed,
    fetched: FetchedPartition,
  ): Promise<boolean> {
    if (fetched.errorCode === OFFSET_OUT_OF_RANGE) {
      await this.#findPlace(connection, partition);
      return true;
    }
    if (isStaleLeader(fetched.errorCode)) return false;
    if (fetched.errorCode !== 0) throw new Error(`fetch error ${fetched.errorCode}`);
    if (fetched.divergesAt >= 0) {
      this.#move(partition, Math.min(partition.next, fetched.divergesAt));
      return true;
    }
    if (fetched.records.length > 0) {
      const visitor = this.#options.visitor(partition);
      const walked = walkBatches(fetched.records, partition.next, visitor, fetched.aborted);
      partition.next = walked.next;
      if (walked.epoch >= 0) partition.lastEpoch = walked.epoch;
    }
    this.#options.progressed?.(partition);
    return true;
  }

  async #findStarts(connection: BrokerConnection, mine: Followed[]): Promise<void> {
    const lost = mine.filter((p) => p.next < 0);
    if (lost.length === 0) return;
    for (const start of await listOffsets(connection, lost, EARLIEST)) {
      const partition = this.#find(start);
      if (partition !== undefined && start.errorCode === 0) partition.next = start.offset;
    }
  }

  /** The log was cut below or above where we stand: go to its nearest end. */
  async #findPlace(connection: BrokerConnection, partition: Followed): Promise<void> {
    const [start] = await listOffsets(connection, [partition], EARLIEST);
    const [end] = await listOffsets(connection, [partition], LATEST);
    if (start === undefined || end === undefined || start.errorCode !== 0 || end.errorCode !== 0) {
      throw new Error("no bounds");
    }
    this.#move(partition, Math.min(Math.max(partition.next, start.offset), end.offset));
  }

  #move(partition: Followed, next: number): void {
    const from = partition.next;
    partition.next = next;
    partition.lastEpoch = -1;
    if (from !== next) this.#options.moved?.(partition, from);
  }
}
