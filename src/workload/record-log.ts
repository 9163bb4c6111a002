/**
 * Takes records that were read and writes what they turned out to be: good ones as rows that run
 * on, others as `bad` rows; and keeps the reader's figures. Shared by everything that reads.
 */
import type { JournalWriter } from "../history/journal-writer.ts";
import type { LogRef } from "../history/judging.ts";
import type { RecordVisitor } from "../kafka/record-batch.ts";
import type { ReaderFigures } from "./agent-context.ts";
import { type FoundKind, FoundRecords } from "./found-records.ts";
import { LagHistogram } from "./lag-histogram.ts";
import { PayloadCodec } from "./payload.ts";

export class RecordLog {
  readonly #journal: JournalWriter;
  readonly #reader: number;
  readonly #kind: FoundKind;
  readonly #codec: PayloadCodec;
  readonly #logs = new Map<string, LogRef>();
  readonly #all = { seen: 0, lag: new LagHistogram() };
  /** Due time of the newest record, by log and partition; 0 while there was none. */
  readonly #newest = new Map<string, { dueUs: number }>();
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
    const codec = this.#codec;
    const found = this.#found(topic, partition, tUs);
    return (offset, key, value) => found.take(offset, codec.verify(value, key));
  }

  /** The same for what a fetch brought. All of it is to be taken before anybody else fetches. */
  fetched(topic: string, partition: number, tUs: number): Required<RecordVisitor> {
    const codec = this.#codec;
    codec.newBytes();
    const found = this.#found(topic, partition, tUs);
    return {
      record: (offset, bytes, keyAt, keyBytes, valueAt, valueBytes) =>
        found.take(offset, codec.verifyIn(bytes, keyAt, keyBytes, valueAt, valueBytes)),
      run: (stretch) => found.takeRun(stretch),
    };
  }

  #found(topic: string, partition: number, tUs: number): FoundRecords {
    this.#lastSeenUs = tUs;
    const log = this.logId(topic) ?? 0;
    const place = { kind: this.#kind, reader: this.#reader, log, partition, tUs };
    const figures = { all: this.#all, newest: this.#newestOf(`${log}:${partition}`) };
    return new FoundRecords(this.#journal, this.#codec, place, figures);
  }

  #newestOf(place: string): { dueUs: number } {
    let newest = this.#newest.get(place);
    if (newest === undefined) {
      newest = { dueUs: 0 };
      this.#newest.set(place, newest);
    }
    return newest;
  }

  takeFigures(): ReaderFigures {
    const { p99Us, maxUs } = this.#all.lag.take();
    return {
      reader: this.#reader,
      seen: this.#all.seen,
      lastSeenUs: this.#lastSeenUs,
      lagP99Us: p99Us,
      lagMaxUs: maxUs,
      partitionsSeen: [...this.#newest.values()].filter(({ dueUs }) => dueUs > 0).length,
    };
  }
}
