/** `blackstart compose`: a topology for exploring by hand, without a drill. */
import { Command } from "commander";
import { composeText } from "../experiment/compose-text.ts";

export function composeCommand(): Command {
  return new Command("compose")
    .description("print the topology of an experiment as a Compose file, for exploring by hand")
    .argument("<file>", "experiment file")
    .addHelpText(
      "after",
      `
The same networks, addresses, gateways and settings as in a drill; no workload, no faults. Image tags
are variables: \`npm run compose\` writes those of this machine into compose/.env.

Example:
  blackstart compose experiments/c-stretched/c02-dc-lost.yaml > compose.yaml`,
    )
    .action((file: string) => {
      process.stdout.write(composeText(file, file, OTHERS));
    });
}

/** Of addresses and ports: the files of compose/ count from 0. */
const OTHERS = 15;
