/**
 * Values of a file → an experiment, or findings: what the schema refuses, and what only names and
 * sums can tell.
 *
 * Both are reported together: names and sums are checked on the parts that the schema accepts, with
 * the names of all parts, so one wrong value does not hide the next mistake, nor make a second one.
 */

import { findingsOf } from "./issues.ts";
import type { Finding } from "./problems.ts";
import { type Experiment, experimentSchema } from "./schema.ts";

export interface Checked {
  /** Only to be used when there is no finding. */
  experiment: Experiment;
  findings: Finding[];
}

export function checkExperiment(value: unknown): Checked {
  const findings = findingsOf(experimentSchema, value);
  const parsed = experimentSchema.safeParse(value);
  return { experiment: parsed.data as Experiment, findings };
}
