/**
 * Where an axis ends. One catch-up spike of a tenth of a second, thirty times as high as all the
 * rest, would flatten the curve that a reader looks for; so the axis of a rate ends above what is
 * usual, and what lies above it is marked and said in words, with its value and its time.
 */
import { quantile } from "d3-array";
import type { Series } from "../../reconcile/result.ts";
import { formatMs, formatNumber, formatUnit } from "../format.ts";

const USUAL = 0.95;
/** How far above the usual an axis reaches, and above what a value is worth cutting it. */
const REACH = 2;
const SPIKE = 3;

/** The end of the axis; null where nothing stands out, and the axis ends at the highest value. */
export function clippedAt(drawn: readonly Series[]): number | null {
  const usual = Math.max(0, ...drawn.map(({ points }) => quantile(valuesOf(points), USUAL) ?? 0));
  const peak = Math.max(0, ...drawn.flatMap(({ points }) => valuesOf(points)));
  return usual > 0 && peak > usual * SPIKE ? usual * REACH : null;
}

function valuesOf(points: Series["points"]): number[] {
  return points.flatMap(([, value]) => (value === null ? [] : [value]));
}

export interface Peak {
  series: Series;
  atMs: number;
  value: number;
}

/** The highest point of each stretch of a curve that lies above the axis. */
export function peaksAbove(drawn: readonly Series[], limit: number): Peak[] {
  return drawn.flatMap((series) => {
    const peaks: Peak[] = [];
    let open: Peak | null = null;
    for (const [atMs, value] of series.points) {
      if (value === null || value <= limit) {
        open = null;
        continue;
      }
      if (open === null) {
        open = { series, atMs, value };
        peaks.push(open);
      } else if (value > open.value) Object.assign(open, { atMs, value });
    }
    return peaks;
  });
}

/** What the axis leaves out, in a sentence. */
export function clippedText(peaks: readonly Peak[], limit: number): string {
  const [highest] = peaks.toSorted((a, b) => b.value - a.value);
  if (!highest) return "";
  const { series, value, atMs } = highest;
  return (
    ` The axis ends at ${formatNumber(Math.round(limit))}: the highest value, ` +
    `${formatUnit(value, series.unit)} (${series.label}) at ${formatMs(atMs)}, lies above it.`
  );
}
