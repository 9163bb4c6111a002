/** The topology of an experiment file as the text of a Compose file; see `topology/compose-file.ts`. */
import { basename } from "node:path";
import { stringify } from "yaml";
import { composeFile } from "../topology/compose-file.ts";
import { loadExperiment } from "./load.ts";
import { topologyOf } from "./planner.ts";

/** `shown`: the file's path as the head of the text names it. Same file, same bytes. */
export function composeText(file: string, shown: string, index: number): string {
  const { experiment } = loadExperiment(file);
  const topology = topologyOf(experiment.topology, "compose");
  const head = [
    `# Generated from ${shown} by \`npm run compose\`: edit that, not this.`,
    "#",
    `# docker compose -p ${experiment.name} -f compose/${basename(shown)} up`,
    "#",
    "# No workload, no faults, no verdict: compose/README.md.",
    "",
  ];
  const body = stringify(composeFile(topology, experiment.name, index), { lineWidth: 0 });
  return `${head.join("\n")}${body}`;
}
