/**
 * The chain of blocks of a journal that is being read: gives one valid block after the other, and
 * says why there is no next one.
 *
 * A journal without an end is normal after a kill, so an incomplete last block must be told from a
 * damaged length. An incomplete block is a *prefix* of what the writer wrote: what is there must fit
 * the chain, no later block may follow, and the rest must not be whole under another length.
 */
import fs from "node:fs";
import zlib from "node:zlib";
import {
  BLOCK,
  BLOCK_HEADER_BYTES,
  BLOCK_PAYLOAD_BYTES_MAX,
  JOURNAL_MAGIC,
  JOURNAL_VERSION,
  ROW_BYTES,
} from "./journal-format.ts";
import { RowBlock } from "./row-block.ts";

const FIRST_PAYLOAD_BYTES = 64 * 1024;

/** Where the chain stops, and why. */
export interface Stop {
  state: "open-end" | "torn-end" | "corrupt";
  detail: string;
}

export class BlockReader {
  /** The block that `next` took. Lent until the next call; may be another object then. */
  block = new RowBlock(FIRST_PAYLOAD_BYTES);
  /** Its type, payload length and CRC. */
  type = 0;
  payloadBytes = 0;
  crc = 0;
  readonly #fd: number;
  readonly #size: number;
  #position = 0;
  #blockSeq = 0;

  /** Reads `size` bytes of an open file: what it grows by meanwhile is left out. */
  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#size = size;
  }

  /** Takes the next block; undefined when that went well, else why it did not. */
  next(): Stop | undefined {
    const left = this.#size - this.#position;
    if (left === 0) {
      if (this.#blockSeq === 0) return { state: "torn-end", detail: "the file is empty" };
      return { state: "open-end", detail: "the journal has no end: its writer was killed" };
    }
    const headBytes = Math.min(left, BLOCK_HEADER_BYTES);
    this.#read(0, headBytes);
    const misfit = this.#headMisfit(headBytes);
    if (misfit !== undefined) return this.#corrupt(misfit);
    if (headBytes < BLOCK_HEADER_BYTES) return this.#torn(left);

    const type = this.block.bytes.readUInt8(4);
    const payloadBytes = this.block.bytes.readUInt32LE(8);
    if (payloadBytes > BLOCK_PAYLOAD_BYTES_MAX) {
      return this.#corrupt(`claims ${payloadBytes} bytes, more than a block has`);
    }
    if (type === BLOCK.rows && payloadBytes % ROW_BYTES !== 0) {
      return this.#corrupt(`claims ${payloadBytes} bytes, not a whole number of rows`);
    }
    const length = BLOCK_HEADER_BYTES + payloadBytes;
    const here = Math.min(left, length);
    this.#makeRoom(here);
    this.#read(BLOCK_HEADER_BYTES, here);
    if (length > left) return this.#tornOrDamaged(left);

    const stored = this.block.bytes.readUInt32LE(20);
    if (this.#sum(length) !== stored) return this.#corrupt("does not match its CRC");
    this.block.blockSeq = this.#blockSeq;
    this.block.rows = type === BLOCK.rows ? payloadBytes / ROW_BYTES : 0;
    this.type = type;
    this.payloadBytes = payloadBytes;
    this.crc = stored;
    this.#blockSeq += 1;
    this.#position += length;
    return undefined;
  }

  /** The payload of a JSON block; undefined when it is not JSON. */
  json(): unknown {
    const from = BLOCK_HEADER_BYTES;
    try {
      return JSON.parse(this.block.bytes.toString("utf8", from, from + this.payloadBytes));
    } catch {
      return undefined;
    }
  }

  /** Fills bytes `[from, to)` of the block from the same place after the current position. */
  #read(from: number, to: number): void {
    let at = from;
    while (at < to) {
      const got = fs.readSync(this.#fd, this.block.bytes, at, to - at, this.#position + at);
      if (got === 0) throw new Error(`the journal became shorter while it was read`);
      at += got;
    }
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.block.bytes.length) return;
    const roomier = new RowBlock(Math.min(2 * bytes, BLOCK_PAYLOAD_BYTES_MAX + ROW_BYTES));
    this.block.bytes.copy(roomier.bytes, 0, 0, BLOCK_HEADER_BYTES);
    this.block = roomier;
  }

  /** The CRC of the block in memory; leaves its crc field zero. */
  #sum(length: number): number {
    this.block.bytes.writeUInt32LE(0, 20);
    return zlib.crc32(this.block.bytes.subarray(0, length));
  }

  /** What of the first `headBytes` of a block header contradicts the chain so far. */
  #headMisfit(headBytes: number): string | undefined {
    const wanted = Buffer.alloc(BLOCK_HEADER_BYTES);
    wanted.writeUInt32LE(JOURNAL_MAGIC, 0);
    wanted.writeUInt8(JOURNAL_VERSION, 5);
    wanted.writeUInt32LE(this.#blockSeq, 12);
    wanted.writeUInt32LE(this.crc, 16);
    const fits = (from: number, to: number) => {
      const end = Math.min(to, headBytes);
      return from >= end || this.block.bytes.compare(wanted, from, end, from, end) === 0;
    };
    if (!fits(0, 4)) return "does not begin like a block of a journal";
    if (!fits(5, 8)) return `has another version than ${JOURNAL_VERSION}`;
    if (!fits(12, 16)) return "has another number: a block is missing, repeated or moved";
    if (!fits(16, 20)) return "does not follow the block before it";
    return undefined;
  }

  /** The block is longer than what is left: was its write cut, or was its length changed? */
  #tornOrDamaged(left: number): Stop {
    const { bytes } = this.block;
    for (let at = BLOCK_HEADER_BYTES; ; at += 1) {
      at = bytes.indexOf(MAGIC_BYTES, at);
      if (at < 0 || at + MAGIC_BYTES.length > left) break;
      // The last bytes of a file may hold only the beginning of a block: its magic has to do then.
      if (at + 16 > left || bytes.readUInt32LE(at + 12) === this.#blockSeq + 1) {
        return this.#corrupt("has a changed length: the next block begins inside it");
      }
    }
    const stored = bytes.readUInt32LE(20);
    bytes.writeUInt32LE(left - BLOCK_HEADER_BYTES, 8);
    if (this.#sum(left) === stored) {
      return this.#corrupt("has a changed length: it is whole under the length it had");
    }
    return this.#torn(left);
  }

  #torn(left: number): Stop {
    const detail = `block ${this.#blockSeq} is incomplete (${left} bytes of it): its writer was killed`;
    return { state: "torn-end", detail };
  }

  #corrupt(what: string): Stop {
    return {
      state: "corrupt",
      detail: `block ${this.#blockSeq} at byte ${this.#position} ${what}`,
    };
  }
}

const MAGIC_BYTES = Buffer.alloc(4);
MAGIC_BYTES.writeUInt32LE(JOURNAL_MAGIC);
