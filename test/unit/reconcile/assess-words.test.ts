/** Goal: an assessment says what was measured, how far from the target, and why it is open. */
import { expect } from "chai";
import type { Expectation } from "../../../src/history/judging.ts";
import { assess, safely } from "../../../src/reconcile/assess.ts";
import type { Measure } from "../../../src/reconcile/result.ts";
import type { Problem } from "../../../src/reconcile/soundness.ts";

const exact = (value: number): Measure => ({ value, low: value, high: value, censored: false });
const open = (value: number): Measure => ({ value, low: value, high: null, censored: true });

interface Doubts {
  problems?: Problem[];
  hole?: boolean;
}

function objective(aim: Partial<Expectation>, measured: Measure, doubts: Doubts = {}) {
  const { problems = [], hole = false } = doubts;
  const expectation: Expectation = { metric: "rto.produce", written: "as written", ...aim };
  const input = { measure: () => measured, problems, hole, horizonMs: 60_000 };
  return assess(expectation, "objective", input);
}

describe("an assessment", () => {
  it("holds the target as it was written, the measure, and nothing it need not say", () => {
    const measured = { ...exact(9000), low: 8900, high: 9100 };
    expect(objective({ high: 30_000 }, measured)).to.deep.equal({
      metric: "rto.produce",
      label: "RTO produce, application",
      unit: "ms",
      target: "as written",
      measured,
      margin: 21_000,
      how: "T0 to the first of sustained on-time acks of the application, slowest partition",
      verdict: "met",
    });
  });

  it("says why it is open", () => {
    const reason = (aim: Partial<Expectation>, measured: Measure, doubts?: Doubts) => {
      const { verdict, reason } = objective(aim, measured, doubts);
      return `${verdict}: ${reason}`;
    };
    const none = { value: null, low: null, high: null, censored: false };
    expect(reason({ high: 1 }, none)).to.equal("inconclusive: there is no number to compare");
    expect(reason({ high: 9 }, { ...exact(8), high: 10 })).to.equal(
      "inconclusive: the target lies within the bounds of the measurement",
    );
    expect(reason({ low: 9 }, { ...exact(10), low: 8 })).to.equal(
      "inconclusive: the target lies within the bounds of the measurement",
    );
    expect(reason({ high: 90_000 }, open(45_000))).to.equal(
      "inconclusive: not recovered when the run ended, before the target",
    );
    expect(reason({ high: 90_000 }, open(60_000))).to.equal(
      "missed: not recovered within the horizon",
    );
    // A lower bound of what never ended is no miss, however long the horizon was.
    expect(reason({ low: 70_000 }, open(60_000))).to.equal(
      "inconclusive: not recovered when the run ended, before the target",
    );
    expect(reason({ high: 1 }, { ...exact(0), inconclusive: "no data" })).to.equal(
      "inconclusive: no data",
    );
    const problems: Problem[] = [
      { scope: "timing", sentence: "starved" },
      { scope: "all", sentence: "journal missing" },
    ];
    expect(reason({ high: 1 }, exact(0), { problems })).to.equal("inconclusive: starved");
    expect(reason({ high: 1 }, exact(0), { problems: problems.slice(1) })).to.equal(
      "inconclusive: journal missing",
    );
    expect(reason({ metric: "lost.records", high: 1 }, exact(0), { problems })).to.equal(
      "inconclusive: journal missing",
    );
  });

  it("doubts every time, and exposure, on a machine that starved, and nothing else", () => {
    const problems: Problem[] = [{ scope: "timing", sentence: "starved" }];
    const metrics = ["rto.consume", "rto.cluster", "rto.fresh", "exposure.records"] as const;
    for (const metric of [...metrics, "exposure.time"] as const) {
      expect(objective({ metric, high: 9 }, exact(1), { problems }).verdict).to.equal(
        "inconclusive",
      );
    }
    for (const metric of ["rpo.time", "offsets.skipped", "unread.records"] as const) {
      expect(objective({ metric, high: 9 }, exact(1), { problems }).verdict).to.equal("met");
    }
  });

  it("says that a hole missed it, for numbers of the RPO and for nothing else", () => {
    const hole = objective({ metric: "rpo.time", high: 9 }, exact(1), { hole: true });
    expect(hole).to.include({
      verdict: "missed",
      reason: "the loss has a hole: a later acked record survived, which no lag explains",
    });
    expect(objective({ high: 9 }, exact(1), { hole: true }).verdict).to.equal("met");
    const shape: Measure = { value: null, low: null, high: null, censored: false, text: "hole" };
    const aim = { metric: "rpo.shape", text: "hole" } as const;
    expect(objective(aim, shape, { hole: true }).verdict).to.equal("met");
    expect(objective({ ...aim, text: "tail" }, shape, { hole: true }).verdict).to.equal("missed");
  });
});

describe("the edges of a target", () => {
  const verdict = (aim: Partial<Expectation>, measured: Measure) =>
    objective(aim, measured).verdict;

  it("belong to the target", () => {
    const bounded = { ...exact(5), low: 4, high: 6 };
    expect(verdict({ high: 6 }, bounded)).to.equal("met");
    expect(verdict({ low: 4 }, bounded)).to.equal("met");
    expect(verdict({ high: 4 }, bounded)).to.equal("inconclusive");
    expect(verdict({ low: 6 }, bounded)).to.equal("inconclusive");
    expect(verdict({ high: 3.9 }, bounded)).to.equal("missed");
    expect(verdict({ low: 6.1 }, bounded)).to.equal("missed");
    expect(verdict({ low: 4, high: 5 }, bounded)).to.equal("inconclusive");
    expect(verdict({ low: 5, high: 6 }, bounded)).to.equal("inconclusive");
  });

  it("are compared with the value where it has no bounds", () => {
    const bare = { value: 5, low: null, high: null, censored: false };
    expect(verdict({ low: 5, high: 5 }, bare)).to.equal("met");
    expect(verdict({ high: 4 }, bare)).to.equal("missed");
    expect(verdict({ high: 9 }, { ...bare, value: null, low: 4 })).to.equal("inconclusive");
    expect(verdict({ high: 9 }, { ...bare, value: null, high: 4 })).to.equal("inconclusive");
  });

  it("have a margin to the nearer one, negative when missed", () => {
    const margin = (aim: Partial<Expectation>, value: number | null) =>
      objective(aim, { value, low: value, high: value, censored: false }).margin;
    expect(margin({ high: 10 }, 4)).to.equal(6);
    expect(margin({ low: 3 }, 4)).to.equal(1);
    expect(margin({ low: 3, high: 10 }, 4)).to.equal(1);
    expect(margin({ low: 0, high: 10 }, 12)).to.equal(-2);
    expect(margin({ text: "tail" }, 4)).to.equal(null);
    expect(margin({ high: 10 }, null)).to.equal(null);
  });
});

describe(safely.name, () => {
  it("makes a check that throws a measure without a number, and says what it threw", () => {
    const broken = () => {
      throw new Error("a plane is missing");
    };
    expect(safely(broken)).to.deep.equal({
      value: null,
      low: null,
      high: null,
      censored: false,
      inconclusive: "the check itself failed: a plane is missing",
    });
  });
});
