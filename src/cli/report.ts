/** `blackstart report`: renders a run's result.json again. */
import { Command } from "commander";
import { isSetFolder } from "../history/set-folder.ts";
import { renderFolder } from "./judge-folder.ts";
import { renderSetFolder } from "./judge-set-folder.ts";

export function reportCommand(): Command {
  return new Command("report")
    .description("render result.json again: report.html, junit.xml, summary.md, metrics.prom")
    .argument("<dir>", "the folder of a run, or of a set of runs")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same result gives the same bytes.\n\nExample:\n  blackstart report reports/20261121-101500-1a2b",
    )
    .action((dir: string) => {
      const report = isSetFolder(dir) ? renderSetFolder(dir, { anew: true }) : renderFolder(dir);
      process.stdout.write(`${report}\n`);
    });
}
