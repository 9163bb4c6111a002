/** `blackstart results`: the page over all rows of the catalogue, made from runs. */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Command } from "commander";
import { packageRoot } from "../kernel/environment.ts";
import { DrillError } from "../kernel/errors.ts";

export function resultsCommand(): Command {
  return new Command("results")
    .description("say of each row of the catalogue what runs of it measured")
    .argument("<dir...>", "folders of runs, or folders of such folders")
    .option("--write", "write docs/results.md instead of printing the page")
    .addHelpText(
      "after",
      `
The newest conclusive run speaks for its row; the spread is over the runs of the same version of its
file. Runs with another variable or another Kafka than the experiment's file are left out, and named.

Examples:
  blackstart results reports
  blackstart results reports --write`,
    )
    .action(results);
}

async function results(dirs: string[], options: { write?: boolean }): Promise<void> {
  // Not before: a drill is run by this program, too, and leaves its memory to Kafka.
  const { resultsPage } = await import("../report/catalogue/results-page.ts");
  const { unexplained } = await import("../report/catalogue/row-details.ts");
  const { rowsOf } = await import("../report/catalogue/rows.ts");
  const { catalogueEntries, readRuns } = await import("./catalogue-files.ts");
  const runs = readRuns(dirs, (why) => process.stderr.write(`left out: ${why}\n`));
  const none = `no judged run lies in ${dirs.join(", ")}`;
  if (runs.length === 0 && options.write) {
    throw new DrillError("E_USAGE", `${none}: the page was left as it is`);
  }
  if (runs.length === 0) process.stderr.write(`${none}\n`);
  const rows = rowsOf(catalogueEntries(), runs);
  for (const { entry, label, answer } of unexplained(rows)) {
    const told = `${label} is ${answer.word} by ${answer.run?.run ?? "no run"}`;
    process.stderr.write(`${entry.file}: ${told}, and no words after "refuted:" say why\n`);
  }
  if (!options.write) {
    process.stdout.write(resultsPage(rows));
    return;
  }
  const page = join(packageRoot(), "docs", "results.md");
  writeFileSync(page, resultsPage(rows));
  const used = rows.reduce((sum, row) => sum + row.runs.length, 0);
  const of = `${rows.length} rows, ${used} of ${runs.length} runs`;
  process.stderr.write(`wrote ${relative(process.cwd(), page)}: ${of}\n`);
}
