/**
 * The timeline of the experiment file: steps that break, act and heal, and the checks of the steady
 * state before them. Fault steps are composed from the catalogue: a new fault needs no line here.
 */
import assert from "node:assert";
import { z } from "zod";
import { faults } from "../fault/catalogue.ts";
import { durationSchema, percentSchema } from "../kernel/schema-units.ts";
import { CHAOS, chaosKeys } from "./schema-chaos.ts";
import { type UntilEntry, untilSchema } from "./schema-conditions.ts";
import { execSchema } from "./schema-exec.ts";
import { stepTiming } from "./schema-step-timing.ts";
import { kafkaConfigSchema } from "./schema-topology.ts";
import { createStep, loadStep, sendStep } from "./schema-workload-steps.ts";

function faultStep(fault: (typeof faults)[number]) {
  assert(fault.params instanceof z.ZodObject, `params of ${fault.kind} are an object`);
  return z
    .strictObject({
      ...stepTiming,
      fault: z.literal(fault.kind),
      for: durationSchema
        .optional()
        .describe("Healed after this long. Absent: at the end, after what survived was read."),
      ...fault.params.shape,
    })
    .describe(fault.summary);
}

const faultSteps = faults.map(faultStep);
const [firstFault, ...otherFaults] = faultSteps;
assert(firstFault, "the catalogue lists a fault");

const probeTime = durationSchema.refine((ms) => ms >= 50, { error: "expected at least 50ms" });
const detectSchema = z.strictObject({
  every: probeTime.prefault("500ms").describe("Interval of health probes."),
  failures: z.number().int().min(1).default(3).describe("Failed probes in a row that make a loss."),
  timeout: probeTime.prefault("1s").describe("When one probe counts as failed."),
});

const runbookStep = z
  .strictObject({
    ...stepTiming,
    runbook: z.literal("failover"),
    from: z
      .string()
      .optional()
      .describe("Region that is given up; found from the steps unless set."),
    to: z.string().describe("Region that takes over."),
    decision: durationSchema
      .prefault("0s")
      .describe("How long people take to decide, after the loss was detected."),
    detect: detectSchema.prefault({}).describe("How the loss is detected."),
  })
  .describe("Detects the loss of a region, waits for a decision, starts the clients elsewhere.");

const healStep = z
  .strictObject({ ...stepTiming, heal: z.string().describe("The fault step to heal.") })
  .describe("Heals a fault at a time of its own.");

const { until: _, ...plainTiming } = stepTiming;
const waitStep = z
  .strictObject({ ...plainTiming, wait: untilSchema.describe("What must be so before it ends.") })
  .describe("Acts on nothing and ends when the running system shows what it waits for.");

const configStep = z
  .strictObject({
    ...stepTiming,
    config: z
      .strictObject({
        topic: z.string(),
        cluster: z.string().optional().describe("Needed when several clusters have the topic."),
        set: kafkaConfigSchema
          .refine((set) => Object.keys(set).length > 0, { error: "expected at least one setting" })
          .describe("Kafka's names and values, such as { min.insync.replicas: 1 }."),
      })
      .describe("The topic and its new settings."),
  })
  .describe("Sets a topic's configuration, and ends when every setting was read back.");

const execStep = z
  .strictObject({ ...stepTiming, exec: execSchema.describe("A program inside of a node.") })
  .describe("Runs a program inside of a Kafka node, and ends when it did; its output is kept.");

const countSchema = z
  .number({ error: "expected a number of times" })
  .int({ error: "expected a whole number of times" })
  .min(2, { error: "expected at least 2 times" })
  .max(100, { error: "expected at most 100 times" });
const children = z
  .lazy(() => z.array(entrySchema).min(1, { error: "expected at least one step" }))
  .describe("Steps without `at` and `after`: the block says when.");
const parallelBlock = z
  .strictObject({ ...plainTiming, parallel: children })
  .describe("Steps that start together. The block ends when all of them have ended.");
const repeatBlock = z
  .strictObject({
    ...plainTiming,
    repeat: countSchema.describe("How many times."),
    every: durationSchema
      .optional()
      .describe("From the beginning of one time to that of the next; never before it has ended."),
    steps: children,
  })
  .describe("Steps one after another, several times: `flap.2.cut` is `cut` of the second time.");

export const RUNBOOKS = ["failover"] as const;
export const FAULT_KINDS: readonly string[] = [...faults.map(({ kind }) => kind), CHAOS];

const chaosStep = z
  .strictObject({ ...stepTiming, ...chaosKeys })
  .describe("Draws faults from a menu, by the run's seed, when the experiment is planned.");

export const faultStepSchema = z.discriminatedUnion("fault", [
  firstFault,
  ...otherFaults,
  chaosStep,
]);
/** In the order of STEP_KINDS: `issues.ts` tells which branch a step belongs to. */
export const stepSchema = z.union([
  faultStepSchema,
  runbookStep,
  healStep,
  waitStep,
  configStep,
  createStep,
  loadStep,
  sendStep,
  execStep,
]);
export const entrySchema: z.ZodType<unknown> = z
  .union([...stepSchema.options, parallelBlock, repeatBlock])
  .meta({ id: "step" });
export const STEP_KINDS = [
  "fault",
  "runbook",
  "heal",
  "wait",
  "config",
  "create",
  "load",
  "send",
  "exec",
  "parallel",
  "repeat",
];

export interface StepTiming {
  id: string;
  label?: string | undefined;
  at?: number | undefined;
  after?: string | string[] | undefined;
  delay?: number | undefined;
  until?: UntilEntry | undefined;
  /** Set by `expand-steps.ts`. */
  notBefore?: { step: string; plusMs: number } | undefined;
}
/** A fault's own keys stand beside these; `paramsOf` takes them out. */
export type FaultEntry = StepTiming & { fault: string; for?: number | undefined } & Record<
    string,
    unknown
  >;
export type RunbookEntry = StepTiming & z.output<typeof runbookStep>;
export type HealEntry = StepTiming & z.output<typeof healStep>;
export type WaitEntry = StepTiming & z.output<typeof waitStep>;
export type ConfigEntry = StepTiming & z.output<typeof configStep>;
export type CreateEntry = StepTiming & z.output<typeof createStep>;
export type LoadEntry = StepTiming & z.output<typeof loadStep>;
export type SendEntry = StepTiming & z.output<typeof sendStep>;
export type ExecEntry = StepTiming & z.output<typeof execStep>;
export type StepEntry =
  | FaultEntry
  | RunbookEntry
  | HealEntry
  | WaitEntry
  | ConfigEntry
  | CreateEntry
  | LoadEntry
  | SendEntry
  | ExecEntry;

/** A fault of the catalogue; a monkey is none before it was drawn. */
export const isFault = (step: StepEntry): step is FaultEntry =>
  "fault" in step && step.fault !== CHAOS;
export const isRunbook = (step: StepEntry): step is RunbookEntry => "runbook" in step;
export const isHeal = (step: StepEntry): step is HealEntry => "heal" in step;
export const isWait = (step: StepEntry): step is WaitEntry => "wait" in step;
export const isExec = (step: StepEntry): step is ExecEntry => "exec" in step;
export const isConfig = (step: StepEntry): step is ConfigEntry => "config" in step;
export const isCreate = (step: StepEntry): step is CreateEntry => "create" in step;
export const isLoad = (step: StepEntry): step is LoadEntry => "load" in step;
export const isSend = (step: StepEntry): step is SendEntry => "send" in step;

/** What a step waits for before it acts; for a step that only waits, what it is about. */
export function untilOf(step: StepEntry): UntilEntry | undefined {
  return isWait(step) ? step.wait : step.until;
}

const OWN = new Set([...Object.keys(stepTiming), "notBefore", "fault", "for"]);

/** The fault's parameters, as its own schema parsed them. */
export function paramsOf(step: FaultEntry): Record<string, unknown> {
  return Object.fromEntries(Object.entries(step).filter(([key]) => !OWN.has(key)));
}

const share = percentSchema.refine((part) => part <= 1, { error: "expected at most 100%" });
const held = durationSchema.prefault("5s").describe("How long it must hold without a break.");

export const steadyCheckSchema = z.discriminatedUnion("check", [
  z
    .strictObject({ check: z.literal("acked-rate"), atLeast: share, for: held })
    .describe("Acked records a second, as a share of the planned rate."),
  z
    .strictObject({ check: z.literal("delivered-rate"), atLeast: share, for: held })
    .describe("Records a second that reach the consumers, as a share of the planned rate."),
  z
    .strictObject({ check: z.literal("replication-lag"), atMost: durationSchema, for: held })
    .describe("Age of records when they are seen on the mirror."),
  z
    .strictObject({ check: z.literal("consumer-lag"), atMost: durationSchema, for: held })
    .describe("Age of records when consumers get them."),
]);
export type SteadyEntry = z.output<typeof steadyCheckSchema>;
