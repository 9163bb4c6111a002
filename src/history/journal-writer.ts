/**
 * Writes one journal (format: `journal-format.ts`).
 *
 * Rows gather in a block-sized buffer and reach the disk only by `flush()`, one `write` a block, so
 * an agent decides itself what must be on disk before what happens next (an intent before its
 * send). Appending allocates nothing: fields go straight into typed arrays over the buffer.
 *
 * What it leaves out: durability against a loss of power. A killed process loses no block it
 * wrote, and that is the crash a drill causes; only `close()` forces the disk.
 */
import assert from "node:assert";
import path from "node:path";
import { monotonicUs } from "../kernel/clock.ts";
import { type WriteCall, writeToDisk } from "./disk.ts";
import {
  freeName,
  JournalFile,
  type JournalIdentity,
  type JournalProgress,
} from "./journal-file.ts";
import {
  BLOCK,
  BLOCK_PAYLOAD_BYTES_MAX,
  type JournalHeader,
  type JournalRow,
  ROW,
  ROW_BYTES,
} from "./journal-format.ts";
import { RowBlock } from "./row-block.ts";

const ROWS_PENDING_DEFAULT = 8192;

export interface JournalWriterOptions {
  /** Rows that may wait; one more flushes them by itself. */
  rowsPendingMax?: number;
  /** The write call; a test puts its own here. */
  write?: WriteCall;
}

export class JournalWriter {
  readonly header: JournalHeader;
  readonly #file: JournalFile;
  readonly #block: RowBlock;
  readonly #rowsMax: number;
  #pending = 0;
  #rows = 0;

  private constructor(file: JournalFile, header: JournalHeader, rowsMax: number) {
    assert(rowsMax >= 1 && rowsMax * ROW_BYTES <= BLOCK_PAYLOAD_BYTES_MAX, "rows a block");
    this.header = header;
    this.#file = file;
    this.#rowsMax = rowsMax;
    this.#block = new RowBlock(rowsMax * ROW_BYTES);
  }

  /**
   * Makes a new journal in `dir` and writes its header block. Never goes on with an existing file:
   * throws EEXIST when `file` is there. Throws `E_DISK_FULL` when the header finds no room.
   */
  static open(
    dir: string,
    identity: JournalIdentity,
    options: JournalWriterOptions = {},
  ): JournalWriter {
    const { run, agent, role, file = freeName(dir, identity) } = identity;
    const header = { run, agent, role, file, startedUs: monotonicUs() };
    const journalFile = new JournalFile(path.join(dir, file), options.write ?? writeToDisk);
    const rowsMax = options.rowsPendingMax ?? ROWS_PENDING_DEFAULT;
    try {
      const journal = new JournalWriter(journalFile, header, rowsMax);
      journalFile.writeJson(BLOCK.header, header);
      return journal;
    } catch (error) {
      journalFile.close();
      throw error;
    }
  }

  /** About to send records seqFirst.. of a stream; dueFirst/LastUs: when the ends were due. */
  intent(
    producer: number,
    log: number,
    partition: number,
    seqFirst: number,
    count: number,
    tUs: number,
    dueFirstUs: number,
    dueLastUs: number,
  ): void {
    const at = this.#start(ROW.intent, 0, producer, log, partition);
    this.#block.putRecords(at, 0, 0, count, seqFirst, 0);
    this.#finish(at, tUs, dueFirstUs, dueLastUs);
  }

  /** The answer to records seqFirst..: `code` is an OUTCOME, `offset` the base offset when acked. */
  outcome(
    producer: number,
    log: number,
    partition: number,
    seqFirst: number,
    count: number,
    code: number,
    offset: number,
    tUs: number,
  ): void {
    const at = this.#start(ROW.outcome, code, producer, log, partition);
    this.#block.putRecords(at, 0, 0, count, seqFirst, offset);
    this.#finish(at, tUs, 0, 0);
  }

  /** Records seqFirst.. were due and will never be sent. */
  unsent(
    producer: number,
    log: number,
    partition: number,
    seqFirst: number,
    count: number,
    tUs: number,
    dueFirstUs: number,
    dueLastUs: number,
  ): void {
    const at = this.#start(ROW.unsent, 0, producer, log, partition);
    this.#block.putRecords(at, 0, 0, count, seqFirst, 0);
    this.#finish(at, tUs, dueFirstUs, dueLastUs);
  }

  /**
   * One record was handed to the application. Extends the pending row before when offset and seq
   * go on from it and the rest is equal, time included: take one time for a fetched batch.
   */
  delivered(
    reader: number,
    log: number,
    partition: number,
    offset: number,
    producer: number,
    sourcePartition: number,
    seq: number,
    tUs: number,
  ): void {
    this.#found(ROW.delivered, reader, log, partition, offset, producer, sourcePartition, seq, tUs);
  }

  /** One record was found on a log. Merges like `delivered`. */
  seen(
    reader: number,
    log: number,
    partition: number,
    offset: number,
    producer: number,
    sourcePartition: number,
    seq: number,
    tUs: number,
  ): void {
    this.#found(ROW.seen, reader, log, partition, offset, producer, sourcePartition, seq, tUs);
  }

  /**
   * Makes the row that was the last when `rowsSoFar` was this much longer by `records`. False when
   * it is not the last any more, or on disk already. The caller knows that the records go on from
   * it, as `seen` and `delivered` would find out: this is their short cut.
   */
  lengthen(rowsSoFar: number, records = 1): boolean {
    if (this.#pending === 0 || this.#rows + this.#pending !== rowsSoFar) return false;
    this.#block.lengthen(this.#pending - 1, records);
    return true;
  }

  /** Rows written and pending. */
  get rowsSoFar(): number {
    return this.#rows + this.#pending;
  }

  /** The broker confirmed a committed offset. */
  commit(reader: number, log: number, partition: number, offset: number, tUs: number): void {
    const at = this.#start(ROW.commit, 0, reader, log, partition);
    this.#block.putRecords(at, 0, 0, 0, 0, offset);
    this.#finish(at, tUs, 0, 0);
  }

  /** Where a group starts on a partition; -1: it had no committed offset. */
  resume(reader: number, log: number, partition: number, offset: number, tUs: number): void {
    const at = this.#start(ROW.resume, 0, reader, log, partition);
    this.#block.putRecords(at, 0, 0, 0, 0, offset);
    this.#finish(at, tUs, 0, 0);
  }

  /** A record that is not what was sent: `defect` is a DEFECT, the identity what it claims. */
  bad(
    reader: number,
    log: number,
    partition: number,
    offset: number,
    defect: number,
    producer: number,
    sourcePartition: number,
    seq: number,
    tUs: number,
  ): void {
    const at = this.#start(ROW.bad, defect, reader, log, partition);
    this.#block.putRecords(at, producer, sourcePartition, 1, seq, offset);
    this.#finish(at, tUs, 0, 0);
  }

  /** An audit's bounds: it read [logStart, logEnd) of a partition, completely or not. */
  end(
    reader: number,
    log: number,
    partition: number,
    logStart: number,
    logEnd: number,
    complete: boolean,
    tUs: number,
  ): void {
    const at = this.#start(ROW.end, complete ? 1 : 0, reader, log, partition);
    this.#block.putRecords(at, 0, 0, 0, 0, logStart);
    this.#finish(at, tUs, logEnd, 0);
  }

  /** Any row, fields not given are 0. For tests and seldom rows; never merges. */
  append(row: Partial<JournalRow> & { kind: number }): void {
    const { kind, code = 0, actor = 0, log = 0, partition = 0 } = row;
    const at = this.#start(kind, code, actor, log, partition);
    const { producer = 0, sourcePartition = 0, count = 0, seqFirst = 0, offset = 0 } = row;
    this.#block.putRecords(at, producer, sourcePartition, count, seqFirst, offset);
    this.#finish(at, row.tUs ?? 0, row.aux1 ?? 0, row.aux2 ?? 0);
  }

  /**
   * Writes the pending rows as one block; nothing when there are none. Throws `E_DISK_FULL` naming
   * the file; the journal then ends at its last complete block and takes no more rows.
   */
  flush(): void {
    if (this.#pending === 0) return;
    this.#file.writeBlock(BLOCK.rows, this.#block.bytes, this.#pending * ROW_BYTES);
    this.#rows += this.#pending;
    this.#pending = 0;
  }

  /** How far the journal is on disk, for `journal.progress`. Pending rows do not count. */
  progress(): JournalProgress {
    return { file: this.header.file, blocks: this.#file.blocks, crc: this.#file.crc };
  }

  /** The whole path of the file. */
  get path(): string {
    return this.#file.path;
  }

  /** Rows waiting for the next flush. */
  get pending(): number {
    return this.#pending;
  }

  /** The longest write since this was last asked, µs. */
  takeWriteMaxUs(): number {
    const longest = this.#file.writeMaxUs;
    this.#file.writeMaxUs = 0;
    return longest;
  }

  /**
   * Flushes, writes the end block, forces the disk and closes the file. Idempotent. After a failed
   * write it only closes: such a journal has no end block, which says what happened.
   */
  close(): void {
    try {
      if (this.#file.ended) return;
      this.flush();
      this.#file.writeJson(BLOCK.end, { rows: this.#rows });
    } finally {
      this.#file.close();
    }
  }

  /** Takes the next free row, after a flush when there is none, and says who and where. */
  #start(kind: number, code: number, actor: number, log: number, partition: number): number {
    if (this.#pending === this.#rowsMax) this.flush();
    const at = this.#pending;
    this.#block.putPlace(at, kind, code, actor, log, partition);
    return at;
  }

  /** Completes a row. Only now it counts: a row whose fields were refused is never written. */
  #finish(at: number, tUs: number, aux1: number, aux2: number): void {
    this.#block.putTimes(at, tUs, aux1, aux2);
    this.#pending = at + 1;
  }

  #found(
    kind: number,
    reader: number,
    log: number,
    partition: number,
    offset: number,
    producer: number,
    source: number,
    seq: number,
    tUs: number,
  ): void {
    const block = this.#block;
    const last = this.#pending - 1;
    const extended =
      last >= 0 &&
      block.extend(last, kind, reader, log, partition, offset, producer, source, seq, tUs);
    if (extended) return;
    const at = this.#start(kind, 0, reader, log, partition);
    block.putRecords(at, producer, source, 1, seq, offset);
    this.#finish(at, tUs, 0, 0);
  }
}
