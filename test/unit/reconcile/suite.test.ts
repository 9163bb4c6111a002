/** Goal: a suite is no better than its weightiest run, and what was not answered is never a pass. */
import { expect } from "chai";
import type { Suite, SuiteAttempt, SuiteRun } from "../../../src/history/suite-folder.ts";
import { EXIT } from "../../../src/kernel/errors.ts";
import { judgeSuite } from "../../../src/reconcile/judge-suite.ts";
import type { Assessment, Result } from "../../../src/reconcile/result.ts";

const result = (verdict: Result["verdict"], more: Partial<Result> = {}) =>
  ({ verdict, reasons: [`it is ${verdict}`], predictions: [], ...more }) as unknown as Result;

const attempt = (folder: string, exitCode: number | null, more: Partial<SuiteAttempt> = {}) =>
  ({ folder, exitCode, outcome: "completed", ...more }) as SuiteAttempt;

const run = (...attempts: SuiteAttempt[]) => ({ name: "drill", attempts }) as unknown as SuiteRun;

function judged(runs: SuiteRun[], results: Record<string, Result> = {}): Suite {
  const suite = { schema: "blackstart/suite.v1", name: "s", runs } as unknown as Suite;
  return judgeSuite(suite, new Map(Object.entries(results)));
}

/** Of a suite of one run. */
function one(attempts: SuiteAttempt[], results: Record<string, Result> = {}) {
  const [told] = judged([run(...attempts)], results).runs;
  return { verdict: told?.verdict, exitCode: told?.exitCode, reasons: told?.reasons };
}

describe(judgeSuite.name, () => {
  it("is met when each of its runs is, and keeps what it was", () => {
    const { met } = EXIT;
    const suite = judged([run(attempt("a", met)), run(attempt("b", met))], {
      a: result("met"),
      b: result("met"),
    });
    expect(suite).to.include({ name: "s", verdict: "met", exitCode: met });
    expect(suite.runs.map(({ name, verdict, reasons }) => [name, verdict, reasons])).to.deep.equal([
      ["drill", "met", []],
      ["drill", "met", []],
    ]);
  });

  it("has the code of the weightiest, and the word for it", () => {
    const suite = (...codes: (number | null)[]) => {
      const runs = [EXIT.met, ...codes].map((code, n) => run(attempt(`${n}`, code)));
      const { verdict, exitCode } = judged(runs);
      return [verdict, exitCode];
    };
    expect(suite(EXIT.missed, EXIT.inconclusive)).to.deep.equal(["missed", EXIT.missed]);
    expect(suite(EXIT.inconclusive)).to.deep.equal(["inconclusive", EXIT.inconclusive]);
    expect(suite(EXIT.missed, EXIT.evidence)).to.deep.equal(["inconclusive", EXIT.evidence]);
    expect(suite(EXIT.environment)).to.deep.equal(["inconclusive", EXIT.environment]);
  });

  it("is open where a run was interrupted, not ended or not begun", () => {
    const open = ["inconclusive", EXIT.inconclusive];
    for (const attempts of [
      [attempt("a", EXIT.interrupted)],
      [attempt("a", EXIT.terminated)],
      [attempt("a", null)],
      [],
    ]) {
      const { verdict, exitCode } = judged([run(attempt("z", EXIT.met)), run(...attempts)]);
      expect([verdict, exitCode]).to.deep.equal(open);
    }
  });
});

describe("a run of a suite", () => {
  it("is what its last attempt came to", () => {
    const attempts = [
      attempt("a", EXIT.environment, { outcome: "failed" }),
      attempt("a.2", EXIT.met),
    ];
    expect(one(attempts, { a: result("missed"), "a.2": result("met") })).to.deep.equal({
      verdict: "met",
      exitCode: EXIT.met,
      reasons: [],
    });
  });

  it("was not run when it was not begun, or left nothing to judge, and says why", () => {
    const none = { verdict: "not-run", exitCode: null };
    expect(one([])).to.deep.equal({ ...none, reasons: ["not begun"] });
    expect(one([attempt("a", null)])).to.deep.equal({
      ...none,
      reasons: ["it left nothing that could be judged"],
    });
    const error = { code: "E_CAPACITY", message: "no room", exit: 4 };
    expect(one([attempt("a", EXIT.environment, { error })]).reasons).to.deep.equal([
      "E_CAPACITY: no room",
    ]);
  });

  it("proves nothing when it did not come to its end, but a miss is a miss", () => {
    const cut = { outcome: "failed" as const, error: { code: "E_X", message: "gone", exit: 4 } };
    const of = (verdict: Result["verdict"], code: number, more: Partial<SuiteAttempt> = cut) =>
      one([attempt("a", code, more)], { a: result(verdict, { reasons: ["E_X: gone", "late"] }) });
    expect(of("met", EXIT.environment)).to.deep.equal({
      verdict: "inconclusive",
      exitCode: EXIT.environment,
      reasons: ["E_X: gone", "late"],
    });
    expect(of("missed", EXIT.environment).verdict).to.equal("missed");
    // One that ended as inconclusive has come to its end.
    expect(of("not-run", EXIT.inconclusive).verdict).to.equal("not-run");
    expect(of("inconclusive", EXIT.inconclusive, {}).reasons).to.deep.equal(["E_X: gone", "late"]);
  });

  it("counts its predictions by their words", () => {
    const words = ["confirmed", "refuted", "refuted", "inconclusive", "not-run"] as const;
    const predictions = words.map((verdict) => ({ verdict }) as Assessment);
    const suite = judged([run(attempt("a", EXIT.met)), run()], {
      a: result("met", { predictions }),
    });
    expect(suite.runs.map((each) => each.predictions)).to.deep.equal([
      { confirmed: 1, refuted: 2, inconclusive: 2 },
      { confirmed: 0, refuted: 0, inconclusive: 0 },
    ]);
  });
});
