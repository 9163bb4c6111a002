/** Goal: how finely a stream can show an outage is never said to be finer than it is. */
import { expect } from "chai";
import { StreamLedger } from "../../../src/reconcile/ledger.ts";
import { spacingUs } from "../../../src/reconcile/slots.ts";
import type { Stream } from "../../../src/reconcile/world.ts";

function streamOf(...rows: { seq: number; count: number; firstUs: number; lastUs: number }[]) {
  const stream = new StreamLedger({ index: 0 } as Stream);
  for (const { seq, count, firstUs, lastUs } of rows) {
    const due = { dueFirstUs: firstUs, dueLastUs: lastUs, sentUs: lastUs };
    stream.sends.push({ seqFirst: seq, count, ...due });
  }
  return stream;
}

describe(spacingUs.name, () => {
  it("is the mean distance of an even schedule, whose due times are rounded", () => {
    const even = [0, 3333, 6666, 10_000].map((us, seq) => {
      return { seq, count: 1, firstUs: us, lastUs: us };
    });
    expect(spacingUs(streamOf(...even))).to.be.closeTo(10_000 / 3, 0.01);
    expect(spacingUs(streamOf())).to.equal(0);
    expect(spacingUs(streamOf({ seq: 0, count: 1, firstUs: 5, lastUs: 5 }))).to.equal(0);
  });

  it("is the widest where the rate changed: inside a row, or between two", () => {
    const slow = { seq: 0, count: 3, firstUs: 0, lastUs: 20_000 };
    const fast = { seq: 3, count: 101, firstUs: 21_000, lastUs: 121_000 };
    expect(spacingUs(streamOf(slow, fast))).to.equal(10_000);
    const apart = [0, 10_000, 11_000, 12_000].map((us, seq) => {
      return { seq, count: 1, firstUs: us, lastUs: us };
    });
    expect(spacingUs(streamOf(...apart))).to.equal(10_000);
  });

  it("is that of two records, and that of the last two, too", () => {
    const at = (...times: number[]) =>
      spacingUs(streamOf(...times.map((us, seq) => ({ seq, count: 1, firstUs: us, lastUs: us }))));
    expect(at(0, 10_000)).to.equal(10_000);
    expect(at(0, 1000, 2000, 12_000)).to.equal(10_000);
  });

  it("does not take records that are missing between two rows for a distance", () => {
    const rows = [0, 1, 5, 6].map((seq) => {
      return { seq, count: 1, firstUs: seq * 1000, lastUs: seq * 1000 };
    });
    expect(spacingUs(streamOf(...rows))).to.equal(1000);
  });
});
