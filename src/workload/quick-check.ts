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
  POOL_BYTES,
  type Verified,
} from "./payload-format.ts";

/** Where a record is compared: from 0, a whole number of words. The pool follows. */
const VALUE_BYTES_MAX = PAYLOAD_HEADER_BYTES + POOL_BYTES;
const POOL_AT = VALUE_BYTES_MAX;
/** Streams whose templates are kept; a power of two. */
const TEMPLATES = 64;
/** Lengths whose tables are kept: a workload has a handful. */
const LENGTHS_MAX = 32;

/** Header words by number: 0 magic to flags, 1 run, 2 producer and partition, 3 and 4 seq ... */
const WORD = { seq: 3, seqHigh: 4, bodyBytes: 5, due: 6, dueHigh: 7, zero: 8, crc: 9 } as const;

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
  /** By body length: carries a sum over it. */
  overBody: Map<number, Int32Array>;
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
  overBody: Int32Array;
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
    overBody: new Map(),
  };
}

/** One for a run; not for use by two threads. Takes 0.2 MiB, and 0.5 MiB a polynomial it meets. */
export class QuickCheck {
  readonly #runTag: number;
  readonly #memory = new ComparingMemory(POOL_AT + 2 * POOL_BYTES);
  readonly #words = new Int32Array(this.#memory.bytes.buffer, 0, PAYLOAD_HEADER_BYTES / 4);
  readonly #dueUs = new Float64Array(this.#memory.bytes.buffer, 4 * WORD.due, 1);
  readonly #templates: (Template | undefined)[] = new Array(TEMPLATES).fill(undefined);
  #castagnoli: Sums | undefined;
  #ieee: Sums | undefined;

  /** `pool`: the run's pool, twice. */
  constructor(runTag: number, pool: Uint8Array) {
    this.#runTag = runTag;
    this.#memory.bytes.set(pool, POOL_AT);
  }

  /** True: the record is what was sent, and `verified` says which. False: ask the whole check. */
  sound(value: Uint8Array, key: Uint8Array | null, verified: Verified): boolean {
    const valueBytes = value.length;
    if (valueBytes > VALUE_BYTES_MAX || valueBytes < PAYLOAD_HEADER_BYTES) return false;
    this.#memory.bytes.set(value);
    const words = this.#words;
    const template = this.#templates[slotOf(words)];
    if (template === undefined || template.valueBytes !== valueBytes) return false;
    if (!sameStream(template.words, words)) return false;
    const { sums, overBody, producer, partition } = template;
    const seqLow = words[WORD.seq] as number;
    let register =
      template.register ^
      carried(sums.seq, seqLow) ^
      carried(sums.due, words[WORD.due] as number) ^
      carried(sums.dueHigh, words[WORD.dueHigh] as number);
    if (key !== null) register = overKey(sums.key, key, register);
    const seq = (seqLow >>> 0) + (words[WORD.seqHigh] as number) * 0x100000000;
    const place = bodyPlace(this.#runTag, producer, partition, seq);
    const bodyBytes = valueBytes - PAYLOAD_HEADER_BYTES;
    // crc(A B) = over_B(crc(A)) ^ crc(B), and for the pool's slice B behind its beginning P:
    // crc(B) = crc(P B) ^ over_B(crc(P)).
    const before = ~register ^ (sums.pool[place] as number);
    const crc = carried(overBody, before) ^ (sums.pool[place + bodyBytes] as number);
    if (crc !== words[WORD.crc]) return false;
    if (!this.#memory.same(PAYLOAD_HEADER_BYTES, POOL_AT + place, bodyBytes)) return false;
    verified.defect = 0;
    verified.producer = producer;
    verified.partition = partition;
    verified.seq = seq;
    verified.dueUs = this.#dueUs[0] as number;
    verified.flags = template.flags;
    return true;
  }

  /** A record that passed the whole check: others of its stream will be recognized by it. */
  learn(value: Uint8Array, { producer, partition, flags }: Verified): void {
    if (value.length > VALUE_BYTES_MAX) return;
    this.#memory.bytes.set(value);
    const words = this.#words.slice();
    for (const word of [WORD.seq, WORD.due, WORD.dueHigh, WORD.crc]) words[word] = 0;
    const sums = this.#sums((flags & FLAG.ieee) !== 0);
    this.#templates[slotOf(words)] = {
      words,
      valueBytes: value.length,
      producer,
      partition,
      flags,
      register: ~sums.crc(new Uint8Array(words.buffer), 0, PAYLOAD_HEADER_BYTES, 0),
      sums,
      overBody: overBody(sums, value.length - PAYLOAD_HEADER_BYTES),
    };
  }

  #sums(ieee: boolean): Sums {
    const pool = this.#memory.bytes.subarray(POOL_AT, POOL_AT + 2 * POOL_BYTES);
    if (ieee) {
      this.#ieee ??= makeSums(crc32Ieee, pool);
      return this.#ieee;
    }
    this.#castagnoli ??= makeSums(crc32c, pool);
    return this.#castagnoli;
  }
}

/** Where the template of a header's stream is kept, if it is. */
function slotOf(words: Int32Array): number {
  const stream = words[2] as number;
  return (stream ^ (stream >>> 16) ^ (words[WORD.bodyBytes] as number)) & (TEMPLATES - 1);
}

function sameStream(template: Int32Array, words: Int32Array): boolean {
  return (
    template[0] === words[0] &&
    template[1] === words[1] &&
    template[2] === words[2] &&
    template[WORD.seqHigh] === words[WORD.seqHigh] &&
    template[WORD.bodyBytes] === words[WORD.bodyBytes] &&
    template[WORD.zero] === words[WORD.zero]
  );
}

function overKey(table: Int32Array, key: Uint8Array, start: number): number {
  let register = start;
  for (let at = 0; at < key.length; at += 1) {
    register = (register >>> 8) ^ (table[(register ^ (key[at] as number)) & 255] as number);
  }
  return register;
}

function overBody({ crc, overBody: kept }: Sums, bytes: number): Int32Array {
  let table = kept.get(bytes);
  if (table === undefined) {
    if (kept.size === LENGTHS_MAX) kept.clear();
    table = carryTable(crc, bytes);
    kept.set(bytes, table);
  }
  return table;
}
