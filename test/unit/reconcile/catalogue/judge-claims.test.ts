/** Claims against runs: what decides, what never does, and what is said when runs disagree. */
import { expect } from "chai";
import type { Claim, ClaimCondition } from "../../../../src/history/claims.ts";
import type { Expectation } from "../../../../src/history/judging.ts";
import type { CatalogueRun } from "../../../../src/reconcile/catalogue/catalogue-run.ts";
import { judgeClaims } from "../../../../src/reconcile/catalogue/judge-claims.ts";
import { assessment, runOf } from "../../../support/catalogue-runs.ts";

const LOSS: Expectation = { metric: "rpo.records", low: 1, written: ">=1" };
const SLOW: Expectation = { metric: "rto.produce", low: 7000, written: ">=7s" };
const on = (is: Expectation, ...of: string[]): ClaimCondition => ({ of, is });

function claimOf(decides?: Partial<NonNullable<Claim["decides"]>>): Claim {
  const claim = { id: "x", text: "x holds", source: ["S0"], rows: ["A1"], doubt: "none" };
  if (!decides) return claim;
  return {
    ...claim,
    decides: { refutedWhen: [], qualifiedWhen: [], otherwise: "confirmed", ...decides },
  };
}

const lost = (value: number, name = "a", more: Partial<CatalogueRun> = {}) =>
  runOf(name, [assessment("rpo.records", { value, verdict: "refuted" })], more);
function judgedWith(claim: Claim, ...runs: CatalogueRun[]) {
  const [verdict] = judgeClaims([claim], runs);
  if (!verdict) throw new Error("one claim has one verdict");
  return verdict;
}

const claim = claimOf({ refutedWhen: [on(LOSS, "a")] });

describe(`${judgeClaims.name}, one rule`, () => {
  it("is not run without a rule, and names the rows", () => {
    const { word, note } = judgedWith(claimOf(), lost(5));
    expect([word, note]).to.deep.equal(["not run", "nothing decides it here; its rows are A1"]);
    const verdict = judgedWith({ ...claimOf(), rows: ["A1", "A2"] });
    expect(verdict.note).to.equal("nothing decides it here; its rows are A1, A2");
    expect(verdict.evidence).to.deep.equal([]);
  });

  it("is refuted by what is measured, with the run and the number", () => {
    const run = lost(5);
    const { word, note, evidence } = judgedWith(claim, run);
    expect([word, note]).to.deep.equal(["refuted", ""]);
    expect(evidence).to.have.length(1);
    expect(evidence[0]).to.deep.include({ run: run.run, experiment: "a", asked: ">=1" });
    expect(evidence[0]?.measured.value).to.equal(5);
  });

  it("is what it is otherwise only when the rule was answered", () => {
    const { word, note, evidence } = judgedWith(claim, lost(0));
    expect([word, note]).to.deep.equal(["confirmed", ""]);
    expect(evidence.map(({ answer }) => answer)).to.deep.equal(["no"]);
    for (const runs of [[], [lost(5, "b")]]) {
      const open = judgedWith(claim, ...runs);
      expect([open.word, open.note]).to.deep.equal(["not run", "a was not run"]);
    }
  });

  it("is never decided by an inconclusive run, whatever its number", () => {
    const doubtful = lost(5, "a", { verdict: "inconclusive" });
    const { word, note, evidence } = judgedWith(claim, doubtful);
    expect(word).to.equal("not run");
    expect(note).to.equal(`no conclusive run of a: ${doubtful.run}`);
    expect(evidence).to.deep.equal([]);
    expect(judgedWith(claim, doubtful, lost(0)).word).to.equal("confirmed");
    expect(judgedWith(claim, lost(5, "a", { verdict: "not-run" })).word).to.equal("not run");
    const lone = judgedWith(claim, doubtful, lost(5));
    expect([lone.word, lone.note, lone.evidence.length]).to.deep.equal(["refuted", "", 1]);
  });

  it("has no answer from a run that did not measure it", () => {
    const other = runOf("a", [assessment("rto.produce", { value: 9 })]);
    const { word, note } = judgedWith(claim, other, lost(5, "a", { verdict: "inconclusive" }));
    expect(word).to.equal("not run");
    expect(note).to.match(/^no conclusive run of a: run-\d+, run-\d+$/);
    const both = [assessment("rto.produce", { value: 9 }), assessment("rpo.records", { value: 0 })];
    const found = judgedWith(claim, runOf("a", both));
    expect([found.word, found.evidence[0]?.measured.value]).to.deep.equal(["confirmed", 0]);
  });
});

describe(`${judgeClaims.name}, one number`, () => {
  it("takes no number from an assessment that is itself in doubt", () => {
    const reason = "an account does not tie out";
    const open = assessment("rpo.records", { value: 5, verdict: "inconclusive", reason });
    const run = runOf("a", [open], { verdict: "missed", reasons: [reason] });
    expect(judgedWith(claim, run).word).to.equal("not run");
    const unknown = assessment("rpo.records", { value: null, verdict: "refuted" });
    expect(judgedWith(claim, runOf("a", [unknown])).word).to.equal("not run");
  });
});

describe(`${judgeClaims.name}, the numbers of a run`, () => {
  it("takes the number that was too close to its own target: it is asked something else", () => {
    const reason = "the target lies within the bounds of the measurement";
    const close = { value: 11_900, low: 11_700, high: 12_100, reason };
    const run = runOf("a", [assessment("rto.produce", { ...close, verdict: "inconclusive" })]);
    expect(judgedWith(claimOf({ refutedWhen: [on(SLOW, "a")] }), run).word).to.equal("refuted");
  });

  it("is not decided by a number whose bounds hold both answers", () => {
    const slow = claimOf({ refutedWhen: [on(SLOW, "a")] });
    const at = (low: number, high: number) =>
      runOf("a", [assessment("rto.produce", { value: 7000, low, high })]);
    expect(judgedWith(slow, at(6500, 7500)).word).to.equal("not run");
    expect(judgedWith(slow, at(7000, 7500)).word).to.equal("refuted");
    expect(judgedWith(slow, at(6000, 6999)).word).to.equal("confirmed");
  });

  it("reads an outage that was not over as at least so long", () => {
    const slow = claimOf({ refutedWhen: [on(SLOW, "a")] });
    const down = (value: number) =>
      runOf("a", [assessment("rto.produce", { value, censored: true })]);
    expect(judgedWith(slow, down(30_000)).word).to.equal("refuted");
    expect(judgedWith(slow, down(5000)).word).to.equal("not run");
  });

  it("finds the number among objectives, too", () => {
    const aim = assessment("rpo.records", { value: 5, verdict: "missed" });
    expect(judgedWith(claim, runOf("a", [], { objectives: [aim] })).word).to.equal("refuted");
  });
});

describe(`${judgeClaims.name}, several runs`, () => {
  it("is qualified where runs disagree, and says how many", () => {
    const { word, note, evidence } = judgedWith(claim, lost(5), lost(0), lost(0));
    expect([word, note]).to.deep.equal(["qualified", "in 1 of 3 runs"]);
    expect(evidence).to.have.length(3);
  });

  it("hears runs of one version of a file: that of the newest run that says anything", () => {
    const earlier = lost(5, "a", { version: "sha-0" });
    const { word, evidence } = judgedWith(claim, earlier, lost(0), lost(0));
    expect(word).to.equal("confirmed");
    expect(evidence).to.have.length(2);
    const doubtful = lost(0, "a", { version: "sha-2", verdict: "inconclusive" });
    expect(judgedWith(claim, earlier, doubtful).word).to.equal("refuted");
    const later = lost(0, "a", { version: "sha-3" });
    for (const runs of [
      [earlier, later],
      [later, earlier],
    ]) {
      expect(judgedWith(claim, ...runs).word).to.equal("confirmed");
    }
  });
});

describe(`${judgeClaims.name}, several rules`, () => {
  it("asks a list for all of it: one no is no, one open is open", () => {
    const both = claimOf({ refutedWhen: [on(LOSS, "a"), on(LOSS, "b")] });
    expect(judgedWith(both, lost(5), lost(5, "b")).word).to.equal("refuted");
    expect(judgedWith(both, lost(0)).word).to.equal("confirmed");
    expect(judgedWith(both, lost(5)).word).to.equal("not run");
  });

  it("does not go on to the next rule while the first is open", () => {
    const rules = claimOf({ refutedWhen: [on(LOSS, "b")], qualifiedWhen: [on(LOSS, "a")] });
    expect(judgedWith(rules, lost(5)).word).to.equal("not run");
    const second = judgedWith(rules, lost(5), lost(0, "b"));
    expect([second.word, second.note]).to.deep.equal(["qualified", ""]);
    const open = judgedWith(rules, lost(0, "b"));
    expect([open.word, open.note]).to.deep.equal(["not run", "a was not run"]);
    expect(open.evidence.map(({ experiment }) => experiment)).to.deep.equal(["b"]);
    expect(judgedWith(rules, lost(0), lost(0, "b")).word).to.equal("confirmed");
    expect(judgedWith(rules, lost(0), lost(1, "b")).word).to.equal("refuted");
  });

  it("takes the first of several experiments that has an answer", () => {
    const either = claimOf({ refutedWhen: [on(LOSS, "full", "quick")] });
    expect(judgedWith(either, lost(5, "quick")).word).to.equal("refuted");
    expect(judgedWith(either, lost(5, "quick"), lost(0, "full")).word).to.equal("confirmed");
    const doubtful = lost(0, "full", { verdict: "inconclusive" });
    expect(judgedWith(either, lost(5, "quick"), doubtful).word).to.equal("refuted");
    expect(judgedWith(either).note).to.equal("full or quick was not run");
    expect(judgedWith(either, doubtful).note).to.equal(
      `no conclusive run of full or quick: ${doubtful.run}`,
    );
  });

  it("compares shapes", () => {
    const hole = claimOf({
      refutedWhen: [on({ metric: "rpo.shape", text: "hole", written: "hole" }, "a")],
    });
    const shaped = (text: string) => runOf("a", [assessment("rpo.shape", { value: null, text })]);
    expect(judgedWith(hole, shaped("hole")).word).to.equal("refuted");
    expect(judgedWith(hole, shaped("tail")).word).to.equal("confirmed");
  });

  it("asks nothing about the shape of a loss of a run that lost nothing", () => {
    const shaped = (name: string, text: string) =>
      runOf(name, [assessment("rpo.shape", { value: null, text })]);
    const isHole: Expectation = { metric: "rpo.shape", text: "hole", written: "hole" };
    const hole = claimOf({ refutedWhen: [on(isHole, "full", "quick")] });
    const full = shaped("full", "none");
    const alone = judgedWith(hole, full);
    expect([alone.word, alone.note]).to.deep.equal([
      "not run",
      `nothing was lost, so no loss has a shape: ${full.run}`,
    ]);
    const { word, evidence } = judgedWith(hole, full, shaped("quick", "tail"));
    expect(word).to.equal("confirmed");
    expect(evidence.map(({ experiment }) => experiment)).to.deep.equal(["quick"]);
    const isNone: Expectation = { metric: "rpo.shape", text: "none", written: "none" };
    expect(judgedWith(claimOf({ refutedWhen: [on(isNone, "full")] }), full).word).to.equal(
      "refuted",
    );
  });

  it("lists a number once, though two rules ask the same of it", () => {
    const NOTHING: Expectation = { metric: "rpo.records", high: 0, written: "0" };
    const rules = claimOf({
      refutedWhen: [on(NOTHING, "a"), on(NOTHING, "b")],
      qualifiedWhen: [on(NOTHING, "a")],
    });
    const { word, evidence } = judgedWith(rules, lost(0), lost(5, "b"));
    expect(word).to.equal("qualified");
    expect(evidence.map(({ experiment }) => experiment)).to.deep.equal(["a", "b"]);
  });
});
