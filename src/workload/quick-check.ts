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
 * A run of records is taken only when that holds of each. The code is in `record-code.ts` and `run-code.ts`.
 */
import type { RecordStretch } from "../kafka/record-batch.ts";
import { type Crc, carried, carryTable, prefixSums, wordTable } from "../kernel/crc-algebra.ts";
import { crc32c, crc32Ieee } from "../kernel/crc32c.ts";
import { type WasmInstance, wasmFactory } from "../kernel/web-assembly.ts";
import {
  FLAG,
  PAYLOAD_HEADER_BYTES,
  PLACE_STEP,
  POOL_BYTES,
  type RecordIdentity,
  streamMix,
  type Verified,
} from "./payload-format.ts";
import {
  BODIES,
  KEY_BYTES_MAX,
  LENGTHS_MAX,
  MEMORY,
  RUN_MAX,
  SUMS,
  TEMPLATE,
  TEMPLATES,
  VALUE_BYTES_MAX,
  WINDOW_BYTES,
  WORD,
} from "./record-memory.ts";
import { RECORD_FUNCTIONS } from "./run-code.ts";

const newMemory = wasmFactory(RECORD_FUNCTIONS, MEMORY.bytes);
/** Copied at once: so little that it stays in the cache nearest to the core, or a few records. */
const LOAD_BYTES = 12_288;
const LOAD_RECORDS = 4;
/** A record has rarely more than this beside its value: key, lengths and times. */
const AROUND_VALUE_BYTES = 96;
const WORDS_32 = 0x100000000;

/** What is known of a polynomial. */
interface Sums {
  crc: Crc;
  /** Where its tables lie. */
  at: number;
  /** Sums of the pool's beginnings. */
  pool: Int32Array;
  /** Where the tables of a body's length lie. */
  bodies: Map<number, number>;
}

interface Template {
  /** Where it lies. */
  at: number;
  valueBytes: number;
  producer: number;
  partition: number;
  seqHigh: number;
  flags: number;
}

/** One for a run; not for use by two threads. Takes 0.4 MiB, and 0.5 MiB a polynomial it meets. */
export class QuickCheck {
  readonly #runTag: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #code: WasmInstance<"differ" | "sound" | "run">["functions"];
  readonly #templates: (Template | undefined)[] = new Array(TEMPLATES).fill(undefined);
  /** What the last sound record was recognized by. */
  #current: Template | undefined;
  /** What the window holds: bytes `[#from, #to)` of `#source`. */
  #source: Uint8Array | undefined;
  #from = 0;
  #to = 0;
  #castagnoli: Sums | undefined;
  #ieee: Sums | undefined;
  /** Due times of the records that `run` took. */
  readonly dues: Float64Array;

  /** `pool`: the run's pool, twice. */
  constructor(runTag: number, pool: Uint8Array) {
    this.#runTag = runTag;
    const { memory, functions } = newMemory();
    this.#bytes = memory;
    this.#view = new DataView(memory.buffer);
    this.#code = functions;
    this.dues = new Float64Array(memory.buffer, MEMORY.dues, RUN_MAX);
    memory.set(pool, MEMORY.pool);
  }

  /** True: the record is what was sent, and `verified` says which. False: ask the whole check. */
  sound(value: Uint8Array, key: Uint8Array | null, verified: Verified): boolean {
    const valueBytes = value.length;
    if (valueBytes > VALUE_BYTES_MAX || valueBytes < PAYLOAD_HEADER_BYTES) return false;
    const keyBytes = key === null ? 0 : key.length;
    if (keyBytes > KEY_BYTES_MAX) return false;
    const bytes = this.#bytes;
    // A key is short: to begin a copy takes longer than to make it.
    for (let n = 0; n < keyBytes; n += 1) bytes[MEMORY.single + n] = key?.[n] as number;
    const at = MEMORY.single + keyBytes;
    bytes.set(value, at);
    return this.#sound(at, valueBytes, MEMORY.single, at, verified);
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
      this.#load(bytes, keyAt, end - keyAt);
    }
    const key = keyAt - this.#from;
    const keyEnd = key + Math.max(keyBytes, 0);
    return this.#sound(valueAt - this.#from, valueBytes, key, keyEnd, verified);
  }

  /**
   * Takes the records of a batch from `stretch.at` on, as long as they are sound and go on from
   * `next`, the first at offset `offset`. Says how many, and moves the stretch beyond them.
   */
  run(stretch: RecordStretch, next: RecordIdentity, offset: number): number {
    const template = this.#current;
    if (template?.producer !== next.producer || template.partition !== next.partition) return 0;
    const low = next.seq % WORDS_32;
    if (template.seqHigh !== (next.seq - low) / WORDS_32) return 0;
    const { bytes, at, end, left, base, until } = stretch;
    const delta = offset - base;
    if (delta < 0 || delta > 0x7fffffff) return 0;
    // Beyond the last seq of one word the template is another.
    const most = Math.min(left, RUN_MAX, until - offset, WORDS_32 - low);
    if (most <= 0) return 0;
    // One that might not be wholly there begins the next window.
    const room = Math.min(end, at + template.valueBytes + AROUND_VALUE_BYTES);
    if (bytes !== this.#source || at < this.#from || room > this.#to) {
      this.#load(bytes, at, room - at);
    }
    const from = this.#from;
    const taken = this.#code.run(
      at - from,
      Math.min(end, this.#to) - from,
      most,
      delta,
      low,
      template.at,
    );
    stretch.at = this.#view.getInt32(MEMORY.stop, true) + from;
    return taken;
  }

  newBytes(): void {
    this.#source = undefined;
  }

  #load(bytes: Uint8Array, from: number, recordBytes: number): void {
    const wanted = Math.max(LOAD_BYTES, LOAD_RECORDS * recordBytes);
    const to = Math.min(bytes.length, from + Math.min(wanted, WINDOW_BYTES));
    this.#bytes.set(bytes.subarray(from, to));
    this.#source = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** Of the value from `at` in memory, and the key `[keyAt, keyEnd)`. */
  #sound(
    at: number,
    valueBytes: number,
    keyAt: number,
    keyEnd: number,
    verified: Verified,
  ): boolean {
    const view = this.#view;
    const template = this.#templates[slotOf(view, at, valueBytes)];
    if (template?.valueBytes !== valueBytes) return false;
    if (this.#code.sound(at, keyAt, keyEnd, template.at) === 0) return false;
    this.#current = template;
    verified.defect = 0;
    verified.producer = template.producer;
    verified.partition = template.partition;
    verified.seq = view.getUint32(at + WORD.seq, true) + template.seqHigh * WORDS_32;
    verified.dueUs = view.getFloat64(at + WORD.due, true);
    verified.flags = template.flags;
    return true;
  }

  /** A record that passed the whole check: others of its stream will be recognized by it. */
  learn(value: Uint8Array, { producer, partition, flags }: Verified): void {
    const valueBytes = value.length;
    // Seq has 48 bits; what else is in those words is looked at by the whole check only.
    if (valueBytes > VALUE_BYTES_MAX || value[18] !== 0 || value[19] !== 0) return;
    const sums = this.#sums((flags & FLAG.ieee) !== 0);
    const bodies = this.#bodies(sums, valueBytes - PAYLOAD_HEADER_BYTES);
    const view = this.#view;
    this.#bytes.set(value, MEMORY.single);
    const slot = slotOf(view, MEMORY.single, valueBytes);
    const at = MEMORY.templates + slot * TEMPLATE.bytes;
    this.#bytes.set(value.subarray(0, PAYLOAD_HEADER_BYTES), at);
    for (const word of [WORD.seq, WORD.due, WORD.dueHigh, WORD.crc]) view.setInt32(at + word, 0);
    const register = ~sums.crc(this.#bytes, at, at + PAYLOAD_HEADER_BYTES, 0);
    view.setInt32(at + TEMPLATE.register, register, true);
    view.setInt32(at + TEMPLATE.mix, streamMix(this.#runTag, producer, partition), true);
    view.setInt32(at + TEMPLATE.valueBytes, valueBytes, true);
    view.setInt32(at + TEMPLATE.sums, sums.at, true);
    view.setInt32(at + TEMPLATE.bodies, bodies, true);
    const seqHigh = view.getUint32(at + WORD.seqHigh, true);
    const template = { at, valueBytes, producer, partition, seqHigh, flags };
    this.#templates[slot] = template;
    this.#current = template;
  }

  #sums(ieee: boolean): Sums {
    if (ieee) {
      this.#ieee ??= this.#makeSums(crc32Ieee, MEMORY.sums + SUMS.bytes);
      return this.#ieee;
    }
    this.#castagnoli ??= this.#makeSums(crc32c, MEMORY.sums);
    return this.#castagnoli;
  }

  #makeSums(crc: Crc, at: number): Sums {
    const after = (word: number) => PAYLOAD_HEADER_BYTES - 4 - word;
    this.#put(at + SUMS.keyByte, carryTable(crc, 1).subarray(0, 256));
    this.#put(at + SUMS.keyWord, carryTable(crc, 4));
    this.#put(at + SUMS.seq, wordTable(crc, after(WORD.seq)));
    this.#put(at + SUMS.due, wordTable(crc, after(WORD.due)));
    this.#put(at + SUMS.dueHigh, wordTable(crc, after(WORD.dueHigh)));
    const pool = this.#bytes.subarray(MEMORY.pool, MEMORY.pool + 2 * POOL_BYTES);
    return { crc, at, pool: prefixSums(crc, pool), bodies: new Map() };
  }

  /**
   * crc(A B) = over_B(crc(A)) ^ crc(B), and for the pool's slice B behind its beginning P:
   * crc(B) = crc(P B) ^ over_B(crc(P)). So what a body adds depends on its place and length alone.
   */
  #bodies({ crc, pool, bodies }: Sums, bytes: number): number {
    const known = bodies.get(bytes);
    if (known !== undefined) return known;
    const lengths = (sums?: Sums) => sums?.bodies.size ?? 0;
    let taken = lengths(this.#castagnoli) + lengths(this.#ieee);
    if (taken === LENGTHS_MAX) {
      // All begin anew: templates point to the tables that are written over.
      for (const sums of [this.#castagnoli, this.#ieee]) sums?.bodies.clear();
      this.#templates.fill(undefined);
      this.#current = undefined;
      taken = 0;
    }
    const at = MEMORY.bodies + taken * BODIES.bytes;
    const over = carryTable(crc, bytes);
    const adds = Int32Array.from({ length: POOL_BYTES / PLACE_STEP }, (_, step) => {
      const place = step * PLACE_STEP;
      return carried(over, pool[place] as number) ^ (pool[place + bytes] as number);
    });
    this.#put(at + BODIES.over, over);
    this.#put(at + BODIES.adds, adds);
    bodies.set(bytes, at);
    return at;
  }

  #put(at: number, table: Int32Array): void {
    new Int32Array(this.#bytes.buffer, at, table.length).set(table);
  }
}

/** Where the template of a header's stream is kept, if it is. */
function slotOf(view: DataView, at: number, valueBytes: number): number {
  const stream = view.getInt32(at + 8, true);
  return (stream ^ (stream >>> 16) ^ valueBytes) & (TEMPLATES - 1);
}
