/**
 * Recognizes sound records at a fraction of what the whole check costs, and says nothing of others.
 *
 * Naive rule: sum every byte, then compare the body. But a sound body is a slice of the run's pool,
 * so once it is found equal to its slice, its sum follows from two sums kept of the pool, and only
 * header and key are left to sum. And the records of a stream have the same header but for seq,
 * due time and CRC: what the rest adds to the sum is kept with the rest, as a *template*.
 *
 * The rule: `sound` answers true only when the CRC over header, key and body, all bits of them, is
 * the one in the header, the body is the identity's own, and the rest of the header equals that of
 * a record which the whole check has passed (`learn`). Whatever else there is goes the long way.
 */
import { ComparingMemory } from "../kernel/comparing-memory.ts";
import { type Crc, carried, carryTable, prefixSums, wordTable } from "../kernel/crc-algebra.ts";
import { crc32c, crc32Ieee } from "../kernel/crc32c.ts";
import {
  bodyPlace,
  FLAG,
  PAYLOAD_HEADER_BYTES,
  PLACE_STEP,
  POOL_BYTES,
  type Verified,
} from "./payload-format.ts";

/** The memory holds a stretch of what is read, and behind it the pool, twice. */
const WINDOW_BYTES = 98_304;
const POOL_AT = WINDOW_BYTES;
/** A longer record does not fit the pool. */
const VALUE_BYTES_MAX = PAYLOAD_HEADER_BYTES + POOL_BYTES;
/** Streams whose templates are kept; a power of two. */
const TEMPLATES = 64;
/** Lengths whose tables are kept, 20 KiB each: a workload has a handful. */
const LENGTHS_MAX = 32;

/** Header words by number: 0 magic to flags, 1 run, 2 producer and partition, 3 and 4 seq ... */
const WORD = { seq: 3, seqHigh: 4, bodyBytes: 5, due: 6, dueHigh: 7, zero: 8, crc: 9 } as const;
const WORDS = PAYLOAD_HEADER_BYTES / 4;
const PLACE_BITS = Math.log2(PLACE_STEP);

/** What is known of bodies of one length. */
interface Bodies {
  /** Carries a sum over such a body. */
  over: Int32Array;
  /** By place in the pool, in steps: what the body from there adds to the sum. */
  adds: Int32Array;
}

/** What is known of a polynomial. */
interface Sums {
  crc: Crc;
  /** Sums of the pool's beginnings. */
  pool: Int32Array;
  /** Carries a sum over one byte: eight bits of a key. */
  key: Int32Array;
  /** What these words of a header add to its sum. */
  seq: Int32Array;
  due: Int32Array;
  dueHigh: Int32Array;
  bodies: Map<number, Bodies>;
}

interface Template {
  words: Int32Array;
  valueBytes: number;
  producer: number;
  partition: number;
  flags: number;
  /** The register after a header with seq, due time and CRC zero. */
  register: number;
  sums: Sums;
  bodies: Bodies;
}

function makeSums(crc: Crc, pool: Uint8Array): Sums {
  const after = (word: number) => PAYLOAD_HEADER_BYTES - 4 * (word + 1);
  return {
    crc,
    pool: prefixSums(crc, pool),
    key: carryTable(crc, 1).subarray(0, 256),
    seq: wordTable(crc, after(WORD.seq)),
    due: wordTable(crc, after(WORD.due)),
    dueHigh: wordTable(crc, after(WORD.dueHigh)),
    bodies: new Map(),
  };
}

/** One for a run; not for use by two threads. Takes 0.2 MiB, and 0.5 MiB a polynomial it meets. */
export class QuickCheck {
  readonly #runTag: number;
  readonly #memory = new ComparingMemory(POOL_AT + 2 * POOL_BYTES);
  readonly #bytes = this.#memory.bytes;
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #templates: (Template | undefined)[] = new Array(TEMPLATES).fill(undefined);
  /** What the window holds: bytes `[#from, #to)` of `#source`. */
  #source: Uint8Array | undefined;
  #from = 0;
  #to = 0;
  #castagnoli: Sums | undefined;
  #ieee: Sums | undefined;

  /** `pool`: the run's pool, twice. */
  constructor(runTag: number, pool: Uint8Array) {
    this.#runTag = runTag;
    this.#bytes.set(pool, POOL_AT);
  }

  /** True: the record is what was sent, and `verified` says which. False: ask the whole check. */
  sound(value: Uint8Array, key: Uint8Array | null, verified: Verified): boolean {
    const valueBytes = value.length;
    if (valueBytes > VALUE_BYTES_MAX || valueBytes < PAYLOAD_HEADER_BYTES) return false;
    this.#source = undefined;
    this.#bytes.set(value);
    const keyBytes = key === null ? 0 : key.length;
    return this.#sound(0, valueBytes, key ?? this.#bytes, 0, keyBytes, verified);
  }

  /**
   * The same, of a record that lies in what a fetch brought, its key before its value. Many records
   * are copied at once: what takes time with a short record is not its bytes, but to get at them.
   * The bytes may not change from call to call, unless `newBytes` is called in between.
   */
  soundIn(
    bytes: Uint8Array,
    keyAt: number,
    keyBytes: number,
    valueAt: number,
    valueBytes: number,
    verified: Verified,
  ): boolean {
    if (valueBytes > VALUE_BYTES_MAX || valueBytes < PAYLOAD_HEADER_BYTES) return false;
    const end = valueAt + valueBytes;
    if (bytes !== this.#source || keyAt < this.#from || end > this.#to) {
      if (keyAt > valueAt || end - keyAt > WINDOW_BYTES) return false;
      this.#load(bytes, keyAt);
    }
    const from = this.#from;
    return this.#sound(
      valueAt - from,
      valueBytes,
      this.#bytes,
      keyAt - from,
      keyAt - from + Math.max(keyBytes, 0),
      verified,
    );
  }

  newBytes(): void {
    this.#source = undefined;
  }

  #load(bytes: Uint8Array, from: number): void {
    const to = Math.min(bytes.length, from + WINDOW_BYTES);
    this.#bytes.set(bytes.subarray(from, to));
    this.#source = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** Of the value from `at` in memory, and the key `[keyFrom, keyEnd)` of `keys`. */
  #sound(
    at: number,
    valueBytes: number,
    keys: Uint8Array,
    keyFrom: number,
    keyEnd: number,
    verified: Verified,
  ): boolean {
    const view = this.#view;
    const template = this.#templates[slotOf(view, at)];
    if (template === undefined || template.valueBytes !== valueBytes) return false;
    if (!sameStream(template.words, view, at)) return false;
    const { sums, bodies, producer, partition } = template;
    const seqLow = view.getInt32(at + 4 * WORD.seq, true);
    let register =
      template.register ^
      carried(sums.seq, seqLow) ^
      carried(sums.due, view.getInt32(at + 4 * WORD.due, true)) ^
      carried(sums.dueHigh, view.getInt32(at + 4 * WORD.dueHigh, true));
    for (let key = keyFrom; key < keyEnd; key += 1) {
      register = (register >>> 8) ^ (sums.key[(register ^ (keys[key] as number)) & 255] as number);
    }
    const seq = (seqLow >>> 0) + view.getInt32(at + 4 * WORD.seqHigh, true) * 0x100000000;
    const place = bodyPlace(this.#runTag, producer, partition, seq);
    const crc = carried(bodies.over, ~register) ^ (bodies.adds[place >>> PLACE_BITS] as number);
    if (crc !== view.getInt32(at + 4 * WORD.crc, true)) return false;
    const bodyBytes = valueBytes - PAYLOAD_HEADER_BYTES;
    if (!this.#memory.same(at + PAYLOAD_HEADER_BYTES, POOL_AT + place, bodyBytes)) return false;
    verified.defect = 0;
    verified.producer = producer;
    verified.partition = partition;
    verified.seq = seq;
    verified.dueUs = view.getFloat64(at + 4 * WORD.due, true);
    verified.flags = template.flags;
    return true;
  }

  /** A record that passed the whole check: others of its stream will be recognized by it. */
  learn(value: Uint8Array, { producer, partition, flags }: Verified): void {
    if (value.length > VALUE_BYTES_MAX) return;
    this.#source = undefined;
    this.#bytes.set(value);
    const words = Int32Array.from({ length: WORDS }, (_, n) => this.#view.getInt32(4 * n, true));
    for (const word of [WORD.seq, WORD.due, WORD.dueHigh, WORD.crc]) words[word] = 0;
    const sums = this.#sums((flags & FLAG.ieee) !== 0);
    this.#templates[slotOf(this.#view, 0)] = {
      words,
      valueBytes: value.length,
      producer,
      partition,
      flags,
      register: ~sums.crc(new Uint8Array(words.buffer), 0, PAYLOAD_HEADER_BYTES, 0),
      sums,
      bodies: bodiesOf(sums, value.length - PAYLOAD_HEADER_BYTES),
    };
  }

  #sums(ieee: boolean): Sums {
    const pool = this.#bytes.subarray(POOL_AT, POOL_AT + 2 * POOL_BYTES);
    if (ieee) {
      this.#ieee ??= makeSums(crc32Ieee, pool);
      return this.#ieee;
    }
    this.#castagnoli ??= makeSums(crc32c, pool);
    return this.#castagnoli;
  }
}

/** Where the template of a header's stream is kept, if it is. */
function slotOf(view: DataView, at: number): number {
  const stream = view.getInt32(at + 8, true);
  const bodyBytes = view.getInt32(at + 4 * WORD.bodyBytes, true);
  return (stream ^ (stream >>> 16) ^ bodyBytes) & (TEMPLATES - 1);
}

function sameStream(template: Int32Array, view: DataView, at: number): boolean {
  return (
    template[0] === view.getInt32(at, true) &&
    template[1] === view.getInt32(at + 4, true) &&
    template[2] === view.getInt32(at + 8, true) &&
    template[WORD.seqHigh] === view.getInt32(at + 4 * WORD.seqHigh, true) &&
    template[WORD.bodyBytes] === view.getInt32(at + 4 * WORD.bodyBytes, true) &&
    template[WORD.zero] === view.getInt32(at + 4 * WORD.zero, true)
  );
}

/**
 * crc(A B) = over_B(crc(A)) ^ crc(B), and for the pool's slice B behind its beginning P:
 * crc(B) = crc(P B) ^ over_B(crc(P)). So what a body adds depends on its place and length alone.
 */
function bodiesOf({ crc, pool, bodies }: Sums, bytes: number): Bodies {
  let known = bodies.get(bytes);
  if (known === undefined) {
    if (bodies.size === LENGTHS_MAX) bodies.clear();
    const over = carryTable(crc, bytes);
    const adds = Int32Array.from({ length: POOL_BYTES / PLACE_STEP }, (_, step) => {
      const place = step * PLACE_STEP;
      return carried(over, pool[place] as number) ^ (pool[place + bytes] as number);
    });
    known = { over, adds };
    bodies.set(bytes, known);
  }
  return known;
}
