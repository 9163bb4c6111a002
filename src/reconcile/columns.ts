/**
 * The three tables of runs that the judge keeps: sends, sightings, places.
 *
 * A row is a run of records (a batch, a fetched stretch), never one record: 100 million records in
 * batches of 100 are 1 million rows.
 */
import { Column, Cursor, sortBy } from "./column.ts";

/** No answer was journalled for a send. */
export const UNANSWERED = 0;

/** One row per send of a stream: what was sent when, and what was answered. */
export class SendTable {
  readonly seq = new Column();
  readonly count = new Column();
  /** Due time of the first record, µs. */
  readonly dueUs = new Column();
  readonly dueSpanUs = new Column();
  /** Send time − due time of the first record, µs. */
  readonly sendDelayUs = new Column();
  /** Answer time − due time of the first record, µs; -1 where unanswered. */
  readonly answerDelayUs = new Column();
  /** Base offset of the ack; -1 unless acked with an offset. */
  readonly offset = new Column();
  /** An OUTCOME, or UNANSWERED. */
  readonly code = new Column();
  readonly #cursor = new Cursor(this.seq);

  get rows(): number {
    return this.seq.length;
  }

  push(send: {
    seqFirst: number;
    count: number;
    dueFirstUs: number;
    dueLastUs: number;
    sentUs: number;
  }): number {
    this.seq.push(send.seqFirst);
    this.count.push(send.count);
    const dueUs = Math.round(send.dueFirstUs);
    this.dueUs.push(dueUs);
    this.dueSpanUs.push(notNegative(send.dueLastUs - dueUs));
    this.sendDelayUs.push(notNegative(send.sentUs - dueUs));
    this.answerDelayUs.push(-1);
    this.offset.push(-1);
    this.code.push(UNANSWERED);
    return this.rows - 1;
  }

  answer(row: number, code: number, answeredUs: number, offset: number): void {
    this.code.set(row, code);
    this.answerDelayUs.set(row, notNegative(answeredUs - this.dueUs.get(row)));
    this.offset.set(row, offset);
  }

  /** Answer time, µs; Infinity where there was none. */
  answeredUs(row: number): number {
    if (this.code.get(row) === UNANSWERED) return Infinity;
    return this.dueUs.get(row) + this.answerDelayUs.get(row);
  }

  sentUs(row: number): number {
    return this.dueUs.get(row) + this.sendDelayUs.get(row);
  }

  dueLastUs(row: number): number {
    return this.dueUs.get(row) + this.dueSpanUs.get(row);
  }

  /** Due time of one record; the records of a send are due at even distances. */
  dueOf(row: number, seq: number): number {
    const count = this.count.get(row);
    if (count <= 1) return this.dueUs.get(row);
    const into = seq - this.seq.get(row);
    return this.dueUs.get(row) + (this.dueSpanUs.get(row) * into) / (count - 1);
  }

  /** The send a record belongs to, or -1. The table must be sealed. */
  rowOf(seq: number): number {
    const row = this.rowBefore(seq);
    return row >= 0 && seq < this.seq.get(row) + this.count.get(row) ? row : -1;
  }

  /** The last row that begins at or before a seq, or -1. The table must be sealed. */
  rowBefore(seq: number): number {
    return this.#cursor.lastAtMost(seq);
  }

  /** Cuts a row after its first `count` records; the rest becomes a new row. */
  split(row: number, count: number): number {
    const seq = this.seq.get(row) + count;
    const rest = this.count.get(row) - count;
    const dueFirstUs = this.dueOf(row, seq);
    const [dueLastUs, sentUs] = [this.dueLastUs(row), this.sentUs(row)];
    this.dueSpanUs.set(row, notNegative(this.dueOf(row, seq - 1) - this.dueUs.get(row)));
    this.count.set(row, count);
    return this.push({ seqFirst: seq, count: rest, dueFirstUs, dueLastUs, sentUs });
  }

  /** Sorts by seq, for the rare journal whose sends are not in order. */
  seal(): void {
    sortBy(this.seq, this.#columns());
  }

  #columns(): Column[] {
    const { seq, count, dueUs, dueSpanUs, sendDelayUs, answerDelayUs, offset, code } = this;
    return [seq, count, dueUs, dueSpanUs, sendDelayUs, answerDelayUs, offset, code];
  }
}

/** Whole µs; an answer that comes "before" its send by a clock's jitter comes with it. */
function notNegative(us: number): number {
  return Math.max(Math.round(us), 0);
}

/** When runs of one stream were sighted: by the watcher, or by a group. */
export class SightingTable {
  readonly seq = new Column();
  readonly count = new Column();
  readonly tUs = new Column();

  get rows(): number {
    return this.seq.length;
  }

  push(seqFirst: number, count: number, tUs: number): void {
    this.seq.push(seqFirst);
    this.count.push(count);
    this.tUs.push(Math.round(tUs));
  }

  seal(): void {
    sortBy(this.seq, [this.seq, this.count, this.tUs]);
  }
}

/** What sits where on one partition of a log, as one audit read it. */
export class PlaceTable {
  readonly offset = new Column();
  /** Index of the stream the record says it belongs to. */
  readonly stream = new Column();
  readonly seq = new Column();
  readonly count = new Column();
  readonly #cursor = new Cursor(this.offset);

  get rows(): number {
    return this.offset.length;
  }

  /** Adds a run; one that goes on from the last row only makes that row longer. */
  push(offset: number, stream: number, seqFirst: number, count: number): void {
    const last = this.rows - 1;
    if (last >= 0 && this.stream.get(last) === stream) {
      const held = this.count.get(last);
      if (this.offset.get(last) + held === offset && this.seq.get(last) + held === seqFirst) {
        this.count.set(last, held + count);
        return;
      }
    }
    this.offset.push(offset);
    this.stream.push(stream);
    this.seq.push(seqFirst);
    this.count.push(count);
  }

  /** The last row that begins at or before an offset, or -1. The table must be sealed. */
  rowBefore(offset: number): number {
    return this.#cursor.lastAtMost(offset);
  }

  /** The row that covers an offset, or -1. The table must be sealed. */
  rowAt(offset: number): number {
    const row = this.rowBefore(offset);
    if (row < 0 || offset >= this.offset.get(row) + this.count.get(row)) return -1;
    return row;
  }

  seal(): void {
    sortBy(this.offset, [this.offset, this.stream, this.seq, this.count]);
  }
}
