/**
 * Goal: at the same number of runs, stratified instants tell the median closer than random ones, and
 * the interval that is printed knows it without promising more than it holds.
 *
 * The recovery is simulated (test/bench/phase.ts): a heartbeat every 2 s decides most of it.
 */
import { expect } from "chai";
import { intervalOf, spreadMs } from "../../../bench/phase.ts";

describe("stratified instants", () => {
  for (const n of [6, 12, 24, 48]) {
    it(`spread the median of ${n} runs less than half as far as random ones`, () => {
      expect(spreadMs("stratified", n, 100) * 2).to.be.lessThan(spreadMs("random", n, 100));
    });
  }

  for (const n of [10, 11, 13]) {
    it(`give ${n} runs an interval that is narrower, and holds the truth as often as it says`, () => {
      const [random, stratified] = [intervalOf("random", n, 20), intervalOf("stratified", n, 20)];
      expect(stratified.widthMs * 1.5).to.be.lessThan(random.widthMs);
      expect(stratified.coverage).to.be.at.least(0.9);
    });
  }

  it("are told apart by the measure: a random set prints the width that it has", () => {
    // 95 % of medians lie within two standard deviations of the truth, on either side.
    const width = intervalOf("random", 24, 10).widthMs;
    expect(width / spreadMs("random", 24, 100)).to.be.within(2.5, 5.5);
  });
});
