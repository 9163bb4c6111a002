/**
 * `result.json` of a set: what several runs of one experiment say together. Every number is made from
 * the results of the repetitions, and every point is kept. `null` means "no number", never zero.
 */
import { z } from "zod";
import { metricIds } from "../../history/judging.ts";
import { setSchema } from "../../history/set-folder.ts";

const knownSchema = z.object({
  value: z.number(),
  /** Some runs had not recovered when they ended: the truth is `value` or more. */
  atLeast: z.boolean(),
});

const pointSchema = z.object({
  repetition: z.number().int(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  censored: z.boolean(),
  /** Why it is not part of the statistics; absent when it is. */
  excluded: z.string().optional(),
});
export type SetPoint = z.infer<typeof pointSchema>;

export const setMeasureSchema = z.object({
  metric: z.enum(metricIds),
  label: z.string(),
  unit: z.string(),
  /** One for each repetition that was judged, excluded ones too. */
  points: z.array(pointSchema),
  /** Points that count. */
  n: z.number().int(),
  median: knownSchema.nullable(),
  min: knownSchema.nullable(),
  max: knownSchema.nullable(),
  /** From 59 runs on. */
  p95: knownSchema.nullable(),
  /** 95 % interval of the median, by bootstrap, from 10 runs on. */
  interval: z.object({ low: knownSchema, high: knownSchema }).nullable(),
  /** Of a count of records: in how many runs it was above zero. */
  occurred: z.number().int().nullable(),
  /** When it was zero in every run: the most its probability in one run can be (95 %). */
  probabilityAtMost: z.number().nullable(),
});
export type SetMeasure = z.infer<typeof setMeasureSchema>;

const verdictSchema = z.enum(["met", "missed", "confirmed", "refuted", "inconclusive"]);

export const setAssessmentSchema = z.object({
  metric: z.enum(metricIds),
  label: z.string(),
  unit: z.string(),
  target: z.string(),
  verdict: verdictSchema,
  /** Repetitions by what they said. */
  held: z.array(z.number().int()),
  failed: z.array(z.number().int()),
  open: z.array(z.number().int()),
  reason: z.string().optional(),
});
export type SetAssessment = z.infer<typeof setAssessmentSchema>;

export const setResultSchema = z.object({
  schema: z.literal("blackstart/set-result.v1"),
  tool: z.object({ name: z.string(), version: z.string() }),
  set: setSchema,
  verdict: z.enum(["met", "missed", "inconclusive"]),
  exitCode: z.number(),
  reasons: z.array(z.string()),
  repetitions: z.array(
    z.object({
      index: z.number().int(),
      folder: z.string(),
      run: z.string(),
      verdict: z.enum(["met", "missed", "inconclusive", "not-run"]),
      /** Part of the statistics: met, missed, or kept from both by a target that is too close alone. */
      conclusive: z.boolean(),
      reason: z.string().optional(),
      /** Of the result.json that it went into the set with; absent where there was none. */
      resultSha256: z.string().optional(),
      startedAt: z.string(),
      durationMs: z.number(),
    }),
  ),
  conclusive: z.number().int(),
  inconclusive: z.number().int(),
  notRun: z.number().int(),
  objectives: z.array(setAssessmentSchema),
  predictions: z.array(setAssessmentSchema),
  because: z.string().optional(),
  measures: z.array(setMeasureSchema),
  limits: z.array(z.string()),
});
export type SetResult = z.infer<typeof setResultSchema>;
