/**
 * CRC-32 in plain JavaScript, slice-by-8: eight table look-ups for eight bytes, no native call.
 *
 * Node has CRC-32 with the IEEE polynomial (`zlib.crc32`), but no CRC-32C, and a native call costs
 * more than the whole sum of a short record. So short records are summed here. Both polynomials
 * are given: the IEEE one starts sums that `zlib.crc32` goes on with.
 */

const CASTAGNOLI = 0x82f63b78;
const IEEE = 0xedb88320;

/** Eight tables of 256, in one array. Table k is the effect of a byte that k more bytes follow. */
function makeTables(polynomial: number): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
    tables[byte] = sum;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}

const castagnoliTables = makeTables(CASTAGNOLI);
const ieeeTables = makeTables(IEEE);

/** The sum over `data[start, end)`, going on from `seed` (the sum of the bytes before; 0 is none). */
function sliceBy8(
  tables: Int32Array,
  data: Uint8Array,
  start: number,
  end: number,
  seed: number,
): number {
  let sum = ~seed;
  let at = start;
  // The casts are for the compiler only: every index is below the length by construction.
  for (const lastWhole = end - 8; at <= lastWhole; at += 8) {
    sum ^=
      (data[at] as number) |
      ((data[at + 1] as number) << 8) |
      ((data[at + 2] as number) << 16) |
      ((data[at + 3] as number) << 24);
    sum =
      (tables[1792 + (sum & 255)] as number) ^
      (tables[1536 + ((sum >>> 8) & 255)] as number) ^
      (tables[1280 + ((sum >>> 16) & 255)] as number) ^
      (tables[1024 + (sum >>> 24)] as number) ^
      (tables[768 + (data[at + 4] as number)] as number) ^
      (tables[512 + (data[at + 5] as number)] as number) ^
      (tables[256 + (data[at + 6] as number)] as number) ^
      (tables[data[at + 7] as number] as number);
  }
  for (; at < end; at += 1) {
    sum = (sum >>> 8) ^ (tables[(sum ^ (data[at] as number)) & 255] as number);
  }
  return ~sum >>> 0;
}

/**
 * CRC-32C (Castagnoli, as in Kafka's record batches) of `data[start, end)`, an unsigned 32-bit
 * number. `seed` is the sum of the bytes before, so a sum can be made piece by piece.
 */
export function crc32c(data: Uint8Array, start = 0, end = data.length, seed = 0): number {
  return sliceBy8(castagnoliTables, data, start, end, seed);
}

/** CRC-32 with the IEEE polynomial: the same numbers as `zlib.crc32`, cheaper for short data. */
export function crc32Ieee(data: Uint8Array, start = 0, end = data.length, seed = 0): number {
  return sliceBy8(ieeeTables, data, start, end, seed);
}
