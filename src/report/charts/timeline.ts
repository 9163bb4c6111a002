/**
 * The swimlanes: who was up, degraded or down, and what happened to them.
 *
 *   3 decided ─┐ 4 first ack ─┐      labels stand in rows above the lanes, and a leader drops from
 *   ▨▩▩▩▩▩▩▩▩▩▩│▩▩▩▩▩▩▩▩▩▩▩▩▩▩│       each to its mark. What happened before the chart begins or
 *   lane ━━━━━━□━━━━━━━━━━━━━━●━▶    after it ends is an arrow at its edge, with its time in words.
 */
import type { Lane, Result } from "../../reconcile/result.ts";
import {
  boxSample,
  type Drawing,
  glyph,
  glyphSample,
  type Layer,
  type LegendItem,
  layer,
  path,
  rect,
  shortText,
  text,
  vertical,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, TABLE_ROWS_MAX, type Table, table } from "../figure.ts";
import { capitalise, count, formatMs } from "../format.ts";
import {
  axisLayer,
  bandLayer,
  bandLegend,
  FOOT,
  LEFT,
  RIGHT,
  type TimeFrame,
} from "./time-frame.ts";
import { type PlacedLabel, placeLabels } from "./timeline-labels.ts";
import { GLYPHS, type Mark, markerKind, OTHER, styleOf } from "./timeline-marks.ts";

const LANE = 20;
const GROUP = 17;
const LABEL_ROW = 15;

/** What lies outside of the chart has no place on it: an arrow at its edge says which way. */
const EDGES = {
  earlier: { glyph: "left", label: "before the chart begins" },
  later: { glyph: "right", label: "after the chart ends" },
} as const;
const EDGE_CLASS = "mark k-edge";

const BARS: Record<Lane["bars"][number]["state"], { c: string; height: number }> = {
  up: { c: "bar-up", height: 5 },
  starting: { c: "bar-starting", height: 9 },
  degraded: { c: "bar-degraded", height: 9 },
  down: { c: "bar-down", height: 9 },
};

export function timelineFigure(result: Result, frame: TimeFrame): Figure {
  const base = {
    id: "timeline",
    heading: "What happened, and when",
    lead:
      "Time runs from the start of the workload and is the same on every chart of this section. " +
      "The shaded window is the fault, on each of them.",
  };
  const lanes = result.timeline.lanes.filter((l) => l.bars.length + l.markers.length > 0);
  if (lanes.length === 0) {
    return figure({ ...base, empty: "The history holds no state of any node, link or client." });
  }
  const marks = marksOf(lanes);
  return figure({
    ...base,
    legend: legend(lanes, marks, frame),
    drawing: draw(lanes, marks, frame),
    table: eventTable(lanes, marks),
  });
}

function marksOf(lanes: Lane[]): Mark[] {
  return lanes
    .flatMap((lane, index) => lane.markers.map((m) => ({ lane: index, ...m })))
    .sort((a, b) => a.atMs - b.atMs || a.lane - b.lane);
}

function draw(lanes: Lane[], marks: Mark[], frame: TimeFrame): Drawing {
  const labels = placeLabels(marks, frame);
  const rows = labels.reduce((most, label) => Math.max(most, label.row + 1), 0);
  const top = rows * LABEL_ROW + 6;
  const laneY: number[] = [];
  const bars = layer();
  let y = top;
  for (const [index, lane] of lanes.entries()) {
    if (lane.kind !== lanes[index - 1]?.kind) {
      if (index > 0) bars.paths.push(path(`M0 ${y + 2}H${WIDTH - RIGHT}`, "grid"));
      bars.texts.push(text(0, y + 14, capitalise(lane.kind), "t h"));
      y += GROUP;
    }
    laneY.push(y + LANE / 2);
    drawLane(bars, lane, y + LANE / 2, frame);
    y += LANE;
  }
  const bottom = y + 4;
  return {
    id: "timeline-chart",
    title: "Timeline of the run",
    desc: `${count(lanes.length, "lane")}, ${count(marks.length, "event")}; listed in the table.`,
    width: WIDTH,
    height: bottom + FOOT,
    layers: [
      bandLayer(frame, top, bottom),
      axisLayer(frame, top, bottom),
      bars,
      labelLayer(labels, laneY, top),
      markLayer(marks, laneY, top, frame),
    ],
  };
}

function drawLane(drawn: Layer, lane: Lane, y: number, frame: TimeFrame): void {
  drawn.texts.push(shortText(10, y + 4, lane.label, LEFT - 18, "t"));
  drawn.texts.push(shortText(10, y + 4, lane.label, LEFT - 18));
  for (const bar of lane.bars) {
    // Before or after the chart: nothing of it can be seen.
    if (bar.fromMs >= frame.toMs || (bar.toMs ?? frame.toMs) <= frame.fromMs) continue;
    const style = BARS[bar.state];
    const x1 = frame.x(bar.fromMs);
    const x2 = frame.x(bar.toMs ?? frame.toMs);
    const title = `${lane.label}: ${bar.state} from ${formatMs(bar.fromMs)}`;
    const width = Math.max(x2 - x1, 1);
    drawn.paths.push(path(rect(x1, y - style.height / 2, width, style.height), style.c, title));
  }
}

function labelLayer(labels: PlacedLabel[], laneY: number[], top: number): Layer {
  const drawn = layer();
  for (const label of labels) {
    const baseline = top - 8 - label.row * LABEL_ROW;
    const deepest = Math.max(...label.marks.map((mark) => laneY[mark.lane] ?? top));
    drawn.paths.push(path(vertical(label.x, baseline - 8, deepest), "leader"));
    const x = label.toLeft ? label.x - 5 : label.x + 5;
    drawn.texts.push(text(x, baseline, label.text, "t s", label.toLeft ? "end" : "start"));
  }
  return drawn;
}

/** Marks of one lane that would cover each other stand above and below its line in turn. */
function markLayer(marks: Mark[], laneY: number[], top: number, frame: TimeFrame): Layer {
  const drawn = layer();
  const ups = new Map<number, boolean>();
  for (const mark of marks) {
    const style = styleOf(mark.kind);
    const x = frame.x(mark.atMs);
    const crowded = marks.some(
      (other) =>
        other !== mark && other.lane === mark.lane && Math.abs(frame.x(other.atMs) - x) < 9,
    );
    const up = !(ups.get(mark.lane) ?? false);
    ups.set(mark.lane, up);
    const shift = crowded ? (up ? -5.5 : 5.5) : 0;
    const title = `${mark.label}, ${formatMs(mark.atMs)}`;
    const side = frame.side(mark.atMs);
    const shape = side === null ? style.glyph : EDGES[side].glyph;
    const d = glyph(shape, x, (laneY[mark.lane] ?? top) + shift, 4);
    drawn.paths.push(path(d, side === null ? style.c : EDGE_CLASS, title));
  }
  return drawn;
}

function legend(lanes: Lane[], marks: Mark[], frame: TimeFrame): LegendItem[] {
  const states = new Set(lanes.flatMap((lane) => lane.bars.map((bar) => bar.state)));
  const items = (Object.keys(BARS) as (keyof typeof BARS)[])
    .filter((state) => states.has(state))
    .map((state) => boxSample(BARS[state].c, state));
  const within = marks.filter((mark) => frame.side(mark.atMs) === null);
  const kinds = new Set(within.map((mark) => markerKind(mark.kind)));
  for (const kind of Object.keys(GLYPHS)) {
    const style = GLYPHS[kind];
    if (style && kinds.has(kind)) items.push(glyphSample(style.glyph, style.c, style.label));
  }
  for (const side of ["earlier", "later"] as const) {
    const beyond = marks.some((mark) => frame.side(mark.atMs) === side);
    const { glyph: arrow, label } = EDGES[side];
    if (beyond) items.push(glyphSample(arrow, EDGE_CLASS, label));
  }
  const other = [...kinds].some((kind) => !(kind in GLYPHS));
  if (other) items.push(glyphSample(OTHER.glyph, OTHER.c, OTHER.label));
  return [...items, ...bandLegend(frame)];
}

function eventTable(lanes: Lane[], marks: Mark[]): Table {
  const bars = lanes.flatMap((lane) =>
    lane.bars.map((bar) => ({
      atMs: bar.fromMs,
      lane: lane.label,
      what: bar.toMs === null ? bar.state : `${bar.state} until ${formatMs(bar.toMs)}`,
    })),
  );
  const events = marks.map((mark) => ({
    atMs: mark.atMs,
    lane: lanes[mark.lane]?.label ?? "",
    what: mark.label === "" ? mark.kind : mark.label,
  }));
  const rows = [...bars, ...events].sort((a, b) => a.atMs - b.atMs);
  return table(
    "Events and states in order",
    [num("at"), cell("lane"), cell("what")],
    rows.map((row) => [num(formatMs(row.atMs)), cell(row.lane), cell(row.what)]),
    TABLE_ROWS_MAX * 2,
  );
}
