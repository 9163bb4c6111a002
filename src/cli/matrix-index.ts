/**
 * The folder of a matrix: a run folder for each cell, and index.html over all of them. The page is
 * written anew after every cell, so that what was finished can be read whatever comes then.
 */
import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { writeAtomic } from "../history/run-folder.ts";
import { DrillError, EXIT, messageOf, weightiest } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import type { IndexedRun } from "../report/index-page.ts";

interface Cell {
  dir: string;
  matrix?: { set: string; title: string; cell: string };
}

interface Done {
  result: Result;
  report: string;
  exitCode: number;
}

export class MatrixIndex {
  readonly #sets = new Map<string, { title: string; runs: Map<string, IndexedRun> }>();

  constructor(cells: readonly Cell[]) {
    for (const { matrix } of cells) {
      if (!matrix) continue;
      const { set, title, cell: name } = matrix;
      const known = this.#sets.get(set) ?? { title, runs: new Map() };
      known.runs.set(name, { name, report: null, result: null, exitCode: null });
      this.#sets.set(set, known);
    }
  }

  /** The pages, as far as there is one: a matrix of which nothing was begun has none. */
  get pages(): string[] {
    const begun = [...this.#sets].filter(([, { runs }]) =>
      [...runs.values()].some(({ exitCode }) => exitCode !== null),
    );
    return begun.map(([set]) => join(set, "index.html"));
  }

  /** Runs a cell and puts what it came to on its page; also when it throws. */
  async include<T extends Done>(cell: Cell, run: () => Promise<T>): Promise<T> {
    try {
      const done = await run();
      await this.#write(cell, { ...done, report: reportOf(cell, done) });
      return done;
    } catch (error) {
      const exitCode = error instanceof DrillError ? error.exit : EXIT.environment;
      const problem = messageOf(error);
      await this.#write(cell, { report: null, result: null, problem, exitCode });
      throw error;
    }
  }

  async #write({ matrix }: Cell, run: Omit<IndexedRun, "name">): Promise<void> {
    const known = matrix && this.#sets.get(matrix.set);
    if (!known) return;
    const { result, report, exitCode } = run;
    const problem = run.problem === undefined ? {} : { problem: run.problem };
    known.runs.set(matrix.cell, { name: matrix.cell, result, report, exitCode, ...problem });
    const runs = [...known.runs.values()];
    // What was not begun is not answered.
    const codes = runs.map((one) => one.exitCode ?? EXIT.inconclusive);
    mkdirSync(matrix.set, { recursive: true });
    const { renderIndex } = await import("../report/index-page.ts");
    const page = renderIndex({ title: known.title, runs, exitCode: weightiest(codes) });
    writeAtomic(join(matrix.set, "index.html"), page);
  }
}

function reportOf({ matrix }: Cell, { report }: Done): string | null {
  return matrix ? relative(matrix.set, report) : null;
}
