/** What all who make and check a record's value have to know of it. */

export const PAYLOAD_HEADER_BYTES = 40;
export const POOL_BYTES = 65_536;
/** Bodies begin at every so many bytes of the pool: what is known of each place fits a cache. */
export const PLACE_STEP = 16;

/** Bits of the header's flags. The first is the codec's own; a caller sets the others. */
export const FLAG = {
  /** The CRC is the IEEE CRC-32 of zlib, not CRC-32C. */
  ieee: 1,
  canary: 2,
  readiness: 4,
} as const;

/** Which record: seq counts the records of (producer, partition) from 0, below 2^48. */
export interface RecordIdentity {
  producer: number;
  partition: number;
  seq: number;
}

/** What a record turned out to be. Reused by the next `verify`: copy what you keep. */
export interface Verified {
  /** 0 when the record is what was sent, else a DEFECT. */
  defect: number;
  /** As the header says; zeros when there is no header to read. */
  producer: number;
  partition: number;
  seq: number;
  /** When the record was due, µs on CLOCK_MONOTONIC. */
  dueUs: number;
  /** FLAG bits. */
  flags: number;
}

/** What the places of a stream's bodies have in common: a 32-bit mix of run, producer, partition. */
export function streamMix(runTag: number, producer: number, partition: number): number {
  let mixed = Math.imul(runTag ^ Math.imul(producer + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ Math.imul(partition + 1, 0xc2b2ae35), 0x27d4eb2f);
  return mixed ^ (mixed >>> 13);
}

/** What the words of seq are mixed in with, and the bits of a place; `record-code.ts` does it too. */
export const PLACE_MIX = { seq: 0x165667b1, seqHigh: 0x9e3779b1 } as const;
export const PLACE_MASK = POOL_BYTES - PLACE_STEP;

/** Where in the pool the body of a record begins: by a mix of its whole identity. */
export function bodyPlace(
  runTag: number,
  producer: number,
  partition: number,
  seq: number,
): number {
  // XOR takes a number's lowest 32 bits by itself; `%` would take ten times as long.
  let mixed = Math.imul(streamMix(runTag, producer, partition) ^ seq, PLACE_MIX.seq);
  const high = Math.floor(seq / 0x100000000);
  mixed = Math.imul(mixed ^ (mixed >>> 16) ^ high, PLACE_MIX.seqHigh);
  return (mixed ^ (mixed >>> 15)) & PLACE_MASK;
}
