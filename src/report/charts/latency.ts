/**
 * One mark per send: when it was due, how long its answer took. Colour and shape both say how it
 * ended. The axis is logarithmic because an outage and a normal send differ by four orders.
 */
import { scaleLog } from "d3-scale";
import type { Result } from "../../reconcile/result.ts";
import {
  type Drawing,
  type Glyph,
  glyph,
  glyphSample,
  type LegendItem,
  layer,
  path,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, type Table, table } from "../figure.ts";
import { formatMs, formatNumber } from "../format.ts";
import { tickMs, valueAxis } from "./lines.ts";
import { axisLayer, bandLayer, FOOT, type TimeFrame } from "./time-frame.ts";

type Dot = Result["latency"][number];
type Outcome = Dot[2];

const TOP = 8;
const HEIGHT = 210;
const DOTS_MIN = 3;
const MARKS: Record<Outcome, { glyph: Glyph; c: string; r: number; label: string }> = {
  acked: { glyph: "circle", c: "dot d-acked", r: 1.6, label: "acknowledged" },
  failed: { glyph: "cross", c: "dot d-failed", r: 3.2, label: "failed" },
  indeterminate: { glyph: "up", c: "dot d-indeterminate", r: 3.2, label: "indeterminate" },
};
const OUTCOMES: Outcome[] = ["acked", "indeterminate", "failed"];

export function latencyFigure(result: Result, frame: TimeFrame): Figure {
  const base = {
    id: "latency",
    heading: "Latency of each send",
    lead:
      "Measured from the instant a send was due, so a client that waits cannot hide its wait. " +
      "Thinned to the extremes of each column of the chart. Logarithmic scale.",
  };
  const dots = result.latency;
  if (dots.length === 0) return figure({ ...base, empty: "No send has a latency in this run." });
  const data = slowestTable(dots);
  if (dots.length < DOTS_MIN) {
    const empty = "Too few sends for a chart; they are listed instead.";
    return figure({ ...base, empty, table: data, tableOpen: true });
  }
  return figure({
    ...base,
    legend: legend(dots),
    drawing: draw(dots, frame),
    table: data,
  });
}

function legend(dots: Dot[]): LegendItem[] {
  return OUTCOMES.flatMap((outcome) => {
    const n = dots.filter((dot) => dot[2] === outcome).length;
    const mark = MARKS[outcome];
    if (n === 0) return [];
    return [glyphSample(mark.glyph, mark.c, `${mark.label} (${formatNumber(n)} shown)`)];
  });
}

function draw(dots: Dot[], frame: TimeFrame): Drawing {
  const bottom = TOP + HEIGHT;
  const values = dots.map((dot) => Math.max(dot[1], 0.1));
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const highest = 10 ** Math.ceil(Math.log10(Math.max(...values)) + 1e-9);
  const y = scaleLog([lowest, Math.max(highest, lowest * 10) * 1.4], [bottom, TOP]);
  const decades: number[] = [];
  for (let tick = lowest; tick <= highest * 1.0001; tick *= 10) decades.push(tick);
  const marks = layer();
  for (const outcome of OUTCOMES) {
    const mark = MARKS[outcome];
    const d = dots
      .filter((dot) => dot[2] === outcome && dot[0] >= frame.fromMs && dot[0] <= frame.toMs)
      .map((dot) => glyph(mark.glyph, frame.x(dot[0]), y(Math.max(dot[1], lowest)), mark.r))
      .join("");
    if (d !== "") marks.paths.push(path(d, mark.c));
  }
  const slowest = Math.max(...values);
  return {
    id: "latency-chart",
    title: "Latency of each send over the run",
    desc:
      `${formatNumber(dots.length)} sends shown, from ${tickMs(Math.min(...values))} ` +
      `to ${tickMs(slowest)}.`,
    width: WIDTH,
    height: bottom + FOOT,
    layers: [
      bandLayer(frame, TOP, bottom),
      axisLayer(frame, TOP, bottom),
      valueAxis(decades, y, "ms", TOP),
      marks,
    ],
  };
}

function slowestTable(dots: Dot[]): Table {
  const slowest = [...dots].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return table(
    "The slowest sends shown",
    [num("due at"), num("latency"), cell("outcome")],
    slowest.map((dot) => [num(formatMs(dot[0])), num(formatMs(dot[1])), cell(dot[2])]),
    30,
  );
}
