/** `blackstart doctor`: what is missing on this machine, and how to get it. */
import { Command } from "commander";
import { runSetupScript } from "./setup-script.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("say what is missing on this machine, and how to get it; changes nothing")
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      "\nExit code 4 when something is missing.\n\nExample:\n  blackstart doctor",
    )
    .action(async (options: { json?: boolean }) => {
      process.exitCode = await runSetupScript(["--check", ...(options.json ? ["--json"] : [])]);
    });
}
