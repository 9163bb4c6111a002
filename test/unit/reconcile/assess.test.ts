/** Goal: measured against aimed at, with bounds, censoring and doubt; never a pass on nothing. */
import { expect } from "chai";
import type { Expectation } from "../../../src/history/judging.ts";
import { assess } from "../../../src/reconcile/assess.ts";
import type { Measure } from "../../../src/reconcile/result.ts";
import type { Problem } from "../../../src/reconcile/soundness.ts";

const exact = (value: number): Measure => ({ value, low: value, high: value, censored: false });

function verdict(
  expectation: Partial<Expectation>,
  measure: Measure | (() => never),
  options: { problems?: Problem[]; hole?: boolean; kind?: "objective" | "prediction" } = {},
): string {
  const { problems = [], hole = false, kind = "objective" } = options;
  const whole: Expectation = { metric: "rto.produce", written: "as written", ...expectation };
  const input = {
    measure: typeof measure === "function" ? measure : () => measure,
    problems,
    hole,
    horizonMs: 60_000,
  };
  return assess(whole, kind, input).verdict;
}

describe(assess.name, () => {
  it("meets and misses when the whole interval lies on one side", () => {
    expect(verdict({ high: 30_000 }, { ...exact(9000), low: 8900, high: 9100 })).to.equal("met");
    expect(verdict({ high: 8000 }, { ...exact(9000), low: 8900, high: 9100 })).to.equal("missed");
    expect(verdict({ low: 5, high: 5 }, exact(5))).to.equal("met");
    expect(verdict({ low: 6 }, exact(5))).to.equal("missed");
  });

  it("does not know when the target lies within the bounds", () => {
    const near = { ...exact(29_900), low: 29_700, high: 30_100 };
    expect(verdict({ high: 30_000 }, near)).to.equal("inconclusive");
  });

  it("misses by what is certain of a censored time, and by the horizon", () => {
    const censored = (value: number): Measure => ({
      value,
      low: value,
      high: null,
      censored: true,
    });
    expect(verdict({ high: 30_000 }, censored(45_000))).to.equal("missed");
    expect(verdict({ high: 90_000 }, censored(45_000))).to.equal("inconclusive");
    expect(verdict({ high: 90_000 }, censored(60_000))).to.equal("missed");
    expect(verdict({ low: 40_000 }, censored(45_000), { kind: "prediction" })).to.equal(
      "confirmed",
    );
  });

  it("compares shapes by name", () => {
    const shape: Measure = { value: null, low: null, high: null, censored: false, text: "tail" };
    expect(verdict({ metric: "rpo.shape", text: "tail" }, shape)).to.equal("met");
    expect(verdict({ metric: "rpo.shape", text: "none" }, shape, { kind: "prediction" })).to.equal(
      "refuted",
    );
  });

  it("is inconclusive without a number, with a reason for it, and when the check throws", () => {
    const none = { value: null, low: null, high: null, censored: false };
    expect(verdict({ high: 1 }, none)).to.equal("inconclusive");
    expect(verdict({ high: 1 }, { ...exact(0), inconclusive: "no data" })).to.equal("inconclusive");
    const broken = () => {
      throw new Error("broken");
    };
    expect(verdict({ high: 1 }, broken)).to.equal("inconclusive");
  });

  it("cannot miss on unsound data: timing doubts reach times only", () => {
    const problems: Problem[] = [{ scope: "timing", sentence: "starved" }];
    expect(verdict({ high: 1 }, exact(9), { problems })).to.equal("inconclusive");
    expect(verdict({ metric: "rpo.records", high: 1 }, exact(9), { problems })).to.equal("missed");
    const all: Problem[] = [{ scope: "all", sentence: "journal missing" }];
    expect(verdict({ metric: "rpo.records", high: 1 }, exact(9), { problems: all })).to.equal(
      "inconclusive",
    );
  });

  it("misses any RPO objective by a hole, whatever the number", () => {
    const rpo = { metric: "rpo.records", high: 500 } as const;
    expect(verdict(rpo, exact(3), { hole: true })).to.equal("missed");
    expect(verdict(rpo, exact(3), { hole: true, kind: "prediction" })).to.equal("confirmed");
  });
});
