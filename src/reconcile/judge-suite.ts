/**
 * The judge of a suite: what became of its runs in, one verdict and one exit code out. Pure.
 *
 * A suite is no average: the weightiest code of its runs is its own. What was not begun, or was cut
 * short, is not answered, and so the suite is not either.
 */
import { lastAttempt, type Suite, type SuiteRun } from "../history/suite-folder.ts";
import { EXIT, weightiest } from "../kernel/errors.ts";
import type { Assessment, Result } from "./result.ts";

/** `results`: by folder of the attempt; absent where there is nothing that could be judged. */
export function judgeSuite(suite: Suite, results: ReadonlyMap<string, Result>): Suite {
  const runs = suite.runs.map((run) => {
    const attempt = lastAttempt(run);
    return judgeRun(run, attempt && results.get(attempt.folder));
  });
  const interrupts: number[] = [EXIT.interrupted, EXIT.terminated];
  const codes = runs.map(({ exitCode }) =>
    exitCode === null || interrupts.includes(exitCode) ? EXIT.inconclusive : exitCode,
  );
  const exitCode = weightiest(codes);
  const verdict =
    exitCode === EXIT.met ? "met" : exitCode === EXIT.missed ? "missed" : "inconclusive";
  return { ...suite, runs, exitCode, verdict };
}

function judgeRun(run: SuiteRun, result: Result | undefined): SuiteRun {
  const attempt = lastAttempt(run);
  const predictions = predictionsOf(result?.predictions ?? []);
  const exitCode = attempt?.exitCode ?? null;
  const ended = attempt?.outcome === "completed" || exitCode === EXIT.inconclusive;
  const told = attempt?.error ? [`${attempt.error.code}: ${attempt.error.message}`] : [];
  if (!attempt) {
    return { ...run, predictions, exitCode, verdict: "not-run", reasons: ["not begun"] };
  }
  if (!result) {
    const reasons = told.length > 0 ? told : ["it left nothing that could be judged"];
    return { ...run, predictions, exitCode, verdict: "not-run", reasons };
  }
  // What did not come to its end proves nothing, however good its numbers look.
  const verdict = ended || result.verdict === "missed" ? result.verdict : "inconclusive";
  const reasons = verdict === "met" ? [] : [...new Set([...told, ...result.reasons])];
  return { ...run, predictions, exitCode, verdict, reasons };
}

function predictionsOf(predictions: readonly Assessment[]): SuiteRun["predictions"] {
  const having = (...verdicts: Assessment["verdict"][]) =>
    predictions.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return {
    confirmed: having("confirmed"),
    refuted: having("refuted"),
    inconclusive: having("inconclusive", "not-run"),
  };
}
