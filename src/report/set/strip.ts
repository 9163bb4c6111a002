/**
 * One row for each measure, one mark for each repetition: all points, their median, its interval and
 * the target. Marks of one value are stacked, so that none hides another. The axis covers what was
 * measured and not always zero: a mark's place carries the value, no length does.
 */
import { type ScaleLinear, scaleLinear } from "d3-scale";
import type { SetAssessment, SetMeasure, SetPoint } from "../../reconcile/repetition/set-result.ts";
import {
  boxSample,
  type Drawing,
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
import { count, formatUnit } from "../format.ts";
import { parseTarget } from "../target.ts";
import { markOf, markSamples, pointText, RADIUS } from "./marks.ts";
import { intervalText, knownText, occurrenceText } from "./words.ts";

const LEFT = 44;
const RIGHT = 44;
const TOP = 14;
const BAND_MIN = 34;
const AXIS = 24;
const STEP = 2 * RADIUS + 0.6;

export function stripFigure(measure: SetMeasure, aims: readonly SetAssessment[]): Figure {
  const { metric, label, unit, points } = measure;
  const aim = aims.find((one) => one.metric === metric);
  const target = aim === undefined ? null : parseTarget(aim.target, unit);
  const base = {
    id: `m-${metric.replace(".", "-")}`,
    heading: label,
    lead: leadOf(measure),
    table: table(
      `${label}, each repetition`,
      [num("repetition"), num("value"), cell("counts")],
      points.map((point) => [
        num(String(point.repetition)),
        num(pointText(point, unit)),
        cell(point.excluded === undefined ? "yes" : `no: ${point.excluded}`),
      ]),
    ),
  };
  const values = new Set(points.flatMap(({ value }) => value ?? []));
  if (values.size === 0) return figure({ ...base, empty: "No repetition has a number." });
  const [only = 0] = values;
  if (values.size === 1 && points.every(({ censored, value }) => !censored && value !== null)) {
    const runs = count(points.length, "repetition");
    const empty = `${formatUnit(only, unit)} in each of ${runs}: nothing to draw.`;
    return figure({ ...base, empty });
  }
  return figure({
    ...base,
    legend: legendOf(measure, target),
    drawing: draw(measure, target),
  });
}

function leadOf(measure: SetMeasure): string {
  const { n, unit, median, min, max, interval, p95 } = measure;
  const occurrence = occurrenceText(measure);
  const facts = [
    `${count(n, "run")}: median ${knownText(median, unit)}`,
    `from ${knownText(min, unit)} to ${knownText(max, unit)}`,
    interval ? `95 % interval of the median ${intervalText(measure)}` : intervalText(measure),
    p95 === null ? "no p95 below 59 runs" : `p95 ${knownText(p95, unit)}`,
    ...(occurrence === "" ? [] : [occurrence]),
  ];
  return `${facts.join("; ")}.`;
}

function legendOf(measure: SetMeasure, target: number | null): LegendItem[] {
  const items = markSamples(measure);
  if (measure.median) items.push(lineSample("mark k-line", "median"));
  if (measure.interval) items.push(boxSample("interval", "95 % interval of the median"));
  if (target !== null) items.push(lineSample("target", "target"));
  return items;
}

/** From zero where that costs less than half of the width; else around what was measured. */
export function domainOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((most - least) * 0.08, most * 0.002);
  return least < most / 2 ? [0, most + room] : [Math.max(0, least - room), most + room];
}

type Scale = ScaleLinear<number, number>;

function draw(measure: SetMeasure, target: number | null): Drawing {
  const { unit, points, interval, label, metric } = measure;
  const values = points.flatMap(({ value }) => value ?? []);
  const edges = [target, interval?.low.value, interval?.high.value].flatMap((one) => one ?? []);
  const x = scaleLinear(domainOf([...values, ...edges]), [LEFT, WIDTH - RIGHT]);
  const places = placesOf(points, x);
  const floor = TOP + Math.max(BAND_MIN, Math.max(...places.map(({ row }) => row + 1)) * STEP + 8);
  const axis = layer();
  axis.paths.push(path(horizontal(LEFT, WIDTH - RIGHT, floor), "axis"));
  for (const tick of x.ticks(8)) {
    axis.paths.push(path(vertical(x(tick), TOP, floor), "grid"));
    axis.texts.push(text(x(tick), floor + 16, formatUnit(tick, unit), "m s", "middle"));
  }
  const marks = layer();
  for (const { point, at, row } of places) {
    marks.paths.push(markOf(point, at, floor - RADIUS - 2 - row * STEP, unit));
  }
  const [from, to] = [formatUnit(Math.min(...values), unit), formatUnit(Math.max(...values), unit)];
  return {
    id: `m-${metric.replace(".", "-")}-chart`,
    title: `${label}: every repetition`,
    desc: `${values.length} points, from ${from} to ${to}.`,
    width: WIDTH,
    height: floor + AXIS,
    layers: [axis, statisticsOf(measure, target, x, floor), marks],
  };
}

function statisticsOf(measure: SetMeasure, target: number | null, x: Scale, floor: number): Layer {
  const { interval, median, unit } = measure;
  const drawn = layer();
  if (interval) {
    const from = x(interval.low.value);
    const to = interval.high.atLeast ? WIDTH - RIGHT : x(interval.high.value);
    const title = `95 % interval of the median: ${intervalText(measure)}`;
    const box = rect(from, TOP, Math.max(to - from, 1), floor - TOP);
    drawn.paths.push(path(box, "interval", title));
  }
  if (median) {
    const title = `median ${knownText(median, unit)}`;
    drawn.paths.push(path(vertical(x(median.value), TOP, floor), "mark k-line", title));
  }
  if (target !== null) {
    drawn.paths.push(path(vertical(x(target), TOP - 8, floor), "target", "target"));
  }
  return drawn;
}

/** Each mark at its value, above those that stand there already. */
function placesOf(points: readonly SetPoint[], x: Scale) {
  const columns = new Map<number, number>();
  return points.flatMap((point) => {
    if (point.value === null) return [];
    const at = x(point.value);
    const column = Math.round(at / (2 * RADIUS));
    const row = columns.get(column) ?? 0;
    columns.set(column, row + 1);
    return [{ point, at, row }];
  });
}
