/**
 * The rows of one block, as numbers in typed arrays: no object per row, to write or to read.
 *
 * A block starts with 24 bytes of header and a row has 56 bytes, both multiples of 8, so every
 * field lies where a typed array over the whole block can reach it.
 */
import assert from "node:assert";
import { endianness } from "node:os";
import { BLOCK_HEADER_BYTES, FIELD, type JournalRow, ROW_BYTES } from "./journal-format.ts";

// Typed arrays have the byte order of the machine; the format has one.
assert(endianness() === "LE", "journals are written and read on little-endian machines only");

// Places of fields, in elements of the array that holds them, and the step from row to row.
const U8_STEP = ROW_BYTES;
const U8_KIND = BLOCK_HEADER_BYTES + FIELD.kind;
const U8_CODE = BLOCK_HEADER_BYTES + FIELD.code;
const U16_STEP = ROW_BYTES / 2;
const U16_ACTOR = (BLOCK_HEADER_BYTES + FIELD.actor) / 2;
const U16_LOG = (BLOCK_HEADER_BYTES + FIELD.log) / 2;
const U16_PARTITION = (BLOCK_HEADER_BYTES + FIELD.partition) / 2;
const U16_PRODUCER = (BLOCK_HEADER_BYTES + FIELD.producer) / 2;
const U16_SOURCE = (BLOCK_HEADER_BYTES + FIELD.sourcePartition) / 2;
const U32_STEP = ROW_BYTES / 4;
const U32_COUNT = (BLOCK_HEADER_BYTES + FIELD.count) / 4;
const F64_STEP = ROW_BYTES / 8;
const F64_SEQ = (BLOCK_HEADER_BYTES + FIELD.seqFirst) / 8;
const F64_OFFSET = (BLOCK_HEADER_BYTES + FIELD.offset) / 8;
const F64_TIME = (BLOCK_HEADER_BYTES + FIELD.tUs) / 8;
const F64_AUX1 = (BLOCK_HEADER_BYTES + FIELD.aux1) / 8;
const F64_AUX2 = (BLOCK_HEADER_BYTES + FIELD.aux2) / 8;

/**
 * Rows 0..`rows` of a block; `block.offset(i)` is the offset of row i. The reader lends one block
 * again and again: take out of it what you need before you return.
 */
export class RowBlock {
  /** Rows in use. */
  rows = 0;
  /** Position of the block in its file: its blockSeq. */
  blockSeq = 0;
  /** The whole block, its header included. */
  readonly bytes: Buffer;
  readonly #u8: Uint8Array;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;

  /** Room for `payloadBytes` after the header; rounded up to whole rows. */
  constructor(payloadBytes: number) {
    const room = Math.ceil(payloadBytes / ROW_BYTES) * ROW_BYTES;
    const memory = new ArrayBuffer(BLOCK_HEADER_BYTES + room);
    this.bytes = Buffer.from(memory);
    this.#u8 = new Uint8Array(memory);
    this.#u16 = new Uint16Array(memory);
    this.#u32 = new Uint32Array(memory);
    this.#f64 = new Float64Array(memory);
  }

  kind(i: number): number {
    return this.#u8[U8_KIND + i * U8_STEP] as number;
  }
  code(i: number): number {
    return this.#u8[U8_CODE + i * U8_STEP] as number;
  }
  actor(i: number): number {
    return this.#u16[U16_ACTOR + i * U16_STEP] as number;
  }
  log(i: number): number {
    return this.#u16[U16_LOG + i * U16_STEP] as number;
  }
  partition(i: number): number {
    return this.#u16[U16_PARTITION + i * U16_STEP] as number;
  }
  producer(i: number): number {
    return this.#u16[U16_PRODUCER + i * U16_STEP] as number;
  }
  sourcePartition(i: number): number {
    return this.#u16[U16_SOURCE + i * U16_STEP] as number;
  }
  count(i: number): number {
    return this.#u32[U32_COUNT + i * U32_STEP] as number;
  }
  seqFirst(i: number): number {
    return this.#f64[F64_SEQ + i * F64_STEP] as number;
  }
  offset(i: number): number {
    return this.#f64[F64_OFFSET + i * F64_STEP] as number;
  }
  tUs(i: number): number {
    return this.#f64[F64_TIME + i * F64_STEP] as number;
  }
  aux1(i: number): number {
    return this.#f64[F64_AUX1 + i * F64_STEP] as number;
  }
  aux2(i: number): number {
    return this.#f64[F64_AUX2 + i * F64_STEP] as number;
  }

  /** Row i as an object, for tests and seldom rows. */
  row(i: number): JournalRow {
    return {
      kind: this.kind(i),
      code: this.code(i),
      actor: this.actor(i),
      log: this.log(i),
      partition: this.partition(i),
      producer: this.producer(i),
      sourcePartition: this.sourcePartition(i),
      count: this.count(i),
      seqFirst: this.seqFirst(i),
      offset: this.offset(i),
      tUs: this.tUs(i),
      aux1: this.aux1(i),
      aux2: this.aux2(i),
    };
  }

  /** Writes who and where of row i. An id above 65535 is a programmer error, never wrapped. */
  putPlace(
    i: number,
    kind: number,
    code: number,
    actor: number,
    log: number,
    partition: number,
  ): void {
    assert((actor | log | partition) >>> 16 === 0, "actor, log and partition must fit 16 bits");
    this.#u8[U8_KIND + i * U8_STEP] = kind;
    this.#u8[U8_CODE + i * U8_STEP] = code;
    this.#u16[U16_ACTOR + i * U16_STEP] = actor;
    this.#u16[U16_LOG + i * U16_STEP] = log;
    this.#u16[U16_PARTITION + i * U16_STEP] = partition;
  }

  /** Writes which records row i is about. */
  putRecords(
    i: number,
    producer: number,
    sourcePartition: number,
    count: number,
    seqFirst: number,
    offset: number,
  ): void {
    assert((producer | sourcePartition) >>> 16 === 0, "producer and partition must fit 16 bits");
    this.#u16[U16_PRODUCER + i * U16_STEP] = producer;
    this.#u16[U16_SOURCE + i * U16_STEP] = sourcePartition;
    this.#u32[U32_COUNT + i * U32_STEP] = count;
    this.#f64[F64_SEQ + i * F64_STEP] = seqFirst;
    this.#f64[F64_OFFSET + i * F64_STEP] = offset;
  }

  /** Writes the times of row i. */
  putTimes(i: number, tUs: number, aux1: number, aux2: number): void {
    this.#f64[F64_TIME + i * F64_STEP] = tUs;
    this.#f64[F64_AUX1 + i * F64_STEP] = aux1;
    this.#f64[F64_AUX2 + i * F64_STEP] = aux2;
  }

  /** Makes row i longer by so many records. */
  lengthen(i: number, records = 1): void {
    const at = U32_COUNT + i * U32_STEP;
    this.#u32[at] = (this.#u32[at] as number) + records;
  }

  /**
   * Makes row i longer by one record, when that record goes on from it: the same kind, reader, log,
   * partition, producer and time, the next offset and the next seq. Says whether it did.
   */
  extend(
    i: number,
    kind: number,
    actor: number,
    log: number,
    partition: number,
    offset: number,
    producer: number,
    sourcePartition: number,
    seq: number,
    tUs: number,
  ): boolean {
    const u16 = i * U16_STEP;
    const f64 = i * F64_STEP;
    const count = this.#u32[U32_COUNT + i * U32_STEP] as number;
    const goesOn =
      this.#f64[F64_OFFSET + f64] === offset - count &&
      this.#f64[F64_SEQ + f64] === seq - count &&
      this.#u16[U16_PRODUCER + u16] === producer &&
      this.#u16[U16_PARTITION + u16] === partition &&
      this.#u16[U16_SOURCE + u16] === sourcePartition &&
      this.#u16[U16_LOG + u16] === log &&
      this.#u16[U16_ACTOR + u16] === actor &&
      this.#u8[U8_KIND + i * U8_STEP] === kind &&
      this.#f64[F64_TIME + f64] === tUs;
    if (goesOn) this.lengthen(i);
    return goesOn;
  }
}
