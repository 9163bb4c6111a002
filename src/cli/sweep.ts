/** `blackstart sweep`: removes containers and networks that dead runs left, by label and owner. */
import { Command } from "commander";
import { EXIT } from "../kernel/errors.ts";
import { sweep } from "../runtime/docker/sweep.ts";

export function sweepCommand(): Command {
  return new Command("sweep")
    .description("remove what a killed run left behind (containers, networks), by label")
    .option("--run <id>", "only this run, even when its harness seems to live")
    .option("--json", "print what was removed as JSON")
    .addHelpText(
      "after",
      "\nRuns that are still going on are left alone.\n\nExamples:\n  blackstart sweep\n  blackstart sweep --run 20261121-101500-1a2b",
    )
    .action(async (options: { run?: string; json?: boolean }) => {
      const swept = await sweep(options.run === undefined ? {} : { run: options.run });
      if (swept.kept.length > 0) process.exitCode = EXIT.environment;
      if (options.json) {
        process.stdout.write(`${JSON.stringify(swept)}\n`);
        return;
      }
      process.stdout.write(`removed ${swept.containers} containers, ${swept.networks} networks\n`);
      if (swept.alive.length > 0) {
        process.stderr.write(`left alone, still running: ${swept.alive.join(", ")}\n`);
      }
      if (swept.kept.length > 0) {
        const kept = swept.kept.join(", ");
        process.stderr.write(`not removed, restart the engine to free them: ${kept}\n`);
      }
    });
}
