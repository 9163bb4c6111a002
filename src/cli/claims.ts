/** `blackstart claims`: what others claim, beside what runs measured. */
import { join } from "node:path";
import { Command } from "commander";
import { packageRoot } from "../kernel/environment.ts";
import { collect } from "./collect.ts";
import type { ClaimsOptions } from "./judge-claims.ts";

export function claimsCommand(): Command {
  return new Command("claims")
    .description("say of each published claim what runs make of it")
    .argument(
      "[file]",
      "claims and their rules",
      join(packageRoot(), "experiments/claims/claims.yaml"),
    )
    .option("--runs <dir>", "a folder of runs, nested or not (repeatable)", collect)
    .option("--run", "run the experiments that are asked for and have no conclusive run yet")
    .option("--out <dir>", "where --run puts run folders", join(packageRoot(), "reports"))
    .option("--json", "print one JSON document about all claims on stdout")
    .option("--write", "write docs/claims.md")
    .addHelpText(
      "after",
      `
A claim is confirmed, refuted, qualified or not run. Inconclusive runs never decide. Without --runs
the folder of --out is read. A refuted claim is a result: the exit code is 0 all the same.

Examples:
  blackstart claims --runs reports
  blackstart claims --runs reports --run --json`,
    )
    .action(async (file: string, options: ClaimsOptions) => {
      // Not before: a drill is run by this program, too, and leaves its memory to Kafka.
      const { claims } = await import("./judge-claims.ts");
      await claims(file, options);
    });
}
