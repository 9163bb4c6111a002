/**
 * A set of record numbers (seqs of a stream, or offsets of a partition) at one bit a record, and
 * at almost none where the set is whole.
 *
 * The naive rule is a `Set` of identities: 37 bytes a number and one hash a record, so a soak of
 * 100 million records does not fit. Records come in runs and streams are gapless, so bits in
 * chunks of 64 Ki do: a run sets whole words at once, a chunk exists from its first bit on, and
 * one whose bits are all set gives its words back and stays as a flag. A healthy stream therefore
 * costs a few hundred bytes however long it runs; only what is missing or in flight takes room.
 */

export const CHUNK_BITS = 65_536;
const CHUNK_WORDS = CHUNK_BITS / 32;
const ALL_ONES = new Uint32Array(CHUNK_WORDS).fill(0xffffffff);
const ALL_ZERO = new Uint32Array(CHUNK_WORDS);

interface Chunk {
  /** Undefined once every bit is set. */
  words: Uint32Array | undefined;
  set: number;
}

/** Called with maximal runs, in ascending order. */
export type VisitRun = (first: number, count: number) => void;

function bitsIn(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits [from, to) of a word; 0 ≤ from < to ≤ 32. */
function maskOf(from: number, to: number): number {
  const upper = to === 32 ? 0xffffffff : (1 << to) - 1;
  return (upper & ~((1 << from) - 1)) >>> 0;
}

export class BitPlane {
  readonly #chunks = new Map<number, Chunk>();
  #lastKey = -1;
  #last: Chunk | undefined;
  /** The words of the last chunk that became whole, cleared, for the next one. */
  #spare: Uint32Array | undefined;
  /** How many numbers are in the set. */
  size = 0;

  /** Adds first, first+1 … and says how many of them were there already. */
  add(first: number, count: number): number {
    let already = 0;
    let at = first;
    const end = first + count;
    while (at < end) {
      const key = Math.floor(at / CHUNK_BITS);
      const base = key * CHUNK_BITS;
      const upTo = Math.min(end, base + CHUNK_BITS);
      already += this.#addInChunk(this.#chunkFor(key), at - base, upTo - base);
      at = upTo;
    }
    this.size += count - already;
    return already;
  }

  has(number: number): boolean {
    const chunk = this.#chunks.get(Math.floor(number / CHUNK_BITS));
    if (!chunk) return false;
    if (!chunk.words) return true;
    const bit = number % CHUNK_BITS;
    return (((chunk.words[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1;
  }

  /** How many of first, first+1 … are in the set. */
  countIn(first: number, count: number): number {
    let found = 0;
    let at = first;
    const end = first + count;
    while (at < end) {
      const key = Math.floor(at / CHUNK_BITS);
      const base = key * CHUNK_BITS;
      const upTo = Math.min(end, base + CHUNK_BITS);
      const chunk = this.#chunks.get(key);
      if (chunk && !chunk.words) found += upTo - at;
      else if (chunk?.words) found += countBits(chunk.words, at - base, upTo - base);
      at = upTo;
    }
    return found;
  }

  /** Visits the maximal runs of the set within first, first+1 … */
  runsIn(first: number, count: number, visit: VisitRun): void {
    let start = -1;
    for (let number = first; number <= first + count; number += 1) {
      const inSet = number < first + count && this.has(number);
      if (inSet && start < 0) start = number;
      if (inSet || start < 0) continue;
      visit(start, number - start);
      start = -1;
    }
  }

  /** The words of a chunk, to be read only. */
  wordsOf(key: number): Uint32Array {
    const chunk = this.#chunks.get(key);
    if (!chunk) return ALL_ZERO;
    return chunk.words ?? ALL_ONES;
  }

  /** Numbers of the chunks that hold anything, ascending. */
  chunkKeys(): number[] {
    return [...this.#chunks.keys()].sort((a, b) => a - b);
  }

  isFull(key: number): boolean {
    const chunk = this.#chunks.get(key);
    return chunk !== undefined && chunk.words === undefined;
  }

  /** Bytes held by chunks that are neither empty nor whole. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.#chunks.values()) bytes += chunk.words ? CHUNK_WORDS * 4 : 0;
    return bytes;
  }

  #chunkFor(key: number): Chunk {
    if (key === this.#lastKey && this.#last) return this.#last;
    let chunk = this.#chunks.get(key);
    if (!chunk) {
      chunk = { words: this.#spare ?? new Uint32Array(CHUNK_WORDS), set: 0 };
      this.#spare = undefined;
      this.#chunks.set(key, chunk);
    }
    this.#lastKey = key;
    this.#last = chunk;
    return chunk;
  }

  #addInChunk(chunk: Chunk, from: number, to: number): number {
    const words = chunk.words;
    if (!words) return to - from;
    let already = 0;
    const lastWord = (to - 1) >>> 5;
    for (let word = from >>> 5; word <= lastWord; word += 1) {
      const low = Math.max(from - word * 32, 0);
      const high = Math.min(to - word * 32, 32);
      const mask = maskOf(low, high);
      const before = words[word] as number;
      const both = before & mask;
      if (both !== 0) already += bitsIn(both);
      words[word] = before | mask;
    }
    chunk.set += to - from - already;
    if (chunk.set === CHUNK_BITS) {
      this.#spare = words.fill(0);
      chunk.words = undefined;
    }
    return already;
  }
}

function countBits(words: Uint32Array, from: number, to: number): number {
  let found = 0;
  const lastWord = (to - 1) >>> 5;
  for (let word = from >>> 5; word <= lastWord; word += 1) {
    const mask = maskOf(Math.max(from - word * 32, 0), Math.min(to - word * 32, 32));
    found += bitsIn((words[word] as number) & mask);
  }
  return found;
}

/** A number is selected when it is in every plane of `inAll` and in none of `inNone`. */
export interface Selection {
  inAll: readonly [BitPlane, ...BitPlane[]];
  inNone?: readonly BitPlane[];
}

/** Visits the maximal runs of a selection in ascending order; gives how many numbers it has. */
export function select({ inAll, inNone = [] }: Selection, visit?: VisitRun): number {
  let total = 0;
  let first = -1;
  let end = -1;
  const put = (from: number, to: number) => {
    total += to - from;
    if (from === end) {
      end = to;
      return;
    }
    if (first >= 0) visit?.(first, end - first);
    first = from;
    end = to;
  };
  for (const key of inAll[0].chunkKeys()) {
    // The common case of a healthy run: this chunk is whole somewhere it must not be.
    if (inNone.some((plane) => plane.isFull(key))) continue;
    const all = inAll.map((plane) => plane.wordsOf(key));
    const none = inNone.map((plane) => plane.wordsOf(key));
    selectInChunk(all, none, key * CHUNK_BITS, put);
  }
  if (first >= 0) visit?.(first, end - first);
  return total;
}

function selectInChunk(
  all: Uint32Array[],
  none: Uint32Array[],
  base: number,
  put: (from: number, to: number) => void,
): void {
  for (let word = 0; word < CHUNK_WORDS; word += 1) {
    let bits = 0xffffffff;
    for (const words of all) bits &= words[word] as number;
    for (const words of none) bits &= ~(words[word] as number);
    if (bits === 0) continue;
    const start = base + word * 32;
    if (bits === -1) {
      put(start, start + 32);
      continue;
    }
    let bit = 0;
    while (bits !== 0) {
      // Skip the zeros, then take the ones: fewer than 32, for whole words were put above.
      const zeros = 31 - Math.clz32(bits & -bits);
      bit += zeros;
      bits >>>= zeros;
      const inverted = ~bits;
      const ones = 31 - Math.clz32(inverted & -inverted);
      put(start + bit, start + bit + ones);
      bit += ones;
      bits >>>= ones;
    }
  }
}

/** The union of planes; the plane itself when there is only one. */
export function unionOf(planes: readonly BitPlane[]): BitPlane {
  const [only] = planes;
  if (planes.length === 1 && only) return only;
  const union = new BitPlane();
  for (const plane of planes) select({ inAll: [plane] }, (first, count) => union.add(first, count));
  return union;
}
