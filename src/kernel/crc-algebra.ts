/**
 * Sums of sums: what a CRC becomes when bytes are put behind it, without reading them.
 *
 * A CRC register is linear over XOR. So the effect of n zero bytes on it is a 32 by 32 matrix of
 * bits, kept here as four tables of 256; and crc(A then B) is crc(A), carried over the length of B,
 * XOR crc(B). The matrix of n bytes comes from squaring that of one, as zlib's crc32_combine does.
 */

/** A sum over `data[start, end)` that goes on from `seed`, as in `crc32c.ts`. */
export type Crc = (data: Uint8Array, start: number, end: number, seed: number) => number;

const ONE_BYTE = new Uint8Array(1);

/** The register after one more byte; the function's sums are registers with all bits turned. */
function step(crc: Crc, register: number, byte: number): number {
  ONE_BYTE[0] = byte;
  return ~crc(ONE_BYTE, 0, 1, ~register);
}

/** The images of the 32 single bits, under a matrix. */
type Matrix = Int32Array;

function apply(matrix: Matrix, register: number): number {
  let image = 0;
  for (let bits = register; bits !== 0; bits &= bits - 1) {
    image ^= matrix[31 - Math.clz32(bits & -bits)] as number;
  }
  return image;
}

function zerosMatrix(crc: Crc, bytes: number): Matrix {
  let all = Int32Array.from({ length: 32 }, (_, bit) => 1 << bit);
  let power = all.map((register) => step(crc, register, 0));
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) all = all.map((register) => apply(power, register));
    power = power.map((register) => apply(power, register));
  }
  return all;
}

/** Carries a register over `bytes` zero bytes, by four look-ups: use it with `carried`. */
export function carryTable(crc: Crc, bytes: number): Int32Array {
  const matrix = zerosMatrix(crc, bytes);
  return Int32Array.from({ length: 1024 }, (_, at) =>
    apply(matrix, (at & 255) << (8 * (at >>> 8))),
  );
}

/** The register (or, of two of them XORed, the difference) after the bytes of a `carryTable`. */
export function carried(table: Int32Array, register: number): number {
  return (
    (table[register & 255] as number) ^
    (table[256 + ((register >>> 8) & 255)] as number) ^
    (table[512 + ((register >>> 16) & 255)] as number) ^
    (table[768 + (register >>> 24)] as number)
  );
}

/**
 * What a little-endian word adds to the register when `bytesAfter` more bytes follow it: use it
 * with `carried` too, and XOR that to the register of the same message with zeros in its place.
 */
export function wordTable(crc: Crc, bytesAfter: number): Int32Array {
  // A word at the end of a message meets an empty register: it is one, and goes over its 4 bytes.
  return carryTable(crc, bytesAfter + 4);
}

/** The sums of `data[0, n)` for n from 0 to the length of `data`. */
export function prefixSums(crc: Crc, data: Uint8Array): Int32Array {
  const sums = new Int32Array(data.length + 1);
  for (let at = 0; at < data.length; at += 1) {
    sums[at + 1] = crc(data, at, at + 1, sums[at] as number);
  }
  return sums;
}
