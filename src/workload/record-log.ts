/**
 * Takes records that were read and writes what they turned out to be: good ones as rows that run
 * on, others as `bad` rows; and keeps the reader's figures. Shared by everything that reads.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import type { LogRef } from "../history/judging.ts";
import type { ReaderFigures } from "./agent-context.ts";
import { LagHistogram } from "./lag-histogram.ts";
import { PayloadCodec } from "./payload.ts";

export type FoundKind = typeof ROW.delivered | typeof ROW.seen;

export class RecordLog {
  readonly #journal: JournalWriter;
  readonly #reader: number;
  readonly #kind: FoundKind;
  readonly #codec: PayloadCodec;
  readonly #logs = new Map<string, LogRef>();
  readonly #lag = new LagHistogram();
  readonly #newest = new Map<string, number>();
  #seen = 0;
  #lastSeenUs = 0;

  constructor(o: {
    journal: JournalWriter;
    reader: number;
    kind: FoundKind;
    runTag: number;
    logs: LogRef[];
  }) {
    this.#journal = o.journal;
    this.#reader = o.reader;
    this.#kind = o.kind;
    this.#codec = new PayloadCodec(o.runTag);
    for (const log of o.logs) this.#logs.set(log.topic, log);
  }

  /** The id of the log a topic is; undefined for a topic this reader was not given. */
  logId(topic: string): number | undefined {
    return this.#logs.get(topic)?.id;
  }

  /**
   * Starts on the records of one partition that were read at one time. The function it gives takes
   * them one by one.
   */
  batch(
    topic: string,
    partition: number,
    tUs: number,
  ): (offset: number, key: Buffer | null, value: Buffer | null) => void {
    const log = this.logId(topic) ?? 0;
    const name = `${log}:${partition}`;
    const found = this.#kind === ROW.seen ? this.#journal.seen : this.#journal.delivered;
    const row = found.bind(this.#journal);
    this.#lastSeenUs = tUs;
    return (offset, key, value) => {
      const record = this.#codec.verify(value, key);
      const { defect, producer, partition: source, seq, dueUs } = record;
      this.#seen += 1;
      if (defect !== 0) {
        this.#journal.bad(this.#reader, log, partition, offset, defect, producer, source, seq, tUs);
        return;
      }
      row(this.#reader, log, partition, offset, producer, source, seq, tUs);
      this.#lag.add(tUs - dueUs);
      if (dueUs > (this.#newest.get(name) ?? 0)) this.#newest.set(name, dueUs);
    };
  }

  takeFigures(): ReaderFigures {
    const { p99Us, maxUs } = this.#lag.take();
    return {
      reader: this.#reader,
      seen: this.#seen,
      lastSeenUs: this.#lastSeenUs,
      lagP99Us: p99Us,
      lagMaxUs: maxUs,
      partitionsSeen: this.#newest.size,
    };
  }
}
