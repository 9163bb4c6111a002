/**
 * The chain of blocks of a journal that is being written: numbers them, links them by CRC, writes
 * each with one `write`, and knows how far the file is good.
 */
import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { monotonicUs } from "../kernel/clock.ts";
import { forceToDisk, type WriteCall, writeWhole } from "./disk.ts";
import {
  BLOCK_HEADER_BYTES,
  JOURNAL_MAGIC,
  JOURNAL_VERSION,
  type JournalHeader,
} from "./journal-format.ts";

/** How far a journal is on disk: complete blocks, the header's included, and the last one's CRC. */
export interface JournalProgress {
  file: string;
  blocks: number;
  crc: number;
}

/** What a journal is: everything of its header but the time. Without `file` a free name is taken. */
export type JournalIdentity = Omit<JournalHeader, "file" | "startedUs"> & { file?: string };

/** `<agent>.<role>.<n>.bin`: the name of the n-th journal of one agent in one role. */
export function journalFileName(agent: string, role: string, n: number): string {
  return `${agent}.${role}.${n}.bin`;
}

/** The first name of `<agent>.<role>.<n>.bin` that is free in `dir`. */
export function freeName(dir: string, { agent, role }: JournalIdentity): string {
  for (let n = 1; ; n += 1) {
    const name = journalFileName(agent, role, n);
    if (!fs.existsSync(path.join(dir, name))) return name;
  }
}

export class JournalFile {
  readonly path: string;
  /** Bytes of complete blocks. */
  position = 0;
  /** Complete blocks. */
  blocks = 0;
  /** CRC of the last complete block; 0 before the first. */
  crc = 0;
  /** The longest write since the owner last set this to 0, µs. */
  writeMaxUs = 0;
  readonly #fd: number;
  readonly #write: WriteCall;
  #failure: unknown;
  #closed = false;

  /** Makes the file; throws EEXIST when it is there already. */
  constructor(file: string, write: WriteCall) {
    this.path = file;
    this.#write = write;
    this.#fd = fs.openSync(file, "wx", 0o644);
  }

  /** True when nothing more can be written: closed, or a write failed. */
  get ended(): boolean {
    return this.#closed || this.#failure !== undefined;
  }

  /**
   * Completes the block in `bytes` (its payload is there, its header is not) and writes it. After a
   * failed write this throws the same error for ever: rows must not be lost in silence.
   */
  writeBlock(type: number, bytes: Buffer, payloadBytes: number): void {
    assert(!this.#closed, "the journal is closed");
    if (this.#failure !== undefined) throw this.#failure;
    bytes.writeUInt32LE(JOURNAL_MAGIC, 0);
    bytes.writeUInt8(type, 4);
    bytes.writeUInt8(JOURNAL_VERSION, 5);
    bytes.writeUInt16LE(0, 6);
    bytes.writeUInt32LE(payloadBytes, 8);
    bytes.writeUInt32LE(this.blocks, 12);
    bytes.writeUInt32LE(this.crc, 16);
    bytes.writeUInt32LE(0, 20);
    const length = BLOCK_HEADER_BYTES + payloadBytes;
    const crc = zlib.crc32(bytes.subarray(0, length));
    bytes.writeUInt32LE(crc, 20);
    const beforeUs = monotonicUs();
    try {
      const target = { fd: this.#fd, file: this.path, write: this.#write };
      writeWhole(target, bytes, length, this.position);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    const tookUs = monotonicUs() - beforeUs;
    this.writeMaxUs = Math.max(this.writeMaxUs, tookUs);
    this.position += length;
    this.blocks += 1;
    this.crc = crc;
  }

  /** Writes a block of JSON. */
  writeJson(type: number, value: unknown): void {
    const payload = Buffer.from(JSON.stringify(value));
    const bytes = Buffer.alloc(BLOCK_HEADER_BYTES + payload.length);
    payload.copy(bytes, BLOCK_HEADER_BYTES);
    this.writeBlock(type, bytes, payload.length);
  }

  /** Forces the disk (unless a write failed) and closes. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#failure === undefined) forceToDisk(this.#fd, this.path);
    } finally {
      fs.closeSync(this.#fd);
    }
  }
}
