/** `blackstart judge`: judges a run folder again, from its files alone. */
import { Command } from "commander";
import { isSetFolder } from "../history/set-folder.ts";
import { summarizeSet } from "../report/set/summary.ts";
import { summarize } from "../report/summary.ts";
import { judgeFolder } from "./judge-folder.ts";
import { judgeSetFolder } from "./judge-set-folder.ts";

export function judgeCommand(): Command {
  return new Command("judge")
    .description("judge a run folder again: plan, history and journals in, result.json out")
    .argument("<dir>", "the folder of a run, or of a set of runs")
    .option("--json", "print result.json on stdout")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same folder gives the same bytes, on any machine.\n\nExample:\n  blackstart judge reports/20261121-101500-1a2b",
    )
    .action((dir: string, options: { json?: boolean }) => {
      const { result, text } = judged(dir);
      process.stdout.write(`${options.json ? JSON.stringify(result) : text}\n`);
      process.exitCode = result.exitCode;
    });
}

function judged(dir: string) {
  if (isSetFolder(dir)) {
    const result = judgeSetFolder(dir, { anew: true });
    return { result, text: summarizeSet(result) };
  }
  const result = judgeFolder(dir);
  return { result, text: summarize(result) };
}
