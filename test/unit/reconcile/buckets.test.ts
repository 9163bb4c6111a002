/** Goal: what is counted over time is counted once, in the bucket it belongs to, and none gets lost. */
import { expect } from "chai";
import { Buckets, round } from "../../../src/reconcile/buckets.ts";

/** Four buckets of 10 µs, from 100 on. */
const sums = () => new Buckets(100, 140, 4, 0);
const extremes = () => new Buckets(100, 140, 4, Number.NaN);

describe(Buckets.name, () => {
  it("puts an instant into its bucket, and one outside into the first or the last", () => {
    const buckets = sums();
    expect([99, 100, 109, 110, 139, 140, 500].map((us) => buckets.at(us))).to.deep.equal([
      0, 0, 0, 1, 3, 3, 3,
    ]);
    buckets.add(0, 1);
    buckets.add(125, 2);
    buckets.add(500, 4);
    expect([...buckets.values]).to.deep.equal([1, 0, 2, 4]);
  });

  it("spreads an amount evenly, by the share of each bucket", () => {
    const buckets = sums();
    buckets.spread(105, 130, 50);
    expect([...buckets.values]).to.deep.equal([10, 20, 20, 0]);
    buckets.spread(111, 115, 3);
    expect([...buckets.values]).to.deep.equal([10, 23, 20, 0]);
  });

  it("gives an amount that was due at one instant to the bucket of that instant", () => {
    const buckets = sums();
    buckets.spread(120, 120, 7);
    expect([...buckets.values]).to.deep.equal([0, 0, 7, 0]);
  });

  it("gives what it spreads before the first bucket to that, and behind the last to that", () => {
    const buckets = sums();
    buckets.spread(80, 120, 40);
    expect([...buckets.values]).to.deep.equal([30, 10, 0, 0]);
    buckets.spread(120, 160, 40);
    expect([...buckets.values]).to.deep.equal([30, 10, 10, 30]);
    buckets.spread(0, 50, 5);
    buckets.spread(200, 300, 6);
    expect([...buckets.values]).to.deep.equal([35, 10, 10, 36]);
  });

  it("spreads evenly where the width of a bucket is no whole number", () => {
    // 12.6 s in 51 buckets: the start of a bucket, computed, may fall just short of it.
    const buckets = new Buckets(5e9, 5e9 + 12_600_000, 51, 0);
    buckets.spread(5e9, 5e9 + 12_600_000, 5100);
    expect([...buckets.values].map(round)).to.deep.equal(Array(51).fill(100));
  });

  it("keeps the largest value of a bucket, and tells a bucket without any", () => {
    const buckets = extremes();
    for (const value of [5, 9, 7]) buckets.max(115, value);
    buckets.max(135, -2);
    const points = buckets.points(
      (us) => us - 100,
      (value) => value / 8,
    );
    expect(points).to.deep.equal([
      [0, null],
      [10, 1.125],
      [20, null],
      [30, -0.25],
    ]);
  });

  it("has the points of sums at the start of each bucket, rounded to thousandths", () => {
    const buckets = sums();
    buckets.add(115, 1);
    const points = buckets.points(
      (us) => us / 3,
      (value) => value / 3,
    );
    expect(points).to.deep.equal([
      [33.333, 0],
      [36.667, 0.333],
      [40, 0],
      [43.333, 0],
    ]);
  });
});
