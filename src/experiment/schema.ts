/**
 * The experiment file, version 1: the only source of its types, of `schema/experiment.v1.json` and
 * of the messages of `blackstart validate`.
 *
 * It says what a value may be. What only names and sums can tell (a region that does not exist, a
 * replication factor above the brokers) is in the `check-*.ts` files.
 */
import { z } from "zod";
import { catalogueSchema } from "../history/catalogue.ts";
import { durationSchema } from "../kernel/schema-units.ts";
import { guardSchema } from "./schema-conditions.ts";
import { phaseSchema } from "./schema-phase.ts";
import { policySchema } from "./schema-policy.ts";
import { entrySchema, type StepEntry, steadyCheckSchema } from "./schema-steps.ts";
import { objectivesSchema, predictionsSchema } from "./schema-targets.ts";
import { nameSchema, topologySchema } from "./schema-topology.ts";
import { workloadSchema } from "./schema-workload.ts";

const endSchema = z.strictObject({
  settle: durationSchema
    .prefault("10s")
    .describe("The run goes on this long after the last step and after everything recovered."),
  horizon: durationSchema
    .prefault("60s")
    .describe("... but no longer than this after the last step; what is not back then is `≥`."),
  drain: durationSchema
    .prefault("15s")
    .describe("How long the last answers and deliveries may take after the producers stopped."),
});

const seedMax = 2 ** 31 - 1;

export const experimentSchema = z.strictObject({
  version: z.literal(1, { error: "expected version: 1" }).describe("Version of this format."),
  name: nameSchema.describe("Short name; run folders are named after it."),
  title: z.string().min(1, { error: "expected a title" }).describe("Headline of the report."),
  description: z.string().default("").describe("What the drill is about, for the report."),
  seed: z
    .number({ error: "expected a whole number as seed" })
    .int({ error: "expected a whole number as seed" })
    .min(0, { error: "expected a seed from 0 up" })
    .max(seedMax, { error: `expected a seed up to ${seedMax}` })
    .default(1)
    .describe("Same seed, same plan."),
  catalogue: catalogueSchema
    .optional()
    .describe("Which row of the catalogue this is; shown in the report and in docs/results.md."),
  vars: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Variables with their defaults; `blackstart schema` says how values refer to them."),
  include: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
      error: "expected the path of a file, relative to this one, or a list of them",
    })
    .optional()
    .describe("Files that give the top-level keys this one does not have; later ones win."),
  matrix: z
    .record(
      z.string(),
      z
        .array(z.union([z.string(), z.number(), z.boolean()]), {
          error: "expected a list of values",
        })
        .min(1, { error: "expected at least one value" }),
    )
    .refine((matrix) => Object.keys(matrix).length > 0, { error: "expected at least one variable" })
    .optional()
    .describe("Variables with several values: one run for every combination of them."),
  topology: topologySchema.describe("What is booted."),
  workload: workloadSchema.describe("What runs on it."),
  steadyState: z
    .array(steadyCheckSchema)
    .min(1, { error: "expected at least one check" })
    .prefault([{ check: "acked-rate", atLeast: "95%", for: "5s" }])
    .describe("What must hold before the first step."),
  steadyWithin: durationSchema
    .prefault("60s")
    .describe("How long the steady state may take; later, the run is inconclusive."),
  steps: z.array(entrySchema).default([]).describe("The timeline."),
  abortIf: z
    .array(guardSchema)
    .default([])
    .describe("Watched while steps run; the first that comes true ends the run, inconclusive."),
  phase: phaseSchema
    .optional()
    .describe("Cycles over which `run --repeat` spreads the instant of the fault."),
  objectives: objectivesSchema
    .default({})
    .describe("Upper bounds that must be met; they decide the exit code."),
  predict: predictionsSchema
    .default({})
    .describe("What is expected to be measured; shown as confirmed or refuted."),
  end: endSchema.prefault({}).describe("When the run is over."),
  policy: policySchema.prefault({}).describe("What counts as a stall and as recovered."),
});

export type Experiment = Omit<z.output<typeof experimentSchema>, "steps"> & { steps: StepEntry[] };
