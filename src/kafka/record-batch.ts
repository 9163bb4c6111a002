/**
 * Kafka's record batch, version 2: making one of a single record, and walking what a fetch brought.
 *
 * The walker takes the next offset from the batch header, not from the records in it: compaction
 * leaves holes, and the markers of transactions are batches that hold no record of anybody.
 */
import { compressionsAlgorithmsByBitmask } from "@platformatic/kafka";
import { crc32c } from "../kernel/crc32c.ts";
import { Cursor } from "./cursor.ts";

const BATCH_OVERHEAD_BYTES = 12; // baseOffset and length, which the length does not count
const BATCH_HEADER_BYTES = 61;
const CRC_FROM = 21; // the CRC covers everything from the attributes on
const COMPRESSION_BITS = 7;
const CONTROL_BIT = 32;
const TRANSACTIONAL_BIT = 16;
const PRODUCER_AT = 43;

/** Takes the records of a walk, in offset order, at once. */
export interface RecordVisitor {
  /**
   * Called for each record: says where in `bytes` key and value lie. A view of each would cost more
   * than the walk. A length below 0 stands for null.
   */
  record(
    offset: number,
    bytes: Buffer,
    keyAt: number,
    keyBytes: number,
    valueAt: number,
    valueBytes: number,
  ): void;
  /**
   * Asked before each record: may take that one and any number after it by itself. It then moves
   * `at` and `next` of the stretch beyond them, and says how many they were; 0 when none.
   */
  run?(stretch: RecordStretch): number;
}

/** Records of a batch that are still to be taken. */
export interface RecordStretch {
  readonly bytes: Buffer;
  /** Where the first of them begins, and where the last of them ends. */
  at: number;
  readonly end: number;
  /** How many there are. */
  left: number;
  /** Their offsets count from here. */
  readonly base: number;
  /** Records from this offset on are not to be taken in a run. */
  until: number;
  /** After a run: the offset after its last. */
  next: number;
}

/** Records of this producer from there to its next marker belong to no committed transaction. */
export interface AbortedTransaction {
  producerId: number;
  firstOffset: number;
}

export interface Walked {
  /** Where to fetch next. */
  next: number;
  /** Leader epoch of the last batch, -1 when there was none. */
  epoch: number;
}

/**
 * Walks whole batches; a batch cut off at the end of a fetch is left for the next one. Those of the
 * transactions that are said to be aborted are passed over.
 */
export function walkBatches(
  bytes: Buffer,
  from: number,
  visitor: RecordVisitor,
  aborted: AbortedTransaction[] = [],
): Walked {
  const walked: Walked = { next: from, epoch: -1 };
  const open = new AbortedOnes(aborted);
  let at = 0;
  while (bytes.length - at >= BATCH_HEADER_BYTES) {
    const base = bytes.readInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4);
    const end = at + BATCH_OVERHEAD_BYTES + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    const magic = bytes.readInt8(at + 16);
    if (magic !== 2) throw new Error(`a record batch of version ${magic}, expected 2`);
    const attributes = bytes.readInt16BE(at + CRC_FROM);
    const producerId = Number(bytes.readBigInt64BE(at + PRODUCER_AT));
    const isMarker = (attributes & CONTROL_BIT) !== 0;
    const isAborted = (attributes & TRANSACTIONAL_BIT) !== 0 && open.has(producerId, base);
    if (isMarker) open.ended(producerId, base);
    else if (!isAborted) {
      const count = bytes.readInt32BE(at + 57);
      const records = bytes.subarray(at + BATCH_HEADER_BYTES, end);
      walkRecords(inflate(records, attributes & COMPRESSION_BITS), base, count, from, visitor);
    }
    walked.epoch = bytes.readInt32BE(at + 12);
    walked.next = Math.max(walked.next, base + bytes.readInt32BE(at + 23) + 1);
    at = end;
  }
  return walked;
}

/** A producer has one transaction at a time; its marker, of whichever kind, ends it. */
class AbortedOnes {
  readonly #waiting: AbortedTransaction[];

  constructor(aborted: AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  #at(producerId: number): number {
    return this.#waiting.findIndex((one) => one.producerId === producerId);
  }

  has(producerId: number, offset: number): boolean {
    const first = this.#waiting[this.#at(producerId)];
    return first !== undefined && first.firstOffset <= offset;
  }

  ended(producerId: number, offset: number): void {
    if (this.has(producerId, offset)) this.#waiting.splice(this.#at(producerId), 1);
  }
}

function inflate(records: Buffer, compression: number): Buffer {
  if (compression === 0) return records;
  const algorithm = compressionsAlgorithmsByBitmask[String(compression)];
  if (algorithm === undefined) throw new Error(`a record batch of compression ${compression}`);
  return algorithm.decompressSync(records);
}

function walkRecords(
  bytes: Buffer,
  base: number,
  count: number,
  from: number,
  visitor: RecordVisitor,
): void {
  const cursor = new Cursor(bytes);
  const stretch = { bytes, at: 0, end: bytes.length, left: count, base, until: Infinity, next: -1 };
  // A fetch answers with whole batches, so records before the asked offset come along.
  const mayRun = visitor.run !== undefined && base >= from;
  while (stretch.left > 0) {
    if (mayRun) {
      stretch.at = cursor.at;
      const taken = visitor.run?.(stretch) ?? 0;
      if (taken > 0) {
        stretch.left -= taken;
        cursor.at = stretch.at;
        continue;
      }
    }
    walkRecord(cursor, base, from, visitor);
    stretch.left -= 1;
  }
}

function walkRecord(cursor: Cursor, base: number, from: number, visitor: RecordVisitor): void {
  const { bytes } = cursor;
  const length = cursor.varint();
  const end = cursor.at + length;
  cursor.at += 1; // attributes, unused
  cursor.skipVarint(); // timestamp delta
  const offset = base + cursor.varint();
  const keyBytes = cursor.varint();
  const keyAt = cursor.at;
  if (keyBytes > 0) cursor.at += keyBytes;
  const valueBytes = cursor.varint();
  const valueAt = cursor.at;
  if (Math.max(valueAt, valueAt + valueBytes) > bytes.length) {
    throw new RangeError(`the record at offset ${offset} ends beyond its batch`);
  }
  if (offset >= from) visitor.record(offset, bytes, keyAt, keyBytes, valueAt, valueBytes);
  cursor.at = end;
}

/** What a visitor was told of, as a view. */
export function viewOf(bytes: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length);
}

/** A batch that holds one record, without producer id. `timestampMs`: wall time, as Kafka wants. */
export function singleRecordBatch(key: Buffer, value: Buffer, timestampMs: number): Buffer {
  const bodyBytes =
    3 + varintSize(key.length) + key.length + varintSize(value.length) + value.length + 1;
  const total = BATCH_HEADER_BYTES + varintSize(bodyBytes) + bodyBytes;
  const batch = Buffer.alloc(total);
  batch.writeInt32BE(total - BATCH_OVERHEAD_BYTES, 8);
  batch.writeInt32BE(-1, 12); // partition leader epoch: the broker's to set
  batch.writeInt8(2, 16);
  const high = Math.floor(timestampMs / 0x100000000);
  for (const at of [27, 35]) {
    batch.writeInt32BE(high, at);
    batch.writeUInt32BE(timestampMs % 0x100000000, at + 4);
  }
  batch.fill(0xff, 43, 57); // no producer id, epoch or sequence
  batch.writeInt32BE(1, 57);
  let at = writeVarint(batch, BATCH_HEADER_BYTES, bodyBytes);
  at += 3; // attributes, timestamp delta and offset delta: all 0
  at = writeVarint(batch, at, key.length);
  at += key.copy(batch, at);
  at = writeVarint(batch, at, value.length);
  value.copy(batch, at); // no headers: the last byte stays 0
  batch.writeUInt32BE(crc32c(batch, CRC_FROM, total), 17);
  return batch;
}

/** Bytes of a non-negative number as zigzag varint. */
function varintSize(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

function writeVarint(target: Buffer, from: number, value: number): number {
  let at = from;
  let rest = value * 2;
  while (rest >= 0x80) {
    target[at] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}
