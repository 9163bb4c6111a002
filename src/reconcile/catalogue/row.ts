/**
 * What the runs of one row of the catalogue say together.
 *
 * One run speaks for the row: the newest conclusive one, else the newest. The others are its spread.
 * Naive rule: the newest run's answer is the row's. Counter-example: a set of three, of which two
 * refute and the last confirms, is no confirmation. So runs of the same file that answer otherwise make
 * the row *qualified*, and it says in how many.
 */
import type { MetricId } from "../../history/judging.ts";
import { isOnlyUnsure } from "../assess.ts";
import { type Known, largest, median, type Point, smallest } from "../repetition/statistics.ts";
import type { Assessment } from "../result.ts";
import type { CatalogueRun } from "./catalogue-run.ts";

export type RowWord = "confirmed" | "refuted" | "qualified" | "inconclusive" | "not run";

export interface RowAnswer {
  word: RowWord;
  /** Why it is not plain: `confirmed in 1 of 3 runs`. */
  note?: string;
  /** The run that speaks for the row. */
  run?: CatalogueRun;
  spreads: Spread[];
}

export interface Spread {
  metric: MetricId;
  label: string;
  unit: string;
  /** Runs with a number that may be believed. */
  n: number;
  min: Known;
  median: Known;
  max: Known;
}

/** Of one run, from its predictions: all held, none did, or some did. */
export function wordOf({ verdict, predictions }: CatalogueRun): RowWord {
  if (verdict === "not-run") return "not run";
  const having = (word: Assessment["verdict"]) => predictions.some((one) => one.verdict === word);
  if (having("refuted")) return having("confirmed") ? "qualified" : "refuted";
  return having("inconclusive") || predictions.length === 0 ? "inconclusive" : "confirmed";
}

const isConclusive = (run: CatalogueRun) => !["inconclusive", "not run"].includes(wordOf(run));

/** `runs`: all of one experiment as its file describes it, in any order. */
export function rowAnswer(runs: readonly CatalogueRun[]): RowAnswer {
  const newest = [...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const run = newest.find(isConclusive) ?? newest[0];
  if (!run) return { word: "not run", spreads: [] };
  const word = wordOf(run);
  const spreads = spreadsOf(run, runs);
  const alike = runs.filter(
    (one) => isConclusive(one) && one.experimentSha256 === run.experimentSha256,
  );
  const same = alike.filter((one) => wordOf(one) === word).length;
  if (same === alike.length) return { word, run, spreads };
  const note = `${word} in ${same} of ${alike.length} runs`;
  return { word: "qualified", note, run, spreads };
}

/** Of the metrics that are predicted, over all runs in which their number may be believed. */
function spreadsOf(run: CatalogueRun, runs: readonly CatalogueRun[]): Spread[] {
  return run.predictions.flatMap(({ metric, label, unit }) => {
    const points = runs.flatMap((one) => pointOf(one, metric) ?? []);
    // A shape has none.
    if (points.length === 0) return [];
    const all = { min: smallest(points), median: median(points), max: largest(points) };
    return [{ metric, label, unit, n: points.length, ...all }];
  });
}

/**
 * An answer that is open because the target lies within the bounds of the measurement has a number all
 * the same; one whose run was in doubt has none.
 */
function pointOf({ predictions, verdict }: CatalogueRun, metric: MetricId): Point | undefined {
  const found = predictions.find((one) => one.metric === metric);
  if (!found || verdict === "not-run") return undefined;
  const { value, censored } = found.measured;
  if (value === null) return undefined;
  if (found.verdict === "inconclusive" && !isOnlyUnsure(found)) return undefined;
  return { value, censored };
}
