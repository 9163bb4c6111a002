/** What takes a number away, and what does not: where a target lies never does. */
import { expect } from "chai";
import { doubtAbout, isOnlyUnsure } from "../../../../src/reconcile/repetition/doubt.ts";
import type { Assessment, Result } from "../../../../src/reconcile/result.ts";
import { assessment } from "../../../support/catalogue-runs.ts";
import { resultOf } from "./sets.ts";

const CLOSE = "the target lies within the bounds of the measurement";
const rto = (verdict: Assessment["verdict"], reason?: string, value: number | null = 9000) =>
  assessment("rto.produce", { value, verdict, ...(reason === undefined ? {} : { reason }) });

describe(doubtAbout.name, () => {
  it("is the measurement's own, whatever the verdict", () => {
    const one = rto("missed");
    one.measured.inconclusive = "no log was audited";
    expect(doubtAbout(one, [])).to.equal("no log was audited");
  });

  it("is what the run is in doubt about, as its reasons have it", () => {
    expect(doubtAbout(rto("inconclusive", "it starved"), ["x", "it starved"])).to.equal(
      "it starved",
    );
    expect(doubtAbout(rto("missed", "it starved"), ["it starved"])).to.equal(undefined);
  });

  it("is taken for one where the run has more reasons than it keeps", () => {
    const many = Array.from({ length: 40 }, (_, n) => `reason ${n}`);
    expect(doubtAbout(rto("inconclusive", "it starved"), many)).to.equal("it starved");
    expect(doubtAbout(rto("inconclusive", "it starved"), many.slice(1))).to.equal(undefined);
  });

  it("is none where the target is too close, or not reached when the run ended", () => {
    const reasons = [`RTO produce, application: ${CLOSE}`];
    expect(doubtAbout(rto("inconclusive", CLOSE), reasons)).to.equal(undefined);
    expect(doubtAbout(rto("inconclusive"), reasons)).to.equal(undefined);
  });
});

describe(isOnlyUnsure.name, () => {
  const unsure = rto("inconclusive", CLOSE);
  const run = (changes: Partial<Result>) =>
    isOnlyUnsure({
      ...resultOf({ verdict: "inconclusive", objective: "inconclusive" }, 1),
      ...changes,
    });
  const starved = {
    healthy: false,
    problems: ["it starved"],
    facts: [],
    controls: [],
    journals: [],
  };

  it("holds when every open objective is too close to its target, and nothing else is wrong", () => {
    expect(run({})).to.equal(true);
    expect(run({ objectives: [rto("met"), unsure] })).to.equal(true);
    expect(run({ objectives: [], predictions: [unsure] })).to.equal(true);
  });

  it("does not hold for a run that has a verdict, or no answer to anything", () => {
    expect(run({ verdict: "met" })).to.equal(false);
    expect(run({ objectives: [], predictions: [] })).to.equal(false);
    expect(run({ objectives: [rto("met")], predictions: [unsure] })).to.equal(false);
  });

  it("does not hold where the run, the instrument or one of the numbers is in doubt", () => {
    expect(run({ reasons: [CLOSE] })).to.equal(false);
    expect(run({ instrument: starved })).to.equal(false);
    expect(run({ objectives: [unsure, rto("inconclusive", CLOSE, null)] })).to.equal(false);
  });
});
