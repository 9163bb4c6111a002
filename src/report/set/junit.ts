/**
 * JUnit XML of a set: a test case for each objective, and one for each repetition that is not
 * conclusive, so that a build sees what is missing.
 */
import { formatWritten } from "../../kernel/units.ts";
import type { SetResult } from "../../reconcile/repetition/set-result.ts";
import { formatUtc } from "../format.ts";
import { attribute, escapeXml } from "../junit.ts";
import { stripControls } from "../plain-text.ts";
import { assessmentWords, setSentence } from "./words.ts";

interface TestCase {
  name: string;
  kind: "passed" | "failure" | "error" | "skipped";
  message: string;
}

function testCases(result: SetResult): TestCase[] {
  const objectives = result.objectives.map((one): TestCase => {
    const kind = one.verdict === "met" ? "passed" : one.verdict === "missed" ? "failure" : "error";
    const message = `target ${formatWritten(one.target)}: ${assessmentWords(one, "met", "missed")}`;
    return { name: one.label, kind, message };
  });
  const left = result.repetitions
    .filter(({ conclusive }) => !conclusive)
    .map(({ index, verdict, reason }): TestCase => {
      const message = `${verdict}: ${reason ?? "no reason given"}`;
      return { name: `repetition ${index}`, kind: "skipped", message };
    });
  const kinds = { met: "passed", missed: "failure", inconclusive: "error" } as const;
  const message = result.reasons[0] ?? setSentence(result);
  return [{ name: "verdict", kind: kinds[result.verdict], message }, ...objectives, ...left];
}

function caseXml(suite: string, { name, kind, message }: TestCase): string {
  const head = `    <testcase${attribute("classname", suite)}${attribute("name", name)} time="0"`;
  if (kind === "passed") return `${head}/>`;
  return `${head}><${kind}${attribute("message", message)}/></testcase>`;
}

/** A number that is missing is left out, never written as 0. */
function properties(result: SetResult): [string, string][] {
  const numbers = result.measures.flatMap(({ metric, n, median, min, max, p95, interval }) => {
    const known: [string, { value: number; atLeast: boolean } | null][] = [
      ["median", median],
      ["min", min],
      ["max", max],
      ["p95", p95],
      ["median.low", interval?.low ?? null],
      ["median.high", interval?.high ?? null],
    ];
    return [
      [`${metric}.n`, String(n)] as [string, string],
      ...known.flatMap(([name, one]): [string, string][] =>
        one === null ? [] : [[`${metric}.${name}`, `${one.atLeast ? "≥ " : ""}${one.value}`]],
      ),
    ];
  });
  return [
    ["set.id", result.set.set],
    ["verdict", result.verdict],
    ["exit.code", String(result.exitCode)],
    ["repetitions.planned", String(result.set.planned)],
    ["repetitions.conclusive", String(result.conclusive)],
    ["repetitions.inconclusive", String(result.inconclusive)],
    ["repetitions.not-run", String(result.notRun)],
    ...numbers,
  ];
}

export function renderSetJunit(result: SetResult): string {
  const cases = testCases(result);
  const of = (kind: TestCase["kind"]) => cases.filter((one) => one.kind === kind).length;
  const utc = formatUtc(result.set.startedAt).replace(" UTC", "").replace(" ", "T");
  const seconds = result.repetitions.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const totals =
    ` tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}"` +
    ` skipped="${of("skipped")}"${attribute("time", seconds.toFixed(3))}`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attribute("name", result.tool.name)}${totals}>`,
    `  <testsuite${attribute("name", result.set.name)}${totals}${attribute("timestamp", utc)}>`,
    "    <properties>",
    ...properties(result).map(
      ([name, value]) => `      <property${attribute("name", name)}${attribute("value", value)}/>`,
    ),
    "    </properties>",
    ...cases.map((one) => caseXml(result.set.name, one)),
    `    <system-out>${escapeXml(stripControls(setSentence(result)))}</system-out>`,
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}
