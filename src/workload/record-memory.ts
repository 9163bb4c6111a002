/**
 * WebAssembly's memory for checking records: what lies where in it, for the code that reads it
 * (`record-code.ts`, `run-code.ts`) and for who fills it (`quick-check.ts`). Pages that nobody touches cost nothing.
 *
 * ```
 *   window     a stretch of what a fetch brought
 *   single     key and value of one record
 *   pool       the run's pool, twice
 *   templates  what the header of a stream's records has in common, and its sum
 *   sums       tables of both polynomials, for header and key
 *   bodies     tables of each length of body: carrying a sum over it, and what it adds by its place
 *   dues       due times of a run's records
 *   stop       where a run stopped
 * ```
 */
import { PAYLOAD_HEADER_BYTES, PLACE_STEP, POOL_BYTES } from "./payload-format.ts";

/** Streams whose templates are kept; a power of two. */
export const TEMPLATES = 64;
/** Lengths whose tables are kept: a workload has a handful. */
export const LENGTHS_MAX = 32;
/** A longer key goes the long way. */
export const KEY_BYTES_MAX = 1024;
/** A longer record does not fit the pool. */
export const VALUE_BYTES_MAX = PAYLOAD_HEADER_BYTES + POOL_BYTES;
export const WINDOW_BYTES = 98_304;
/** Records of one run; more go on in the next. */
export const RUN_MAX = 512;

/** Places of header words, in bytes. */
export const WORD = { seq: 12, seqHigh: 16, due: 24, dueHigh: 28, zero: 32, crc: 36 } as const;

/** Fields of a template, behind the words of its header. */
export const TEMPLATE = {
  register: 40,
  mix: 44,
  valueBytes: 48,
  sums: 52,
  bodies: 56,
  bytes: 64,
} as const;

/** Tables of a polynomial. */
const CARRY_BYTES = 4096;
export const SUMS = {
  keyByte: 0,
  keyWord: 1024,
  seq: 1024 + CARRY_BYTES,
  due: 1024 + 2 * CARRY_BYTES,
  dueHigh: 1024 + 3 * CARRY_BYTES,
  bytes: 1024 + 4 * CARRY_BYTES,
} as const;

/** Tables of a length: `adds` has a word for each place. */
export const BODIES = {
  over: 0,
  adds: CARRY_BYTES,
  bytes: CARRY_BYTES + (4 * POOL_BYTES) / PLACE_STEP,
} as const;

const SINGLE_AT = WINDOW_BYTES;
const POOL_AT = SINGLE_AT + KEY_BYTES_MAX + VALUE_BYTES_MAX + 24;
const TEMPLATES_AT = POOL_AT + 2 * POOL_BYTES;
const SUMS_AT = TEMPLATES_AT + TEMPLATES * TEMPLATE.bytes;
const BODIES_AT = SUMS_AT + 2 * SUMS.bytes;
const DUES_AT = BODIES_AT + LENGTHS_MAX * BODIES.bytes;
const STOP_AT = DUES_AT + RUN_MAX * 8;

export const MEMORY = {
  single: SINGLE_AT,
  pool: POOL_AT,
  templates: TEMPLATES_AT,
  sums: SUMS_AT,
  bodies: BODIES_AT,
  dues: DUES_AT,
  stop: STOP_AT,
  bytes: STOP_AT + 8,
} as const;
