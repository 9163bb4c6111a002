/** What is wrong with an experiment file, all of it, each with its place. */
import { DrillError } from "../kernel/errors.ts";

export type Path = (string | number)[];

/** Before its place in the file is known. `at` says whether the key or its value is meant. */
export interface Finding {
  path: Path;
  message: string;
  at?: "key" | "value";
}

export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** `file:line:column: message`, as compilers write it and editors follow it. */
export function formatProblem({ file, line, column, message }: Problem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Files that are not valid experiments. The message holds every problem, one a line. */
export class ExperimentError extends DrillError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: { cause?: unknown }) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super("E_EXPERIMENT_INVALID", [count, ...problems.map(formatProblem)].join("\n"), options);
    this.problems = problems;
  }
}
