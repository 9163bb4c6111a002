/**
 * The value of a workload record: a header that says which record it is, and a body that can be
 * made again from that identity. So a flipped bit, a cut body, a body under a wrong header and a
 * record of another run are all told apart, by whoever reads the record.
 *
 * ```
 *   0 magic u16      2 version u8   3 flags u8       4 runTag u32
 *   8 producer u16  10 partition u16                12 seq u48       18 zero u16
 *  20 bodyBytes u32                                 24 dueUs f64
 *  32 zero u32                                      36 crc u32       40 body
 * ```
 * Little-endian. The CRC covers the header with its crc field zero, then the key, then the body.
 * Kafka's own batch CRC does not do: kafkajs never checks it, and replication makes new batches.
 *
 * The body is a slice of 64 KiB of pseudo-random bytes that belong to the run, at a place hashed
 * from the identity, one of 4096: making a body is a copy, checking it a compare. A longer body goes
 * round.
 *
 * The key is `p<partition>-<seq % 1000>`, so a partition has 1000 keys that come again and again;
 * the producer is not in it, because a stream's successor after a failover writes the same keys.
 */
import assert from "node:assert";
import zlib from "node:zlib";
import { DEFECT } from "../history/journal-format.ts";
import type { RecordStretch } from "../kafka/record-batch.ts";
import { crc32c, crc32Ieee } from "../kernel/crc32c.ts";
import { Random } from "../kernel/random.ts";
import {
  bodyPlace,
  FLAG,
  PAYLOAD_HEADER_BYTES,
  POOL_BYTES,
  type RecordIdentity,
  type Verified,
} from "./payload-format.ts";
import { QuickCheck } from "./quick-check.ts";

const MAGIC = 0x5342; // "BS"
const VERSION = 1;
const AT = {
  magic: 0,
  version: 2,
  flags: 3,
  runTag: 4,
  producer: 8,
  partition: 10,
  seq: 12,
  bodyBytes: 20,
  dueUs: 24,
  zero: 32,
  crc: 36,
} as const;

/** From this many bytes of value on, zlib's native CRC is the faster one (measured: 250 to 300). */
const IEEE_FROM_BYTES = 256;
const KEYS_A_PARTITION = 1000;
/** The crc field as the CRC takes it. */
const NO_CRC = new Uint8Array(4);
const NO_DUES = new Float64Array(0);

/** Makes and checks the records of one run. Holds 128 KiB, more once it has checked; not for use by two threads. */
export class PayloadCodec {
  readonly runTag: number;
  /** The pool twice, so that a slice from anywhere is in one piece. */
  readonly #pool: Buffer;
  readonly #keys: Buffer[][] = [];
  #quick: QuickCheck | undefined;
  readonly #verified: Verified = {
    defect: 0,
    producer: 0,
    partition: 0,
    seq: 0,
    dueUs: 0,
    flags: 0,
  };

  /** `runTag`: the run's 32-bit id, from `judging.runTag`. */
  constructor(runTag: number) {
    assert(Number.isInteger(runTag) && runTag >= 0 && runTag <= 0xffffffff, "runTag: 32 bits");
    this.runTag = runTag;
    this.#pool = Buffer.alloc(2 * POOL_BYTES);
    const random = new Random(runTag, "payload");
    for (let at = 0; at < POOL_BYTES; at += 4) this.#pool.writeUInt32LE(random.uint32(), at);
    this.#pool.copy(this.#pool, POOL_BYTES, 0, POOL_BYTES);
  }

  /** The key of a record. One buffer for every use of that key: do not write to it. */
  key(partition: number, seq: number): Buffer {
    let keys = this.#keys[partition];
    if (keys === undefined) {
      keys = Array.from({ length: KEYS_A_PARTITION }, (_, n) => Buffer.from(`p${partition}-${n}`));
      this.#keys[partition] = keys;
    }
    return keys[seq % KEYS_A_PARTITION] as Buffer;
  }

  /**
   * Writes the value of a record, `bytes` long with its header, into `target` from `at`. Sizes below
   * the header's 40 bytes are a programmer error; the planner refuses them before.
   */
  write(
    target: Buffer,
    at: number,
    bytes: number,
    identity: RecordIdentity,
    dueUs: number,
    key: Buffer | null,
    flags = 0,
  ): void {
    const { producer, partition, seq } = identity;
    assert(bytes >= PAYLOAD_HEADER_BYTES, `a record has at least ${PAYLOAD_HEADER_BYTES} bytes`);
    assert(at + bytes <= target.length, "the record does not fit its buffer");
    assert(seq >= 0 && seq < 2 ** 48, "seq has 48 bits");
    const ieee = bytes >= IEEE_FROM_BYTES;
    target.writeUInt16LE(MAGIC, at + AT.magic);
    target[at + AT.version] = VERSION;
    target[at + AT.flags] = ieee ? flags | FLAG.ieee : flags & ~FLAG.ieee;
    target.writeUInt32LE(this.runTag, at + AT.runTag);
    target.writeUInt16LE(producer, at + AT.producer);
    target.writeUInt16LE(partition, at + AT.partition);
    // With the two zero bytes after it, seq fills a whole 64 bits.
    target.writeUInt32LE(seq % 0x100000000, at + AT.seq);
    target.writeUInt32LE(Math.floor(seq / 0x100000000), at + AT.seq + 4);
    target.writeUInt32LE(bytes - PAYLOAD_HEADER_BYTES, at + AT.bodyBytes);
    target.writeDoubleLE(dueUs, at + AT.dueUs);
    target.writeUInt32LE(0, at + AT.zero);
    const place = bodyPlace(this.runTag, producer, partition, seq);
    const end = at + bytes;
    for (let to = at + PAYLOAD_HEADER_BYTES; to < end; to += POOL_BYTES) {
      const length = Math.min(POOL_BYTES, end - to);
      this.#pool.copy(target, to, place, place + length);
    }
    target.writeUInt32LE(this.#crc(target, at, end, key, ieee), at + AT.crc);
  }

  /** Like `write`, into a new buffer. */
  encode(
    bytes: number,
    identity: RecordIdentity,
    dueUs: number,
    key: Buffer | null,
    flags = 0,
  ): Buffer {
    const value = Buffer.allocUnsafe(bytes);
    this.write(value, 0, bytes, identity, dueUs, key, flags);
    return value;
  }

  /**
   * Says whether a record is what was sent. Never throws, whatever the bytes are. The identity of
   * a record with a defect is what its header claims, which the defect may have changed.
   */
  verify(value: Buffer | null, key: Buffer | null): Verified {
    const verified = this.#verified;
    if (value === null || value.length < PAYLOAD_HEADER_BYTES) {
      return this.#noHeader(value);
    }
    if (this.#quick?.sound(value, key, verified)) return verified;
    return this.#wholly(value, key);
  }

  /**
   * Like `verify`, of a record that lies in what a fetch brought; a length below 0 stands for null.
   * The bytes may not change between two calls, unless `newBytes` is called in between.
   */
  verifyIn(
    bytes: Buffer,
    keyAt: number,
    keyBytes: number,
    valueAt: number,
    valueBytes: number,
  ): Verified {
    const verified = this.#verified;
    if (this.#quick?.soundIn(bytes, keyAt, keyBytes, valueAt, valueBytes, verified))
      return verified;
    const value = valueBytes < 0 ? null : bytes.subarray(valueAt, valueAt + valueBytes);
    if (value === null || value.length < PAYLOAD_HEADER_BYTES) return this.#noHeader(value);
    return this.#wholly(value, keyBytes < 0 ? null : bytes.subarray(keyAt, keyAt + keyBytes));
  }

  /**
   * Takes records of a batch without a call for each: as many, from where the stretch begins, as are
   * sound and go on from `next`, the first of them at `offset`. 0 says nothing of the first.
   */
  verifyRun(stretch: RecordStretch, next: RecordIdentity, offset: number): number {
    return this.#quick === undefined ? 0 : this.#quick.run(stretch, next, offset);
  }

  /** When the records were due that `verifyRun` took; good until it is called again. */
  get runDues(): Float64Array {
    return this.#quick?.dues ?? NO_DUES;
  }

  /** What `verifyIn` will be given may be other bytes in the same buffer. */
  newBytes(): void {
    this.#quick?.newBytes();
  }

  /** Every byte by itself, and so every defect by its name. */
  #wholly(value: Buffer, key: Buffer | null): Verified {
    const verified = this.#verified;
    const bodyBytes = value.length - PAYLOAD_HEADER_BYTES;
    verified.flags = value[AT.flags] as number;
    verified.producer = value.readUInt16LE(AT.producer);
    verified.partition = value.readUInt16LE(AT.partition);
    verified.seq = value.readUInt32LE(AT.seq) + value.readUInt16LE(AT.seq + 4) * 0x100000000;
    verified.dueUs = value.readDoubleLE(AT.dueUs);
    verified.defect = this.#defectOf(value, bodyBytes, key);
    if (verified.defect === DEFECT.alien) return this.#noHeader(null);
    if (verified.defect === 0) {
      this.#quick ??= new QuickCheck(this.runTag, this.#pool);
      this.#quick.learn(value, verified);
    }
    return verified;
  }

  #defectOf(value: Buffer, bodyBytes: number, key: Buffer | null): number {
    const ours = value.readUInt32LE(AT.runTag) === this.runTag;
    const whole = value.readUInt32LE(AT.bodyBytes) === bodyBytes;
    const shaped = value.readUInt16LE(AT.magic) === MAGIC && value[AT.version] === VERSION;
    // A record of this run and of the length it says is ours, even when its first bytes are hurt.
    if (!shaped) return ours && whole ? DEFECT.crc : DEFECT.alien;
    if (!whole) return DEFECT.length;
    const { producer, partition, seq, flags } = this.#verified;
    const ieee = (flags & FLAG.ieee) !== 0;
    const crc = this.#crc(value, 0, value.length, key, ieee);
    if (value.readUInt32LE(AT.crc) !== crc) return DEFECT.crc;
    if (!ours) return DEFECT.foreign;
    const place = bodyPlace(this.runTag, producer, partition, seq);
    for (let at = PAYLOAD_HEADER_BYTES; at < value.length; at += POOL_BYTES) {
      const length = Math.min(POOL_BYTES, value.length - at);
      if (value.compare(this.#pool, place, place + length, at, at + length) !== 0) {
        return DEFECT.body;
      }
    }
    return 0;
  }

  /** A value too short for a header: cut when it begins like one of ours, else not ours. */
  #noHeader(value: Buffer | null): Verified {
    const verified = this.#verified;
    const begins =
      value !== null &&
      value.length > AT.version &&
      value.readUInt16LE(AT.magic) === MAGIC &&
      value[AT.version] === VERSION;
    verified.defect = begins ? DEFECT.length : DEFECT.alien;
    verified.producer = 0;
    verified.partition = 0;
    verified.seq = 0;
    verified.dueUs = 0;
    verified.flags = 0;
    return verified;
  }

  /** CRC over header (its crc field taken as zero), key and body of `bytes[from, to)`. */
  #crc(bytes: Buffer, from: number, to: number, key: Buffer | null, ieee: boolean): number {
    const short = ieee ? crc32Ieee : crc32c;
    let sum = short(bytes, from, from + AT.crc);
    sum = short(NO_CRC, 0, 4, sum);
    if (key !== null) sum = short(key, 0, key.length, sum);
    const body = from + PAYLOAD_HEADER_BYTES;
    return ieee ? zlib.crc32(bytes.subarray(body, to), sum) : crc32c(bytes, body, to, sum);
  }
}
