/**
 * One row for each measure, one mark for each repetition: all points, their median, its interval and
 * the target. Marks of one value are stacked, so that none hides another.
 */
import { scaleLinear } from "d3-scale";
import type { SetAssessment, SetMeasure, SetPoint } from "../../reconcile/repetition/set-result.ts";
import {
  type Drawing,
  glyph,
  glyphSample,
  horizontal,
  type Layer,
  type LegendItem,
  layer,
  lineSample,
  path,
  rect,
  text,
  vertical,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, table } from "../figure.ts";
import { formatUnit } from "../format.ts";
import { parseTarget } from "../target.ts";
import { intervalText, knownText, occurrenceText } from "./words.ts";

const LEFT = 20;
const RIGHT = 40;
const TOP = 14;
const BAND = 74;
const AXIS = 24;
const RADIUS = 3.6;
const STACK_MAX = 8;

export function stripFigure(measure: SetMeasure, aims: readonly SetAssessment[]): Figure {
  const { metric, label, unit } = measure;
  const aim = aims.find((one) => one.metric === metric);
  const target = aim === undefined ? null : parseTarget(aim.target, unit);
  const occurrence = occurrenceText(measure);
  const p95 = measure.p95 === null ? "no p95 below 59 runs" : `p95 ${knownText(measure.p95, unit)}`;
  const facts = [
    `${measure.n} runs: median ${knownText(measure.median, unit)}`,
    `from ${knownText(measure.min, unit)} to ${knownText(measure.max, unit)}`,
    measure.interval
      ? `95 % interval of the median ${intervalText(measure)}`
      : intervalText(measure),
    p95,
    ...(occurrence === "" ? [] : [occurrence]),
  ];
  const base = {
    id: `m-${metric.replace(".", "-")}`,
    heading: label,
    lead: `${facts.join("; ")}.`,
  };
  const numbers = table(
    `${label}, each repetition`,
    [num("repetition"), num("value"), cell("counts")],
    measure.points.map(({ repetition, value, censored, excluded }) => [
      num(String(repetition)),
      num(value === null ? "no number" : `${censored ? "≥ " : ""}${formatUnit(value, unit)}`),
      cell(excluded === undefined ? "yes" : `no: ${excluded}`),
    ]),
  );
  const drawn = measure.points.filter(({ value }) => value !== null);
  if (drawn.length === 0)
    return figure({ ...base, empty: "No repetition has a number.", table: numbers });
  return figure({
    ...base,
    legend: legendOf(measure, target),
    drawing: draw(measure, target),
    table: numbers,
  });
}

function legendOf({ points, interval }: SetMeasure, target: number | null): LegendItem[] {
  const items = [glyphSample("circle", "dot d-acked", "a repetition")];
  if (points.some(({ censored }) => censored)) {
    items.push(
      glyphSample("right", "mark k-bad", "at least this: not recovered when the run ended"),
    );
  }
  if (points.some(({ excluded }) => excluded !== undefined)) {
    items.push(glyphSample("cross", "dot d-indeterminate", "left out"));
  }
  items.push(lineSample("mark k-line", "median"));
  if (interval) items.push(lineSample("rto-bar", "95 % interval of the median"));
  if (target !== null) items.push(lineSample("target", "target"));
  return items;
}

function draw(measure: SetMeasure, target: number | null): Drawing {
  const { unit, median, interval, points, label, metric } = measure;
  const values = points.flatMap(({ value }) => value ?? []);
  const most = Math.max(...values, target ?? 0, interval?.high.value ?? 0) * 1.06 || 1;
  const x = scaleLinear([0, most], [LEFT, WIDTH - RIGHT]);
  const floor = TOP + BAND;
  const axis = layer();
  axis.paths.push(path(horizontal(LEFT, WIDTH - RIGHT, floor), "axis"));
  for (const tick of x.ticks(8)) {
    axis.paths.push(path(vertical(x(tick), TOP, floor), "grid"));
    axis.texts.push(text(x(tick), floor + 16, formatUnit(tick, unit), "m s", "middle"));
  }
  const statistics = layer();
  if (interval) {
    const [from, to] = [
      x(interval.low.value),
      interval.high.atLeast ? WIDTH - RIGHT : x(interval.high.value),
    ];
    statistics.paths.push(
      path(rect(from, TOP, Math.max(to - from, 1), BAND), "rto-bar", intervalText(measure)),
    );
  }
  if (median) {
    statistics.paths.push(
      path(
        vertical(x(median.value), TOP, floor),
        "mark k-line",
        `median ${knownText(median, unit)}`,
      ),
    );
  }
  if (target !== null)
    statistics.paths.push(path(vertical(x(target), TOP - 8, floor), "target", "target"));
  return {
    id: `m-${metric.replace(".", "-")}-chart`,
    title: `${label}: every repetition`,
    desc: `${values.length} points, from ${formatUnit(Math.min(...values), unit)} to ${formatUnit(Math.max(...values), unit)}.`,
    width: WIDTH,
    height: floor + AXIS,
    layers: [axis, statistics, marksOf(points, x, floor, unit)],
  };
}

function marksOf(
  points: SetPoint[],
  x: (value: number) => number,
  floor: number,
  unit: string,
): Layer {
  const marks = layer();
  const columns = new Map<number, number>();
  for (const { repetition, value, censored, excluded } of points) {
    if (value === null) continue;
    const column = Math.round(x(value) / (2 * RADIUS));
    const height = columns.get(column) ?? 0;
    columns.set(column, height + 1);
    const y = floor - RADIUS - 2 - Math.min(height, STACK_MAX) * 2 * RADIUS;
    const title = `repetition ${repetition}: ${censored ? "≥ " : ""}${formatUnit(value, unit)}`;
    const [name, c] =
      excluded !== undefined
        ? (["cross", "dot d-indeterminate"] as const)
        : censored
          ? (["right", "mark k-bad"] as const)
          : (["circle", "dot d-acked"] as const);
    marks.paths.push(path(glyph(name, x(value), y, RADIUS), c, title));
  }
  return marks;
}
