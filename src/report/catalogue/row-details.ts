/** What a row of the results page rests on: its text, its runs, its numbers, and why it was refuted. */
import type { CatalogueRun } from "../../reconcile/catalogue/catalogue-run.ts";
import { wordOf } from "../../reconcile/catalogue/row.ts";
import type { Assessment } from "../../reconcile/result.ts";
import { count, formatMeasure, formatMs, formatUtc, list, sentence } from "../format.ts";
import { escapeMarkdown } from "../markdown.ts";
import type { Row } from "./rows.ts";

const REASONS_MAX = 5;

export function detailsOf(row: Row): string[] {
  const { entry, label, answer } = row;
  const { source = [], scaled } = entry.catalogue ?? {};
  const from = source.length === 0 ? [] : [`Source: ${list(source, source.length)}.`];
  const timers = scaled === undefined ? [] : [`Timers scaled down: ${sentence(scaled)}`];
  const because =
    entry.because === undefined ? [] : [`Expected because ${asClause(entry.because)}`];
  return [
    `### ${escapeMarkdown(label)}: ${escapeMarkdown(entry.title)}`,
    "",
    ...[...from, ...timers, ...because].map((text) => escapeMarkdown(sentence(text))),
    "",
    ...(answer.run ? measuredOf(row, answer.run) : ["Not run.", ""]),
    ...leftOutOf(row),
  ];
}

function measuredOf(row: Row, run: CatalogueRun): string[] {
  const { entry, answer } = row;
  const changed = run.version === entry.version ? "" : "; the file has been changed since this run";
  const facts = [
    `Run \`${run.run}\``,
    formatUtc(run.startedAt),
    formatMs(run.durationMs),
    `seed ${run.seed}`,
    `the run's own verdict: ${run.verdict}${changed}`,
  ];
  return [
    `${facts.join(", ")}.`,
    ...(run.recoveries.length === 0 ? [] : [recoveryLine(run)]),
    "",
    "| kind | what | target | measured | verdict |",
    "|---|---|---|---|---|",
    ...run.predictions.map((one) => assessmentRow("prediction", one)),
    ...run.objectives.map((one) => assessmentRow("objective", one)),
    "",
    ...explanationOf(row),
    ...run.reasons.slice(0, REASONS_MAX).map((reason) => `- ${escapeMarkdown(sentence(reason))}`),
    ...(run.reasons.length === 0 ? [] : [""]),
    ...(row.runs.length < 2 ? [] : [`All runs: ${runsText(row.runs, run)}.`, ""]),
    ...(answer.word === "inconclusive" ? ["No run of this row answers the question.", ""] : []),
  ];
}

function recoveryLine({ recoveries }: CatalogueRun): string {
  const told = recoveries.map(({ viewpoint, measure }) => `${viewpoint} ${text(measure, "ms")}`);
  return `Recovery times: ${told.join("; ")}.`;
}

function text(measure: Assessment["measured"], unit: string): string {
  const { main, bounds } = formatMeasure(measure, unit);
  return bounds === "" ? main : `${main} (${bounds})`;
}

function assessmentRow(kind: string, one: Assessment): string {
  const cells = [kind, one.label, one.target, text(one.measured, one.unit), one.verdict];
  return `| ${cells.map(escapeMarkdown).join(" | ")} |`;
}

/** Names that begin sentences of experiments; one with a capital inside is known by that. */
const NAMES: ReadonlySet<string> = new Set(["Connect", "Docker", "Java", "Kafka", "Toxiproxy"]);

/** A sentence as the rest of another one: without its capital, unless a name has it. */
function asClause(text: string): string {
  const [first = ""] = /^[A-Z][a-z]*(?![A-Za-z])/.exec(text) ?? [];
  const isName = first === "" || NAMES.has(first);
  return isName ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

/** Rows that did not hold as predicted, and whose files have no words (`refuted:`) about it. */
export function unexplained(rows: readonly Row[]): Row[] {
  return rows.filter((row) => isOtherwise(row) && row.entry.catalogue?.refuted === undefined);
}

function isOtherwise({ answer }: Row): boolean {
  return answer.word === "refuted" || answer.word === "qualified";
}

/** Of a row that did not hold: who wrote the experiment says why, or nobody has yet. */
function explanationOf(row: Row): string[] {
  if (!isOtherwise(row)) return [];
  const why = row.entry.catalogue?.refuted;
  const told = why === undefined ? "no explanation is written in its file yet." : sentence(why);
  return [`**Why it was not as predicted:** ${escapeMarkdown(told)}`, ""];
}

function runsText(runs: readonly CatalogueRun[], speaking: CatalogueRun): string {
  const sorted = [...runs].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  return sorted
    .map((run) => `\`${run.run}\` ${wordOf(run)}${otherVersion(run, speaking)}`)
    .join(", ");
}

/** A run of another version answers another question than the one that speaks for the row. */
function otherVersion({ version, startedAt }: CatalogueRun, speaking: CatalogueRun): string {
  if (version === speaking.version) return "";
  return ` (${startedAt < speaking.startedAt ? "earlier" : "later"} version of the file)`;
}

function leftOutOf({ leftOut }: Row): string[] {
  if (leftOut.length === 0) return [];
  const ids = leftOut.map(({ run }) => `\`${run}\``).join(", ");
  const verb = leftOut.length === 1 ? "is" : "are";
  const other = "other variables or another Kafka than the file's";
  return [`${count(leftOut.length, "run")} with ${other} ${verb} left out: ${ids}.`, ""];
}
