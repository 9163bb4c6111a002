/**
 * `phase`: over which cycles of the system the fault's instant is spread when a run is repeated.
 * Without `--repeat` it changes nothing.
 */
import { z } from "zod";
import { durationSchema } from "../kernel/schema-units.ts";

const period = durationSchema.refine((ms) => ms >= 10, { error: "expected at least 10ms" });

const cycleSchema = z.union([
  period,
  z.strictObject({
    every: period.describe("Length of the cycle."),
    commitsOf: z.string().describe("The group whose commits show where the cycle stands."),
  }),
]);

export const phaseSchema = z.strictObject({
  step: z.string().optional().describe("The fault step; the first one unless set."),
  over: z
    .record(z.string().min(1), cycleSchema)
    .refine((cycles) => Object.keys(cycles).length > 0, { error: "expected at least one cycle" })
    .describe(
      "Cycles by name: a length, which is counted from the instant the step is due, or the commits " +
        "of a group, which are watched. With one group, all cycles are counted from its commits.",
    ),
});
export type PhaseEntry = z.output<typeof phaseSchema>;
export type CycleEntry = PhaseEntry["over"][string];
