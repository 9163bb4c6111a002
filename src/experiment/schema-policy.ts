/** What counts as a stall, and as recovered. */
import { z } from "zod";
import { durationSchema, percentSchema } from "../kernel/schema-units.ts";

export const policySchema = z.strictObject({
  sustained: durationSchema.prefault("5s").describe("Recovered means: acks on time for this long."),
  stall: durationSchema.prefault("1s").describe("A due send not acked within this is a stall."),
  throughputShare: percentSchema
    .prefault("95%")
    .describe("Share of the planned rate that counts as full throughput."),
  t0: z
    .string()
    .optional()
    .describe(
      "The fault step that times are counted from; the first one, or that before a failover, unless set.",
    ),
});
