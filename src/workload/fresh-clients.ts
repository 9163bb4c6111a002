/**
 * The viewpoint of a fresh client: could an application that starts now, with the usual list of
 * brokers, write to this log? A new kafkajs client on every tick: it connects, sends one small record
 * to every partition, and is gone.
 *
 * ```
 *  tick k ──▶ a new client ──▶ connected ──▶ a record to each partition ──▶ answered: acked, failed, …
 *                         └──▶ not in time, or refused for good: its records are `unsent`
 * ```
 * Ticks are an open schedule: the next client starts whatever became of the one before. One that has
 * nothing after `timeoutMs` is given up, and what it had sent by then stays indeterminate. What a new
 * client meets depends on who is first in its list and on what a connection to the dead costs it, which
 * neither a probe that knows the leader nor a client with open connections shows.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { classifyRejection } from "../kafka/errors.ts";
import { ackedOffset, type SendClient, type Sending } from "../kafka/send-client.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { AgentContext, ProducerFigures, ProducerSource, Role } from "./agent-context.ts";
import { PayloadCodec } from "./payload.ts";
import { FLAG } from "./payload-format.ts";
import type { CanarySpec } from "./protocol.ts";

/** More clients at a time than this are no probe any more, but a load. */
const OPEN_MAX = 60;

export type MakeFreshClient = (spec: CanarySpec, clientId: string) => SendClient;

interface Attempt {
  seq: number;
  dueUs: number;
  client: SendClient;
  /** By partition, from the moment its record is journalled until it has its outcome. */
  sending: Map<number, Sending>;
  /** Its records are journalled as sent. */
  begun: boolean;
  over: boolean;
  timer: NodeJS.Timeout;
}

export class FreshClients implements ProducerSource, Role {
  readonly #spec: CanarySpec;
  readonly #context: AgentContext;
  readonly #journal: JournalWriter;
  readonly #codec: PayloadCodec;
  readonly #make: MakeFreshClient;
  readonly #intervalUs: number;
  readonly #open = new Set<Attempt>();
  #nextSeq = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #lateUs = 0;
  #due = 0;
  #acked = 0;
  #failed = 0;
  #indeterminate = 0;
  #lastAckUs = 0;
  /** Due time of the first client that was not served since one was; 0 while all are. */
  #stalledSinceUs = 0;
  #lastMissedUs = 0;

  constructor(context: AgentContext, spec: CanarySpec, make: MakeFreshClient) {
    this.#context = context;
    this.#spec = spec;
    this.#make = make;
    this.#intervalUs = spec.intervalMs * 1000;
    this.#journal = context.openJournal("canary");
    this.#codec = new PayloadCodec(spec.runTag);
  }

  get journal(): string {
    return this.#journal.header.file;
  }

  start(): void {
    this.#context.producers.set(this.#spec.producer, this);
    this.#schedule();
  }

  /** Sleeps until the next due time, counted from t0, so that lateness never adds up. */
  #schedule(): void {
    if (this.#closed) return;
    const waitMs = Math.max(0, Math.ceil((this.#dueUs(this.#nextSeq) - monotonicUs()) / 1000));
    this.#timer = setTimeout(() => {
      this.#tick();
      this.#schedule();
    }, waitMs);
  }

  #dueUs(seq: number): number {
    return this.#spec.t0Us + seq * this.#intervalUs;
  }

  #tick(): void {
    // What became of earlier ones: a killed agent leaves what is on disk.
    this.#journal.flush();
    const nowUs = monotonicUs();
    for (; this.#dueUs(this.#nextSeq) <= nowUs; this.#nextSeq += 1) {
      const dueUs = this.#dueUs(this.#nextSeq);
      this.#lateUs = Math.max(this.#lateUs, nowUs - dueUs);
      this.#due += this.#spec.log.partitions;
      if (this.#open.size < OPEN_MAX) void this.#attempt(this.#nextSeq, dueUs);
      else this.#unsent(this.#nextSeq, dueUs);
    }
  }

  async #attempt(seq: number, dueUs: number): Promise<void> {
    const client = this.#make(this.#spec, `${this.#spec.name}-${seq}`);
    const attempt: Attempt = {
      seq,
      dueUs,
      client,
      sending: new Map(),
      begun: false,
      over: false,
      timer: setTimeout(() => this.#giveUp(attempt), this.#spec.timeoutMs),
    };
    this.#open.add(attempt);
    try {
      await client.connect();
    } catch {
      this.#giveUp(attempt);
      return;
    }
    if (attempt.over) {
      close(client);
      return;
    }
    this.#intend(attempt);
    const sends = [...attempt.sending].map(([partition, sending]) =>
      this.#send(attempt, partition, sending),
    );
    await Promise.all(sends);
    this.#end(attempt);
  }

  #intend(attempt: Attempt): void {
    const { producer, log } = this.#spec;
    const nowUs = monotonicUs();
    const { seq, dueUs } = attempt;
    for (let partition = 0; partition < log.partitions; partition += 1) {
      this.#journal.intent(producer, log.id, partition, seq, 1, nowUs, dueUs, dueUs);
      attempt.sending.set(partition, { attempts: 0, cancelled: false });
    }
    this.#journal.flush();
    attempt.begun = true;
  }

  async #send(attempt: Attempt, partition: number, sending: Sending): Promise<void> {
    const { producer, log, recordBytes } = this.#spec;
    const { seq, dueUs, client } = attempt;
    const key = this.#codec.key(partition, seq);
    const identity = { producer, partition, seq };
    const value = this.#codec.encode(recordBytes, identity, dueUs, key, FLAG.canary);
    try {
      const answer = await client.send(sending, partition, [{ key, value }]);
      const offset = ackedOffset(answer, log.topic, partition);
      const code = offset === undefined ? OUTCOME.indeterminate : OUTCOME.acked;
      this.#answered(attempt, partition, code, offset ?? 0);
    } catch (error) {
      const { outcome } = classifyRejection(error, sending.attempts);
      this.#answered(attempt, partition, OUTCOME[outcome], 0);
    }
  }

  #answered(attempt: Attempt, partition: number, code: number, offset: number): void {
    if (!attempt.sending.delete(partition)) return;
    const nowUs = monotonicUs();
    const { producer, log } = this.#spec;
    this.#journal.outcome(producer, log.id, partition, attempt.seq, 1, code, offset, nowUs);
    if (code === OUTCOME.acked) {
      this.#acked += 1;
      this.#lastAckUs = nowUs;
      return;
    }
    if (code === OUTCOME.failed) this.#failed += 1;
    else this.#indeterminate += 1;
    this.#missed(attempt.dueUs);
  }

  /** Nothing more is expected of it: what was sent stays unclear, the rest never was. */
  #giveUp(attempt: Attempt): void {
    if (attempt.over) return;
    for (const [partition, sending] of attempt.sending) {
      sending.cancelled = true;
      this.#answered(attempt, partition, OUTCOME.indeterminate, 0);
    }
    if (!attempt.begun) this.#unsent(attempt.seq, attempt.dueUs);
    this.#end(attempt);
  }

  #end(attempt: Attempt): void {
    if (attempt.over) return;
    attempt.over = true;
    clearTimeout(attempt.timer);
    this.#open.delete(attempt);
    // It was served, and so was everyone who was due after it, as far as is known.
    if (attempt.dueUs > this.#lastMissedUs) this.#stalledSinceUs = 0;
    close(attempt.client);
  }

  #unsent(seq: number, dueUs: number): void {
    const { producer, log } = this.#spec;
    const nowUs = monotonicUs();
    for (let partition = 0; partition < log.partitions; partition += 1) {
      this.#journal.unsent(producer, log.id, partition, seq, 1, nowUs, dueUs, dueUs);
    }
    this.#missed(dueUs);
  }

  #missed(dueUs: number): void {
    if (this.#stalledSinceUs === 0) this.#stalledSinceUs = dueUs;
    this.#lastMissedUs = Math.max(this.#lastMissedUs, dueUs);
  }

  async stop(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    for (const attempt of [...this.#open]) this.#giveUp(attempt);
    this.#closed = true;
    this.#context.closeJournal(this.#journal);
  }

  figures(): ProducerFigures {
    const waiting = [...this.#open].map(({ dueUs }) => dueUs);
    if (this.#stalledSinceUs > 0) waiting.push(this.#stalledSinceUs);
    return {
      producer: this.#spec.producer,
      due: this.#due,
      acked: this.#acked,
      failed: this.#failed,
      indeterminate: this.#indeterminate,
      lastAckUs: this.#lastAckUs,
      oldestUnackedDueUs: waiting.length === 0 ? 0 : Math.min(...waiting),
    };
  }

  takeLateUs(): number {
    const late = this.#lateUs;
    this.#lateUs = 0;
    return late;
  }
}

/** Nobody waits for it; a client that never connected may not be able to. */
function close(client: SendClient): void {
  client.close().catch(() => {});
}
