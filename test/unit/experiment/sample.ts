/** A small valid experiment as text, for tests that spoil it, and what a spoilt one is told. */
import { parseExperiment } from "../../../src/experiment/load.ts";
import type { Plan } from "../../../src/experiment/plan.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { ExperimentError, formatProblem } from "../../../src/experiment/problems.ts";

export const SAMPLE = `version: 1
name: sample
title: Sample
topology:
  regions: [east, west]
  clusters:
    primary: { brokers: { east: 3 } }
    standby: { brokers: { west: 3 } }
  links:
    - { between: [east, west], latency: 20ms }
  replication:
    - { kind: mirror-maker-2, from: primary, to: standby, in: west, topics: [orders] }
workload:
  topics:
    - { name: orders, cluster: primary, partitions: 6, replication: 3, minInsync: 2 }
  producers:
    - { topic: orders, in: east, rate: 100/s, size: 512B, failover: west }
  consumers:
    - { topic: orders, group: billing, in: east, failover: west }
steps:
  - { id: loss, at: 5s, fault: region.shutdown, region: east }
  - { id: over, after: loss, runbook: failover, to: west }
objectives: { rpo: { records: 100 } }
predict: { rpo: { shape: tail } }
`;

/** The sample with one text replaced; fails when the text is not there. */
export function spoil(find: string, replacement: string, text = SAMPLE): string {
  if (!text.includes(find)) throw new Error(`the sample has no "${find}"`);
  return text.replace(find, () => replacement);
}

/** Every problem as `line:column: message`; none for a valid text. */
export function problemsOf(text: string, vars?: Record<string, string>): string[] {
  try {
    parseExperiment(text, "f.yaml", vars ? { vars } : {});
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map((problem) => formatProblem(problem).replace(/^f\.yaml:/, ""));
  }
}

export function planOf(text: string, run = "r1", vars: Record<string, string> = {}): Plan {
  const parsed = parseExperiment(text, "f.yaml", { vars });
  return planExperiment({ ...parsed, file: "f.yaml", sha256: "0" }, { run });
}

/** One mistake in the sample (or a text of its own), and everything that is told about it. */
export type BadInput = { name: string; problems: string[] } & (
  | { text: string }
  | { find: string; put: string }
);

export function textOf(bad: BadInput): string {
  return "text" in bad ? bad.text : spoil(bad.find, bad.put);
}
