/** Runs the command that argv names. Errors become sentences here, and nowhere else. */
import { CommanderError } from "commander";
import { DrillError, EXIT } from "../kernel/errors.ts";
import { outliveReaders } from "./broken-pipe.ts";
import { printError } from "./print-error.ts";
import { createProgram } from "./program.ts";

/** Gives the exit code; a command that succeeded may have set its own. */
export async function main(argv: string[]): Promise<number> {
  outliveReaders(process.stdout, process.stderr);
  try {
    await createProgram().parseAsync(argv);
    return Number(process.exitCode ?? EXIT.met);
  } catch (error) {
    // commander has printed help, version or the mistake itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.met : EXIT.usage;
    printError(error);
    return error instanceof DrillError ? error.exit : EXIT.environment;
  }
}
