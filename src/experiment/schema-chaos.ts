/**
 * The step `fault: chaos.monkey`: a menu of faults with weights. It is no fault of its own; planning
 * draws ordinary steps from it (`draw-chaos.ts`).
 */
import assert from "node:assert";
import { z } from "zod";
import { faults } from "../fault/catalogue.ts";
import { durationSchema } from "../kernel/schema-units.ts";

export const CHAOS = "chaos.monkey";

function dish(fault: (typeof faults)[number]) {
  assert(fault.params instanceof z.ZodObject, `params of ${fault.kind} are an object`);
  return z
    .strictObject({
      fault: z.literal(fault.kind),
      weight: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .default(1)
        .describe("How often it is drawn, against the others."),
      for: durationSchema.describe("Healed after this long, before the next begins."),
      ...fault.params.shape,
    })
    .describe(fault.summary);
}

const [firstDish, ...otherDishes] = faults.map(dish);
assert(firstDish, "the catalogue lists a fault");

export const chaosKeys = {
  fault: z.literal(CHAOS),
  count: z.number().int().min(1).max(100).describe("How many faults, one after another."),
  every: durationSchema
    .prefault("5s")
    .describe("Time between the end of one and the next, drawn from half of it to one and a half."),
  choose: z
    .array(z.discriminatedUnion("fault", [firstDish, ...otherDishes]))
    .min(1)
    .describe("The faults to draw from."),
};

export type Dish = { fault: string; weight: number; for: number } & Record<string, unknown>;
