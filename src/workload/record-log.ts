/**
 * Takes records that were read and writes what they turned out to be: good ones as rows that run
 * on, others as `bad` rows; and keeps the reader's figures. Shared by everything that reads.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import type { LogRef } from "../history/judging.ts";
import type { RecordVisitor } from "../kafka/record-batch.ts";
import type { ReaderFigures } from "./agent-context.ts";
import { LagHistogram } from "./lag-histogram.ts";
import { PayloadCodec } from "./payload.ts";
import type { Verified } from "./payload-format.ts";

export type FoundKind = typeof ROW.delivered | typeof ROW.seen;

export class RecordLog {
  readonly #journal: JournalWriter;
  readonly #reader: number;
  readonly #kind: FoundKind;
  readonly #codec: PayloadCodec;
  readonly #logs = new Map<string, LogRef>();
  readonly #lag = new LagHistogram();
  /** Due time of the newest record, by log and partition; 0 while there was none. */
  readonly #newest = new Map<string, { dueUs: number }>();
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
    const codec = this.#codec;
    const take = this.#taking(topic, partition, tUs);
    return (offset, key, value) => take(offset, codec.verify(value, key));
  }

  /** The same for what a fetch brought. All of it is to be taken before anybody else fetches. */
  fetched(topic: string, partition: number, tUs: number): RecordVisitor {
    const codec = this.#codec;
    codec.newBytes();
    const take = this.#taking(topic, partition, tUs);
    return (offset, bytes, keyAt, keyBytes, valueAt, valueBytes) =>
      take(offset, codec.verifyIn(bytes, keyAt, keyBytes, valueAt, valueBytes));
  }

  #taking(topic: string, partition: number, tUs: number): (offset: number, one: Verified) => void {
    const log = this.logId(topic) ?? 0;
    const [reader, journal] = [this.#reader, this.#journal];
    const newest = this.#newestOf(`${log}:${partition}`);
    // The row that the records before went to, and the record that would go on from it.
    let row = -1;
    let next = { producer: 0, source: 0, seq: 0, offset: 0 };
    this.#lastSeenUs = tUs;
    return (offset, { defect, producer, partition: source, seq, dueUs }) => {
      this.#seen += 1;
      if (defect !== 0) {
        journal.bad(reader, log, partition, offset, defect, producer, source, seq, tUs);
        return;
      }
      const goesOn =
        seq === next.seq &&
        offset === next.offset &&
        producer === next.producer &&
        source === next.source &&
        journal.lengthen(row);
      if (!goesOn) {
        if (this.#kind === ROW.seen) {
          journal.seen(reader, log, partition, offset, producer, source, seq, tUs);
        } else journal.delivered(reader, log, partition, offset, producer, source, seq, tUs);
        row = journal.rowsSoFar;
        next = { producer, source, seq, offset };
      }
      next.seq += 1;
      next.offset = offset + 1;
      this.#lag.add(tUs - dueUs);
      if (dueUs > newest.dueUs) newest.dueUs = dueUs;
    };
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
    const { p99Us, maxUs } = this.#lag.take();
    return {
      reader: this.#reader,
      seen: this.#seen,
      lastSeenUs: this.#lastSeenUs,
      lagP99Us: p99Us,
      lagMaxUs: maxUs,
      partitionsSeen: [...this.#newest.values()].filter(({ dueUs }) => dueUs > 0).length,
    };
  }
}
