/** Keys of every step. Exactly one of `at` and `after` is asked for by `check-steps.ts`. */
import { z } from "zod";
import { durationSchema } from "../kernel/schema-units.ts";
import { untilSchema } from "./schema-conditions.ts";
import { nameSchema } from "./schema-topology.ts";

export const stepTiming = {
  id: nameSchema.describe("Name of the step: for `after`, `heal` and the report."),
  label: z.string().optional().describe("What the report calls the step."),
  at: durationSchema.optional().describe("Time after the steady state was reached."),
  after: z
    .union([z.string(), z.array(z.string()).min(1)], {
      error: "expected the id of a step, or a list of them",
    })
    .optional()
    .describe("Step or steps that must have ended before."),
  delay: durationSchema.optional().describe("Time between the end of those steps and this one."),
  until: untilSchema
    .optional()
    .describe("When its time has come, the step waits for this, too, before it acts."),
};
