/**
 * Markdown for a job summary or a pull request. It starts at h3, says the verdict first, and stays
 * far below the 1 MiB at which GitHub drops a whole summary.
 */
import { formatWritten } from "../kernel/units.ts";
import type { Assessment, Result } from "../reconcile/result.ts";
import { count, formatMargin, formatMeasure, formatMs, formatUtc, verdictWord } from "./format.ts";
import { oneLine } from "./plain-text.ts";
import { offsetsText, rpoText, rtoText } from "./summary.ts";
import { answerSentence } from "./view-model-verdict.ts";

const ROWS_MAX = 50;
const TEXT_MAX = 2000;
const SYMBOLS = { PASSED: "✅", FAILED: "❌", INCONCLUSIVE: "⚠️", "NOT RUN": "⏭️" } as const;

/** A string of the run as plain text: neither Markdown nor HTML. */
export function escapeMarkdown(text: string): string {
  const line = oneLine(text);
  const cut = line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX)}…` : line;
  return cut
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_{}[\]()#+!|~$@]/g, "\\$&");
}

function assessmentTable(kind: string, rows: Assessment[]): string[] {
  const lines = [`| ${kind} | target | measured | margin | verdict |`, "|---|---|---|---:|---|"];
  for (const row of rows.slice(0, ROWS_MAX)) {
    const { main, bounds } = formatMeasure(row.measured, row.unit);
    const cells = [
      row.label,
      formatWritten(row.target),
      bounds === "" ? main : `${main}, ${bounds}`,
      formatMargin(row),
    ].map(escapeMarkdown);
    lines.push(`| ${cells.join(" | ")} | **${escapeMarkdown(row.verdict)}** |`);
  }
  if (rows.length > ROWS_MAX) lines.push("", `… and ${rows.length - ROWS_MAX} more.`);
  return lines;
}

function bullets(items: string[]): string[] {
  const lines = items.slice(0, ROWS_MAX).map((item) => `- ${escapeMarkdown(item)}`);
  const more = items.length - ROWS_MAX;
  return more > 0 ? [...lines, `- … and ${more} more`] : lines;
}

function folded(title: string, lines: string[]): string[] {
  if (lines.length === 0) return [];
  return ["", "<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

/** Apart from the verdict, and above everything that explains it. */
function unhealed({ healFailures = [] }: Result): string[] {
  if (healFailures.length === 0) return [];
  const lines = healFailures.map(({ step, reason }) => `NOT HEALED, ${step}: ${reason}`);
  return [...bullets(lines), ""];
}

export function renderMarkdown(result: Result): string {
  const { run } = result;
  const word = verdictWord(result.verdict);
  const objectives =
    result.objectives.length === 0
      ? ["No objective was set."]
      : assessmentTable("objective", result.objectives);
  const facts = [
    `RPO: ${rpoText(result)}`,
    `RTO: ${rtoText(result)}`,
    `Offsets: ${offsetsText(result)}`,
  ];
  const provenance = [
    `Run ${run.id}, started ${formatUtc(run.startedAt)}, ${formatMs(run.durationMs)}, ${run.outcome}`,
    `${result.tool.name} ${result.tool.version}, seed ${run.seed}, exit code ${result.exitCode}`,
    `Experiment ${run.experimentFile}, SHA-256 ${run.experimentSha256}`,
    `History SHA-256 ${run.historySha256}`,
  ];
  const lines = [
    `### ${SYMBOLS[word]} ${word}: ${escapeMarkdown(run.title || run.name)}`,
    "",
    escapeMarkdown(answerSentence(result)),
    "",
    ...unhealed(result),
    ...(result.verdict === "met" ? [] : [...bullets(result.reasons), ""]),
    ...objectives,
    "",
    ...bullets(facts),
    ...folded(
      `Predictions (${result.predictions.length})`,
      result.predictions.length === 0 ? [] : assessmentTable("prediction", result.predictions),
    ),
    ...folded(count(result.warnings.length, "warning"), bullets(result.warnings)),
    ...folded("Provenance", bullets(provenance)),
  ];
  return `${lines.join("\n")}\n`;
}
