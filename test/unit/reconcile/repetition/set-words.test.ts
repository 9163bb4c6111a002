/** Goal: a set says of each repetition what became of it, and of itself why it is what it is. */
import { expect } from "chai";
import type { SetFacts } from "../../../../src/history/set-folder.ts";
import { EXIT } from "../../../../src/kernel/errors.ts";
import { judgeSet } from "../../../../src/reconcile/repetition/judge-set.ts";
import type { Result } from "../../../../src/reconcile/result.ts";
import { judgedSet, resultOf, setOf, type Told, times } from "./sets.ts";

const broken = { code: "E_NODE_NOT_READY", message: "a broker ended by itself", exit: 4 };
const aborted = { code: "E_ABORTED", message: "a guard tripped", exit: EXIT.inconclusive };
const tool = { name: "blackstart", version: "0.0.0" };

/** As `judgedSet`, with facts and results as a test changes them. */
function judged(
  all: Told[],
  result: (result: Result, index: number) => Result,
  facts: (set: SetFacts) => SetFacts = (set) => set,
) {
  const results = new Map(
    all.map((told, at) => [at + 1, result(resultOf(told, at + 1), at + 1)] as const),
  );
  return judgeSet({ set: facts(setOf(all)), results, sums: new Map(), tool });
}

describe("the repetitions of a set", () => {
  it("are told one by one, with the first reason of what was not answered", () => {
    const { repetitions, inconclusive, notRun } = judged(
      [{}, { verdict: "inconclusive" }, { error: aborted }, { error: broken }],
      (result, index) => ({ ...result, run: { ...result.run, startedAt: `at ${index}` } }),
    );
    const told = { durationMs: 60_000, conclusive: false };
    expect(repetitions).to.deep.equal([
      {
        ...{ index: 1, folder: "01", run: "set-1", startedAt: "at 1" },
        ...{ ...told, verdict: "met", conclusive: true },
      },
      {
        ...{ index: 2, folder: "02", run: "set-2", startedAt: "at 2" },
        ...{ ...told, verdict: "inconclusive", reason: "the steady state was not reached" },
      },
      {
        ...{ index: 3, folder: "03", run: "set-3", startedAt: "at 3" },
        ...{ ...told, verdict: "inconclusive", reason: "a guard tripped" },
      },
      {
        ...{ index: 4, folder: "04", run: "set-4", startedAt: "at 4" },
        ...{ ...told, verdict: "not-run", reason: "a broker ended by itself" },
      },
    ]);
    expect([inconclusive, notRun]).to.deep.equal([2, 1]);
  });

  it("were not run where they left nothing, or did not end, whatever they left", () => {
    const [none] = judgedSet([{ nothing: true }]).repetitions;
    expect(none).to.deep.equal({
      ...{ index: 1, folder: "01", run: "set-1", startedAt: "", durationMs: 0 },
      ...{ verdict: "not-run", conclusive: false },
      reason: "it left nothing that could be judged",
    });
    const cut = judged(
      [{}],
      (result) => ({ ...result, run: { ...result.run, reason: "SIGINT" } }),
      (set) => ({ ...set, repetitions: set.repetitions.map((one) => ({ ...one, outcome: null })) }),
    );
    expect(cut.repetitions[0]).to.include({ verdict: "not-run", reason: "SIGINT" });
  });

  it("are left out with a word, even when they give no reason", () => {
    const result = judged([{ verdict: "inconclusive" }], (one) => ({ ...one, reasons: [] }));
    expect(result.repetitions[0]).to.not.have.property("reason");
    expect(result.measures[0]?.points[0]?.excluded).to.equal("inconclusive");
  });
});

describe("the reasons of a set", () => {
  it("begin with what was missed, and end with what is open", () => {
    const miss = { verdict: "missed", objective: "missed" } as const;
    const all = times(6, (n) => (n === 2 || n === 5 ? miss : n === 4 ? { error: broken } : {}));
    const result = judged(all, (one) => ({
      ...one,
      objectives: one.objectives.flatMap((aim) => [
        aim,
        { ...aim, label: "Other", verdict: "inconclusive" as const, reason: "nobody looked" },
      ]),
    }));
    expect(result.reasons).to.deep.equal([
      "RTO produce, application: target at most 10s missed in 2 of 5 conclusive repetitions (2, 5)",
      "repetition 4 did not run: a broker ended by itself",
      "Other: nobody looked",
    ]);
  });

  it("say how many repetitions were not begun, and why", () => {
    const begun = times(9, (n) => (n === 1 ? { error: broken } : {}));
    const rest = (interrupted: boolean) =>
      judgedSet(begun, { planned: 12, interrupted }).reasons.slice(1);
    expect(rest(true)).to.deep.equal([
      "3 of 12 repetitions were not begun: the set was interrupted",
    ]);
    expect(rest(false)).to.deep.equal(["3 of 12 repetitions were not begun: the set ended early"]);
  });

  it("are twenty at most", () => {
    const { reasons } = judgedSet(times(25, () => ({ error: broken })));
    expect(reasons).to.have.length(20);
  });

  it("hold what the experiment gives as its own, from the first that has it", () => {
    const told = (index: number) => (index === 1 ? {} : { because: `hypothesis ${index}` });
    const result = judged(times(3), (one, index) => ({ ...one, ...told(index) }));
    expect(result.because).to.equal("hypothesis 2");
    expect(judged(times(3), (one) => one)).to.not.have.property("because");
  });
});

describe("an answer of a set", () => {
  it("names the repetitions that hold, fail and are open, and leaves out what is in doubt", () => {
    const all: Told[] = [
      {},
      { verdict: "missed", objective: "missed" },
      { objective: "inconclusive" },
      { verdict: "inconclusive" },
    ];
    const words = ["confirmed", "refuted", "not-run", "refuted"] as const;
    const { objectives, predictions } = judged(all, (one, index) => ({
      ...one,
      predictions: one.predictions.map((aim) => ({
        ...aim,
        verdict: words[index - 1] as (typeof words)[number],
      })),
    }));
    expect(objectives).to.deep.equal([
      {
        ...{ metric: "rto.produce", label: "RTO produce, application", unit: "ms" },
        ...{ target: "at most 10s", verdict: "missed", held: [1], failed: [2], open: [3] },
      },
    ]);
    expect(predictions).to.deep.equal([
      {
        ...{ metric: "redelivered.records", label: "Redeliveries", unit: "records" },
        ...{ target: "0 to 1,300", verdict: "refuted", held: [1], failed: [2], open: [3] },
      },
    ]);
  });

  it("is a plain yes, with no reason, where every conclusive repetition gives it", () => {
    const { objectives, predictions } = judgedSet(times(3));
    for (const [one] of [objectives, predictions]) expect(one).to.not.have.property("reason");
    expect(objectives[0]).to.deep.include({ verdict: "met", held: [1, 2, 3], open: [] });
    expect(predictions[0]).to.deep.include({ verdict: "confirmed", held: [1, 2, 3], open: [] });
  });

  it("is open for the reason of a repetition that is, or because none is conclusive", () => {
    const open = judgedSet(times(3, (n) => (n === 2 ? { objective: "inconclusive" } : {})));
    expect(open.objectives[0]).to.include({
      verdict: "inconclusive",
      reason: "the target lies within the bounds of the measurement",
    });
    const [none] = judgedSet(times(3, () => ({ verdict: "inconclusive" }))).objectives;
    expect(none).to.deep.include({ verdict: "inconclusive", held: [], failed: [], open: [] });
    expect(none?.reason).to.equal("no conclusive repetition answers it");
    expect(judgedSet([], { planned: 3 }).objectives).to.deep.equal([]);
  });
});
