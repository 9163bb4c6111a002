#!/usr/bin/env node
/** argv in, exit code out. Errors become sentences here, and nowhere else. */
import { CommanderError } from "commander";
import { printError } from "./cli/print-error.ts";
import { createProgram } from "./cli/program.ts";
import { DrillError, EXIT } from "./kernel/errors.ts";

const program = createProgram();
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed help, version or the mistake itself.
    process.exitCode = error.exitCode === 0 ? EXIT.met : EXIT.usage;
  } else {
    printError(error);
    process.exitCode = error instanceof DrillError ? error.exit : EXIT.environment;
  }
}
