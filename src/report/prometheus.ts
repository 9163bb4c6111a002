/**
 * OpenMetrics text for a textfile collector. Only gauges, because the Prometheus text parser knows
 * no `info` and no `stateset`. A number that was not measured has no line: an alert on absence is
 * right, an alert on 0 would be wrong.
 */
import type { Measure, Result } from "../reconcile/result.ts";
import { oneLine } from "./plain-text.ts";
import { parseTarget } from "./target.ts";

export type Labels = Record<string, string>;
interface Sample {
  labels: Labels;
  value: number | null;
}

function escapeLabel(value: string): string {
  return oneLine(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

function seriesName(name: string, labels: Labels): string {
  const inner = Object.entries(labels)
    .map(([key, text]) => `${key}="${escapeLabel(text)}"`)
    .join(",");
  return `${name}{${inner}}`;
}

export function family(name: string, help: string, samples: Sample[]): string[] {
  const lines = new Map<string, string>();
  for (const { labels, value } of samples) {
    if (value === null || !Number.isFinite(value)) continue;
    const series = seriesName(name, labels);
    // A series may be written only once; the first is the headline.
    if (!lines.has(series)) lines.set(series, `${series} ${value}`);
  }
  if (lines.size === 0) return [];
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines.values()];
}

/** A number in doubt is none: a gauge has no place for the doubt. */
function seconds({ value, inconclusive }: Measure): number | null {
  return value === null || inconclusive !== undefined ? null : inSeconds(value);
}

/** To the microsecond, which is what the clock gives: a division leaves digits that mean nothing. */
export function inSeconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}

function objectiveFamilies(result: Result, base: Labels): string[] {
  const of = (metric: string) => ({ ...base, metric });
  const inUnits = (unit: string, value: number | null) =>
    unit === "ms" && value !== null ? inSeconds(value) : value;
  return [
    ...family(
      "kafka_dr_objective_met",
      "1 if the objective was met, 0 if it was missed or could not be decided.",
      result.objectives.map((o) => ({
        labels: { ...of(o.metric), verdict: o.verdict },
        value: o.verdict === "met" ? 1 : 0,
      })),
    ),
    ...family(
      "kafka_dr_objective_target",
      "Upper bound that the objective sets; seconds where it is a time.",
      result.objectives.map((o) => ({
        labels: of(o.metric),
        value: inUnits(o.unit, parseTarget(o.target, o.unit)),
      })),
    ),
  ];
}

function offsetFamilies(result: Result, base: Labels): string[] {
  const groups = [...new Set(result.offsets.map((row) => row.group))].sort();
  const sum = (group: string, verdict: string) =>
    result.offsets
      .filter((row) => row.group === group && row.verdict === verdict)
      .reduce((total, row) => total + (row.records ?? 0), 0);
  const samples = (verdict: string) =>
    groups.map((group) => ({ labels: { ...base, group }, value: sum(group, verdict) }));
  return [
    ...family("kafka_dr_offset_skipped_records", "Records skipped by a group.", samples("skip")),
    ...family("kafka_dr_offset_replayed_records", "Records replayed to one.", samples("replay")),
  ];
}

function recoveryFamilies(result: Result, base: Labels): string[] {
  const labelled = result.recoveries.map((r) => ({ labels: { ...base, kind: r.viewpoint }, r }));
  return [
    ...family(
      "kafka_dr_rto_seconds",
      "Fault until service was sustained, worst partition; a lower bound where censored is 1.",
      labelled.map(({ labels, r }) => ({ labels, value: seconds(r.measure) })),
    ),
    ...family(
      "kafka_dr_rto_censored",
      "1 if it had not recovered when the run ended.",
      labelled.map(({ labels, r }) => ({ labels, value: r.measure.censored ? 1 : 0 })),
    ),
  ];
}

/** One class can be counted by several causes; a metric must not be written twice. */
function anomalyCounts(result: Result): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { class: name, count } of result.anomalies) {
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

export function renderPrometheus(result: Result): string {
  const { run, tool, rpo, exposure } = result;
  const base: Labels = { experiment: run.name };
  const one = (name: string, help: string, value: number | null) =>
    family(name, help, [{ labels: base, value }]);
  const startedMs = Date.parse(run.startedAt);
  const verdicts = ["met", "missed", "inconclusive", "not-run"] as const;
  const lines = [
    ...family("kafka_dr_run_info", "The run these numbers are of.", [
      { labels: { ...base, run: run.id, tool: `${tool.name} ${tool.version}` }, value: 1 },
    ]),
    ...family(
      "kafka_dr_verdict",
      "1 for the verdict of the run, 0 for the others.",
      verdicts.map((verdict) => ({
        labels: { ...base, verdict },
        value: result.verdict === verdict ? 1 : 0,
      })),
    ),
    ...one("kafka_dr_start_time_seconds", "Start of the run, Unix time.", startedMs / 1000),
    ...one("kafka_dr_duration_seconds", "Duration of the run.", inSeconds(run.durationMs)),
    ...one("kafka_dr_rpo_records", "Acknowledged records not on the survivor.", rpo.records.value),
    ...one("kafka_dr_rpo_seconds", "Age of the oldest missing record.", seconds(rpo.timeMs)),
    ...one("kafka_dr_rpo_bytes", "Bytes of the missing records.", rpo.bytes.value),
    ...one("kafka_dr_exposure_records", "Largest exposure.", exposure.maxRecords.value),
    ...one("kafka_dr_exposure_seconds", "Largest exposure.", seconds(exposure.maxTimeMs)),
    ...recoveryFamilies(result, base),
    ...offsetFamilies(result, base),
    ...family(
      "kafka_dr_anomaly_records",
      "Anomalies found, by class.",
      [...anomalyCounts(result)].map(([name, value]) => ({
        labels: { ...base, class: name },
        value,
      })),
    ),
    ...objectiveFamilies(result, base),
    "# EOF",
  ];
  return `${lines.join("\n")}\n`;
}
