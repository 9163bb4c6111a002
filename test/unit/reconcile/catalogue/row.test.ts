/** What the runs of a row say together. */
import { expect } from "chai";
import { rowAnswer, wordOf } from "../../../../src/reconcile/catalogue/row.ts";
import { assessment, runOf } from "../../../support/catalogue-runs.ts";

const HELD = assessment("rpo.records", { value: 0 });
const slow = (value: number, verdict: "confirmed" | "refuted" = "refuted") =>
  assessment("rto.produce", { value, verdict });
const OPEN = assessment("rto.produce", { value: null, verdict: "inconclusive", reason: "starved" });

describe(wordOf.name, () => {
  it("is confirmed by all, refuted by all, and else qualified", () => {
    expect(wordOf(runOf("a", [HELD, slow(1, "confirmed")]))).to.equal("confirmed");
    expect(wordOf(runOf("a", [slow(1)]))).to.equal("refuted");
    expect(wordOf(runOf("a", [HELD, slow(1)]))).to.equal("qualified");
  });

  it("never makes a pass of what is open, nor of nothing", () => {
    expect(wordOf(runOf("a", [HELD, OPEN]))).to.equal("inconclusive");
    expect(wordOf(runOf("a", []))).to.equal("inconclusive");
    expect(wordOf(runOf("a", [HELD], { verdict: "not-run" }))).to.equal("not run");
  });

  it("lets what was refuted stand beside what is open", () => {
    expect(wordOf(runOf("a", [slow(1), OPEN]))).to.equal("refuted");
  });
});

describe(rowAnswer.name, () => {
  it("is not run without runs", () => {
    expect(rowAnswer([])).to.deep.equal({ word: "not run", spreads: [] });
  });

  it("takes the newest conclusive run, in whatever order they come", () => {
    const old = runOf("a", [slow(1, "confirmed")], { version: "sha-0" });
    const newest = runOf("a", [slow(2)]);
    const doubtful = runOf("a", [OPEN]);
    for (const runs of [
      [old, newest, doubtful],
      [doubtful, newest, old],
    ]) {
      const answer = rowAnswer(runs);
      expect(answer.run?.run).to.equal(newest.run);
      expect(answer.word).to.equal("refuted");
    }
  });

  it("takes no run for conclusive that was not run", () => {
    const older = runOf("a", [HELD]);
    const none = runOf("a", [HELD], { verdict: "not-run" });
    expect(rowAnswer([older, none])).to.include({ word: "confirmed", run: older });
  });

  it("takes the newest when none is conclusive", () => {
    const first = runOf("a", [OPEN]);
    const second = runOf("a", [OPEN]);
    expect(rowAnswer([second, first]).run?.run).to.equal(second.run);
    expect(rowAnswer([second, first]).word).to.equal("inconclusive");
  });

  it("is qualified when runs of the same file disagree, and says how many", () => {
    const answer = rowAnswer([
      runOf("a", [slow(9)]),
      runOf("a", [slow(8)]),
      runOf("a", [slow(7, "confirmed")]),
      // Of an earlier file: it answers another question.
      runOf("a", [slow(6)], { version: "sha-0", startedAt: "2025-01-01T00:00:00Z" }),
    ]);
    expect(answer.word).to.equal("qualified");
    expect(answer.note).to.equal("confirmed in 1 of 3 runs");
  });
});

describe("the spread of a row", () => {
  it("is over all runs whose number may be believed", () => {
    const unsure = assessment("rto.produce", {
      value: 5,
      verdict: "inconclusive",
      reason: "the target lies within the bounds of the measurement",
    });
    const starved = assessment("rto.produce", {
      value: 1000,
      verdict: "inconclusive",
      reason: "an instrument starved",
    });
    const doubtful = { reasons: ["an instrument starved"], verdict: "inconclusive" as const };
    const runs = [
      ...[slow(9), slow(7), unsure].map((one) => runOf("a", [one])),
      ...[starved, OPEN].map((one) => runOf("a", [one], doubtful)),
    ];
    const [spread] = rowAnswer(runs).spreads;
    expect(spread).to.deep.include({
      metric: "rto.produce",
      n: 3,
      min: { value: 5, atLeast: false },
      median: { value: 7, atLeast: false },
      max: { value: 9, atLeast: false },
    });
  });

  it("spreads over the version of the file that the speaking run had, and no other", () => {
    const earlier = runOf("a", [slow(99)], { version: "sha-0" });
    const answer = rowAnswer([earlier, runOf("a", [slow(9)]), runOf("a", [slow(7)])]);
    expect(answer.spreads[0]).to.deep.include({ n: 2, max: { value: 9, atLeast: false } });
  });

  it("keeps what was not over as a bound, and has no spread of shapes", () => {
    const open = assessment("rto.cluster", { value: 30_000, censored: true });
    const shape = assessment("rpo.shape", { value: null, text: "tail" });
    const { spreads } = rowAnswer([runOf("a", [open, shape])]);
    expect(spreads.map(({ metric, max }) => [metric, max])).to.deep.equal([
      ["rto.cluster", { value: 30_000, atLeast: true }],
    ]);
  });

  it("is of each metric that is predicted, from the runs that measured it", () => {
    const both = (records: number, ms: number) =>
      runOf("a", [assessment("rpo.records", { value: records }), slow(ms, "confirmed")]);
    const other = runOf("a", [HELD]);
    const none = runOf("a", [slow(99)], { verdict: "not-run" });
    const { spreads } = rowAnswer([none, other, both(3, 20), both(1, 10)]);
    expect(
      spreads.map(({ metric, n, min, max }) => [metric, n, min.value, max.value]),
    ).to.deep.equal([
      ["rpo.records", 3, 0, 3],
      ["rto.produce", 2, 10, 20],
    ]);
  });
});
