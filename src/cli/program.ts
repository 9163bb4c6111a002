/** The command tree: one file per command, put together here. */
import { Command } from "commander";
import { claimsCommand } from "./claims.ts";
import { composeCommand } from "./compose.ts";
import { doctorCommand } from "./doctor.ts";
import { imagesCommand } from "./images.ts";
import { judgeCommand } from "./judge.ts";
import { planCommand } from "./plan.ts";
import { reportCommand } from "./report.ts";
import { resultsCommand } from "./results.ts";
import { runCommand } from "./run.ts";
import { schemaCommand } from "./schema.ts";
import { suiteCommand } from "./suite.ts";
import { sweepCommand } from "./sweep.ts";
import { toolVersion } from "./tool-version.ts";
import { validateCommand } from "./validate.ts";

const EXIT_CODES = `
Exit codes:
  0  every objective met            4  environment or harness error
  1  an objective missed            5  evidence verification failed
  2  usage or invalid file          130, 143  interrupted, after clean-up
  3  inconclusive

Examples:
  blackstart plan experiments/active-passive-region-loss.yaml
  blackstart run experiments/broker-crash.yaml --seed 7
  blackstart suite smoke
  blackstart judge reports/<run-id> && blackstart report reports/<run-id>`;

export function createProgram(): Command {
  const program = new Command("blackstart")
    .description(
      "Disaster-recovery drills for multi-region Apache Kafka, with measured RPO and RTO",
    )
    .version(toolVersion())
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(see --help)")
    .exitOverride();
  const commands = [
    runCommand(),
    suiteCommand(),
    validateCommand(),
    planCommand(),
    judgeCommand(),
    reportCommand(),
    resultsCommand(),
    claimsCommand(),
    composeCommand(),
    doctorCommand(),
    imagesCommand(),
    sweepCommand(),
    schemaCommand(),
  ];
  for (const command of commands) program.addCommand(command.exitOverride());
  return program;
}
