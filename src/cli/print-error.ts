/** An error for the person in front of it: code, what happened, the way out. */
import { DrillError } from "../kernel/errors.ts";

export function printError(error: unknown): void {
  if (error instanceof DrillError) {
    process.stderr.write(`\nerror ${error.code}: ${error.message}\n→ ${error.hint}\n`);
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `\nerror E_INTERNAL: ${stack}\n→ This is a bug in Blackstart; please report it.\n`,
  );
}
