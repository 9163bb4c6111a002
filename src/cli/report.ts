/** `blackstart report`: renders a run's result.json again. */
import { Command } from "commander";
import { renderFolder } from "./judge-folder.ts";

export function reportCommand(): Command {
  return new Command("report")
    .description("render result.json again: report.html, junit.xml, summary.md, metrics.prom")
    .argument("<dir>", "the folder of a run")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same result gives the same bytes.\n\nExample:\n  blackstart report reports/20261121-101500-1a2b",
    )
    .action((dir: string) => {
      process.stdout.write(`${renderFolder(dir)}\n`);
    });
}
