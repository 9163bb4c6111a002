/**
 * A member of a consumer group: the application that reads. kafkajs, as an application uses it;
 * offsets are committed by hand, so that the journal knows what was confirmed and when.
 *
 * Order on disk: where the group starts (`resume`), what was handed over (`delivered`), and only
 * then, after the broker confirmed it, the `commit`. A kill between the two leaves records that
 * were delivered and not committed, never the other way round.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import type { GroupPartition } from "../kafka/cluster-requests.ts";
import type {
  GroupBatch,
  GroupClient,
  GroupHandlers,
  PartitionOffset,
} from "../kafka/group-client.ts";
import { delay, monotonicUs, poll } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { AgentContext, ReaderFigures, ReaderSource, Role } from "./agent-context.ts";
import type { ConsumerSpec } from "./protocol.ts";
import { RecordLog } from "./record-log.ts";

const FLUSH_MS = 20;
const WATCH_MS = 1000;
/** kafkajs hears from a broker at least every fetch (5 s) or heartbeat (3 s) when it is alive. */
const SILENCE_MAX_US = 75_000_000;
const RESTART_MS = 1000;
const RESUME_WITHIN_MS = 10_000;
const CLOSE_MS = 8000; // kafkajs ends its running fetch first, which may take 5 s

/** The outside of a consumer: its client, and a second view of what its group has committed. */
export interface GroupAccess {
  client(spec: ConsumerSpec, handlers: GroupHandlers): GroupClient;
  committed(spec: ConsumerSpec, partitions: GroupPartition[]): Promise<number[]>;
}

export class WorkloadConsumer implements ReaderSource, Role {
  readonly #spec: ConsumerSpec;
  readonly #context: AgentContext;
  readonly #journal: JournalWriter;
  readonly #records: RecordLog;
  readonly #access: GroupAccess;
  readonly #crash = (reason: string) => this.#restart(`crash: ${reason}`);
  readonly #stop = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Next offset of each assigned partition: processed, and confirmed as committed. */
  readonly #processed = new Map<string, PartitionOffset>();
  readonly #committed = new Map<string, number>();
  #client: GroupClient | undefined;
  #restarting = false;
  #committing: Promise<void> | undefined;
  /** Resolves when the start offsets of the latest assignment are journalled. */
  #assigned: Promise<void> = Promise.resolve();

  constructor(context: AgentContext, spec: ConsumerSpec, access: GroupAccess) {
    this.#context = context;
    this.#spec = spec;
    this.#access = access;
    this.#journal = context.openJournal("consumer");
    this.#records = new RecordLog({
      journal: this.#journal,
      reader: spec.reader,
      kind: ROW.delivered,
      runTag: spec.runTag,
      logs: spec.logs,
    });
  }

  get journal(): string {
    return this.#journal.header.file;
  }

  start(): void {
    this.#context.readers.set(this.#spec.reader, this);
    this.#context.crashed.add(this.#crash);
    this.#timers.push(
      setInterval(() => this.#journal.flush(), FLUSH_MS),
      setInterval(() => void this.#commit(), this.#spec.commitEveryMs),
      setInterval(() => this.#watch(), WATCH_MS),
    );
    void this.#begin();
  }

  /** Reads where the group stands, then joins it. Starts over until that works. */
  async #begin(): Promise<void> {
    this.#restarting = true;
    const everywhere = this.#spec.logs.flatMap(({ topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
    await this.#journalResume(everywhere);
    while (!this.#stop.signal.aborted) {
      const client: GroupClient = this.#access.client(
        this.#spec,
        this.#handlers(() => client),
      );
      this.#client = client;
      try {
        await client.start();
        this.#context.clientEvent(this.#spec.name, "connected");
        break;
      } catch (error) {
        this.#context.clientEvent(this.#spec.name, "connect-failed", messageOf(error));
        void closeQuietly(client);
        await delay(RESTART_MS, this.#stop.signal);
      }
    }
    this.#restarting = false;
  }

  /** Handlers of one client: a client that was replaced is not listened to any more. */
  #handlers(self: () => GroupClient): GroupHandlers {
    const mine = () => this.#client === self() && !this.#stop.signal.aborted;
    return {
      joined: (assignment) => {
        if (mine()) this.#joined(assignment);
      },
      batch: async (batch) => {
        if (mine()) await this.#batch(batch, mine);
      },
      committed: (offsets) => this.#confirmed(offsets),
      crashed: (reason, restarts) => {
        if (!mine()) return;
        this.#context.clientEvent(
          this.#spec.name,
          restarts ? "crashed-restarting" : "crashed",
          reason,
        );
        if (!restarts) this.#restart(reason);
      },
    };
  }

  #joined(assignment: { topic: string; partitions: number[] }[]): void {
    // What was processed but not committed before a rebalance will be delivered again.
    this.#processed.clear();
    this.#committed.clear();
    const partitions = assignment.flatMap(({ topic, partitions: owned }) =>
      owned.map((partition) => ({ topic, partition })),
    );
    const detail = assignment.map((a) => `${a.topic}: ${a.partitions.join(",")}`).join("; ");
    this.#context.clientEvent(this.#spec.name, "assigned", detail);
    this.#assigned = this.#journalResume(partitions);
  }

  async #journalResume(partitions: GroupPartition[]): Promise<void> {
    const { name, reader } = this.#spec;
    let last: unknown;
    const offsets = await poll(() => this.#access.committed(this.#spec, partitions), {
      everyMs: 200,
      withinMs: RESUME_WITHIN_MS,
      signal: this.#stop.signal,
      onError: (error) => {
        last = error;
      },
    });
    if (this.#stop.signal.aborted) return;
    if (offsets === undefined) {
      this.#context.clientEvent(name, "resume-unknown", messageOf(last));
      return;
    }
    const nowUs = monotonicUs();
    partitions.forEach(({ topic, partition }, n) => {
      const log = this.#spec.logs.find((one) => one.topic === topic);
      // A partition that was added since is no part of the run, and nothing of it is written to.
      if (log === undefined || partition >= log.partitions) return;
      this.#journal.resume(reader, log.id, partition, offsets[n] ?? -1, nowUs);
    });
    this.#journal.flush();
  }

  async #batch(batch: GroupBatch, mine: () => boolean): Promise<void> {
    await this.#assigned;
    if (!mine()) return;
    const { topic, partition, messages, next } = batch;
    const take = this.#records.batch(topic, partition, monotonicUs());
    for (const { offset, key, value } of messages) take(Number(offset), key, value);
    this.#processed.set(`${topic}:${partition}`, { topic, partition, offset: next });
  }

  async #commit(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#committing !== undefined || this.#restarting) return;
    const due = [...this.#processed].filter(([name, p]) => this.#committed.get(name) !== p.offset);
    if (due.length === 0) return;
    this.#journal.flush();
    this.#committing = client.commit(due.map(([, offset]) => offset)).catch((error: unknown) => {
      this.#context.clientEvent(this.#spec.name, "commit-failed", messageOf(error));
    });
    await this.#committing;
    this.#committing = undefined;
  }

  /** Behind the commit under way, which may know less. */
  async #commitLast(): Promise<void> {
    await this.#committing;
    this.#committing = undefined;
    await this.#commit();
  }

  #confirmed(offsets: PartitionOffset[]): void {
    const nowUs = monotonicUs();
    for (const { topic, partition, offset } of offsets) {
      this.#committed.set(`${topic}:${partition}`, offset);
      const log = this.#records.logId(topic);
      if (log !== undefined) this.#journal.commit(this.#spec.reader, log, partition, offset, nowUs);
    }
  }

  #watch(): void {
    const client = this.#client;
    if (client === undefined || this.#restarting) return;
    if (monotonicUs() - client.lastMoveUs > SILENCE_MAX_US) this.#restart("silent for too long");
  }

  #restart(reason: string): void {
    if (this.#restarting || this.#stop.signal.aborted) return;
    this.#context.clientEvent(this.#spec.name, "renewed", reason);
    const old = this.#client;
    this.#client = undefined;
    this.#committing = undefined;
    this.#processed.clear();
    if (old !== undefined) void closeQuietly(old);
    void this.#begin();
  }

  async stop(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    // First, so that nothing is handed over behind the last commit: what a member that ends in order
    // has got, it has committed.
    this.#stop.abort();
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.race([this.#commitLast(), delay(CLOSE_MS)]);
    this.#context.crashed.delete(this.#crash);
    const client = this.#client;
    if (client !== undefined) await Promise.race([closeQuietly(client), delay(CLOSE_MS)]);
    this.#client = undefined;
    this.#context.closeJournal(this.#journal);
  }

  takeFigures(): ReaderFigures {
    return this.#records.takeFigures();
  }
}

async function closeQuietly(client: GroupClient): Promise<void> {
  try {
    await client.close();
  } catch {
    // What could not be closed is not used again.
  }
}
