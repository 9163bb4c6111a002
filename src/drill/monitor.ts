/**
 * The live numbers of a run, from the agents' statistics: for the steady state, for "has it
 * recovered", and for the status line. Nothing that is judged comes from here; the journals do that.
 */
import type { History } from "../history/history-writer.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { AgentStats } from "../workload/protocol.ts";
import type { AgentClient } from "./agent-client.ts";

interface ProducerSample {
  tUs: number;
  acked: number;
  /** Sends that ended otherwise: failed, or nobody knows. */
  notAcked: number;
  oldestUnackedDueUs: number;
}

interface ReaderSample {
  tUs: number;
  seen: number;
  /** Null when nothing was seen since the sample before. */
  lagP99Us: number | null;
}

/** Agents report this often (protocol.ts). */
const STATS_EVERY_MS = 200;
const KEEP_US = 60_000_000;
const RECORD_EVERY_US = 1_000_000;

export interface Window {
  /** Per second, over the window. */
  rate: number;
  spanMs: number;
}

export class Monitor {
  readonly #history: History;
  readonly #producers = new Map<number, ProducerSample[]>();
  readonly #readers = new Map<number, ReaderSample[]>();
  readonly #lastCommitUs = new Map<number, number>();
  readonly #lastRecordedUs = new Map<string, number>();
  /** By agent: its newest report, with the worst health since what was recorded of it. */
  readonly #unrecorded = new Map<string, AgentStats>();

  constructor(history: History) {
    this.#history = history;
  }

  receive(agent: AgentClient, stats: AgentStats): void {
    for (const { producer, acked, failed, indeterminate, oldestUnackedDueUs } of stats.producers) {
      const notAcked = failed + indeterminate;
      push(this.#producers, producer, { tUs: stats.tUs, acked, notAcked, oldestUnackedDueUs });
    }
    for (const { reader, seen, lagP99Us, lastCommitUs } of stats.readers) {
      if (lastCommitUs !== undefined) this.#lastCommitUs.set(reader, lastCommitUs);
      const before = this.#readers.get(reader)?.at(-1)?.seen ?? 0;
      const lag = seen > before ? lagP99Us : null;
      push(this.#readers, reader, { tUs: stats.tUs, seen, lagP99Us: lag });
    }
    this.#recordHealth(agent, stats);
  }

  /**
   * Records what was received and not recorded yet. Without it the last part of a second before the
   * workload stops, and the ends of the journals, would be known to nobody.
   */
  flush(): void {
    for (const [agent, stats] of this.#unrecorded) this.#record(agent, stats);
  }

  /** Health and journal progress go into the history once a second, as the worst of that second. */
  #recordHealth(agent: AgentClient, stats: AgentStats): void {
    const before = this.#unrecorded.get(agent.name);
    const health = before ? worstOf(before.health, stats.health) : stats.health;
    const worst = { ...stats, health };
    this.#unrecorded.set(agent.name, worst);
    const last = this.#lastRecordedUs.get(agent.name) ?? 0;
    if (stats.tUs - last >= RECORD_EVERY_US) this.#record(agent.name, worst);
  }

  #record(agent: string, { tUs, health, journals }: AgentStats): void {
    this.#lastRecordedUs.set(agent, tUs);
    this.#unrecorded.delete(agent);
    this.#history.record({ type: "health", tUs, agent, ...health });
    if (journals.length > 0) this.#history.record({ type: "journal.progress", journals });
  }

  /** A reader whose client was started anew counts from 0: what it reported before is another's. */
  forgetReader(reader: number): void {
    this.#readers.delete(reader);
  }

  /** Acks of a producer so far, as it last reported; 0 when it did not. */
  ackedBy(producer: number): number {
    return this.#producers.get(producer)?.at(-1)?.acked ?? 0;
  }

  /** Records a reader has seen so far, as it last reported; 0 when it did not. */
  seenBy(reader: number): number {
    return this.#readers.get(reader)?.at(-1)?.seen ?? 0;
  }

  /** Acks a second of a producer over the last `ms`; undefined while there is less history. */
  ackRate(producer: number, ms: number): Window | undefined {
    return rateOf(this.#producers.get(producer), ms, ({ acked }) => acked);
  }

  /** Records of a producer acked so far. */
  acked(producer: number): number {
    return this.#producers.get(producer)?.at(-1)?.acked ?? 0;
  }

  /** Records whose sends ended over the last `ms`, and those among them that were not acked. */
  ended(producer: number, ms: number): { all: number; notAcked: number } {
    const recent = trailing(this.#producers.get(producer), ms);
    const [first, last] = [recent[0], recent.at(-1)];
    if (!first || !last) return { all: 0, notAcked: 0 };
    const notAcked = last.notAcked - first.notAcked;
    return { all: last.acked - first.acked + notAcked, notAcked };
  }

  /** Records seen a second by a reader over the last `ms`. */
  seenRate(reader: number, ms: number): Window | undefined {
    return rateOf(this.#readers.get(reader), ms, ({ seen }) => seen);
  }

  /** The worst p99 age of records when seen, over the last `ms`; undefined without records. */
  lagMs(reader: number, ms: number): number | undefined {
    const lags = trailing(this.#readers.get(reader), ms).flatMap(({ lagP99Us }) => lagP99Us ?? []);
    return lags.length === 0 ? undefined : Math.max(...lags) / 1000;
  }

  /** When a reader's last commit was confirmed, as far as it was reported. */
  lastCommitUs(reader: number): number | undefined {
    return this.#lastCommitUs.get(reader);
  }

  /** How long the oldest due record of a producer has waited for its ack; 0 when none waits. */
  waitingMs(producer: number): number | undefined {
    const last = this.#producers.get(producer)?.at(-1);
    if (!last) return undefined;
    if (last.oldestUnackedDueUs === 0) return 0;
    return Math.max(0, (last.tUs - last.oldestUnackedDueUs) / 1000);
  }

  /** Whether the agent of this producer reported within the last `ms`. */
  isFresh(producer: number, ms: number): boolean {
    const last = this.#producers.get(producer)?.at(-1);
    return last !== undefined && monotonicUs() - last.tUs <= ms * 1000;
  }
}

function push<T extends { tUs: number }>(map: Map<number, T[]>, key: number, sample: T): void {
  const samples = map.get(key) ?? [];
  samples.push(sample);
  while (samples.length > 0 && sample.tUs - (samples[0] as T).tUs > KEEP_US) samples.shift();
  map.set(key, samples);
}

function trailing<T extends { tUs: number }>(samples: T[] | undefined, ms: number): T[] {
  const fromUs = monotonicUs() - ms * 1000;
  return (samples ?? []).filter(({ tUs }) => tUs >= fromUs);
}

function rateOf<T extends { tUs: number }>(
  samples: T[] | undefined,
  ms: number,
  count: (sample: T) => number,
): Window | undefined {
  const recent = trailing(samples, ms);
  const first = recent[0];
  const last = recent.at(-1);
  if (!first || !last) return undefined;
  const spanMs = (last.tUs - first.tUs) / 1000;
  // Less than the window, but for the interval of the statistics, says nothing about the window.
  if (spanMs <= 0 || spanMs < ms - 2 * STATS_EVERY_MS) return undefined;
  return { rate: ((count(last) - count(first)) / spanMs) * 1000, spanMs };
}

function worstOf(a: AgentStats["health"], b: AgentStats["health"]): AgentStats["health"] {
  return {
    loopDelayP999Us: Math.max(a.loopDelayP999Us, b.loopDelayP999Us),
    loopDelayMaxUs: Math.max(a.loopDelayMaxUs, b.loopDelayMaxUs),
    lateSendMaxUs: Math.max(a.lateSendMaxUs, b.lateSendMaxUs),
    cpuThrottledUs: Math.max(a.cpuThrottledUs, b.cpuThrottledUs),
    journalWriteMaxUs: Math.max(a.journalWriteMaxUs, b.journalWriteMaxUs),
  };
}
