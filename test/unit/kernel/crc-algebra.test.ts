import { expect } from "chai";
import fc from "fast-check";
import { carried, carryTable, prefixSums, wordTable } from "../../../src/kernel/crc-algebra.ts";
import { crc32c, crc32Ieee } from "../../../src/kernel/crc32c.ts";

const POLYNOMIALS = [crc32c, crc32Ieee];

describe(carryTable.name, () => {
  it("makes the sum of two stretches out of the sums of each", () => {
    for (const crc of POLYNOMIALS) {
      fc.assert(
        fc.property(fc.uint8Array(), fc.uint8Array({ maxLength: 300 }), (first, second) => {
          const over = carryTable(crc, second.length);
          const joined = (carried(over, crc(first)) ^ crc(second)) >>> 0;
          expect(joined).to.equal(crc(Buffer.concat([first, second])));
        }),
        { numRuns: 50 },
      );
    }
  });

  it("reaches over long stretches", () => {
    for (const crc of POLYNOMIALS) {
      const zeros = Buffer.alloc(65_536);
      const wanted = crc(Buffer.concat([Buffer.from("x"), zeros]));
      expect((carried(carryTable(crc, 65_536), crc(Buffer.from("x"))) ^ crc(zeros)) >>> 0).to.equal(
        wanted,
      );
    }
  });
});

describe(wordTable.name, () => {
  it("says what a word adds to the sum of a message", () => {
    for (const crc of POLYNOMIALS) {
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 4, maxLength: 40 }), fc.nat(), (bytes, chosen) => {
          const at = chosen % (bytes.length - 3);
          const message = Buffer.from(bytes);
          const word = message.readInt32LE(at);
          const sum = crc(message);
          message.writeInt32LE(0, at);
          const part = carried(wordTable(crc, message.length - at - 4), word);
          expect((crc(message) ^ part) >>> 0).to.equal(sum);
        }),
        { numRuns: 50 },
      );
    }
  });
});

describe(prefixSums.name, () => {
  it("sums every beginning", () => {
    const data = Buffer.from("every beginning of this");
    const sums = prefixSums(crc32c, data);
    expect(sums.length).to.equal(data.length + 1);
    sums.forEach((sum, end) => {
      expect(sum >>> 0).to.equal(crc32c(data, 0, end));
    });
  });
});
