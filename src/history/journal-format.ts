/**
 * The binary journal: what one agent did and saw, record by record.
 *
 * A journal is a chain of blocks, written with one `write` each, so a killed writer leaves at most
 * one incomplete block at the end. Every block carries a CRC over itself and the CRC of the block
 * before it: a flipped bit, a missing block and a changed order all break the chain and are found.
 *
 * ```
 *  block  = magic u32 | type u8 | version u8 | 0 u16 | payloadBytes u32 | blockSeq u32
 *         | previousCrc u32 | crc u32 | payload
 *  header = block 0, JSON: which run, agent and file this is
 *  rows   = blocks 1..n, rows of 56 bytes
 *  end    = last block of a journal that was closed, JSON: the total of its rows
 * ```
 * The CRC is the IEEE CRC-32 of zlib over the whole block, its own crc field taken as zero.
 *
 * A journal without an end block is one whose writer was killed; it is valid up to its last
 * complete block. The history carries how far each journal was known to be (`journal.progress`), so
 * a journal cut below that point is found too.
 *
 * All integers are little-endian. Row numbers are float64: whole numbers, exact up to 2^53.
 */

export const JOURNAL_MAGIC = 0x424a5342; // "BSJB"
export const JOURNAL_VERSION = 1;
export const BLOCK_HEADER_BYTES = 24;
export const ROW_BYTES = 56;
/** A reader refuses larger blocks, so a damaged length cannot ask for all memory. */
export const BLOCK_PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

export const BLOCK = { header: 0, rows: 1, end: 2 } as const;

/** What a row says. `actor` is a producer id for the first three, a reader id for the others. */
export const ROW = {
  /** About to be sent: written before the send. count records from seqFirst; tUs = send time. */
  intent: 1,
  /** The answer: code is an OUTCOME; offset = base offset when acked; tUs = answer time. */
  outcome: 2,
  /** Due but never sent when the producer stopped. */
  unsent: 3,
  /** Handed to the application by a consumer group: offsets offset.. count; tUs = delivery. */
  delivered: 4,
  /** A group's committed offset, written after the broker confirmed it; tUs = confirmation. */
  commit: 5,
  /** Where a group starts on a partition: offset, or -1 when it had no committed offset. */
  resume: 6,
  /** Found on a log: by an audit (from the start) or by the live watcher; tUs = when seen. */
  seen: 7,
  /** A record that is not what was sent; code is a DEFECT. */
  bad: 8,
  /** An audit's bounds: offset = log start, aux1 = log end it read to, code 1 = read completely. */
  end: 9,
} as const;

/** aborted: its transaction was, for certain; like a failed one no record that may be read. */
export const OUTCOME = { acked: 1, failed: 2, indeterminate: 3, aborted: 4 } as const;

/** Why a record is not what was sent. Kept apart because their causes differ. */
export const DEFECT = {
  /** The CRC over header, key and body does not match. */
  crc: 1,
  /** The CRC matches, but the body is not the one derived from the record's identity. */
  body: 2,
  /** Shorter or longer than its header says. */
  length: 3,
  /** A well-formed record of another run. */
  foreign: 4,
  /** Not a record of ours at all. */
  alien: 5,
} as const;

/** One row, decoded. Fields a kind does not use are 0. Times are microseconds, CLOCK_MONOTONIC. */
export interface JournalRow {
  kind: number;
  code: number;
  actor: number;
  log: number;
  partition: number;
  /** Whose record it is, from the record itself (delivered, seen, bad). */
  producer: number;
  /** The partition the record says it was sent to; differs from `partition` only by a defect. */
  sourcePartition: number;
  count: number;
  seqFirst: number;
  offset: number;
  tUs: number;
  /** intent: due time of the first record. end: the log end the audit read to. */
  aux1: number;
  /** intent: due time of the last record. */
  aux2: number;
}

/** Byte places of a row's fields; shared by writer and reader. */
export const FIELD = {
  kind: 0,
  code: 1,
  actor: 2,
  log: 4,
  partition: 6,
  producer: 8,
  sourcePartition: 10,
  count: 12,
  seqFirst: 16,
  offset: 24,
  tUs: 32,
  aux1: 40,
  aux2: 48,
} as const;

/** The JSON of block 0. */
export interface JournalHeader {
  run: string;
  /** The agent container that writes. */
  agent: string;
  /** What it does there: producer, consumer, canary, watcher, audit. */
  role: string;
  /** The file's name, so a renamed or swapped file is found. */
  file: string;
  startedUs: number;
}
