/**
 * The cluster viewpoint: could somebody who always knows the current leader write to this
 * partition now? One small record per partition and tick, acks=all, sent once, straight to the
 * leader that the brokers name.
 *
 * ```
 *  tick k ──▶ partition 0 ──▶ its newest usable line ──▶ leader      answered in time: acked
 *         ──▶ partition 1 ──▶ …                                       else: indeterminate
 *         ──▶ partition 2 ──▶ no line to trust: opens one  ──▶ leader      opened: sent over it
 *                                                                else: the record is `unsent`
 * ```
 * Every due time stands alone: nothing is queued, repeated or caught up later. So during an outage
 * every due record is an attempt to connect, and a recovery is seen by the first one due after it.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { ClusterView } from "../kafka/cluster-view.ts";
import { classifyCode } from "../kafka/errors.ts";
import { type Line, type Probe, type ProbeAnswer, ProbeLines } from "../kafka/probe-lines.ts";
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
  /** Records whose own line is being opened. */
  readonly opening: Set<number>;
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
        intervalMs: spec.intervalMs,
        answered: (probe, answer) => this.#answered(partition, probe, answer),
      });
      this.#lanes.push({ partition, lines, nextSeq: 0, opening: new Set(), stalledSinceUs: 0 });
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
    return this.#lanes.some(
      ({ stalledSinceUs, opening }) => stalledSinceUs > 0 || opening.size > 0,
    );
  }

  /** Points every partition's lines at its current leader. */
  #aim(): void {
    for (const { partition, lines } of this.#lanes) {
      const leader = this.#view.leader(this.#spec.log.topic, partition);
      lines.aim(leader < 0 ? undefined : this.#view.endpoint(leader));
      if (!lines.aimed) lines.open(monotonicUs(), () => {}); // before the next record needs it
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
    for (const { lines } of this.#lanes) {
      lines.widen(nowUs);
      lines.sweep(nowUs);
    }
  }

  /** Journals what becomes of one due record; `sends` takes what must follow the flush. */
  #probe(lane: CanaryLane, seq: number, nowUs: number, sends: (() => void)[]): void {
    const { lines } = lane;
    lane.nextSeq = seq + 1;
    this.#due += 1;
    const line = lines.free(nowUs);
    if (line !== undefined) {
      sends.push(this.#intend(lane, line, seq, nowUs));
      return;
    }
    const attempted = lines.open(nowUs, (fresh) => {
      if (this.#closed) return;
      if (fresh === undefined) this.#unsent(lane, seq);
      else this.#sendOver(lane, fresh, seq);
    });
    if (!attempted) {
      this.#unsent(lane, seq);
      return;
    }
    // Perhaps another leads now: ask at once, long before the first record counts as missed.
    if (lane.opening.size === 0) this.#view.hurry();
    lane.opening.add(seq);
  }

  /** The line that a record opened stands: the record goes over it. */
  #sendOver(lane: CanaryLane, line: Line, seq: number): void {
    lane.opening.delete(seq);
    const send = this.#intend(lane, line, seq, monotonicUs());
    this.#journal.flush();
    send();
  }

  /** Journals the intent and takes the place on the line; what it gives is to follow a flush. */
  #intend(lane: CanaryLane, line: Line, seq: number, nowUs: number): () => void {
    const { producer, log, recordBytes } = this.#spec;
    const { partition, lines } = lane;
    const dueUs = this.#dueUs(seq);
    this.#journal.intent(producer, log.id, partition, seq, 1, nowUs, dueUs, dueUs);
    const key = this.#codec.key(partition, seq);
    const identity = { producer, partition, seq };
    const value = this.#codec.encode(recordBytes, identity, dueUs, key, FLAG.canary);
    const wallMs = Date.parse(wallTime());
    const probe: Probe = { seq, dueUs, sentUs: nowUs };
    // Reserved now, so that the next record of this tick sees the line as full as it will be.
    lines.reserve(line, probe);
    return () => lines.send(line, probe, singleRecordBatch(key, value, wallMs));
  }

  #unsent(lane: CanaryLane, seq: number): void {
    const { producer, log } = this.#spec;
    const dueUs = this.#dueUs(seq);
    lane.opening.delete(seq);
    this.#journal.unsent(producer, log.id, lane.partition, seq, 1, monotonicUs(), dueUs, dueUs);
    this.#missed(lane, dueUs);
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
    for (const lane of this.#lanes) for (const seq of lane.opening) this.#unsent(lane, seq);
    this.#closed = true;
    this.#context.closeJournal(this.#journal);
  }

  figures(): ProducerFigures {
    let oldest = 0;
    for (const { lines, opening, stalledSinceUs } of this.#lanes) {
      const [first] = opening;
      const openingUs = first === undefined ? 0 : this.#dueUs(first);
      for (const dueUs of [lines.oldestDueUs(), openingUs, stalledSinceUs]) {
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
