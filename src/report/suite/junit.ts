/**
 * JUnit XML of a suite: a testsuite for each run. A run without a result is one testcase in error, so
 * that a build cannot read "not begun" as a pass.
 */
import { lastAttempt, type Suite, type SuiteRun } from "../../history/suite-folder.ts";
import type { Result } from "../../reconcile/result.ts";
import { attribute, junitDocument, runXml, type SuiteXml, totalsOf } from "../junit.ts";

export function renderSuiteJunit(suite: Suite, results: ReadonlyMap<string, Result>): string {
  const runs = suite.runs.map((run) => {
    const result = results.get(lastAttempt(run)?.folder ?? "");
    return result && run.verdict !== "not-run" ? runXml(result) : absentXml(run);
  });
  return junitDocument(suite.tool.name, runs);
}

function absentXml({ name, reasons }: SuiteRun): SuiteXml {
  const counts = { tests: 1, failures: 0, errors: 1, skipped: 0, seconds: 0 };
  const message = attribute("message", reasons[0] ?? "not begun");
  const head = `<testcase${attribute("classname", name)} name="verdict" time="0">`;
  return {
    ...counts,
    lines: [
      `  <testsuite${attribute("name", name)}${totalsOf({ ...counts, lines: [] })}>`,
      `    ${head}<error${message} type="not-run"/></testcase>`,
      "  </testsuite>",
    ],
  };
}
