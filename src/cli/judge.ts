/** `blackstart judge`: judges a run folder again, from its files alone. */
import { Command } from "commander";
import { summarize } from "../report/summary.ts";
import { judgeFolder } from "./judge-folder.ts";

export function judgeCommand(): Command {
  return new Command("judge")
    .description("judge a run folder again: plan, history and journals in, result.json out")
    .argument("<dir>", "the folder of a run")
    .option("--json", "print result.json on stdout")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same folder gives the same bytes, on any machine.\n\nExample:\n  blackstart judge reports/20261121-101500-1a2b",
    )
    .action((dir: string, options: { json?: boolean }) => {
      const result = judgeFolder(dir);
      const text = options.json ? JSON.stringify(result) : summarize(result);
      process.stdout.write(`${text}\n`);
      process.exitCode = result.exitCode;
    });
}
