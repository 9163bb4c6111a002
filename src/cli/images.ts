/** `blackstart images`: builds the container images, or lists them. */
import { Command } from "commander";
import { runSetupScript } from "./setup-script.ts";

const collect = (value: string, before: string[]) => [...before, value];

export function imagesCommand(): Command {
  return new Command("images")
    .description("build the container images that drills need, or list them")
    .option("--kafka-version <version>", "build this Kafka version too (repeatable)", collect, [])
    .option("--rebuild", "build even what is there")
    .option("--list", "list what there is, build nothing")
    .addHelpText(
      "after",
      "\nExamples:\n  blackstart images --list\n  blackstart images --kafka-version 3.9.2",
    )
    .action(async (options: { kafkaVersion: string[]; rebuild?: boolean; list?: boolean }) => {
      process.exitCode = await runSetupScript([
        "images",
        ...options.kafkaVersion.flatMap((version) => ["--kafka-version", version]),
        ...(options.rebuild ? ["--rebuild"] : []),
        ...(options.list ? ["--list"] : []),
      ]);
    });
}
