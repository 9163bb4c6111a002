/**
 * Values of a file → an experiment, or findings: what the schema refuses, and what only names and
 * sums can tell.
 *
 * Both are reported together: names and sums are checked on the parts that the schema accepts, with
 * the names of all parts, so one wrong value does not hide the next mistake, nor make a second one.
 */
import type { Topology } from "../topology/types.ts";
import { checkNames } from "./check-names.ts";
import { checkSteps } from "./check-steps.ts";
import { checkTargets } from "./check-targets.ts";
import { checkTopology } from "./check-topology.ts";
import { checkWorkload } from "./check-workload.ts";
import { Draft } from "./draft.ts";
import { findingsOf } from "./issues.ts";
import { topologyOf } from "./planner.ts";
import type { Finding } from "./problems.ts";
import { type Experiment, experimentSchema } from "./schema.ts";

export interface Checked {
  /** Only to be used when there is no finding. */
  experiment: Experiment;
  findings: Finding[];
}

export function checkExperiment(value: unknown): Checked {
  const refused = findingsOf(experimentSchema, value);
  const draft = new Draft(value);
  checkTopology(draft);
  const topology = compiled(draft, refused);
  checkWorkload(draft);
  checkSteps(draft, topology);
  checkTargets(draft);
  checkNames(draft, topology === undefined);
  const parsed = experimentSchema.safeParse(value);
  return { experiment: parsed.data as Experiment, findings: [...refused, ...draft.findings] };
}

/** Compiled when nothing is wrong with it: faults are checked against nodes that will be there. */
function compiled(draft: Draft, refused: Finding[]): Topology | undefined {
  const wrong = [...refused, ...draft.findings].some(({ path }) => path[0] === "topology");
  const empty = draft.regions.length === 0 || draft.clusterNames.length === 0;
  return wrong || empty ? undefined : topologyOf(draft.topology, "check");
}
