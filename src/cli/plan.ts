/** `blackstart plan`: what a run would boot and do, without doing it. */
import { Command } from "commander";
import { describePlan } from "../experiment/describe.ts";
import { loadExperiment } from "../experiment/load.ts";
import { planExperiment } from "../experiment/planner.ts";
import { collectVars } from "./vars.ts";

/** Stands where a run's own id would be; it only shapes cluster ids and the tag of records. */
const RUN = "plan";

export function planCommand(): Command {
  return new Command("plan")
    .description("print what experiments would boot, break and measure; nothing boots")
    .argument("<file...>", "experiment files")
    .option("--var <name=value>", "set a variable of the experiments (repeatable)", collectVars)
    .option("--json", "print the plan as JSON; of several files, a list of plans")
    .addHelpText(
      "after",
      `
The same file, variables and seed give the same plan, byte for byte.

Examples:
  blackstart plan experiments/active-passive-region-loss.yaml
  blackstart plan drill.yaml --var rate=500/s --json`,
    )
    .action(plan);
}

function plan(files: string[], options: { var?: Record<string, string>; json?: boolean }): void {
  const plans = files.map((file) =>
    planExperiment(loadExperiment(file, { vars: options.var ?? {} }), { run: RUN }),
  );
  const text = options.json
    ? JSON.stringify(plans.length === 1 ? plans[0] : plans, null, 2)
    : plans.map(describePlan).join("\n\n");
  process.stdout.write(`${text}\n`);
}
