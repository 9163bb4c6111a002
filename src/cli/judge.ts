/** `blackstart judge`: judges a run folder again, from its files alone. */
import { Command } from "commander";
import { isSetFolder } from "../history/set-folder.ts";
import { isSuiteFolder } from "../history/suite-folder.ts";

export function judgeCommand(): Command {
  return new Command("judge")
    .description("judge a run folder again: plan, history and journals in, result.json out")
    .argument("<dir>", "the folder of a run, of a set of runs, or of a suite")
    .option("--json", "print result.json on stdout")
    .addHelpText(
      "after",
      "\nNeeds no Docker. The same folder gives the same bytes, on any machine.\n\nExample:\n  blackstart judge reports/20261121-101500-1a2b",
    )
    .action(async (dir: string, options: { json?: boolean }) => {
      const { result, text } = await judged(dir);
      process.stdout.write(`${options.json ? JSON.stringify(result) : text}\n`);
      process.exitCode = result.exitCode;
    });
}

/** What judges is loaded when it is meant: `run` has this file in its program as well. */
async function judged(dir: string) {
  if (isSetFolder(dir)) {
    const { judgeSetFolder } = await import("./judge-set-folder.ts");
    const { summarizeSet } = await import("../report/set/summary.ts");
    const result = judgeSetFolder(dir, { anew: true });
    return { result, text: summarizeSet(result) };
  }
  if (isSuiteFolder(dir)) {
    const { judgeSuiteFolder } = await import("./judge-suite-folder.ts");
    const { summarizeSuite } = await import("../report/suite/summary.ts");
    const result = judgeSuiteFolder(dir, { anew: "judge" });
    return { result, text: summarizeSuite(result) };
  }
  const { judgeFolder } = await import("./judge-folder.ts");
  const { summarize } = await import("../report/summary.ts");
  const result = judgeFolder(dir);
  return { result, text: summarize(result) };
}
