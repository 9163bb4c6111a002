/**
 * Experiment file → experiment, or every problem at once as `file:line:column: message`.
 *
 * Stages: bytes → text (readable, not too large) → YAML (`source.ts`) → one experiment out of the
 * file and those it includes → schema → names and sums (`check.ts`). A matrix is one experiment a
 * cell: the same files with other variables.
 */
import { DrillError } from "../kernel/errors.ts";
import { checkExperiment } from "./check.ts";
import { Files, type IncludedFile } from "./include.ts";
import { type Cell, cellsOf } from "./matrix.ts";
import type { LoadedExperiment } from "./planner.ts";
import { ExperimentError, type Problem } from "./problems.ts";
import { readKept, textOf } from "./read-text.ts";
import { throwProblems } from "./source.ts";
import { suggestion } from "./spelling.ts";

export interface LoadOptions {
  /** `--var` values by name. */
  vars?: Record<string, string>;
}

/** Of a file with one cell, or none of a matrix; throws `E_USAGE` when there are more. */
export function loadExperiment(file: string, options: LoadOptions = {}): LoadedExperiment {
  const [first, ...others] = loadCells(file, options);
  if (first && others.length === 0) return first;
  const count = others.length + 1;
  throw new DrillError("E_USAGE", `${file} is a matrix of ${count} cells: name one by --cell`);
}

/** An experiment for each cell of the file's matrix; one, without a cell, when it has none. */
export function loadCells(
  file: string,
  options: LoadOptions & { cell?: string | undefined } = {},
): LoadedExperiment[] {
  const { bytes, sha256 } = readKept(file);
  const loaded = parseCells(textOf(bytes, file), file, options).map((parsed) => ({
    ...parsed,
    file,
    sha256,
  }));
  if (options.cell === undefined) return loaded;
  const named = loaded.filter(
    ({ cell }) => cell && [cell.name, cell.folder].includes(String(options.cell)),
  );
  if (named.length > 0) return named;
  const names = loaded.flatMap(({ cell }) => cell?.name ?? []);
  const message = `${file} has no cell "${options.cell}"${suggestion(options.cell, names, "cells")}`;
  throw new DrillError("E_USAGE", message);
}

export interface ParsedExperiment {
  experiment: LoadedExperiment["experiment"];
  vars: Record<string, string>;
  cell?: Cell;
  includes?: IncludedFile[];
}

/** `file` is what places are told with. Throws ExperimentError with every problem. */
export function parseExperiment(
  text: string,
  file: string,
  options: LoadOptions = {},
): ParsedExperiment {
  const [first] = parseCells(text, file, options);
  if (!first) throw new DrillError("E_INTERNAL", "an experiment has at least one cell");
  return first;
}

/** Every cell is checked before a problem is thrown: one that only some have names those. */
export function parseCells(
  text: string,
  file: string,
  options: LoadOptions = {},
): ParsedExperiment[] {
  try {
    const files = Files.read(text, file);
    const cells = cellsOf(files, options.vars ?? {});
    if (cells.length === 0) return [parseOne(files, options)];
    const told = new Map<string, { problem: Problem; cells: string[] }>();
    const parsed = cells.flatMap((cell) => {
      try {
        return [parseOne(Files.read(text, file), options, cell)];
      } catch (error) {
        if (!(error instanceof ExperimentError)) throw error;
        for (const problem of error.problems) {
          const key = JSON.stringify(problem);
          const entry = told.get(key) ?? { problem, cells: [] };
          told.set(key, { ...entry, cells: [...entry.cells, cell.name] });
        }
        return [];
      }
    });
    throwProblems(
      [...told.values()].map(({ problem, cells: those }) =>
        those.length === cells.length
          ? problem
          : { ...problem, message: `${problem.message} (in ${those.join("; ")})` },
      ),
    );
    return parsed;
  } catch (error) {
    // Parsing recurses: the stack is the limit of nesting, wherever it is met.
    if (!(error instanceof RangeError)) throw error;
    const message = "nested too deeply, or an alias (*name) refers to itself";
    throw new ExperimentError([{ file, line: 1, column: 1, message }], { cause: error });
  }
}

function parseOne(files: Files, { vars = {} }: LoadOptions, cell?: Cell): ParsedExperiment {
  const known = files.resolveVariables(vars, cell?.values ?? new Map());
  const checked = checkExperiment(files.value());
  for (const finding of checked.findings) files.find(finding);
  files.throwIfAny();
  const includes = files.included();
  return {
    experiment: checked.experiment,
    vars: known,
    ...(cell ? { cell } : {}),
    ...(includes.length > 0 ? { includes } : {}),
  };
}
