/**
 * Values of a file → an experiment, or findings: what the schema refuses, and what only names and
 * sums can tell.
 *
 * Both are reported together: names and sums are checked on the parts that the schema accepts, with
 * the names of all parts, so one wrong value does not hide the next mistake, nor make a second one.
 */
import type { Topology } from "../topology/types.ts";
import { checkCold } from "./check-cold.ts";
import { checkNames } from "./check-names.ts";
import { checkPhase, checkT0 } from "./check-phase.ts";
import { checkSteps } from "./check-steps.ts";
import { checkTargets } from "./check-targets.ts";
import { checkTopology } from "./check-topology.ts";
import { checkWorkload } from "./check-workload.ts";
import { Draft } from "./draft.ts";
import { findingsOf } from "./issues.ts";
import { affectedBy, outlookOf } from "./plan-steps.ts";
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
  checkCold(draft, topology);
  checkPhase(draft, draft.phase);
  checkT0(draft);
  checkTargets(draft);
  checkNames(draft, topology === undefined);
  const parsed = experimentSchema.safeParse(value);
  const steps = draft.steps.map(({ value: step }) => step);
  const experiment = { ...parsed.data, steps } as Experiment;
  if (refused.length + draft.findings.length === 0) {
    checkOutlook(draft, experiment, topology as Topology);
  }
  return { experiment, findings: [...refused, ...draft.findings] };
}

/**
 * Somebody must be left to tell what the loss of everything was: a region whose clients live. Needs
 * an experiment without other mistakes.
 */
function checkOutlook(draft: Draft, experiment: Experiment, topology: Topology): void {
  const { survivingCluster, failedClusters, faultStep } = outlookOf(experiment, topology);
  if (!failedClusters.includes(survivingCluster)) return;
  const affected = affectedBy(experiment, topology);
  if (experiment.workload.producers.some((producer) => !affected.has(producer.in))) return;
  const failing = draft.steps.find(({ value }) => value.id === faultStep);
  draft.find(
    failing?.path ?? ["steps"],
    `"${survivingCluster}" is gone for good, and the application with it: add \`for\`, a \`heal\` ` +
      "or a failover to another cluster",
  );
}

/** Compiled when nothing is wrong with it: faults are checked against nodes that will be there. */
function compiled(draft: Draft, refused: Finding[]): Topology | undefined {
  const wrong = [...refused, ...draft.findings].some(({ path }) => path[0] === "topology");
  const empty = draft.regions.length === 0 || draft.clusterNames.length === 0;
  return wrong || empty ? undefined : topologyOf(draft.topology, "check");
}
