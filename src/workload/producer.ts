/**
 * The application's producer: open loop, one kafkajs client that lives as long as it can.
 *
 * ```
 *  due by schedule ──▶ lane (one per partition) ──▶ intent rows, one write ──▶ send ──▶ outcome row
 *                      at most one send in flight;                                (acked, failed or
 *                      what is due meanwhile waits                                 indeterminate)
 * ```
 * A record is handed to the client once. After an indeterminate answer the lane goes on with the
 * records after it; sending again is the client's business, inside its own call.
 *
 * An idempotent kafkajs producer whose send gave up takes its sequence numbers back and gives them
 * to the next batch, which the broker then takes for the first one come again: acked, with the
 * first one's offset, and not appended. So after any unclear answer an idempotent producer is
 * renewed, as after the errors that kill it (kafkajs#598). `client: { renewAfterGiveUp: false }` leaves
 * that out and shows the loss.
 */
import { OUTCOME } from "../history/journal-format.ts";
import { silenceMaxMs } from "../kafka/client.ts";
import { classifyRejection, type Verdict } from "../kafka/errors.ts";
import { ackedOffset, type SendAnswer, type SendClient } from "../kafka/send-client.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import type { AgentContext, ProducerFigures, ProducerSource, Role } from "./agent-context.ts";
import { BatchEncoder } from "./batch-encoder.ts";
import { ClientHolder } from "./client-holder.ts";
import { type Batch, type Lane, oldestUnackedUs, takeBatch } from "./lanes.ts";
import type { Answer, ProducerSpec } from "./protocol.ts";
import { type RateChange, Schedule } from "./schedule.ts";
import { SendLedger } from "./send-ledger.ts";
import { SingleRecords } from "./single-records.ts";

const BATCH_BYTES_MAX = 900_000;
/** Kafka's own bytes around a record, at most: lengths, deltas and our key. */
const RECORD_OVERHEAD_BYTES = 40;
/** kafkajs waits this long for the lock of a broker (idempotent producers, one send a broker). */
const BROKER_LOCK_MS = 65_536;
const CLOSE_MS = 2000;

export type MakeClient = (spec: ProducerSpec, generation: number) => SendClient;

export class WorkloadProducer implements ProducerSource, Role {
  readonly #spec: ProducerSpec;
  readonly #context: AgentContext;
  readonly #ledger: SendLedger;
  readonly #schedule: Schedule;
  readonly #encoder: BatchEncoder;
  readonly #singles = new SingleRecords();
  readonly #lanes: Lane[] = [];
  readonly #holder: ClientHolder;
  readonly #batchMax: number;
  readonly #silenceMaxUs: number;
  readonly #renews: boolean;
  readonly #crash = (reason: string) => this.#abandon(`crash: ${reason}`);
  #timer: NodeJS.Timeout | undefined;
  #pumpSoon: NodeJS.Immediate | undefined;
  #tickDueUs = 0;
  #lateUs = 0;
  #stopUs = Number.POSITIVE_INFINITY;
  #closed = false;
  #lastToldUs = 0;
  #settled: (() => void) | undefined;
  constructor(context: AgentContext, spec: ProducerSpec, makeClient: MakeClient) {
    this.#context = context;
    this.#spec = spec;
    this.#ledger = new SendLedger(context.openJournal("producer"), spec.producer, spec.log.id);
    const { t0Us, ratePerSecond, partitionFirst = 0, changes = [] } = spec;
    const partitions = spec.log.partitions - partitionFirst;
    this.#schedule = new Schedule({ t0Us, ratePerSecond, partitions, partitionFirst, changes });
    this.#encoder = new BatchEncoder(spec, this.#schedule);
    for (let n = 0; n < partitions; n += 1) {
      this.#lanes.push({ partition: partitionFirst + n, nextSeq: 0, sending: undefined });
    }
    const fitting = Math.floor(BATCH_BYTES_MAX / (spec.recordBytes + RECORD_OVERHEAD_BYTES));
    this.#batchMax = Math.max(1, Math.min(spec.batchRecordsMax, fitting));
    this.#silenceMaxUs = (silenceMaxMs(spec.client) + BROKER_LOCK_MS) * 1000;
    this.#renews = spec.idempotent && spec.client["renewAfterGiveUp"] !== false;
    this.#holder = new ClientHolder({
      make: (generation) => makeClient(spec, generation),
      tell: (what, detail) => context.clientEvent(spec.name, what, detail),
    });
  }

  get journal(): string {
    return this.#ledger.journal.header.file;
  }

  start(): void {
    this.#context.producers.set(this.#spec.producer, this);
    this.#context.crashed.add(this.#crash);
    this.#holder.start();
    const everyMs = Math.max(1, this.#spec.lingerMs);
    this.#tickDueUs = monotonicUs() + everyMs * 1000;
    this.#timer = setInterval(() => this.#tick(everyMs * 1000), everyMs);
  }

  /** Gives from when on. What is due by then stays due when it was. */
  load(change: RateChange): { fromUs: number } {
    const fromUs = Math.max(change.fromUs, monotonicUs(), this.#spec.t0Us);
    this.#schedule.change({ ...change, fromUs });
    return { fromUs };
  }

  single(partition: number, bytes: number): Promise<Answer<"producer.single">> {
    return this.#singles.ask(this.#closed ? undefined : this.#laneOf(partition), bytes);
  }

  #laneOf(partition: number): Lane | undefined {
    return this.#lanes.find((lane) => lane.partition === partition);
  }

  #tick(everyUs: number): void {
    const nowUs = monotonicUs();
    this.#lateUs = Math.max(this.#lateUs, nowUs - this.#tickDueUs);
    this.#tickDueUs = nowUs + everyUs;
    this.#pump(nowUs, 0);
    if (nowUs - this.#holder.lastMoveUs > this.#silenceMaxUs && this.#sendingCount() > 0) {
      this.#abandon("silent: no attempt and no answer for too long");
    }
  }

  /** Sends what is due in every free lane, if its oldest record has waited for `lingerUs`. */
  #pump(nowUs: number, lingerUs: number): void {
    const client = this.#holder.client;
    const batches: Batch[] = [];
    if (client !== undefined && !this.#closed) {
      const untilUs = Math.min(nowUs, this.#stopUs);
      for (const lane of this.#lanes) {
        const batch = takeBatch(lane, this.#schedule, { untilUs, lingerUs, max: this.#batchMax });
        if (batch !== undefined) batches.push(batch);
      }
    }
    for (const batch of batches) this.#ledger.intent(batch, this.#schedule, nowUs);
    if (!this.#closed) this.#ledger.journal.flush();
    for (const batch of batches) if (client !== undefined) this.#send(client, batch);
  }

  #send(client: SendClient, batch: Batch): void {
    this.#holder.sent(client);
    client.send(batch, batch.partition, this.#encoder.records(batch)).then(
      (answer) => this.#answered(client, batch, answer),
      (error: unknown) => this.#rejected(client, batch, error),
    );
  }

  #answered(client: SendClient, batch: Batch, answer: SendAnswer[]): void {
    this.#holder.answered(client);
    if (batch.settled) return;
    const { log, acks } = this.#spec;
    if (acks === "0") {
      // The broker was asked not to answer. It is not acked, and that is no news.
      this.#settle(batch, OUTCOME.indeterminate, 0);
      return;
    }
    const offset = ackedOffset(answer, log.topic, batch.partition);
    if (offset === undefined) {
      const reason = `answer names no offset of ${log.topic}-${batch.partition}`;
      this.#unclear(client, batch, {
        outcome: "indeterminate",
        reason,
        producerDead: false,
      });
      return;
    }
    this.#settle(batch, OUTCOME.acked, offset);
  }

  #rejected(client: SendClient, batch: Batch, error: unknown): void {
    this.#holder.answered(client);
    if (!batch.settled) this.#unclear(client, batch, classifyRejection(error, batch.attempts));
  }

  #unclear(client: SendClient, batch: Batch, verdict: Verdict): void {
    this.#tell(verdict, batch);
    if (this.#renews && !this.#closed) {
      const unclear = verdict.outcome === "indeterminate";
      if (unclear || verdict.producerDead) this.#holder.renew(client, verdict.reason);
    }
    this.#settle(batch, OUTCOME[verdict.outcome], 0);
  }

  /** At most one event a second: an outage fails many sends for one reason. */
  #tell({ outcome, reason }: Verdict, batch: Batch): void {
    const nowUs = monotonicUs();
    if (nowUs - this.#lastToldUs < 1_000_000) return;
    this.#lastToldUs = nowUs;
    const what = outcome === "failed" ? "send-failed" : "send-indeterminate";
    this.#context.clientEvent(this.#spec.name, what, `partition ${batch.partition}: ${reason}`);
  }

  #settle(batch: Batch, code: number, offset: number): void {
    this.#ledger.settle(batch, code, offset);
    this.#singles.settled(batch, code, offset);
    const lane = this.#laneOf(batch.partition);
    if (lane?.sending === batch) lane.sending = undefined;
    // Records that waited for this answer longer than they would have gathered go at once.
    this.#pumpSoon ??= setImmediate(() => {
      this.#pumpSoon = undefined;
      this.#pump(monotonicUs(), this.#spec.lingerMs * 1000);
      this.#settled?.();
    });
  }

  /** Gives up every send in flight, and the client with them: nothing of them is sent again. */
  #abandon(reason: string): void {
    if (this.#closed) return;
    this.#callOff();
    this.#holder.renewNow(reason);
  }

  /** Journals what is in flight as indeterminate. Gives how many records that were. */
  #callOff(): number {
    let records = 0;
    for (const { sending } of this.#lanes) {
      if (sending === undefined) continue;
      sending.cancelled = true;
      records += sending.count;
      this.#settle(sending, OUTCOME.indeterminate, 0);
    }
    return records;
  }

  #sendingCount(): number {
    return this.#lanes.filter((lane) => lane.sending !== undefined).length;
  }

  /** Nothing more becomes due. Sends what is due, waits for answers, journals what has none. */
  async drain(drainMs: number): Promise<{ unsent: number; unanswered: number }> {
    const endUs = monotonicUs() + drainMs * 1000;
    this.#stopUs = Math.min(this.#stopUs, monotonicUs());
    while (!this.#closed && this.#unsent() + this.#sendingCount() > 0) {
      const leftMs = (endUs - monotonicUs()) / 1000;
      if (leftMs <= 0) break;
      const next = new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
      await Promise.race([next, delay(Math.min(leftMs, 50))]);
    }
    if (this.#closed) return { unsent: 0, unanswered: 0 };
    const unanswered = this.#callOff();
    let unsent = 0;
    for (const lane of this.#lanes) {
      unsent += this.#ledger.unsent(lane, this.#schedule, this.#stopUs);
    }
    this.#close();
    await Promise.race([this.#holder.close(), delay(CLOSE_MS)]);
    return { unsent, unanswered };
  }

  async stop(): Promise<void> {
    await this.drain(0);
  }

  #unsent(): number {
    let records = 0;
    for (const { partition, nextSeq } of this.#lanes) {
      records += this.#schedule.dueCount(partition, this.#stopUs) - nextSeq;
    }
    return records;
  }

  #close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    clearImmediate(this.#pumpSoon);
    this.#context.crashed.delete(this.#crash);
    this.#context.closeJournal(this.#ledger.journal);
  }

  figures(nowUs: number): ProducerFigures {
    const untilUs = Math.min(nowUs, this.#stopUs);
    let due = 0;
    for (const lane of this.#lanes) due += this.#schedule.dueCount(lane.partition, untilUs);
    return this.#ledger.figures(due, oldestUnackedUs(this.#lanes, this.#schedule, untilUs));
  }

  takeLateUs(): number {
    const late = this.#lateUs;
    this.#lateUs = 0;
    return late;
  }
}
