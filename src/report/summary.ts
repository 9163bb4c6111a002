/** The result in a few lines, for a terminal. Words first, so it needs no colour. */
import { formatWritten } from "../kernel/units.ts";
import type { Assessment, Result } from "../reconcile/result.ts";
import { count, formatMeasure, formatMs, verdictWord } from "./format.ts";
import { oneLine } from "./plain-text.ts";
import { answerSentence, headline } from "./view-model-verdict.ts";
import { viewpointText } from "./viewpoint.ts";

const REASONS_MAX = 5;

/** `1,204 records (exact), 2.11 s (± 13 ms), tail`. */
export function rpoText(result: Result): string {
  const { rpo } = result;
  const parts = (["records", "timeMs"] as const).map((key) => {
    const { main, bounds } = formatMeasure(rpo[key], key === "records" ? "records" : "ms");
    return bounds === "" ? main : `${main} (${bounds})`;
  });
  if (rpo.records.value === null) return parts[0] ?? "no number";
  const shape = rpo.shape === "tail" || rpo.shape === "hole" ? [rpo.shape] : [];
  return [...parts, ...shape].join(", ");
}

export function rtoText(result: Result): string {
  if (result.recoveries.length === 0) return "not measured";
  return result.recoveries.map((r) => `${viewpointText(r, result)} ${headline(r)}`).join("; ");
}

/** `1 exact, 3 replay, 1 skip` partitions. */
export function offsetsText(result: Result): string {
  if (result.offsets.length === 0) return "no group moved";
  const counts = new Map<string, number>();
  for (const row of result.offsets) counts.set(row.verdict, (counts.get(row.verdict) ?? 0) + 1);
  const words = [...counts].sort().map(([verdict, n]) => `${n} ${verdict}`);
  return `${words.join(", ")} of ${count(result.offsets.length, "partition")}`;
}

export function assessmentText(assessment: Assessment): string {
  const { main, bounds } = formatMeasure(assessment.measured, assessment.unit);
  const measured = bounds === "" ? main : `${main} (${bounds})`;
  return `${assessment.label}: ${measured}, target ${formatWritten(assessment.target)}`;
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(13)}${oneLine(text)}`;
}

/** No newline at the end: the caller decides what follows. */
export function summarize(result: Result): string {
  const { run } = result;
  const lines = [
    `${verdictWord(result.verdict)}  ${oneLine(run.title || run.name)}`,
    `  ${oneLine(answerSentence(result))}`,
    row("RPO", rpoText(result)),
    row("RTO", rtoText(result)),
    row("offsets", offsetsText(result)),
    ...result.objectives.map((o) => row(o.verdict, assessmentText(o))),
  ];
  if (result.verdict !== "met") {
    const more = result.reasons.length - REASONS_MAX;
    lines.push(...result.reasons.slice(0, REASONS_MAX).map((reason) => row("because", reason)));
    if (more > 0) lines.push(`  … and ${count(more, "more reason")}, in the report`);
  }
  lines.push(row("run", `${run.id}, ${formatMs(run.durationMs)}, seed ${run.seed}`));
  return lines.join("\n");
}
