/**
 * Partition × time: where acknowledged records went missing, came twice, or were left without an
 * answer. A suffix of red cells is the tail of an asynchronous copy; a red cell with pale ones
 * after it is a hole, which no lag explains.
 */
import { scaleBand } from "d3-scale";
import type { Result } from "../../reconcile/result.ts";
import { boxSample, type LegendItem, layer, path, rect, shortText, WIDTH } from "../drawing.ts";
import { cell, type Figure, figure, num, TABLE_ROWS_MAX, type Table, table } from "../figure.ts";
import { count, formatMs, formatNumber, formatOptional } from "../format.ts";
import { placeName } from "./place-name.ts";
import { axisLayer, bandLayer, FOOT, LEFT, type TimeFrame } from "./time-frame.ts";

type Row = Result["lossMap"]["rows"][number];
type LossCell = Row["cells"][number];

const ROWS_MAX = 40;
const ROW_HEIGHT = 15;

function missingOf(row: Row): number {
  return row.cells.reduce((sum, part) => sum + (part.missing ?? 0) + part.duplicated, 0);
}

export function lossMapFigure(result: Result, frame: TimeFrame): Figure {
  const { rows } = result.lossMap;
  const base = {
    id: "loss-map",
    heading: "Loss map",
    lead:
      `One row per partition, one cell per ${formatMs(result.lossMap.columnMs)} of due time. ` +
      "A cell is pale when every acknowledged record of it survived once.",
  };
  const active = rows.filter((row) => row.cells.length > 0);
  if (active.length === 0) {
    return figure({ ...base, empty: "Too little was recorded to look for each record." });
  }
  const kept = worst(active);
  return figure({
    ...base,
    legend: legend(kept),
    drawing: draw(kept, result.lossMap.columnMs, frame),
    table: lossTable(active),
  });
}

/** All rows, or the worst of them in their own order. */
function worst(rows: Row[]): Row[] {
  if (rows.length <= ROWS_MAX) return rows;
  const ranked = [...rows].sort((a, b) => missingOf(b) - missingOf(a)).slice(0, ROWS_MAX);
  return rows.filter((row) => ranked.includes(row));
}

function classOf(part: LossCell): string | null {
  if (part.missing === null) return "cell-open";
  if (part.missing > 0) return part.missing * 2 >= part.acked ? "cell-most" : "cell-few";
  if (part.duplicated > 0) return "cell-twice";
  if (part.indeterminate > 0) return "cell-open";
  return part.acked > 0 ? "cell-ok" : null;
}

const LABELS: [string, string][] = [
  ["cell-ok", "all survived, once"],
  ["cell-few", "some missing"],
  ["cell-most", "half or more missing"],
  ["cell-twice", "some appended twice"],
  ["cell-open", "not known: indeterminate, or the log was not read"],
];

function legend(rows: Row[]): LegendItem[] {
  const used = new Set(rows.flatMap((row) => row.cells.map(classOf)));
  return LABELS.flatMap(([c, label]) => (used.has(c) ? [boxSample(c, label)] : []));
}

function draw(rows: Row[], columnMs: number, frame: TimeFrame) {
  const top = 4;
  const bottom = top + rows.length * ROW_HEIGHT;
  const keys = rows.map((_, index) => String(index));
  const y = scaleBand(keys, [top, bottom]).paddingInner(0.18);
  const cells = layer();
  const byClass = new Map<string, string[]>();
  for (const [index, row] of rows.entries()) {
    const rowY = y(String(index)) ?? top;
    const label = placeName(row, rows);
    cells.texts.push(shortText(LEFT - 9, rowY + 10, label, LEFT - 14, "t m", "end"));
    for (const part of row.cells) {
      const c = classOf(part);
      const x1 = frame.x(part.fromMs);
      const x2 = frame.x(part.fromMs + columnMs);
      if (c === null || x2 <= x1) continue;
      const width = Math.max(x2 - x1 - 0.6, 0.8);
      const shapes = byClass.get(c) ?? [];
      shapes.push(rect(x1, rowY, width, y.bandwidth()));
      byClass.set(c, shapes);
    }
  }
  for (const c of ["cell-ok", "cell-open", "cell-twice", "cell-few", "cell-most"]) {
    const shapes = byClass.get(c);
    if (shapes) cells.paths.push(path(shapes.join(""), c));
  }
  const missing = rows.reduce((sum, row) => sum + missingOf(row), 0);
  return {
    id: "loss-map-chart",
    title: "Loss map: partition by time",
    desc: `${count(rows.length, "partition")}; ${count(missing, "record")} missing or doubled.`,
    width: WIDTH,
    height: bottom + FOOT,
    layers: [bandLayer(frame, top, bottom), axisLayer(frame, top, bottom), cells],
  };
}

/** Only the cells with something in them: the rest is "all survived". */
function lossTable(rows: Row[]): Table | null {
  const named = rows.some(({ cluster }) => cluster !== undefined);
  const marked = rows.flatMap((row) =>
    row.cells
      .filter((part) => part.missing !== 0 || part.duplicated + part.indeterminate > 0)
      .map((part) => [
        ...(named ? [cell(row.cluster ?? "–")] : []),
        cell(row.topic),
        num(String(row.partition)),
        num(formatMs(part.fromMs)),
        num(formatNumber(part.acked)),
        num(formatOptional(part.missing)),
        num(formatNumber(part.duplicated)),
        num(formatNumber(part.indeterminate)),
      ]),
  );
  const head = [
    ...(named ? [cell("cluster")] : []),
    cell("topic"),
    num("partition"),
    num("from"),
    num("acked"),
    num("missing"),
    num("duplicated"),
    num("indeterminate"),
  ];
  if (marked.length === 0) return null;
  return table("Cells in which not every record survived once", head, marked, TABLE_ROWS_MAX);
}
