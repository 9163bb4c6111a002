/** `blackstart validate`: every problem of experiment files, with its place; nothing boots. */
import { Command } from "commander";
import { loadCells } from "../experiment/load.ts";
import { planExperiment } from "../experiment/planner.ts";
import { ExperimentError, type Problem } from "../experiment/problems.ts";
import { DrillError } from "../kernel/errors.ts";
import { collectVars } from "./vars.ts";

interface Checked {
  file: string;
  ok: boolean;
  problems: readonly Problem[];
  /** Set when nothing of it could be read. */
  unreadable?: DrillError;
}

export function validateCommand(): Command {
  return new Command("validate")
    .description("check experiment files: every problem as file:line:column, nothing boots")
    .argument("<file...>", "experiment files")
    .option("--var <name=value>", "set a variable of the experiments (repeatable)", collectVars)
    .option("--json", "print one JSON document about all files on stdout")
    .addHelpText(
      "after",
      `
Says "ok" for each valid file on stdout. Problems go to stderr, of all files at once; exit code 2.

Examples:
  blackstart validate experiments/*.yaml
  blackstart validate drill.yaml --var rate=500/s --json`,
    )
    .action(validate);
}

function validate(
  files: string[],
  options: { var?: Record<string, string>; json?: boolean },
): void {
  const checked = files.map((file) => check(file, options.var ?? {}));
  if (options.json) {
    const files = checked.map(({ file, ok, problems }) => ({ file, ok, problems }));
    const document = { schema: "blackstart/validation.v1", files };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    for (const { file, ok } of checked) if (ok) process.stdout.write(`${file}: ok\n`);
  }
  const bad = checked.filter(({ ok }) => !ok);
  const unread = bad.flatMap(({ unreadable }) => unreadable ?? []);
  if (unread.length > 0 && unread.length === bad.length) throw allUnreadable(unread);
  if (bad.length > 0) throw new ExperimentError(bad.flatMap(({ problems }) => problems));
}

/** As `plan` and `run` say it: there is no place in a file to correct, but a path. */
function allUnreadable(errors: readonly DrillError[]): DrillError {
  const messages = errors.map(({ message }) => message);
  const head = messages.length === 1 ? [] : [`${messages.length} files`];
  return new DrillError("E_EXPERIMENT_UNREADABLE", [...head, ...messages].join("\n"));
}

/** An unreadable file is a problem of that file, so that the others are still checked. */
function check(file: string, vars: Record<string, string>): Checked {
  try {
    for (const loaded of loadCells(file, { vars })) planExperiment(loaded, { run: "validate" });
    return { file, ok: true, problems: [] };
  } catch (error) {
    if (error instanceof ExperimentError) return { file, ok: false, problems: error.problems };
    if (!(error instanceof DrillError)) throw error;
    const message = error.message.replace(`${file}: `, "");
    const problems = [{ file, line: 1, column: 1, message }];
    const unreadable = error.code === "E_EXPERIMENT_UNREADABLE" ? { unreadable: error } : {};
    return { file, ok: false, problems, ...unreadable };
  }
}
