/**
 * Conditions of the running system, as a file says them: what a step waits for (`until`, `wait`) and
 * what ends a run early (`abortIf`). One language for both, so that what is known about one holds
 * for the other. What a condition looks at and what it takes for true: `docs/experiment-file.md`.
 */
import { z } from "zod";
import { durationSchema, percentSchema, sizeSchema } from "../kernel/schema-units.ts";

const whole = (what: string, least = 0) =>
  z
    .number({ error: `expected ${what}` })
    .int({ error: `expected ${what}` })
    .min(least, { error: `expected ${what}, at least ${least}` });

const cluster = z.string().optional().describe("Needed when more than one cluster can be meant.");
const partitions = z
  .union([z.literal("all"), z.array(whole("a partition")).min(1)], {
    error: "expected `all` or a list of partitions, such as [0, 3]",
  })
  .default("all")
  .describe("Partitions it must hold for; all of them unless set.");
const place = { topic: z.string(), cluster, partitions };
/** Asked only of what has no other mistake: a misspelt key is not one that is missing. */
const alone = { when: ({ issues }: { issues: unknown[] }) => issues.length === 0 };
const once = z.literal(true, { error: "expected true, or leave it out" }).optional();

const isrSchema = z
  .strictObject({
    ...place,
    in: z.string().optional().describe("Every in-sync replica is in this region."),
    atMost: whole("a number of replicas")
      .optional()
      .describe("No more in-sync replicas than this."),
    atLeast: whole("a number of replicas", 1).optional().describe("So many in-sync replicas."),
    full: once.describe("Every replica is in sync."),
  })
  .refine((isr) => given(isr, ["in", "atMost", "atLeast", "full"]) === 1, {
    error: "give one of `in`, `atMost`, `atLeast` and `full`",
    ...alone,
  });

const leaderSchema = z
  .strictObject({
    ...place,
    in: z.string().optional().describe("The leader is in this region."),
    none: once.describe("There is no leader."),
  })
  .refine((leader) => given(leader, ["in", "none"]) === 1, {
    error: "give one of `in` and `none`",
    ...alone,
  });

const amount = z
  .union([whole("a number of records"), durationSchema.transform((ms) => ({ ms }))], {
    error: "expected records, such as 1000, or an age, such as 5s",
  })
  .optional();
const lagSchema = z
  .strictObject({
    group: z.string().optional().describe("Of a consumer group: what it has not committed."),
    mirror: z.string().optional().describe("Of the mirror of this topic: what it lacks."),
    cluster: z.string().optional().describe("Where the group or the mirror is."),
    above: amount.describe("More than so many records, or records older than this."),
    below: amount.describe("Fewer than so many records, or records younger than this."),
  })
  .refine((lag) => given(lag, ["group", "mirror"]) === 1, {
    error: "give one of `group` and `mirror`",
    ...alone,
  })
  .refine((lag) => given(lag, ["above", "below"]) === 1, {
    error: "give one of `above` and `below`",
    ...alone,
  });

/** Every condition by its key. A new one needs a line here, in `conditions.ts` and in the drill. */
export const conditionShape = {
  isr: isrSchema.optional().describe("The in-sync replicas of a topic's partitions."),
  leader: leaderSchema.optional().describe("Who leads a topic's partitions."),
  lag: lagSchema.optional().describe("How far a group or a mirror is behind."),
  group: z
    .strictObject({
      name: z.string(),
      cluster,
      is: z.enum(["stable", "empty", "rebalancing"]),
    })
    .optional()
    .describe("The state of a consumer group, as its coordinator says."),
  controller: z
    .strictObject({ in: z.string().describe("A region."), cluster })
    .optional()
    .describe("The active controller is in this region, as it says itself."),
  acked: z
    .strictObject({
      records: whole("a number of records", 1).default(1),
      after: z
        .union([z.string(), z.array(z.string()).min(1)], {
          error: "expected the id of a step, or a list of them",
        })
        .optional()
        .describe("Counted from the end of this step."),
    })
    .optional()
    .describe("So many records were acked, since the wait began or since a step ended."),
  topic: z
    .strictObject({ name: z.string(), cluster, above: whole("a number of records") })
    .optional()
    .describe("A topic holds more than so many records."),
  region: z
    .strictObject({ name: z.string(), is: z.enum(["lost", "answering"]) })
    .optional()
    .describe("No broker of a region answers inside it; or every one of them does."),
  errors: z
    .strictObject({
      above: percentSchema.describe("Of the sends that ended."),
      over: durationSchema.prefault("10s").describe("The latest time that is looked at."),
    })
    .optional()
    .describe("The share of records whose sends did not succeed."),
  disk: z
    .strictObject({ below: sizeSchema })
    .optional()
    .describe("Space left where the run folder lies."),
  memory: z.strictObject({ below: sizeSchema }).optional().describe("Memory left on this machine."),
};

export const CONDITIONS = Object.keys(conditionShape) as (keyof typeof conditionShape)[];
const one = {
  error: `give one condition: ${CONDITIONS.join(", ")}`,
  ...alone,
};
const held = durationSchema
  .prefault("0s")
  .describe("How long it must hold without a break; seen once is enough unless set.");

export const untilSchema = z
  .strictObject({
    ...conditionShape,
    within: durationSchema.describe(
      "How long it may take. Not reached by then, the run ends and is inconclusive.",
    ),
    for: held,
  })
  .refine((until) => given(until, CONDITIONS) === 1, one)
  .meta({ id: "wait" });

export const guardSchema = z
  .strictObject({ ...conditionShape, for: held })
  .refine((guard) => given(guard, CONDITIONS) === 1, one);

export type UntilEntry = z.output<typeof untilSchema>;
export type GuardEntry = z.output<typeof guardSchema>;
export type ConditionEntry = Omit<GuardEntry, "for">;

function given(value: object, keys: readonly string[]): number {
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined).length;
}
