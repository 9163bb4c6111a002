/**
 * The cluster viewpoint: could somebody who always knows the current leader write to this
 * partition now? One small record per partition and tick, acks=all, sent once, straight to the
 * leader that the brokers name.
 *
 * ```
 *  tick k ──▶ partition 0 ──▶ its newest usable line ──▶ leader      answered in time: acked
 *         ──▶ partition 1 ──▶ …                                       else: indeterminate
 *         ──▶ partition 2 (no line, or all full): the record is `unsent`
 * ```
 * Every due time stands alone: nothing is queued, repeated or caught up later.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { ClusterView } from "../kafka/cluster-view.ts";
import { classifyCode } from "../kafka/errors.ts";
import { type Probe, type ProbeAnswer, ProbeLines } from "../kafka/probe-lines.ts";
import { singleRecordBatch } from "../kafka/record-batch.ts";
import { monotonicUs, wallTime } from "../kernel/clock.ts";
import type { AgentContext, ProducerFigures, ProducerSource, Role } from "./agent-context.ts";
import { PayloadCodec } from "./payload.ts";
import { FLAG } from "./payload-format.ts";
import type { CanarySpec } from "./protocol.ts";

const METADATA_HEALTHY_MS = 1000;
const METADATA_STALLED_MS = 50;

interface CanaryLane {
  readonly partition: number;
  readonly lines: ProbeLines;
  nextSeq: number;
  /** First unanswered or unacked due time since the last ack; 0 while healthy. */
  stalledSinceUs: number;
}

export class Canary implements ProducerSource, Role {
  readonly #spec: CanarySpec;
  readonly #context: AgentContext;
  readonly #journal: JournalWriter;
  readonly #codec: PayloadCodec;
  readonly #view: ClusterView;
  readonly #lanes: CanaryLane[] = [];
  readonly #intervalUs: number;
  #timer: NodeJS.Timeout | undefined;
  #lateUs = 0;
  #closed = false;
  #due = 0;
  #acked = 0;
  #failed = 0;
  #indeterminate = 0;
  #lastAckUs = 0;

  constructor(context: AgentContext, spec: CanarySpec) {
    this.#context = context;
    this.#spec = spec;
    this.#intervalUs = spec.intervalMs * 1000;
    this.#journal = context.openJournal("canary");
    this.#codec = new PayloadCodec(spec.runTag);
    this.#view = new ClusterView({
      bootstrap: spec.address.bootstrap,
      topics: [spec.log.topic],
      clientId: spec.name,
      everyMs: () => (this.#stalled() ? METADATA_STALLED_MS : METADATA_HEALTHY_MS),
      onChange: () => this.#aim(),
    });
    for (let partition = 0; partition < spec.log.partitions; partition += 1) {
      const lines = new ProbeLines({
        clientId: spec.name,
        topic: spec.log.topic,
        partition,
        timeoutMs: spec.timeoutMs,
        answered: (probe, answer) => this.#answered(partition, probe, answer),
      });
      this.#lanes.push({ partition, lines, nextSeq: 0, stalledSinceUs: 0 });
    }
  }

  get journal(): string {
    return this.#journal.header.file;
  }

  start(): void {
    this.#context.producers.set(this.#spec.producer, this);
    this.#view.start();
    this.#schedule();
  }

  #stalled(): boolean {
    return this.#lanes.some((lane) => lane.stalledSinceUs > 0);
  }

  /** Points every partition's lines at its current leader. */
  #aim(): void {
    for (const { partition, lines } of this.#lanes) {
      const leader = this.#view.leader(this.#spec.log.topic, partition);
      lines.aim(leader < 0 ? undefined : this.#view.endpoint(leader));
      lines.free(monotonicUs()); // opens the line before the next record needs it
    }
  }

  /** Sleeps until the next due time, counted from t0, so that lateness never adds up. */
  #schedule(): void {
    if (this.#closed) return;
    const dueUs = this.#dueUs(this.#lanes[0]?.nextSeq ?? 0);
    const waitMs = Math.max(0, Math.ceil((dueUs - monotonicUs()) / 1000));
    this.#timer = setTimeout(() => {
      this.#tick();
      this.#schedule();
    }, waitMs);
  }

  #dueUs(seq: number): number {
    return this.#spec.t0Us + seq * this.#intervalUs;
  }

  #tick(): void {
    const nowUs = monotonicUs();
    const seqFirst = this.#lanes[0]?.nextSeq ?? 0;
    const firstUs = this.#dueUs(seqFirst);
    if (firstUs > nowUs) return;
    this.#lateUs = Math.max(this.#lateUs, nowUs - firstUs);
    const seqEnd = Math.floor((nowUs - this.#spec.t0Us) / this.#intervalUs) + 1;
    const sends: (() => void)[] = [];
    for (let seq = seqFirst; seq < seqEnd; seq += 1) {
      for (const lane of this.#lanes) this.#probe(lane, seq, nowUs, sends);
    }
    this.#journal.flush();
    for (const send of sends) send();
    for (const { lines } of this.#lanes) lines.sweep(nowUs);
  }

  /** Journals what becomes of one due record; `sends` takes what must follow the flush. */
  #probe(lane: CanaryLane, seq: number, nowUs: number, sends: (() => void)[]): void {
    const { producer, log, recordBytes } = this.#spec;
    const { partition, lines } = lane;
    const dueUs = this.#dueUs(seq);
    lane.nextSeq = seq + 1;
    this.#due += 1;
    const line = lines.free(nowUs);
    if (line === undefined) {
      this.#journal.unsent(producer, log.id, partition, seq, 1, nowUs, dueUs, dueUs);
      this.#missed(lane, dueUs);
      return;
    }
    this.#journal.intent(producer, log.id, partition, seq, 1, nowUs, dueUs, dueUs);
    const key = this.#codec.key(partition, seq);
    const identity = { producer, partition, seq };
    const value = this.#codec.encode(recordBytes, identity, dueUs, key, FLAG.canary);
    const wallMs = Date.parse(wallTime());
    const probe: Probe = { seq, dueUs, sentUs: nowUs };
    // Reserved now, so that the next record of this tick sees the line as full as it will be.
    lines.reserve(line, probe);
    sends.push(() => lines.send(line, probe, singleRecordBatch(key, value, wallMs)));
  }

  #missed(lane: CanaryLane, dueUs: number): void {
    if (lane.stalledSinceUs > 0) return;
    lane.stalledSinceUs = dueUs;
    this.#view.hurry();
  }

  #answered(partition: number, probe: Probe, answer: ProbeAnswer): void {
    if (this.#closed) return;
    const lane = this.#lanes[partition];
    if (lane === undefined) return;
    const nowUs = monotonicUs();
    const { producer, log } = this.#spec;
    let code: number = OUTCOME.indeterminate;
    if (answer.offset >= 0) code = OUTCOME.acked;
    else if (answer.errorCode > 0) code = OUTCOME[classifyCode(answer.errorCode).outcome];
    const offset = Math.max(0, answer.offset);
    this.#journal.outcome(producer, log.id, partition, probe.seq, 1, code, offset, nowUs);
    if (code === OUTCOME.acked) {
      this.#acked += 1;
      this.#lastAckUs = nowUs;
      if (probe.dueUs >= lane.stalledSinceUs) lane.stalledSinceUs = 0;
      return;
    }
    if (code === OUTCOME.failed) this.#failed += 1;
    else this.#indeterminate += 1;
    this.#missed(lane, probe.dueUs);
  }

  async stop(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#view.stop();
    // Closing the lines answers what is in flight: indeterminate, like every lost answer.
    for (const { lines } of this.#lanes) lines.close();
    this.#closed = true;
    this.#context.closeJournal(this.#journal);
  }

  figures(): ProducerFigures {
    let oldest = 0;
    for (const { lines, stalledSinceUs } of this.#lanes) {
      for (const dueUs of [lines.oldestDueUs(), stalledSinceUs]) {
        if (dueUs > 0 && (oldest === 0 || dueUs < oldest)) oldest = dueUs;
      }
    }
    return {
      producer: this.#spec.producer,
      due: this.#due,
      acked: this.#acked,
      failed: this.#failed,
      indeterminate: this.#indeterminate,
      lastAckUs: this.#lastAckUs,
      oldestUnackedDueUs: oldest,
    };
  }

  takeLateUs(): number {
    const late = this.#lateUs;
    this.#lateUs = 0;
    return late;
  }
}
