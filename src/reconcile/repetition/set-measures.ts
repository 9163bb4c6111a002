/** The measures of a set: one point for each repetition, and what the points say together. */
import { METRICS, type MetricId, metricIds } from "../../history/judging.ts";
import { isOnlyUnsure } from "../assess.ts";
import type { Measure, Result } from "../result.ts";
import type { SetMeasure, SetPoint } from "./set-result.ts";
import {
  largest,
  median,
  medianInterval,
  type Point,
  p95,
  ruleOfThree,
  smallest,
} from "./statistics.ts";

/** A repetition that was judged. */
export interface Judged {
  index: number;
  result: Result;
  /** Why nothing of it counts; absent when it is conclusive. */
  excluded?: string;
  /** In the longest cycle, when the instants were stratified. */
  phase?: number;
}

/** What is always measured; the rest when the experiment aims at it or predicts it. */
const ALWAYS: ReadonlySet<MetricId> = new Set<MetricId>([
  "rpo.records",
  "rpo.time",
  "rto.produce",
  "rto.consume",
  "rto.cluster",
]);

export function setMeasures(judged: readonly Judged[], seed: number): SetMeasure[] {
  const aimed = new Set(
    judged.flatMap(({ result }) =>
      [...result.objectives, ...result.predictions].map(({ metric }) => metric),
    ),
  );
  return metricIds
    .filter((metric) => METRICS[metric].unit !== "shape")
    .filter((metric) => ALWAYS.has(metric) || aimed.has(metric))
    .flatMap((metric) => {
      const points = judged.flatMap((one) => pointOf(one, metric) ?? []);
      const phases = new Map(judged.map(({ index, phase }) => [index, phase]));
      return points.length === 0 ? [] : [summaryOf(metric, points, phases, seed)];
    });
}

/** Null when the repetition knows no such measure: nothing was broken that could recover. */
function pointOf({ index, result, excluded }: Judged, metric: MetricId): SetPoint | null {
  const aims = [...result.objectives, ...result.predictions];
  const aim = aims.find((one) => one.metric === metric);
  const measure = aim?.measured ?? ownMeasure(result, metric);
  if (!measure) return null;
  const { value, low, high, censored } = measure;
  const doubt = aim?.verdict === "inconclusive" && !isOnlyUnsure(aim) ? aim.reason : undefined;
  const why =
    excluded ??
    measure.inconclusive ??
    doubt ??
    (value === null ? "there is no number" : undefined);
  const point = { repetition: index, value, low, high, censored };
  return why === undefined ? point : { ...point, excluded: why };
}

function ownMeasure(result: Result, metric: MetricId): Measure | undefined {
  if (metric === "rpo.records") return result.rpo.records;
  if (metric === "rpo.time") return result.rpo.timeMs;
  return result.recoveries.find(({ viewpoint }) => `rto.${viewpoint}` === metric)?.measure;
}

function summaryOf(
  metric: MetricId,
  points: SetPoint[],
  phases: ReadonlyMap<number, number | undefined>,
  seed: number,
): SetMeasure {
  const { label, unit } = METRICS[metric];
  const counted = points.flatMap(({ repetition, value, censored, excluded }): Point[] => {
    if (value === null || excluded !== undefined) return [];
    const phase = phases.get(repetition);
    return [{ value, censored, ...(phase === undefined ? {} : { phase }) }];
  });
  const n = counted.length;
  const known = <T>(statistic: (of: readonly Point[]) => T): T | null =>
    n === 0 ? null : statistic(counted);
  const isCount = unit === "records" || unit === "partitions";
  const occurred = isCount && n > 0 ? counted.filter(({ value }) => value > 0).length : null;
  return {
    metric,
    label,
    unit,
    points,
    n,
    median: known(median),
    min: known(smallest),
    max: known(largest),
    p95: known(p95),
    interval: known((all) => medianInterval(all, seed)),
    occurred,
    probabilityAtMost: occurred === 0 ? ruleOfThree(n) : null,
  };
}
