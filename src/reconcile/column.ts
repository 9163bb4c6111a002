/**
 * A growable column of whole numbers that takes the room its numbers need.
 *
 * Naive rule: offsets, seqs and times are up to 2^53, so eight bytes each. But within one column of
 * one run they are close together: counts fit two bytes, seqs and offsets four, times four when
 * counted from the first. So a column starts narrow, two bytes from its first value on, and is
 * copied into the next width when a value does not fit; the last width is a float64, exact for
 * whatever the journal holds. It grows by pages: nothing is copied, at most one page is wasted.
 */

const PAGE_BITS = 11;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;
/** Room below the first value, for what arrives a little out of order, and for -1. */
const BELOW = { narrow: 16, wide: 0x08000000 };
const NARROW_MAX = 0xffff;
const WIDE_MAX = 0xffffffff;

export class Column {
  #narrow: Uint16Array[] | undefined = [];
  #wide: Uint32Array[] | undefined;
  #exact: Float64Array[] | undefined;
  /** What is stored is the value − base. */
  #base = 0;
  length = 0;

  push(value: number): void {
    if (this.length === 0) this.#base = value - BELOW.narrow;
    const row = this.length;
    this.#fit(value);
    this.length = row + 1;
    const page = row >>> PAGE_BITS;
    if (this.#narrow) {
      if (page === this.#narrow.length) this.#narrow.push(new Uint16Array(PAGE_ROWS));
    } else if (this.#wide) {
      if (page === this.#wide.length) this.#wide.push(new Uint32Array(PAGE_ROWS));
    } else if (this.#exact && page === this.#exact.length) {
      this.#exact.push(new Float64Array(PAGE_ROWS));
    }
    this.#write(row, value);
  }

  /** The caller keeps 0 ≤ row < length. */
  get(row: number): number {
    const page = row >>> PAGE_BITS;
    const at = row & PAGE_MASK;
    if (this.#wide) return ((this.#wide[page] as Uint32Array)[at] as number) + this.#base;
    if (this.#narrow) return ((this.#narrow[page] as Uint16Array)[at] as number) + this.#base;
    return ((this.#exact as Float64Array[])[page] as Float64Array)[at] as number;
  }

  set(row: number, value: number): void {
    this.#fit(value);
    this.#write(row, value);
  }

  /** Puts the rows into the order of `order`. */
  permute(order: Uint32Array): void {
    const before = Float64Array.from({ length: this.length }, (_, row) => this.get(row));
    order.forEach((from, row) => {
      this.#write(row, before[from] as number);
    });
  }

  get bytes(): number {
    const pages = this.#narrow ?? this.#wide ?? this.#exact ?? [];
    return pages.reduce((sum, page) => sum + page.byteLength, 0);
  }

  #write(row: number, value: number): void {
    const page = row >>> PAGE_BITS;
    const at = row & PAGE_MASK;
    if (this.#wide) (this.#wide[page] as Uint32Array)[at] = value - this.#base;
    else if (this.#narrow) (this.#narrow[page] as Uint16Array)[at] = value - this.#base;
    else ((this.#exact as Float64Array[])[page] as Float64Array)[at] = value;
  }

  /** Widens the column until a value fits. */
  #fit(value: number): void {
    if (this.#exact) return;
    const stored = value - this.#base;
    if (this.#narrow) {
      if (stored >= 0 && stored <= NARROW_MAX) return;
      this.#widen(value);
    } else if (stored < 0 || stored > WIDE_MAX) this.#makeExact();
  }

  #widen(value: number): void {
    const first = this.length === 0 ? value : this.#base + BELOW.narrow;
    const base = first - BELOW.wide;
    if (value < base || value - base > WIDE_MAX) {
      this.#makeExact();
      return;
    }
    const shift = this.#base - base;
    this.#wide = (this.#narrow ?? []).map((page) => Uint32Array.from(page, (one) => one + shift));
    this.#narrow = undefined;
    this.#base = base;
  }

  #makeExact(): void {
    const pages = this.#narrow ?? this.#wide ?? [];
    const base = this.#base;
    this.#exact = pages.map((page) => Float64Array.from(page, (one) => one + base));
    this.#narrow = undefined;
    this.#wide = undefined;
  }
}

/** Sorts all columns by `key` ascending, stable, only when they are not sorted already. */
export function sortBy(key: Column, columns: readonly Column[]): void {
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
export function lastAtMost(key: Column, value: number): number {
  let low = 0;
  let high = key.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (key.get(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Looks up a sorted column by value. Whoever asks goes through a log in order, so the row of the
 * last answer, or the next, is tried before the whole column is searched.
 */
export class Cursor {
  readonly #key: Column;
  #row = 0;

  constructor(key: Column) {
    this.#key = key;
  }

  /** The last row whose key is ≤ value, or -1. */
  lastAtMost(value: number): number {
    const key = this.#key;
    for (let row = this.#row; row < this.#row + 2 && row < key.length; row += 1) {
      if (key.get(row) > value) break;
      if (row + 1 < key.length && key.get(row + 1) <= value) continue;
      this.#row = row;
      return row;
    }
    const row = lastAtMost(key, value);
    this.#row = Math.max(row, 0);
    return row;
  }
}
