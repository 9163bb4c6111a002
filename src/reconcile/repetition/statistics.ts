/**
 * Numbers of several runs of one experiment, said no more precisely than their count allows.
 *
 * **What did not end is no number to be left out.** Naive rule: drop the runs that never recovered.
 * Counter-example: five recover in 8 s, five never do; the median is then "8 s". Here a censored value
 * is a lower bound. Every statistic is computed twice, with the bound and with infinity in its place;
 * where the two differ, only the first is known, as "at least".
 */
import assert from "node:assert";
import { Random } from "../../kernel/random.ts";

/** One run's value. `censored`: the truth is `value` or more. */
export interface Point {
  value: number;
  censored: boolean;
  /** Where in the longest cycle its fault was placed, when the instants were stratified: [0, 1). */
  phase?: number;
}

/** `atLeast`: the truth is `value` or more. */
export interface Known {
  value: number;
  atLeast: boolean;
}

/** Below this many runs a bootstrap of the median says more than the data do. */
export const BOOTSTRAP_RUNS_MIN = 10;
/**
 * From so many runs on the largest of them is above the 95th percentile with 95 % confidence:
 * 1 − 0.95⁵⁹ > 0.95. Below, any p95 is an extrapolation.
 */
export const P95_RUNS_MIN = 59;
const RESAMPLES = 4000;
/** Neighbours in phase that are drawn among themselves. */
const GROUP = 4;

/** The middle value, or the mean of the two in the middle. */
export function median(points: readonly Point[]): Known {
  return twice(points, medianOf);
}

export function smallest(points: readonly Point[]): Known {
  return twice(points, (values) => Math.min(...values));
}

export function largest(points: readonly Point[]): Known {
  return twice(points, (values) => Math.max(...values));
}

/** Nearest rank; null below 59 runs. */
export function p95(points: readonly Point[]): Known | null {
  if (points.length < P95_RUNS_MIN) return null;
  return twice(points, (values) => {
    const sorted = [...values].sort(ascending);
    return sorted[Math.ceil(sorted.length * 0.95) - 1] as number;
  });
}

/**
 * 95 % interval of the median: percentile bootstrap (B. Efron, Annals of Statistics 7, 1979), seeded.
 * Null below 10 runs.
 *
 * Stratified runs are not drawn at will from all: another set would have one in each part of the cycle
 * again. So neighbours in phase are drawn among themselves, in groups of four, and deviations from
 * the group's mean are widened as far as drawing from so few narrows them (J. N. K. Rao, C. F. J. Wu,
 * Journal of the American Statistical Association 83, 1988). A measure that does not depend on the
 * phase gets the width it would have had without.
 */
export function medianInterval(
  points: readonly Point[],
  seed: number,
): { low: Known; high: Known } | null {
  if (points.length < BOOTSTRAP_RUNS_MIN) return null;
  const random = new Random(seed, "bootstrap");
  const groups = groupsOf(points);
  const known: number[] = [];
  const open: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    const drawn = groups.flatMap((group) =>
      group.map(() => group[random.between(0, group.length)] as Drawn),
    );
    known.push(medianOf(drawn.map(({ value }) => value)));
    open.push(medianOf(drawn.map(openValue)));
  }
  known.sort(ascending);
  open.sort(ascending);
  const at = (share: number): Known => {
    const index = Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES));
    const value = known[index] as number;
    return { value, atLeast: open[index] !== value };
  };
  return { low: at(0.025), high: at(0.975) };
}

type Drawn = Pick<Point, "value" | "censored">;

/** What is drawn among itself: all, or neighbours in phase with their deviations widened. */
function groupsOf(points: readonly Point[]): Drawn[][] {
  if (points.some(({ phase }) => phase === undefined)) return [[...points]];
  const sorted = [...points].sort((a, b) => (a.phase ?? 0) - (b.phase ?? 0));
  const count = Math.floor(sorted.length / GROUP);
  return Array.from({ length: count }, (_, at) => {
    const group = sorted.slice(
      Math.round((at * sorted.length) / count),
      Math.round(((at + 1) * sorted.length) / count),
    );
    // A bound has no deviation.
    if (group.some(({ censored }) => censored)) return group;
    const mean = group.reduce((sum, { value }) => sum + value, 0) / group.length;
    const wider = Math.sqrt(group.length / (group.length - 1));
    return group.map(({ value }) => ({ value: mean + (value - mean) * wider, censored: false }));
  });
}

/**
 * The rule of three: when something happened in none of n independent runs, its probability in one
 * run is at most 3/n, with 95 % confidence (J. A. Hanley, A. Lippman-Hand, JAMA 249, 1983).
 */
export function ruleOfThree(n: number): number {
  assert(n > 0, "a bound needs a run");
  return Math.min(1, 3 / n);
}

function twice(points: readonly Point[], of: (values: number[]) => number): Known {
  assert(points.length > 0, "a statistic needs a value");
  const value = of(points.map((point) => point.value));
  return { value, atLeast: of(points.map(openValue)) !== value };
}

function openValue({ value, censored }: Drawn): number {
  return censored ? Infinity : value;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort(ascending);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[sorted.length / 2 - 1] as number;
  return lower === upper ? upper : (lower + upper) / 2;
}

function ascending(a: number, b: number): number {
  return a - b;
}
