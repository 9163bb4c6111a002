/** Making the folder of a run, a set or a suite: evidence of two is never mixed. */
import { mkdirSync, readdirSync } from "node:fs";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { diskError } from "./disk.ts";

/**
 * Makes the folder, and those it lies in. Throws `E_RUN_FOLDER` when it holds anything already,
 * `E_OUT_FOLDER` when it cannot be made (a file is in the way, no right to write), `E_DISK_FULL`.
 */
export function makeEmptyFolder(dir: string): void {
  let found: string | undefined;
  try {
    mkdirSync(dir, { recursive: true });
    [found] = readdirSync(dir);
  } catch (thrown) {
    const error = diskError(thrown, dir);
    if (error instanceof DrillError) throw error;
    const message = `the folder ${dir} cannot be made: ${messageOf(error)}`;
    throw new DrillError("E_OUT_FOLDER", message, { cause: thrown });
  }
  if (found === undefined) return;
  throw new DrillError("E_RUN_FOLDER", `expected ${dir} to be empty, it holds ${found}`);
}
