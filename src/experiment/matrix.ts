/**
 * A matrix: variables with several values each, and one run for every combination, so that a
 * question such as "from which latency on?" is asked by one file.
 */
import type { Files } from "./include.ts";
import { type Scalar, scalarOf } from "./variables.ts";

const CELLS_MAX = 64;

export interface Cell {
  /** "latency=5ms,acks=all". */
  name: string;
  /** The same as the name of a folder. */
  folder: string;
  values: ReadonlyMap<string, Scalar>;
}

/** None when there is no matrix. What is wrong with it is told by the schema, or here. */
export function cellsOf(files: Files, given: Record<string, string>): Cell[] {
  const matrix = files.raw("matrix");
  if (matrix === null || typeof matrix !== "object" || Array.isArray(matrix)) return [];
  const axes = Object.entries(matrix).map(([name, values]): [string, Scalar[]] => {
    // A value on the command line is the only one of its variable.
    const only = given[name];
    if (only !== undefined) return [name, [scalarOf(only)]];
    return [name, (Array.isArray(values) ? values : []).filter(isScalar)];
  });
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (axes.length === 0 || count === 0) return [];
  if (count > CELLS_MAX) {
    const message = `expected at most ${CELLS_MAX} cells, found ${count}`;
    files.find({ path: ["matrix"], message, at: "key" });
    files.throwIfAny();
  }
  const cells = combinations(axes).map(cellOf);
  for (const [at, { folder, name }] of cells.entries()) {
    const twin = cells.findIndex((cell) => cell.folder === folder);
    if (twin === at) continue;
    const message = `${cells[twin]?.name} and ${name} would have one folder, ${folder}`;
    files.find({ path: ["matrix"], message, at: "key" });
  }
  files.throwIfAny();
  return cells;
}

function combinations(axes: [string, Scalar[]][]): [string, Scalar][][] {
  return axes.reduce<[string, Scalar][][]>(
    (cells, [name, values]) =>
      cells.flatMap((cell) => values.map((value): [string, Scalar][] => [...cell, [name, value]])),
    [[]],
  );
}

function cellOf(pairs: [string, Scalar][]): Cell {
  const name = pairs.map(([key, value]) => `${key}=${value}`).join(",");
  const folder = name.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return { name, folder, values: new Map(pairs) };
}

function isScalar(value: unknown): value is Scalar {
  return ["string", "number", "boolean"].includes(typeof value);
}
