import zlib from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { crc32c, crc32Ieee } from "../../../src/kernel/crc32c.ts";

/** The definition, bit by bit. */
function slowCrc(bytes: Uint8Array, polynomial: number): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
  }
  return ~sum >>> 0;
}

describe(crc32c.name, () => {
  it("gives the published values (RFC 3720, B.4)", () => {
    expect(crc32c(Buffer.from("123456789"))).to.equal(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).to.equal(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).to.equal(0x62a8ab43);
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, n) => n)))).to.equal(0x46dd794e);
    expect(crc32c(Buffer.alloc(0))).to.equal(0);
  });

  it("agrees with its definition, and with zlib for the IEEE polynomial", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32c(bytes)).to.equal(slowCrc(bytes, 0x82f63b78));
        expect(crc32Ieee(bytes)).to.equal(zlib.crc32(bytes));
      }),
    );
  });

  it("sums a part, and goes on where another sum ended", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        expect(crc32c(bytes, from, to)).to.equal(crc32c(bytes.slice(from, to)));
        const first = crc32c(bytes, 0, from);
        expect(crc32c(bytes, from, bytes.length, first)).to.equal(crc32c(bytes));
        expect(zlib.crc32(bytes.slice(from), crc32Ieee(bytes, 0, from))).to.equal(
          zlib.crc32(bytes),
        );
      }),
    );
  });
});
