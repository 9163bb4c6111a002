/**
 * The output of containers as evidence of a run: in its folder, under `logs/`, from the beginning of
 * the run on. Kept at its end, and before that of what is removed sooner.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunContext } from "./run-context.ts";

/** Keeps what these containers wrote. One that is gone has no output, and what was kept of it stays. */
export async function keepLogs(context: RunContext, names: string[]): Promise<void> {
  await Promise.allSettled(
    names.map(async (name) => {
      const output = await context.runtime.logs(name, context.startedAt);
      writeFileSync(join(context.folder, "logs", `${name}.log`), output);
    }),
  );
}
