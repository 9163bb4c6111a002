/**
 * Where each group resumed, against where it should have. Offsets of two clusters cannot be
 * compared, so the chart shows only the distance on the promoted cluster: left of the line records
 * come again, right of it records are skipped. The scale is symmetric and logarithmic, because
 * three skipped records matter more than thousands replayed.
 */
import { scaleSymlog } from "d3-scale";
import type { OffsetVerdict, Result } from "../../reconcile/result.ts";
import {
  type Drawing,
  glyph,
  glyphSample,
  horizontal,
  type LegendItem,
  layer,
  path,
  shortText,
  text,
  vertical,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, type Table, table } from "../figure.ts";
import { formatAt, formatNumber, formatOptional } from "../format.ts";

const ROWS_MAX = 40;
const ROW = 18;
const PLOT_LEFT = 250;
const PLOT_RIGHT = 830;
const TOP = 24;

const SEVERITY: OffsetVerdict["verdict"][] = [
  "skip",
  "ahead-of-log",
  "unmapped",
  "inconclusive",
  "stale",
  "replay",
  "exact",
];

/** Records between the true and the resumed position; null where there is no such pair. */
export function distanceOf(row: OffsetVerdict): number | null {
  if (row.verdict === "exact") return 0;
  if (row.verdict === "replay" && row.records !== null) return -row.records;
  if (row.verdict === "skip" && row.records !== null) return row.records;
  if (row.resumedOffset === null || row.trueOffset === null) return null;
  return row.resumedOffset - row.trueOffset;
}

export function offsetsFigure(result: Result): Figure {
  const rows = result.offsets;
  const base = {
    id: "offsets",
    heading: "Where each group resumed",
    lead:
      "Judged by the records themselves: the record a group resumed at, against the record after " +
      "the last one it had committed. Offset numbers of two clusters are not comparable.",
  };
  if (rows.length === 0) {
    return figure({ ...base, empty: "No group moved to another cluster in this run." });
  }
  const drawn = [...rows]
    .sort((a, b) => SEVERITY.indexOf(a.verdict) - SEVERITY.indexOf(b.verdict))
    .slice(0, ROWS_MAX);
  const kept = rows.filter((row) => drawn.includes(row));
  return figure({ ...base, legend: legend(kept), drawing: draw(kept), table: offsetTable(rows) });
}

function legend(rows: OffsetVerdict[]): LegendItem[] {
  const has = (verdict: OffsetVerdict["verdict"]) => rows.some((row) => row.verdict === verdict);
  const items: LegendItem[] = [];
  if (has("exact")) items.push(glyphSample("circle", "mark k-good", "exact"));
  if (has("replay")) items.push(glyphSample("square", "mark k-open", "replay: records come again"));
  if (has("skip"))
    items.push(glyphSample("diamond", "mark k-bad", "skip: records never delivered"));
  if (rows.some((row) => isOther(row))) {
    items.push(glyphSample("plus", "mark k-line", "other, see the word on the right"));
  }
  return items;
}

function isOther(row: OffsetVerdict): boolean {
  return row.verdict !== "exact" && row.verdict !== "replay" && row.verdict !== "skip";
}

function draw(rows: OffsetVerdict[]): Drawing {
  const bottom = TOP + rows.length * ROW;
  const distances = rows.map((row) => distanceOf(row) ?? 0);
  const edgeOf = (reach: number) => 10 ** Math.ceil(Math.log10(Math.max(10, reach)));
  const left = edgeOf(-Math.min(0, ...distances));
  const right = edgeOf(Math.max(0, ...distances));
  const x = scaleSymlog([-left, right], [PLOT_LEFT, PLOT_RIGHT]).constant(1);
  const grid = layer();
  const ticks = [0];
  for (let tick = right; tick >= 1; tick /= 10) ticks.push(tick);
  for (let tick = left; tick >= 1; tick /= 10) ticks.push(-tick);
  grid.paths.push(path(ticks.map((tick) => vertical(x(tick), TOP, bottom)).join(""), "grid"));
  grid.paths.push(path(vertical(x(0), TOP - 4, bottom), "axis"));
  for (const tick of ticks) {
    const label = tick > 0 ? `+${formatNumber(tick)}` : formatNumber(tick);
    grid.texts.push(text(x(tick), bottom + 16, label, "t m", "middle"));
  }
  grid.texts.push(text(x(0) - 8, TOP - 9, "◀ replayed", "t m", "end"));
  grid.texts.push(text(x(0) + 8, TOP - 9, "skipped ▶", "t m"));
  grid.texts.push(text(0, TOP - 9, "group, topic, partition", "t m"));
  const marks = layer();
  for (const [index, row] of rows.entries()) {
    const y = TOP + index * ROW + ROW / 2;
    const name = `${row.group} · ${row.topic} ${row.partition}`;
    marks.texts.push(shortText(0, y + 4, name, PLOT_LEFT - 20));
    const distance = distanceOf(row);
    marks.texts.push(text(PLOT_RIGHT + 14, y + 4, verdictText(row), "t"));
    if (distance === null) continue;
    if (distance !== 0) marks.paths.push(path(horizontal(x(0), x(distance), y), stemOf(row)));
    marks.paths.push(path(markOf(row, x(distance), y), classOf(row), row.detail));
  }
  return {
    id: "offsets-chart",
    title: "Distance of the resumed position from the true one, per group and partition",
    desc: `${rows.length} rows; negative is replayed, positive is skipped. Values in the table.`,
    width: WIDTH,
    height: bottom + 22,
    layers: [grid, marks],
  };
}

function stemOf(row: OffsetVerdict): string {
  return row.verdict === "skip" ? "stem k-bad" : "stem";
}

function classOf(row: OffsetVerdict): string {
  if (row.verdict === "exact") return "mark k-good";
  if (row.verdict === "skip") return "mark k-bad";
  return row.verdict === "replay" ? "mark k-open" : "mark k-line";
}

function markOf(row: OffsetVerdict, x: number, y: number): string {
  if (row.verdict === "exact") return glyph("circle", x, y, 4);
  if (row.verdict === "skip") return glyph("diamond", x, y, 4.5);
  return glyph(row.verdict === "replay" ? "square" : "plus", x, y, 4);
}

export function verdictText(row: OffsetVerdict): string {
  const records = row.records === null ? "" : ` ${formatNumber(row.records)}`;
  if (row.verdict === "exact") return "exact";
  if (row.verdict === "unmapped") return "unmapped";
  return `${row.verdict.replaceAll("-", " ")}${records}`;
}

function offsetTable(rows: OffsetVerdict[]): Table {
  return table(
    "Committed, resumed and true position",
    [
      cell("group"),
      cell("topic"),
      num("partition"),
      cell("verdict"),
      num("committed (failed cluster)"),
      num("committed at"),
      num("resumed"),
      num("true"),
      cell("detail"),
    ],
    rows.map((row) => [
      cell(row.group),
      cell(row.topic),
      num(String(row.partition)),
      cell(verdictText(row)),
      num(formatOptional(row.committedOffset)),
      num(formatAt(row.committedAtMs)),
      num(formatOptional(row.resumedOffset)),
      num(formatOptional(row.trueOffset)),
      cell(row.detail),
    ]),
    200,
  );
}
