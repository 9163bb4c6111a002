/** Goal: no statistic says more than its runs do, and what did not end is never left out. */
import { expect } from "chai";
import fc from "fast-check";
import {
  largest,
  median,
  medianInterval,
  type Point,
  p95,
  ruleOfThree,
  smallest,
} from "../../../../src/reconcile/repetition/statistics.ts";

const points = (...values: number[]): Point[] =>
  values.map((value) => ({ value, censored: false }));
const open = (value: number): Point => ({ value, censored: true });
const numbers = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 80 });

describe(median.name, () => {
  it("is the middle, or the mean of the two in the middle", () => {
    expect(median(points(9, 1, 5))).to.deep.equal({ value: 5, atLeast: false });
    expect(median(points(9, 1, 5, 7))).to.deep.equal({ value: 6, atLeast: false });
  });

  it("is a lower bound as soon as it hangs on what did not end", () => {
    expect(median([...points(1, 2, 3), open(60)])).to.deep.equal({ value: 2.5, atLeast: false });
    expect(median([...points(1, 2), open(60)])).to.deep.equal({ value: 2, atLeast: false });
    expect(median([...points(1, 2), open(60), open(60)])).to.deep.equal({
      value: 31,
      atLeast: true,
    });
    // A bound below the middle may in truth lie above it.
    expect(median([...points(5, 9), open(1)])).to.deep.equal({ value: 5, atLeast: true });
    expect(median([open(60)])).to.deep.equal({ value: 60, atLeast: true });
  });

  it("lies between the smallest and the largest, whatever the order", () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const all = points(...values);
        const found = median(all).value;
        expect(found).to.be.within(smallest(all).value, largest(all).value);
        expect(median(all.reverse()).value).to.equal(found);
      }),
    );
  });
});

describe("the ends", () => {
  it("are lower bounds where they hang on what did not end", () => {
    const some = [...points(3, 8), open(5)];
    expect(smallest(some)).to.deep.equal({ value: 3, atLeast: false });
    expect(largest(some)).to.deep.equal({ value: 8, atLeast: true });
    expect(smallest([open(2), ...points(3)])).to.deep.equal({ value: 2, atLeast: true });
  });

  it("give a p95 from 59 runs on, and not before", () => {
    const all = points(...Array.from({ length: 59 }, (_, n) => n + 1));
    expect(p95(all.slice(1))).to.equal(null);
    expect(p95(all)).to.deep.equal({ value: 57, atLeast: false });
    expect(p95(all.toReversed())).to.deep.equal({ value: 57, atLeast: false });
    expect(p95([...all.slice(0, 55), open(9), open(9), open(9), open(9)])?.atLeast).to.equal(true);
  });
});

describe(medianInterval.name, () => {
  const twelve = points(4, 9, 2, 7, 7, 1, 8, 3, 6, 5, 10, 11);

  it("needs ten runs", () => {
    expect(medianInterval(twelve.slice(0, 9), 1)).to.equal(null);
    expect(medianInterval(twelve.slice(0, 10), 1)).to.not.equal(null);
  });

  it("holds the median, and is decided by its seed", () => {
    const interval = medianInterval(twelve, 1);
    expect(interval?.low.value).to.be.lessThan(median(twelve).value);
    expect(interval?.high.value).to.be.greaterThan(median(twelve).value);
    expect(medianInterval(twelve, 1)).to.deep.equal(interval);
  });

  it("is no wider than the points, and a point when all are equal", () => {
    const same = points(...Array.from({ length: 12 }, () => 5));
    const five = { value: 5, atLeast: false };
    expect(medianInterval(same, 1)).to.deep.equal({ low: five, high: five });
  });

  it("is open above when half did not end", () => {
    const half = [...points(1, 2, 3, 4, 5, 6), ...Array.from({ length: 6 }, () => open(60))];
    expect(medianInterval(half, 1)?.high).to.deep.equal({ value: 60, atLeast: true });
    expect(medianInterval(half, 1)?.low.atLeast).to.equal(false);
  });

  it("is narrower when the phase explains the value, and not when it does not", () => {
    const at = (n: number) => (n + 0.5) / 24;
    const values = Array.from({ length: 24 }, (_, n) => 100 * at(n));
    const width = (all: Point[]) => {
      const interval = medianInterval(all, 1);
      return (interval?.high.value ?? 0) - (interval?.low.value ?? 0);
    };
    const blind = width(points(...values));
    const explained = values.map((value, n) => ({ value, censored: false, phase: at(n) }));
    expect(width(explained)).to.be.lessThan(blind / 2);
    // The same values, in an order that has nothing to do with the phase.
    const unrelated = values.map((_, n) => ({
      value: values[(n * 7) % 24] as number,
      censored: false,
      phase: at(n),
    }));
    expect(width(unrelated)).to.be.within(blind * 0.7, blind * 1.4);
  });
});

describe(ruleOfThree.name, () => {
  it("bounds what was never seen, by at most one", () => {
    expect(ruleOfThree(60)).to.equal(0.05);
    expect(ruleOfThree(2)).to.equal(1);
  });

  it("is close to the exact bound, and on the safe side", () => {
    for (const n of [3, 10, 59, 300]) {
      const exact = 1 - 0.05 ** (1 / n);
      expect(ruleOfThree(n)).to.be.within(exact, exact * 1.6);
    }
  });
});
