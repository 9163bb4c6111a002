/**
 * What the templates draw: figures and tables. A figure always has words (a lead or an `empty`
 * sentence) and, where it has marks, the numbers behind them as a table.
 */
import type { Drawing, LegendItem } from "./drawing.ts";
import { formatNumber } from "./format.ts";

export interface Cell {
  s: string;
  /** Class names, from style.ts: "n" for numbers. */
  c: string;
}

export interface Table {
  caption: string;
  columns: Cell[];
  rows: { cells: Cell[]; c: string }[];
  /** Said under the table when it was cut; null when it is whole. */
  note: string | null;
}

export interface Figure {
  id: string;
  heading: string;
  /** How to read it, in a sentence. */
  lead: string;
  legend: LegendItem[];
  drawing: Drawing | null;
  /** Why there is no drawing; null when there is one. */
  empty: string | null;
  table: Table | null;
  /** Raw points are shown at once, not folded away, when there were too few to draw. */
  tableOpen: boolean;
}

/** Rows of a chart's own table: enough to check the picture, the rest is in result.json. */
export const TABLE_ROWS_MAX = 40;

/** Text that begins with a sign or a digit is set as a number. */
export function cell(s: string, c?: string): Cell {
  return { s, c: c ?? "" };
}

export function num(s: string): Cell {
  return { s, c: "n" };
}

export function columns(...labels: string[]): Cell[] {
  return labels.map((label) =>
    label.startsWith("#") ? { s: label.slice(1), c: "n" } : { s: label, c: "" },
  );
}

export function table(
  caption: string,
  head: Cell[],
  rows: Cell[][],
  rowsMax = Number.POSITIVE_INFINITY,
): Table {
  const kept = rows.length > rowsMax ? rows.slice(0, rowsMax) : rows;
  return {
    caption,
    columns: head,
    rows: kept.map((cells) => ({ cells, c: "" })),
    note:
      kept.length < rows.length
        ? `${formatNumber(kept.length)} of ${formatNumber(rows.length)} rows; all are in result.json.`
        : null,
  };
}

/** Every k-th row, so that the whole run is covered by at most `rowsMax` rows. */
export function thinnedTable(caption: string, head: Cell[], rows: Cell[][]): Table {
  const stride = Math.ceil(rows.length / TABLE_ROWS_MAX);
  if (stride <= 1) return table(caption, head, rows);
  const kept = rows.filter((_, index) => index % stride === 0);
  const made = table(caption, head, kept);
  made.note = `One row in ${stride} of ${formatNumber(rows.length)}; all are in result.json.`;
  return made;
}

export function figure(
  base: Pick<Figure, "id" | "heading" | "lead"> & Partial<Omit<Figure, "id" | "heading" | "lead">>,
): Figure {
  return { legend: [], drawing: null, empty: null, table: null, tableOpen: false, ...base };
}
