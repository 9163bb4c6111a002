/**
 * Growable typed columns, and the three tables of runs the judge keeps.
 *
 * A row is a run of records (a batch, a fetched stretch), never one record, and a field costs its
 * bytes and nothing else: 100 million records in batches of 100 are 1 million rows. Columns grow by
 * pages, so growing copies nothing and wastes at most one page.
 */
import assert from "node:assert";

const PAGE_BITS = 10;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;
const UINT32_MAX = 0xffffffff;

type Typed = Float64Array | Uint32Array | Uint8Array;

export class Column<T extends Typed> {
  readonly #make: (length: number) => T;
  #pages: T[] = [];
  length = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
  }

  push(value: number): void {
    const page = this.length >>> PAGE_BITS;
    if (page === this.#pages.length) this.#pages.push(this.#make(PAGE_ROWS));
    (this.#pages[page] as T)[this.length & PAGE_MASK] = value;
    this.length += 1;
  }

  /** The caller keeps 0 ≤ row < length. */
  get(row: number): number {
    return (this.#pages[row >>> PAGE_BITS] as T)[row & PAGE_MASK] as number;
  }

  set(row: number, value: number): void {
    (this.#pages[row >>> PAGE_BITS] as T)[row & PAGE_MASK] = value;
  }

  /** Puts the rows into the order of `order`. */
  permute(order: Uint32Array): void {
    const before = this.#pages;
    this.#pages = [];
    this.length = 0;
    for (const row of order) {
      this.push((before[row >>> PAGE_BITS] as T)[row & PAGE_MASK] as number);
    }
  }

  get bytes(): number {
    return this.#pages.reduce((sum, page) => sum + page.byteLength, 0);
  }
}

const f64 = () => new Column((length) => new Float64Array(length));
const u32 = () => new Column((length) => new Uint32Array(length));
const u8 = () => new Column((length) => new Uint8Array(length));

/** Sorts all columns by `key` ascending, stable, only when they are not sorted already. */
export function sortBy(key: Column<Typed>, columns: readonly Column<Typed>[]): void {
  let sorted = true;
  for (let row = 1; row < key.length && sorted; row += 1) {
    sorted = key.get(row - 1) <= key.get(row);
  }
  if (sorted) return;
  const order = new Uint32Array(key.length).map((_, row) => row);
  order.sort((a, b) => key.get(a) - key.get(b) || a - b);
  for (const column of columns) column.permute(order);
}

/** The last row whose key is ≤ value, or -1. `key` is sorted. */
export function lastAtMost(key: Column<Typed>, value: number): number {
  let low = 0;
  let high = key.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key.get(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** No answer was journalled for a send. */
export const UNANSWERED = 0;

/** One row per send of a stream: what was sent when, and what was answered. */
export class SendTable {
  readonly seq = u32();
  readonly count = u32();
  /** Due time of the first record, µs. */
  readonly dueUs = f64();
  readonly dueSpanUs = u32();
  /** Send time − due time of the first record, µs. */
  readonly sendDelayUs = u32();
  /** Answer time − due time of the first record, µs; the largest value where unanswered. */
  readonly answerDelayUs = u32();
  /** Base offset of the ack; -1 unless acked with an offset. */
  readonly offset = f64();
  /** An OUTCOME, or UNANSWERED. */
  readonly code = u8();

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
    assert(send.seqFirst + send.count <= UINT32_MAX, "a stream holds at most 2^32 records");
    this.seq.push(send.seqFirst);
    this.count.push(send.count);
    this.dueUs.push(send.dueFirstUs);
    this.dueSpanUs.push(clampU32(send.dueLastUs - send.dueFirstUs));
    this.sendDelayUs.push(clampU32(send.sentUs - send.dueFirstUs));
    this.answerDelayUs.push(UINT32_MAX);
    this.offset.push(-1);
    this.code.push(UNANSWERED);
    return this.rows - 1;
  }

  answer(row: number, code: number, answeredUs: number, offset: number): void {
    this.code.set(row, code);
    this.answerDelayUs.set(row, clampU32(answeredUs - this.dueUs.get(row)));
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
    const row = lastAtMost(this.seq, seq);
    if (row < 0 || seq >= this.seq.get(row) + this.count.get(row)) return -1;
    return row;
  }

  /** Cuts a row after its first `count` records; the rest becomes a new row. */
  split(row: number, count: number): number {
    const seq = this.seq.get(row) + count;
    const rest = this.count.get(row) - count;
    const dueFirstUs = this.dueOf(row, seq);
    const [dueLastUs, sentUs] = [this.dueLastUs(row), this.sentUs(row)];
    this.dueSpanUs.set(row, clampU32(this.dueOf(row, seq - 1) - this.dueUs.get(row)));
    this.count.set(row, count);
    return this.push({ seqFirst: seq, count: rest, dueFirstUs, dueLastUs, sentUs });
  }

  /** Sorts by seq, for the rare journal whose sends are not in order. */
  seal(): void {
    sortBy(this.seq, this.#columns());
  }

  get bytes(): number {
    return this.#columns().reduce((sum, column) => sum + column.bytes, 0);
  }

  #columns(): Column<Typed>[] {
    const { seq, count, dueUs, dueSpanUs, sendDelayUs, answerDelayUs, offset, code } = this;
    return [seq, count, dueUs, dueSpanUs, sendDelayUs, answerDelayUs, offset, code];
  }
}

function clampU32(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), UINT32_MAX);
}

/** When runs of one stream were sighted: by the watcher, or by a group. */
export class SightingTable {
  readonly seq = u32();
  readonly count = u32();
  readonly tUs = f64();

  get rows(): number {
    return this.seq.length;
  }

  push(seqFirst: number, count: number, tUs: number): void {
    this.seq.push(seqFirst);
    this.count.push(count);
    this.tUs.push(tUs);
  }

  seal(): void {
    sortBy(this.seq, [this.seq, this.count, this.tUs]);
  }

  get bytes(): number {
    return this.seq.bytes + this.count.bytes + this.tUs.bytes;
  }
}

/** What sits where on one partition of a log, as one audit read it. */
export class PlaceTable {
  readonly offset = f64();
  /** Index of the stream the record says it belongs to. */
  readonly stream = u32();
  readonly seq = u32();
  readonly count = u32();

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

  /** The row that covers an offset, or -1. The table must be sealed. */
  rowAt(offset: number): number {
    const row = lastAtMost(this.offset, offset);
    if (row < 0 || offset >= this.offset.get(row) + this.count.get(row)) return -1;
    return row;
  }

  seal(): void {
    sortBy(this.offset, [this.offset, this.stream, this.seq, this.count]);
  }

  get bytes(): number {
    return this.offset.bytes + this.stream.bytes + this.seq.bytes + this.count.bytes;
  }
}
