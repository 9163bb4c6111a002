/** `blackstart report`: renders a run's result.json again. */
import { Command } from "commander";
import { isSetFolder } from "../history/set-folder.ts";
import { isSuiteFolder, suitePaths } from "../history/suite-folder.ts";

export function reportCommand(): Command {
  return new Command("report")
    .description("render result.json again: report.html, junit.xml, summary.md, metrics.prom")
    .argument("<dir>", "the folder of a run, of a set of runs, or of a suite")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same result gives the same bytes.\n\nExample:\n  blackstart report reports/20261121-101500-1a2b",
    )
    .action(async (dir: string) => {
      const report = await rendered(dir);
      process.stdout.write(`${report}\n`);
    });
}

/** What renders is loaded when it is meant: `run` has this file in its program as well. */
async function rendered(dir: string): Promise<string> {
  if (isSetFolder(dir)) {
    const { renderSetFolder } = await import("./judge-set-folder.ts");
    return renderSetFolder(dir, { anew: true });
  }
  if (isSuiteFolder(dir)) {
    const { judgeSuiteFolder } = await import("./judge-suite-folder.ts");
    judgeSuiteFolder(dir, { anew: "report" });
    return suitePaths(dir).index;
  }
  const { renderFolder } = await import("./judge-folder.ts");
  return renderFolder(dir);
}
