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
import { BatchEncoder, recordsFitting } from "./batch-encoder.ts";
import { ClientHolder } from "./client-holder.ts";
import {
  type Batch,
  dueCount,
  type Lane,
  laneOf,
  newLanes,
  oldestUnackedUs,
  sendingCount,
  takeBatch,
  unsentCount,
} from "./lanes.ts";
import type { Answer, ProducerSpec } from "./protocol.ts";
import { type RateChange, Schedule } from "./schedule.ts";
import { SendLedger } from "./send-ledger.ts";
import { SingleRecords } from "./single-records.ts";
import { Transactions } from "./transactions.ts";
import { TroubleTeller } from "./trouble-teller.ts";

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
  readonly #lanes: Lane[];
  readonly #holder: ClientHolder;
  readonly #transactions: Transactions | undefined;
  readonly #batchMax: number;
  readonly #silenceMaxUs: number;
  readonly #renews: boolean;
  readonly #troubles: TroubleTeller;
  readonly #crash = (reason: string) => this.#abandon(`crash: ${reason}`);
  #timer: NodeJS.Timeout | undefined;
  #pumpSoon: NodeJS.Immediate | undefined;
  #tickDueUs = 0;
  #lateUs = 0;
  #stopUs = Number.POSITIVE_INFINITY;
  #closed = false;
  #settled: (() => void) | undefined;

  constructor(context: AgentContext, spec: ProducerSpec, makeClient: MakeClient) {
    this.#context = context;
    this.#spec = spec;
    this.#ledger = new SendLedger(context.openJournal("producer"), spec.producer, spec.log.id);
    const { t0Us, ratePerSecond, partitionFirst = 0, changes = [] } = spec;
    const partitions = spec.log.partitions - partitionFirst;
    this.#schedule = new Schedule({ t0Us, ratePerSecond, partitions, partitionFirst, changes });
    this.#encoder = new BatchEncoder(spec, this.#schedule);
    this.#lanes = newLanes(partitions, partitionFirst);
    this.#batchMax = recordsFitting(spec);
    this.#silenceMaxUs = (silenceMaxMs(spec.client) + BROKER_LOCK_MS) * 1000;
    this.#renews = spec.idempotent && spec.client["renewAfterGiveUp"] !== false;
    this.#transactions = Transactions.of(spec.transactional, {
      settle: (batch, code, offset) => this.#settle(batch, code, offset),
      renew: (client, reason) => this.#holder.renew(client, reason),
      tell: (what, detail) => context.clientEvent(spec.name, what, detail),
    });
    this.#troubles = new TroubleTeller(context, spec.name);
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
    return this.#singles.ask(this.#closed ? undefined : laneOf(this.#lanes, partition), bytes);
  }

  #tick(everyUs: number): void {
    const nowUs = monotonicUs();
    this.#lateUs = Math.max(this.#lateUs, nowUs - this.#tickDueUs);
    this.#tickDueUs = nowUs + everyUs;
    this.#pump(nowUs, 0);
    const waits = sendingCount(this.#lanes) > 0 || this.#transactions?.ending === true;
    if (nowUs - this.#holder.lastMoveUs > this.#silenceMaxUs && waits) {
      this.#abandon("silent: no attempt and no answer for too long");
    }
  }

  /** Sends what is due in every free lane, if its oldest record has waited for `lingerUs`. */
  #pump(nowUs: number, lingerUs: number): void {
    const client = this.#holder.client;
    const batches: Batch[] = [];
    if (client !== undefined && !this.#closed && this.#transactions?.takes !== false) {
      const untilUs = Math.min(nowUs, this.#stopUs);
      for (const lane of this.#lanes) {
        const batch = takeBatch(lane, this.#schedule, { untilUs, lingerUs, max: this.#batchMax });
        if (batch !== undefined) batches.push(batch);
      }
    }
    for (const batch of batches) this.#ledger.intent(batch, this.#schedule, nowUs);
    if (!this.#closed) this.#ledger.journal.flush();
    for (const batch of batches) if (client !== undefined) this.#send(client, batch);
    if (batches.length > 0) this.#transactions?.sent(nowUs);
    this.#turn(nowUs);
  }

  /** Ends the open transaction when it is time; at once when nothing more will come. */
  #turn(nowUs: number): void {
    const now =
      this.#stopUs <= nowUs && unsentCount(this.#lanes, this.#schedule, this.#stopUs) === 0;
    const { client } = this.#holder;
    this.#transactions?.turn(nowUs, { inFlight: sendingCount(this.#lanes), client, now });
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
      this.#unclear(client, batch, { outcome: "indeterminate", reason, producerDead: false });
      return;
    }
    this.#sent(batch, OUTCOME.acked, offset);
  }

  #rejected(client: SendClient, batch: Batch, error: unknown): void {
    this.#holder.answered(client);
    if (!batch.settled) this.#unclear(client, batch, classifyRejection(error, batch.attempts));
  }

  #unclear(client: SendClient, batch: Batch, verdict: Verdict): void {
    this.#troubles.tell(verdict, batch.partition);
    if (this.#renews && !this.#closed && !this.#transactions) {
      const unclear = verdict.outcome === "indeterminate";
      if (unclear || verdict.producerDead) this.#holder.renew(client, verdict.reason);
    }
    this.#sent(batch, OUTCOME[verdict.outcome], 0, verdict.reason);
  }

  /** The send has ended: its records have their outcome, or that of their transaction to come. */
  #sent(batch: Batch, code: number, offset: number, trouble?: string): void {
    if (this.#transactions) {
      this.#transactions.answered(batch, code, offset, trouble);
      this.#free(batch);
    } else this.#settle(batch, code, offset);
  }

  #settle(batch: Batch, code: number, offset: number): void {
    this.#ledger.settle(batch, code, offset);
    this.#singles.settled(batch, code, offset);
    this.#free(batch);
  }

  #free(batch: Batch): void {
    const lane = laneOf(this.#lanes, batch.partition);
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
    for (const batch of this.#transactions?.abandon() ?? []) {
      records += batch.count;
      this.#settle(batch, OUTCOME.indeterminate, 0);
    }
    for (const { sending } of this.#lanes) {
      if (sending === undefined) continue;
      sending.cancelled = true;
      records += sending.count;
      this.#settle(sending, OUTCOME.indeterminate, 0);
    }
    return records;
  }

  /** Nothing more becomes due. Sends what is due, waits for answers, journals what has none. */
  async drain(drainMs: number): Promise<{ unsent: number; unanswered: number }> {
    const endUs = monotonicUs() + drainMs * 1000;
    this.#stopUs = Math.min(this.#stopUs, monotonicUs());
    while (!this.#closed && this.#open() > 0) {
      const leftMs = (endUs - monotonicUs()) / 1000;
      if (leftMs <= 0) break;
      const next = new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
      await Promise.race([next, delay(Math.min(leftMs, 50))]);
    }
    if (this.#closed) return { unsent: 0, unanswered: 0 };
    const unanswered = this.#callOff();
    const unsent = this.#lanes.reduce(
      (sum, lane) => sum + this.#ledger.unsent(lane, this.#schedule, this.#stopUs),
      0,
    );
    this.#close();
    await Promise.race([this.#holder.close(), delay(CLOSE_MS)]);
    return { unsent, unanswered };
  }

  /** What is to be sent, answered, or decided by the end of its transaction. */
  #open(): number {
    const unsent = unsentCount(this.#lanes, this.#schedule, this.#stopUs);
    return unsent + sendingCount(this.#lanes) + (this.#transactions?.waiting ?? 0);
  }

  async stop(): Promise<void> {
    await this.drain(0);
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
    const due = dueCount(this.#lanes, this.#schedule, untilUs);
    const held = this.#transactions?.oldestDueUs ?? Number.POSITIVE_INFINITY;
    return this.#ledger.figures(due, oldestUnackedUs(this.#lanes, this.#schedule, untilUs, held));
  }

  takeLateUs(): number {
    const late = this.#lateUs;
    this.#lateUs = 0;
    return late;
  }
}
