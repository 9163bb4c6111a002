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
/** Neighbours in phase that a point is drawn from, itself included. */
const NEIGHBOURS = 3;

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
 * again. So each is drawn from its neighbours in phase, and deviations from their mean are widened as
 * far as drawing from so few narrows them (J. N. K. Rao, C. F. J. Wu, Journal of the American
 * Statistical Association 83, 1988). Each has neighbours of its own: where runs were cut into groups,
 * a median that is always the last of its group was too sure of itself (of 11 runs, 71 % of intervals
 * held the truth). A measure that does not depend on the phase gets the width it would have had without.
 */
export function medianInterval(
  points: readonly Point[],
  seed: number,
): { low: Known; high: Known } | null {
  if (points.length < BOOTSTRAP_RUNS_MIN) return null;
  const random = new Random(seed, "bootstrap");
  const pools = poolsOf(points);
  const known = new Float64Array(RESAMPLES);
  const open = new Float64Array(RESAMPLES);
  const anyOpen = points.some(({ censored }) => censored);
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    const drawn = pools.map((pool) => pool[random.between(0, pool.length)] as Drawn);
    known[resample] = medianOf(drawn.map(({ value }) => value));
    open[resample] = anyOpen ? medianOf(drawn.map(openValue)) : (known[resample] as number);
  }
  known.sort();
  open.sort();
  const at = (share: number): Known => {
    const index = Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES));
    const value = known[index] as number;
    return { value, atLeast: open[index] !== value };
  };
  return { low: at(0.025), high: at(0.975) };
}

type Drawn = Pick<Point, "value" | "censored">;

/** What each point is drawn from: all, or its neighbours in phase with their deviations widened. */
function poolsOf(points: readonly Point[]): Drawn[][] {
  if (points.some(({ phase }) => phase === undefined)) return points.map(() => [...points]);
  const sorted = [...points].sort((a, b) => (a.phase ?? 0) - (b.phase ?? 0));
  return sorted.map((_, at) => {
    const first = Math.min(Math.max(at - 1, 0), sorted.length - NEIGHBOURS);
    const pool = sorted.slice(first, first + NEIGHBOURS);
    // A bound has no deviation.
    if (pool.some(({ censored }) => censored)) return pool;
    const mean = pool.reduce((sum, { value }) => sum + value, 0) / pool.length;
    const wider = Math.sqrt(pool.length / (pool.length - 1));
    return pool.map(({ value }) => ({ value: mean + (value - mean) * wider, censored: false }));
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
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[sorted.length / 2 - 1] as number;
  return lower === upper ? upper : (lower + upper) / 2;
}

function ascending(a: number, b: number): number {
  return a - b;
}
