/**
 * Kafka's segment files as far as a fault needs them: batches of version 2 one after another, each
 * with a CRC-32C over everything from its attributes on.
 * ```
 *  0 base offset · 8 length · 12 leader epoch · 16 magic · 17 CRC · 21 attributes · 23 last offset delta …
 * ```
 */
import { crc32c } from "../kernel/crc32c.ts";

const HEADER_BYTES = 61;
const UNCOUNTED_BYTES = 12;
const CRC_AT = 17;
const CRC_FROM = 21;
const CONTROL_OR_COMPRESSED = 0x27;

export interface Batch {
  at: number;
  end: number;
  offsetFirst: number;
  offsetLast: number;
  /** A batch of records that can be read as they lie there: not compressed, no marker. */
  plain: boolean;
}

/** Whole batches from the start of the file; what follows the last of them is left out. */
export function batchesOf(bytes: Buffer): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const end = at + UNCOUNTED_BYTES + bytes.readInt32BE(at + 8);
    if (end > bytes.length || end < at + HEADER_BYTES || bytes.readInt8(at + 16) !== 2) break;
    const offsetFirst = Number(bytes.readBigInt64BE(at));
    batches.push({
      at,
      end,
      offsetFirst,
      offsetLast: offsetFirst + bytes.readInt32BE(at + 23),
      plain: (bytes.readInt16BE(at + CRC_FROM) & CONTROL_OR_COMPRESSED) === 0,
    });
    at = end;
  }
  return batches;
}

export function isValid(bytes: Buffer, { at, end }: Batch): boolean {
  return crc32c(bytes, at + CRC_FROM, end) === bytes.readUInt32BE(at + CRC_AT);
}

export interface Flip {
  /** Position in the file. */
  at: number;
  was: number;
  is: number;
  batch: Batch;
}

/**
 * One bit of the last byte of a record's value: that of the last record of the batch in the middle of
 * the file. Records without headers end with the byte that says so, and the value is before it.
 * Undefined when there is no such batch.
 */
export function chooseFlip(bytes: Buffer): Flip | undefined {
  const plain = batchesOf(bytes).filter((batch) => batch.plain && isValid(bytes, batch));
  const batch = plain[Math.floor(plain.length / 2)];
  if (!batch || bytes[batch.end - 1] !== 0) return undefined;
  const at = batch.end - 2;
  const was = bytes[at] as number;
  return { at, was, is: was ^ 1, batch };
}
