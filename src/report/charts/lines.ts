/**
 * Curves over the run: rates, errors, replication lag, exposure. Lines differ in colour and in
 * dash, and each has its own column in the table behind the chart.
 */
import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { curveLinear, curveStepAfter, line } from "d3-shape";
import type { Series } from "../../reconcile/result.ts";
import {
  type Drawing,
  glyph,
  glyphSample,
  horizontal,
  type Layer,
  layer,
  lineSample,
  path,
  round,
  text,
  WIDTH,
} from "../drawing.ts";
import { type Figure, figure, num, type Table, thinnedTable } from "../figure.ts";
import { formatMs, formatNumber, formatUnit } from "../format.ts";
import { clippedAt, clippedText, peaksAbove } from "./clipping.ts";
import { axisLayer, bandLayer, FOOT, LEFT, RIGHT, type TimeFrame } from "./time-frame.ts";

export interface LineChart {
  id: string;
  heading: string;
  lead: string;
  unit: string;
  series: Series[];
  /** Class per series: colour and dash. */
  classes: string[];
  step: boolean;
  /** A spike may be cut off, so that the rest can be seen. */
  clip?: boolean;
  /** A target to compare with, drawn as a line. */
  target: { value: number; label: string } | null;
  /** What it means when there is nothing to draw. */
  whenEmpty: string;
}

type Point = [number, number | null];
const HEIGHT = 150;
const TOP = 8;

/** Fewer points than this do not make a curve. */
const POINTS_MIN = 3;

/** Keeps the lowest and the highest point of each column, so that no peak is lost. */
export function downsample(points: readonly Point[], columns: number): Point[] {
  if (points.length <= columns * 2) return [...points];
  const size = points.length / columns;
  const kept: Point[] = [];
  for (let column = 0; column < columns; column += 1) {
    const slice = points.slice(Math.floor(column * size), Math.floor((column + 1) * size));
    kept.push(...extremes(slice));
  }
  return kept;
}

function extremes(slice: readonly Point[]): Point[] {
  const gap = slice.find((point) => point[1] === null);
  const numbers = slice.filter((point) => point[1] !== null);
  const first = numbers[0];
  if (!first) return gap ? [gap] : [];
  let low = first;
  let high = first;
  for (const point of numbers) {
    if (Number(point[1]) < Number(low[1])) low = point;
    if (Number(point[1]) > Number(high[1])) high = point;
  }
  const pair = low === high ? [low] : low[0] < high[0] ? [low, high] : [high, low];
  return gap ? [...pair, gap].sort((a, b) => a[0] - b[0]) : pair;
}

function numbersOf(series: Series): number[] {
  return series.points.map((point) => point[1]).filter((value) => value !== null);
}

export function lineFigure(chart: LineChart, frame: TimeFrame): Figure {
  const base = { id: chart.id, heading: chart.heading, lead: chart.lead };
  const drawable = chart.series.filter((series) => numbersOf(series).length > 0);
  if (drawable.length === 0) return figure({ ...base, empty: chart.whenEmpty });
  const longest = max(drawable, (series) => numbersOf(series).length) ?? 0;
  const data = seriesTable(chart.heading, drawable);
  if (longest < POINTS_MIN) {
    const empty = "Too few points for a curve; they are listed instead.";
    return figure({ ...base, empty, table: data, tableOpen: true });
  }
  const legend = drawable.map((series) => lineSample(classOf(chart, series), legendText(series)));
  if (chart.target) legend.push(lineSample("target", chart.target.label));
  const limit = chart.clip ? clippedAt(drawable) : null;
  const peaks = limit === null ? [] : peaksAbove(drawable, limit);
  if (peaks.length > 0) legend.push(glyphSample("up", "mark k-edge", "above the axis"));
  return figure({
    ...base,
    lead: base.lead + clippedText(peaks, limit ?? 0),
    legend,
    drawing: draw(chart, drawable, frame, limit),
    table: data,
  });
}

/** With its unit, but for times: the axis says theirs at each tick, and not all in milliseconds. */
function legendText({ label, unit }: Series): string {
  return unit === "ms" ? label : `${label} (${unit})`;
}

function classOf(chart: LineChart, series: Series): string {
  return chart.classes[chart.series.indexOf(series)] ?? "line l-other";
}

function draw(
  chart: LineChart,
  drawable: Series[],
  frame: TimeFrame,
  limit: number | null,
): Drawing {
  const bottom = TOP + HEIGHT;
  const peak = max(drawable.flatMap(numbersOf)) ?? 0;
  // A target far above the curve would flatten it; then it is named instead of drawn.
  const shown = chart.target && chart.target.value <= peak * 4 ? chart.target : null;
  const domainMax = Math.max(limit ?? peak, shown?.value ?? 0) || 1;
  const y = scaleLinear([0, domainMax * 1.05], [bottom, TOP]).clamp(true);
  const curve = line<Point>()
    .defined((point) => point[1] !== null && point[0] >= frame.fromMs && point[0] <= frame.toMs)
    .x((point) => round(frame.x(point[0])))
    .y((point) => round(y(point[1] ?? 0)))
    .curve(chart.step ? curveStepAfter : curveLinear)
    .digits(1);
  const lines = layer();
  if (shown) {
    lines.paths.push(path(horizontal(LEFT, WIDTH - RIGHT, y(shown.value)), "target"));
    lines.texts.push(text(LEFT + 4, y(shown.value) - 4, shown.label, "t m halo"));
  }
  for (const series of drawable) {
    const points = downsample(series.points, WIDTH - LEFT - RIGHT);
    lines.paths.push(path(curve(points) ?? "", classOf(chart, series), series.label));
  }
  for (const { series, atMs, value } of limit === null ? [] : peaksAbove(drawable, limit)) {
    const title = `${series.label}: ${formatUnit(value, series.unit)} at ${formatMs(atMs)}`;
    lines.paths.push(path(glyph("up", frame.x(atMs), TOP + 4, 4), "mark k-edge", title));
  }
  return {
    id: chart.id,
    title: chart.heading,
    desc: drawable.map(describe).join(" "),
    width: WIDTH,
    height: bottom + FOOT,
    layers: [
      bandLayer(frame, TOP, bottom),
      axisLayer(frame, TOP, bottom),
      valueAxis(y.ticks(4), y, chart.unit, TOP),
      lines,
    ],
  };
}

export function valueAxis(
  ticks: number[],
  y: (value: number) => number,
  unit: string,
  top: number,
): Layer {
  const drawn = layer();
  const grid = ticks.map((tick) => horizontal(LEFT - 4, WIDTH - RIGHT, y(tick)));
  drawn.paths.push(path(grid.join(""), "grid"));
  for (const tick of ticks) {
    const label = unit === "ms" ? tickMs(tick) : formatNumber(tick);
    drawn.texts.push(text(LEFT - 9, y(tick) + 4, label, "t m", "end"));
  }
  drawn.texts.push(text(0, top + 9, unit === "ms" ? "time" : unit, "t m"));
  return drawn;
}

export function tickMs(ms: number): string {
  if (ms === 0) return "0";
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${formatNumber(ms / 1000)} s`;
}

function describe(series: Series): string {
  const numbers = numbersOf(series);
  const peak = Math.max(...numbers);
  const peakAt = series.points.find((point) => point[1] === peak)?.[0] ?? 0;
  const last = numbers.at(-1) ?? 0;
  const unit = series.unit;
  return (
    `${series.label}: largest ${formatUnit(peak, unit)} at ${formatMs(peakAt)}, ` +
    `last ${formatUnit(last, unit)}.`
  );
}

/** One row per instant, one column per curve. */
function seriesTable(caption: string, drawable: Series[]): Table {
  const byTime = new Map<number, (number | null | undefined)[]>();
  for (const [index, series] of drawable.entries()) {
    for (const [tMs, value] of series.points) {
      const row = byTime.get(tMs) ?? [];
      row[index] = value;
      byTime.set(tMs, row);
    }
  }
  // Instants at which no curve has a value say nothing.
  const rows = [...byTime]
    .filter(([, values]) => values.some((value) => value !== null && value !== undefined))
    .sort((a, b) => a[0] - b[0]);
  const head = [num("time"), ...drawable.map((s) => num(`${s.label} (${s.unit})`))];
  return thinnedTable(
    caption,
    head,
    rows.map(([tMs, values]) => [
      num(formatMs(tMs)),
      ...drawable.map((_, index) => num(valueText(values[index]))),
    ]),
  );
}

function valueText(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : formatNumber(value);
}
