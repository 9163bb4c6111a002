/** Goal: one miss misses, nothing is dropped in silence, and no pass on too few. */
import { expect } from "chai";
import { EXIT } from "../../../../src/kernel/errors.ts";
import { judgeSet } from "../../../../src/reconcile/repetition/judge-set.ts";
import { setResultSchema } from "../../../../src/reconcile/repetition/set-result.ts";
import { judgedSet, times } from "./sets.ts";

const broken = { code: "E_NODE_NOT_READY", message: "a broker ended by itself", exit: 4 };
const measureOf = (result: ReturnType<typeof judgedSet>, metric: string) => {
  const found = result.measures.find((one) => one.metric === metric);
  if (!found) throw new Error(`no measure ${metric}`);
  return found;
};

describe(judgeSet.name, () => {
  it("is met when every conclusive repetition met everything", () => {
    const result = judgedSet(times(12, (n) => ({ rtoMs: 7000 + 100 * n })));
    expect(result).to.include({ verdict: "met", exitCode: EXIT.met, conclusive: 12, notRun: 0 });
    expect(result.reasons).to.deep.equal([]);
    expect(result.objectives[0]).to.deep.include({ verdict: "met", failed: [], open: [] });
    expect(setResultSchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const rto = measureOf(result, "rto.produce");
    expect(rto.points).to.have.length(12);
    expect(rto).to.deep.include({
      n: 12,
      median: { value: 7650, atLeast: false },
      min: { value: 7100, atLeast: false },
      max: { value: 8200, atLeast: false },
      p95: null,
    });
    expect(rto.interval).to.not.equal(null);
  });

  it("is missed by one miss, whatever the others and the doubts", () => {
    const all = times(12, (n) =>
      n === 5 ? { verdict: "missed", objective: "missed" } : n === 6 ? { error: broken } : {},
    );
    const result = judgedSet(all);
    expect(result.verdict).to.equal("missed");
    expect(result.objectives[0]).to.deep.include({ verdict: "missed", failed: [5] });
    expect(result.reasons[0]).to.contain("missed in 1 of 11 conclusive repetitions (5)");
    expect(
      judgedSet(times(3, (n) => (n === 2 ? { verdict: "missed", objective: "missed" } : {}))),
    ).to.include({ verdict: "missed", exitCode: EXIT.missed });
  });

  it("leaves inconclusive repetitions out, counts them, and is open when too few remain", () => {
    const doubtful = (from: number) =>
      judgedSet(
        times(12, (n) => (n > from ? { verdict: "inconclusive", rtoMs: 99_000, lost: 7 } : {})),
      );
    const enough = doubtful(8);
    expect(enough).to.include({ verdict: "met", conclusive: 8, inconclusive: 4 });
    const rto = measureOf(enough, "rto.produce");
    expect(rto).to.deep.include({ n: 8, max: { value: 8000, atLeast: false }, interval: null });
    expect(rto.points).to.have.length(12);
    expect(rto.points[11]?.excluded).to.equal("the steady state was not reached");
    const few = doubtful(7);
    expect(few).to.include({ verdict: "inconclusive", exitCode: EXIT.inconclusive });
    expect(few.reasons.join()).to.contain("7 of 12 repetitions are conclusive, 8 are needed");
  });

  it("is open when a repetition did not run, and says which", () => {
    for (const one of [{ error: broken }, { error: broken, nothing: true }]) {
      const result = judgedSet(times(12, (n) => (n === 3 ? one : {})));
      expect(result).to.include({ verdict: "inconclusive", notRun: 1, conclusive: 11 });
      expect(result.exitCode).to.equal(EXIT.environment);
      expect(result.reasons[0]).to.equal("repetition 3 did not run: a broker ended by itself");
    }
  });

  it("counts a run that ended because it could not answer as inconclusive, not as not run", () => {
    const error = { code: "E_ABORTED", message: "a condition came true", exit: EXIT.inconclusive };
    const result = judgedSet(times(6, (n) => (n === 3 ? { error } : {})));
    expect(result).to.include({ verdict: "met", inconclusive: 1, notRun: 0, conclusive: 5 });
    expect(result.repetitions[2]?.reason).to.equal("a condition came true");
  });
});

describe("a set that is not whole", () => {
  it("keeps what was finished when it was interrupted, and is open", () => {
    const result = judgedSet(times(4), { planned: 12, interrupted: true });
    expect(result).to.include({ verdict: "inconclusive", conclusive: 4, notRun: 8 });
    expect(result.reasons[0]).to.contain("8 of 12 repetitions were not begun: the set was interr");
    expect(measureOf(result, "rto.produce").n).to.equal(4);
  });

  it("is open where a conclusive repetition leaves an objective open", () => {
    const all = times(6, (n) => (n === 2 ? ({ objective: "inconclusive" } as const) : {}));
    const result = judgedSet(all);
    expect(result.objectives[0]).to.deep.include({ verdict: "inconclusive", open: [2] });
    expect(result.verdict).to.equal("inconclusive");
  });

  it("is open without any repetition, and never met on nothing", () => {
    expect(judgedSet([], { planned: 3 })).to.include({ verdict: "inconclusive", notRun: 3 });
  });

  it("says when evidence was altered", () => {
    const all = times(4, (n) => (n === 1 ? { verdict: "inconclusive" as const, exitCode: 5 } : {}));
    expect(judgedSet(all).exitCode).to.equal(EXIT.evidence);
  });
});

describe("measures of a set", () => {
  it("keep what did not recover as a lower bound", () => {
    const all = times(12, (n) => (n > 5 ? { rtoMs: 60_000, censored: true } : { rtoMs: 8000 }));
    const rto = measureOf(judgedSet(all), "rto.produce");
    expect(rto.n).to.equal(12);
    expect(rto.median).to.deep.equal({ value: 60_000, atLeast: true });
    expect(rto.max).to.deep.equal({ value: 60_000, atLeast: true });
  });

  it("bound what never happened by the rule of three, and count what did", () => {
    const rpo = measureOf(judgedSet(times(12)), "rpo.records");
    expect(rpo).to.include({ occurred: 0, probabilityAtMost: 0.25 });
    const some = measureOf(judgedSet(times(12, (n) => ({ lost: n === 4 ? 9 : 0 }))), "rpo.records");
    expect(some).to.include({ occurred: 1, probabilityAtMost: null });
    expect(measureOf(judgedSet(times(12)), "rto.produce").probabilityAtMost).to.equal(null);
  });

  it("keep what lies too close to a prediction: the largest is not left out for where a bound is", () => {
    const all = times(3, (n) => ({
      redelivered: 100 * n,
      ...(n === 3 ? { prediction: "inconclusive" as const } : {}),
    }));
    const measure = measureOf(judgedSet(all), "redelivered.records");
    expect(measure).to.deep.include({ n: 3, max: { value: 300, atLeast: false } });
    expect(measure.points.filter(({ excluded }) => excluded !== undefined)).to.deep.equal([]);
  });

  it("keep a repetition that is inconclusive for its target alone, which leaves the set open", () => {
    const close = { verdict: "inconclusive", objective: "inconclusive", rtoMs: 9990 } as const;
    const result = judgedSet(times(3, (n) => (n === 2 ? close : {})));
    expect(measureOf(result, "rto.produce")).to.deep.include({
      n: 3,
      max: { value: 9990, atLeast: false },
    });
    expect(result).to.include({ verdict: "inconclusive", conclusive: 3, inconclusive: 0 });
    expect(result.objectives[0]).to.deep.include({ held: [1, 3], open: [2] });
    expect(result.repetitions[1]).to.include({ verdict: "inconclusive", conclusive: true });
  });

  it("leave out what the run itself is in doubt about, also when it had not recovered", () => {
    const starved = { objective: "inconclusive", doubt: "an instrument starved" } as const;
    for (const verdict of ["missed", "inconclusive"] as const) {
      const all = times(3, (n) => (n === 2 ? { ...starved, verdict, censored: true } : {}));
      const rto = measureOf(judgedSet(all), "rto.produce");
      expect(rto.n, verdict).to.equal(2);
      expect(rto.points[1]?.excluded, verdict).to.equal("an instrument starved");
    }
  });

  it("hold what the experiment predicts, too, with a p95 from 59 runs on", () => {
    const set = judgedSet(times(59, (n) => ({ redelivered: n })));
    expect(measureOf(set, "redelivered.records").p95).to.deep.equal({ value: 57, atLeast: false });
  });

  it("have a narrower interval when the instants were stratified and explain the value", () => {
    const told = (phased: boolean) =>
      times(24, (n) => ({ redelivered: 50 * n, ...(phased ? { phase: n / 25 } : {}) }));
    const width = (phased: boolean) => {
      const { interval } = measureOf(judgedSet(told(phased)), "redelivered.records");
      return (interval?.high.value ?? 0) - (interval?.low.value ?? 0);
    };
    expect(width(true)).to.be.lessThan(width(false) / 2);
  });
});
