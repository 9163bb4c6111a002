/**
 * Numbers for people, the same in every locale. A number that was measured is always written with
 * its bounds, and a number that is missing is never written as zero.
 */
import { formatBytes, formatCount, formatDurationMs } from "../kernel/units.ts";
import type { Assessment, Measure } from "../reconcile/result.ts";

const MINUS = "−";

/** Bounds of a measured value in words: `± 12 ms`, `8.90 s to 9.31 s`, `exact`. */
export interface MeasureText {
  main: string;
  bounds: string;
}

export function formatNumber(value: number): string {
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return `${sign}∞`;
  if (size >= 1e15) return `${sign}${size}`;
  const digits = size >= 100 || Number.isInteger(size) ? 0 : size >= 1 ? 2 : 3;
  return sign + formatCount(Number(size.toFixed(digits)));
}

export function formatMs(ms: number): string {
  return ms < 0 ? MINUS + formatDurationMs(-ms) : formatDurationMs(ms);
}

export function formatUnit(value: number, unit: string): string {
  if (unit === "ms") return formatMs(value);
  if (unit === "bytes" || unit === "B") return formatBytes(value);
  if (unit === "%") return `${formatNumber(value)} %`;
  if (unit === "" || unit === "shape") return formatNumber(value);
  const noun = Math.abs(value) === 1 && unit.endsWith("s") ? unit.slice(0, -1) : unit;
  return `${formatNumber(value)} ${noun}`;
}

export function formatMeasure(measure: Measure, unit: string): MeasureText {
  const { value, low, high, censored } = measure;
  if (measure.text !== undefined) return { main: measure.text, bounds: "" };
  if (value === null) return { main: "no number", bounds: "" };
  if (censored) {
    return { main: `≥ ${formatUnit(value, unit)}`, bounds: "not over when the run ended" };
  }
  return { main: formatUnit(value, unit), bounds: formatBounds(value, low, high, unit) };
}

function formatBounds(
  value: number,
  low: number | null,
  high: number | null,
  unit: string,
): string {
  if (low === null && high === null) return "";
  if (low === null && high !== null) return `at most ${formatUnit(high, unit)}`;
  if (high === null && low !== null) return `at least ${formatUnit(low, unit)}`;
  if (low === null || high === null) return "";
  if (low === value && high === value) return unit === "ms" && value !== 0 ? "± 0 ms" : "exact";
  if (low === value) return `at most ${formatUnit(high, unit)}`;
  if (high === value) return `at least ${formatUnit(low, unit)}`;
  const below = value - low;
  const above = high - value;
  const half = Math.max(below, above);
  if (Math.abs(below - above) <= half * 0.05) return `± ${formatUnit(half, unit)}`;
  return `${formatUnit(low, unit)} to ${formatUnit(high, unit)}`;
}

/** Of a miss that something else than the distance decided, there is no margin to tell. */
export function formatMargin({
  margin,
  unit,
  verdict,
}: Pick<Assessment, "margin" | "unit" | "verdict">): string {
  const missed = verdict === "missed" || verdict === "refuted";
  if (margin === null || (missed && margin >= 0)) return "–";
  if (margin === 0) return "0";
  return (margin > 0 ? "+" : MINUS) + formatUnit(Math.abs(margin), unit);
}

/** An instant on the run's axis: `20.13 s`, `−1.50 s`, `2 m 05 s`. A dash when there is none. */
export function formatAt(ms: number | null): string {
  return ms === null ? "–" : formatMs(ms);
}

export function formatOptional(value: number | null): string {
  return value === null ? "–" : formatNumber(value);
}

const ISO_UTC = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z$/;

/** `2026-03-01 09:00:00 UTC`; a time of another zone, or no time at all, is shown as it is. */
export function formatUtc(text: string): string {
  const [, day, time] = ISO_UTC.exec(text) ?? [];
  return day === undefined || time === undefined ? text : `${day} ${time} UTC`;
}

export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(n)} ${Math.abs(n) === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function list(items: readonly string[], max = 3): string {
  if (items.length === 0) return "nothing";
  const rest = items.length - max;
  const named = rest > 1 ? [...items.slice(0, max), `${rest} more`] : [...items];
  const last = named.pop() ?? "";
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}

export function capitalise(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1);
}

/** Makes a reason of the result a sentence: a capital, and a full stop. */
export function sentence(s: string): string {
  const trimmed = s.trim();
  return trimmed === "" || /[.!?]$/.test(trimmed) ? capitalise(trimmed) : `${capitalise(trimmed)}.`;
}

export type VerdictWord = "PASSED" | "FAILED" | "INCONCLUSIVE" | "NOT RUN";

export function verdictWord(verdict: "met" | "missed" | "inconclusive" | "not-run"): VerdictWord {
  if (verdict === "met") return "PASSED";
  if (verdict === "missed") return "FAILED";
  return verdict === "inconclusive" ? "INCONCLUSIVE" : "NOT RUN";
}
