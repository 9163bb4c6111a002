/**
 * JUnit XML: the suite is the experiment, a test case is an objective. `failure` is an objective
 * missed, `error` is one that the run could not decide, so a build cannot read "no evidence" as a
 * pass. There is always at least one test case.
 */
import type { Assessment, Result } from "../reconcile/result.ts";
import { formatUtc } from "./format.ts";
import { oneLine, stripControls } from "./plain-text.ts";
import { assessmentText } from "./summary.ts";
import { answerSentence } from "./view-model-verdict.ts";

interface TestCase {
  name: string;
  verdict: Assessment["verdict"];
  message: string;
  detail: string;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeXml(oneLine(value))}"`;
}

function testCases(result: Result): TestCase[] {
  const cases = result.objectives.map((objective) => ({
    name: objective.label,
    verdict: objective.verdict,
    message: assessmentText(objective),
    detail: [objective.reason ?? "", objective.how].filter((s) => s !== "").join("\n"),
  }));
  // A run can fail without an objective: a violation, a crash, nothing to judge.
  if (cases.some((one) => one.verdict === result.verdict)) return cases;
  const message = result.reasons[0] ?? answerSentence(result);
  const detail = result.reasons.join("\n");
  return [{ name: "verdict", verdict: result.verdict, message, detail }, ...cases];
}

type Outcome = "passed" | "failure" | "error" | "skipped";

function outcomeOf(verdict: Assessment["verdict"]): Outcome {
  if (verdict === "met" || verdict === "confirmed") return "passed";
  if (verdict === "missed" || verdict === "refuted") return "failure";
  return verdict === "not-run" ? "skipped" : "error";
}

function caseXml(suite: string, one: TestCase): string {
  const head = `    <testcase${attribute("classname", suite)}${attribute("name", one.name)} time="0"`;
  const outcome = outcomeOf(one.verdict);
  if (outcome === "passed") return `${head}/>`;
  const message = attribute("message", one.message);
  if (outcome === "skipped") return `${head}><skipped${message}/></testcase>`;
  const type = attribute("type", one.verdict);
  const detail = escapeXml(stripControls(one.detail));
  return `${head}><${outcome}${message}${type}>${detail}</${outcome}></testcase>`;
}

/** Numbers as properties; a number that is missing is left out, never written as 0. */
function properties(result: Result): [string, string][] {
  const numbers: [string, number | null][] = [
    ["rpo.records", result.rpo.records.value],
    ["rpo.time.ms", result.rpo.timeMs.value],
    ["rpo.bytes", result.rpo.bytes.value],
    ...result.recoveries.map((r): [string, number | null] => [
      `rto.${r.viewpoint}.ms`,
      r.measure.value,
    ]),
    ["exposure.records", result.exposure.maxRecords.value],
    ["exposure.time.ms", result.exposure.maxTimeMs.value],
  ];
  const censored = result.recoveries
    .filter((r) => r.measure.censored)
    .map((r): [string, string] => [`rto.${r.viewpoint}.censored`, "true"]);
  return [
    ["run.id", result.run.id],
    ["verdict", result.verdict],
    ["exit.code", String(result.exitCode)],
    ["experiment.sha256", result.run.experimentSha256],
    ["history.sha256", result.run.historySha256],
    ["tool", `${result.tool.name} ${result.tool.version}`],
    ...numbers.flatMap(([name, n]): [string, string][] => (n === null ? [] : [[name, String(n)]])),
    ...censored,
    ["rpo.shape", result.rpo.shape],
  ];
}

/** A `<testsuite>`, and what its testcases came to. */
export interface SuiteXml {
  lines: string[];
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  seconds: number;
}

export function totalsOf({ tests, failures, errors, skipped, seconds }: SuiteXml): string {
  return (
    ` tests="${tests}" failures="${failures}" errors="${errors}"` +
    ` skipped="${skipped}"${attribute("time", seconds.toFixed(3))}`
  );
}

/** What a run came to, as one testsuite. */
export function runXml(result: Result): SuiteXml {
  const cases = testCases(result);
  const of = (outcome: Outcome) => cases.filter((c) => outcomeOf(c.verdict) === outcome).length;
  const counts = {
    tests: cases.length,
    failures: of("failure"),
    errors: of("error"),
    skipped: of("skipped"),
    seconds: result.run.durationMs / 1000,
  };
  const utc = formatUtc(result.run.startedAt).replace(" UTC", "").replace(" ", "T");
  const totals = totalsOf({ ...counts, lines: [] });
  const lines = [
    `  <testsuite${attribute("name", result.run.name)}${totals}${attribute("timestamp", utc)}>`,
    "    <properties>",
    ...properties(result).map(
      ([name, value]) => `      <property${attribute("name", name)}${attribute("value", value)}/>`,
    ),
    "    </properties>",
    ...cases.map((one) => caseXml(result.run.name, one)),
    `    <system-out>${escapeXml(stripControls(answerSentence(result)))}</system-out>`,
    "  </testsuite>",
  ];
  return { ...counts, lines };
}

export function renderJunit(result: Result): string {
  return junitDocument(result.tool.name, [runXml(result)]);
}

export function junitDocument(name: string, suites: readonly SuiteXml[]): string {
  const sum = (key: "tests" | "failures" | "errors" | "skipped" | "seconds") =>
    suites.reduce((total, one) => total + one[key], 0);
  const totals = totalsOf({
    lines: [],
    tests: sum("tests"),
    failures: sum("failures"),
    errors: sum("errors"),
    skipped: sum("skipped"),
    seconds: sum("seconds"),
  });
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attribute("name", name)}${totals}>`,
    ...suites.flatMap((one) => one.lines),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}
