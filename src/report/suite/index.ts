/** What the page of a suite shows. */
import { lastAttempt, type Suite, type SuiteRun } from "../../history/suite-folder.ts";
import type { Result } from "../../reconcile/result.ts";
import { count, formatMs, formatUtc, list } from "../format.ts";
import type { Index, IndexedRun } from "../index-page.ts";

export function suiteIndex(suite: Suite, results: ReadonlyMap<string, Result>): Index {
  const { title, description, exitCode } = suite;
  return {
    title,
    description,
    exitCode,
    runs: suite.runs.map((run) => rowOf(run, results)),
    facts: factsOf(suite),
  };
}

function rowOf(run: SuiteRun, results: ReadonlyMap<string, Result>): IndexedRun {
  const attempt = lastAttempt(run);
  const result = (attempt && results.get(attempt.folder)) ?? null;
  return {
    name: run.name,
    title: run.title,
    report: attempt && result ? `${attempt.folder}/report.html` : null,
    result: result && run.verdict !== "not-run" ? { ...result, verdict: run.verdict } : null,
    reasons: run.reasons,
    exitCode: run.exitCode,
    durationMs:
      attempt?.exitCode === undefined || attempt.exitCode === null ? null : attempt.durationMs,
    notes: notesOf(run),
  };
}

/** What a reader must know beside the numbers: attempts that were given up, and whose nodes it had. */
function notesOf(run: SuiteRun): string[] {
  const before = run.attempts.slice(0, -1).map(({ folder, outcome, error }, at) => {
    const why = error ? `${error.code}: ${error.message}` : `it was ${outcome}`;
    return `attempt ${at + 1} (${folder}) does not count: ${why}`;
  });
  const attempt = lastAttempt(run);
  const note = attempt?.world.note;
  return [...before, ...(note === undefined ? [] : [`new nodes were booted: ${note}`])];
}

function factsOf({ runs, sittings, warm, tool, suiteFile, suite }: Suite): [string, string][] {
  const spentMs = sittings.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const attempts = runs.flatMap((run) => run.attempts);
  const ended = attempts.filter(({ outcome }) => outcome === "completed");
  const warmRuns = attempts.filter(({ world }) => world.warm).length;
  const topologies = new Set(runs.map(({ topology }) => topology)).size;
  const overheadMs = ended.reduce((sum, one) => sum + one.overheadMs, 0) / (ended.length || 1);
  const retried = runs.filter((run) => run.attempts.length > 1).map(({ name }) => name);
  const shared = `${warmRuns} of ${count(attempts.length, "run")} on nodes that were there`;
  return [
    ["suite", suite],
    ["file", suiteFile],
    ["begun", formatUtc(sittings[0]?.startedAt ?? "")],
    [
      "took",
      sittings.length > 1
        ? `${formatMs(spentMs)} in ${sittings.length} sittings`
        : formatMs(spentMs),
    ],
    [
      "topologies",
      warm ? `${topologies}; ${shared}` : `${topologies}; every run booted its own nodes`,
    ],
    ["beside the drills", ended.length === 0 ? "–" : `${formatMs(overheadMs)} a run on average`],
    ["more than one attempt", retried.length === 0 ? "none" : list(retried, 8)],
    ["tool", `${tool.name} ${tool.version}`],
  ];
}
