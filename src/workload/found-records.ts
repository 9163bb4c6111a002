/**
 * Records of one partition that were read at one time, on their way into the journal: those that go
 * on from the one before make its row longer, by one or by a whole run.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import type { RecordStretch } from "../kafka/record-batch.ts";
import type { LagHistogram } from "./lag-histogram.ts";
import type { PayloadCodec } from "./payload.ts";
import type { Verified } from "./payload-format.ts";

export type FoundKind = typeof ROW.delivered | typeof ROW.seen;

/** Who found them, where and when. */
export interface FindingPlace {
  kind: FoundKind;
  reader: number;
  log: number;
  partition: number;
  tUs: number;
}

/** The figures of a reader, and of one partition of it. */
export interface FindingFigures {
  all: { seen: number; lag: LagHistogram };
  newest: { dueUs: number };
}

export class FoundRecords {
  readonly #journal: JournalWriter;
  readonly #codec: PayloadCodec;
  readonly #place: FindingPlace;
  readonly #figures: FindingFigures;
  /** The row that the records before went to, and the record that would go on from it. */
  #row = -1;
  readonly #next = { producer: 0, partition: 0, seq: 0 };
  #nextOffset = 0;

  constructor(
    journal: JournalWriter,
    codec: PayloadCodec,
    place: FindingPlace,
    figures: FindingFigures,
  ) {
    this.#journal = journal;
    this.#codec = codec;
    this.#place = place;
    this.#figures = figures;
  }

  take(offset: number, { defect, producer, partition: source, seq, dueUs }: Verified): void {
    const { all, newest } = this.#figures;
    all.seen += 1;
    if (defect !== 0) {
      const { reader, log, partition, tUs } = this.#place;
      this.#journal.bad(reader, log, partition, offset, defect, producer, source, seq, tUs);
      return;
    }
    const next = this.#next;
    const goesOn =
      seq === next.seq &&
      offset === this.#nextOffset &&
      producer === next.producer &&
      source === next.partition &&
      this.#journal.lengthen(this.#row);
    if (!goesOn) {
      next.producer = producer;
      next.partition = source;
      this.#begin(offset, seq);
    }
    next.seq = seq + 1;
    this.#nextOffset = offset + 1;
    all.lag.add(this.#place.tUs - dueUs);
    if (dueUs > newest.dueUs) newest.dueUs = dueUs;
  }

  /** As many as go on from the last one; says how many. */
  takeRun(stretch: RecordStretch): number {
    const next = this.#next;
    const offset = this.#nextOffset;
    const count = this.#codec.verifyRun(stretch, next, offset);
    if (count === 0) return 0;
    if (!this.#journal.lengthen(this.#row, count)) {
      this.#begin(offset, next.seq);
      if (count > 1) this.#journal.lengthen(this.#row, count - 1);
    }
    next.seq += count;
    this.#nextOffset = offset + count;
    stretch.next = offset + count;
    const { all, newest } = this.#figures;
    all.seen += count;
    newest.dueUs = Math.max(
      newest.dueUs,
      all.lag.addAll(this.#place.tUs, this.#codec.runDues, count),
    );
    return count;
  }

  /** A row of one record. */
  #begin(offset: number, seq: number): void {
    const journal = this.#journal;
    const { kind, reader, log, partition, tUs } = this.#place;
    const { producer, partition: source } = this.#next;
    if (kind === ROW.seen) {
      journal.seen(reader, log, partition, offset, producer, source, seq, tUs);
    } else journal.delivered(reader, log, partition, offset, producer, source, seq, tUs);
    this.#row = journal.rowsSoFar;
  }
}
