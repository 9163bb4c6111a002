/** Goal: every part of every cycle is hit once, from the seed alone. */
import { expect } from "chai";
import fc from "fast-check";
import { phaseOf, randomDelaysMs, stratifiedDelaysMs } from "../../../src/experiment/stratify.ts";

const partsOf = (delaysMs: number[], periodMs: number) =>
  delaysMs.map((delayMs) => Math.floor(phaseOf(delayMs, periodMs) * delaysMs.length));
const everyPart = (n: number) => Array.from({ length: n }, (_, part) => part);

describe(stratifiedDelaysMs.name, () => {
  it("hits every part of one cycle once, within it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (n, seed) => {
        const delays = stratifiedDelaysMs([2000], n, seed);
        expect(partsOf(delays, 2000).sort((a, b) => a - b)).to.deep.equal(everyPart(n));
        for (const delayMs of delays) expect(delayMs).to.be.within(0, 2000);
      }),
      { numRuns: 50 },
    );
  });

  it("hits every part of several cycles once, at one and the same time", () => {
    // The second divides the first; the third does not.
    for (const periods of [
      [2000, 1000],
      [3000, 2000],
      [9000, 2000, 5000],
    ]) {
      for (const seed of [1, 2, 3]) {
        const delays = stratifiedDelaysMs(periods, 10, seed);
        for (const period of periods) {
          const parts = partsOf(delays, period).sort((a, b) => a - b);
          expect(parts, `${periods}, ${period}, seed ${seed}`).to.deep.equal(everyPart(10));
        }
      }
    }
  });

  it("is decided by its seed, in an order that no drift of the machine can follow", () => {
    const one = stratifiedDelaysMs([2000, 1000], 12, 5);
    expect(stratifiedDelaysMs([2000, 1000], 12, 5)).to.deep.equal(one);
    expect(stratifiedDelaysMs([2000, 1000], 12, 6)).to.not.deep.equal(one);
    expect(one).to.not.deep.equal([...one].sort((a, b) => a - b));
  });
});

describe(randomDelaysMs.name, () => {
  it("leaves parts out, within the longest cycle", () => {
    const delays = randomDelaysMs([500, 2000], 12, 1);
    expect(Math.max(...delays)).to.be.within(500, 2000);
    expect(new Set(partsOf(delays, 2000)).size).to.be.lessThan(12);
  });
});
