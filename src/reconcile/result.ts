/**
 * `result.json`: everything the judge concluded, and the only thing the report reads.
 *
 * Stable and documented: `schema/result.v1.json` is generated from here. All instants (`…AtMs`,
 * `tMs`) are milliseconds after the workload started; they may be negative. Every number that was
 * measured carries its resolution: the truth lies within [low, high]. `null` means "no number",
 * never zero.
 */
import { z } from "zod";
import { catalogueSchema } from "../history/catalogue.ts";
import { metricIds } from "../history/judging.ts";

const ms = z.number();
const nullableMs = z.number().nullable();

/** A measured number with its bounds. `censored`: not over when the run ended, so ≥ value. */
export const measureSchema = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  censored: z.boolean(),
  /** The value of a shape metric. */
  text: z.string().optional(),
  /** Why there is no number, or why it cannot be believed. */
  inconclusive: z.string().optional(),
});
export type Measure = z.infer<typeof measureSchema>;

export const assessmentSchema = z.object({
  metric: z.enum(metricIds),
  label: z.string(),
  unit: z.string(),
  /** The target as the experiment file writes it. */
  target: z.string(),
  measured: measureSchema,
  /** Distance to the target in the metric's unit; negative when missed. */
  margin: z.number().nullable(),
  verdict: z.enum(["met", "missed", "confirmed", "refuted", "inconclusive", "not-run"]),
  reason: z.string().optional(),
  /** One sentence: how the number was measured. */
  how: z.string(),
});
export type Assessment = z.infer<typeof assessmentSchema>;

export const faultSchema = z.object({
  step: z.string(),
  /** Times are counted from this fault, though it was not the first. */
  t0: z.boolean().optional(),
  kind: z.string(),
  fidelity: z.string(),
  targets: z.array(z.string()),
  affects: z.array(z.string()),
  injectingAtMs: ms,
  injectedAtMs: nullableMs,
  /** The interval in which it began: narrowed by the engine's die events. */
  beganLowMs: nullableMs,
  beganHighMs: nullableMs,
  effectiveAtMs: nullableMs,
  proof: z.string().nullable(),
  healingAtMs: nullableMs,
  healedAtMs: nullableMs,
  healProof: z.string().nullable(),
  problem: z.string().optional(),
});
export type FaultResult = z.infer<typeof faultSchema>;

/** Recovery of one partition, seen from one viewpoint. Names follow metrics.md (T1 … T5). */
export const partitionRecoverySchema = z.object({
  log: z.number(),
  cluster: z.string(),
  topic: z.string(),
  partition: z.number(),
  /** T1: due time of the first send that was not acked on time. Null: it never stalled. */
  firstMissedAtMs: nullableMs,
  /** T2: first ack of a send due after T0. */
  firstAckAtMs: nullableMs,
  /** T3: start of the first window of on-time acks. Null: not within the run. */
  sustainedAtMs: nullableMs,
  /** T3 − T0, or the run's end − T0 when censored. 0 only when it provably never stalled. */
  rtoMs: nullableMs,
  lowMs: nullableMs,
  highMs: nullableMs,
  censored: z.boolean(),
});
export type PartitionRecovery = z.infer<typeof partitionRecoverySchema>;

export const recoverySchema = z.object({
  viewpoint: z.enum(["produce", "consume", "cluster", "fresh"]),
  measure: measureSchema,
  /** First and median partition, for the reader who asks whether it was all or one. */
  firstPartitionMs: nullableMs,
  medianPartitionMs: nullableMs,
  partitions: z.array(partitionRecoverySchema),
  how: z.string(),
});
export type Recovery = z.infer<typeof recoverySchema>;

export const anomalyClasses = [
  "lost",
  "stranded",
  "overwritten",
  "unread",
  "duplicate-append",
  "redelivery",
  "failed-read",
  "phantom",
  "corrupt",
  "reordered",
  "inconsistent-offset",
  "acked-not-appended",
  "duplicate-acked-offset",
] as const;
export type AnomalyClass = (typeof anomalyClasses)[number];

export const anomalyExampleSchema = z.object({
  log: z.number().nullable(),
  topic: z.string().nullable(),
  producer: z.string().nullable(),
  partition: z.number().nullable(),
  seqFirst: z.number().nullable(),
  seqLast: z.number().nullable(),
  offset: z.number().nullable(),
  atMs: nullableMs,
  detail: z.string(),
});
export type AnomalyExample = z.infer<typeof anomalyExampleSchema>;

export const anomalySchema = z.object({
  class: z.enum(anomalyClasses),
  /** Full count; `examples` is capped. */
  count: z.number(),
  /** Kept apart by cause where it is known: producer retry, mirror retry, failback. */
  cause: z.string().optional(),
  /** A finding is a violation; otherwise it is shown for completeness (stranded, redelivery). */
  violation: z.boolean(),
  examples: z.array(anomalyExampleSchema),
});
export type Anomaly = z.infer<typeof anomalySchema>;

export const offsetVerdictSchema = z.object({
  group: z.string(),
  topic: z.string(),
  partition: z.number(),
  verdict: z.enum(["exact", "replay", "skip", "unmapped", "ahead-of-log", "stale", "inconclusive"]),
  /** Records replayed or skipped; 0 for exact. */
  records: z.number().nullable(),
  /** Last commit before the failover, on the failed cluster. */
  committedOffset: z.number().nullable(),
  committedAtMs: nullableMs,
  /** Where the group resumed on the promoted cluster. */
  resumedLog: z.number().nullable(),
  resumedOffset: z.number().nullable(),
  /** Where it should have resumed: the record after the last committed one, on that log. */
  trueOffset: z.number().nullable(),
  detail: z.string(),
});
export type OffsetVerdict = z.infer<typeof offsetVerdictSchema>;

export const rpoPartitionSchema = z.object({
  log: z.number(),
  topic: z.string(),
  partition: z.number(),
  acked: z.number(),
  /** Null, as all that follows from it, where the surviving log was not read to its end. */
  missing: z.number().nullable(),
  /** Null where not every log that may hold them was read. */
  lost: z.number().nullable(),
  stranded: z.number().nullable(),
  indeterminate: z.number(),
  indeterminateSurvived: z.number().nullable(),
  shape: z.enum(["none", "tail", "hole", "unknown"]),
  oldestMissingDueAtMs: nullableMs,
  /** Null as well where records are missing and no fault gives the instant to measure from. */
  timeMs: z.number().nullable(),
});

export const rpoSchema = z.object({
  /** The cluster whose logs were asked: what survives the drill. */
  survivingCluster: z.string(),
  records: measureSchema,
  timeMs: measureSchema,
  bytes: measureSchema,
  shape: z.enum(["none", "tail", "hole", "unknown"]),
  lost: z.number().nullable(),
  stranded: z.number().nullable(),
  overwritten: z.number().nullable(),
  partitions: z.array(rpoPartitionSchema),
});

export const balanceRowSchema = z.object({
  id: z.string(),
  label: z.string(),
  count: z.number(),
  /** +1 adds to the total above, 0 is a total. */
  sign: z.number(),
  note: z.string().optional(),
});
/** An account that must tie out: the parts are counted apart from the total. */
export const balanceSchema = z.object({
  title: z.string(),
  rows: z.array(balanceRowSchema),
  ties: z.boolean(),
  difference: z.number(),
});
export type Balance = z.infer<typeof balanceSchema>;

/** A down-sampled curve. Points are [tMs, value]; null breaks the line. */
export const seriesSchema = z.object({
  id: z.string(),
  label: z.string(),
  unit: z.string(),
  /** What one point stands for, e.g. "acked records a second, per 250 ms bucket". */
  meaning: z.string(),
  points: z.array(z.tuple([z.number(), z.number().nullable()])),
});
export type Series = z.infer<typeof seriesSchema>;

/** One send (or probe) for the latency dots, down-sampled to the extremes of each column. */
export const latencyDotSchema = z.tuple([
  ms,
  z.number(),
  z.enum(["acked", "failed", "indeterminate"]),
]);

export const laneBarSchema = z.object({
  fromMs: ms,
  toMs: nullableMs,
  state: z.enum(["up", "degraded", "down", "starting"]),
});
export const laneSchema = z.object({
  id: z.string(),
  /** region, node, link, replication, producer, consumer, cluster, operator */
  kind: z.string(),
  label: z.string(),
  region: z.string().nullable(),
  bars: z.array(laneBarSchema),
  markers: z.array(z.object({ atMs: ms, kind: z.string(), label: z.string() })),
});
export type Lane = z.infer<typeof laneSchema>;

export const resultSchema = z.object({
  schema: z.literal("blackstart/result.v1"),
  tool: z.object({ name: z.string(), version: z.string() }),
  run: z.object({
    id: z.string(),
    name: z.string(),
    title: z.string(),
    seed: z.number(),
    startedAt: z.string(),
    durationMs: ms,
    outcome: z.enum(["completed", "interrupted", "failed", "crashed", "not-run"]),
    reason: z.string().optional(),
    experimentFile: z.string(),
    experimentSha256: z.string(),
    historySha256: z.string(),
  }),
  /** Which row of the catalogue was run; absent for an experiment of one's own. */
  catalogue: catalogueSchema.optional(),
  verdict: z.enum(["met", "missed", "inconclusive", "not-run"]),
  exitCode: z.number(),
  /** Why the verdict is not "met"; one sentence each, the weightiest first. */
  reasons: z.array(z.string()),
  objectives: z.array(assessmentSchema),
  predictions: z.array(assessmentSchema),
  because: z.string().optional(),
  faults: z.array(faultSchema),
  rpo: rpoSchema,
  recoveries: z.array(recoverySchema),
  /** RTO cut into phases, in order; they add up to the measured RTO. */
  decomposition: z.array(
    z.object({
      viewpoint: z.enum(["produce", "consume"]),
      phases: z.array(z.object({ phase: z.string(), ms: z.number(), fromMs: ms, toMs: ms })),
    }),
  ),
  offsets: z.array(offsetVerdictSchema),
  exposure: z.object({
    /** Null where nothing is replicated: there is no second site to be exposed against. */
    maxRecords: measureSchema,
    maxTimeMs: measureSchema,
    records: seriesSchema.nullable(),
    timeMs: seriesSchema.nullable(),
  }),
  anomalies: z.array(anomalySchema),
  balances: z.array(balanceSchema),
  timeline: z.object({ fromMs: ms, toMs: ms, lanes: z.array(laneSchema) }),
  /** ackRate, deliveredRate, dueRate, errorRate, replicationLag … on the timeline's axis. */
  series: z.array(seriesSchema),
  latency: z.array(latencyDotSchema),
  /** partition × time cells of what went missing or came twice. */
  lossMap: z.object({
    columnMs: z.number(),
    rows: z.array(
      z.object({
        /** Absent in results of an older version. */
        cluster: z.string().optional(),
        topic: z.string(),
        partition: z.number(),
        cells: z.array(
          z.object({
            fromMs: ms,
            acked: z.number(),
            /** Null where the surviving log was not read to its end. */
            missing: z.number().nullable(),
            duplicated: z.number(),
            indeterminate: z.number(),
          }),
        ),
      }),
    ),
  }),
  instrument: z.object({
    healthy: z.boolean(),
    problems: z.array(z.string()),
    facts: z.array(
      z.object({
        name: z.string(),
        value: z.number(),
        limit: z.number().nullable(),
        unit: z.string(),
      }),
    ),
    controls: z.array(
      z.object({
        name: z.string(),
        partitions: z.number(),
        worstGapMs: nullableMs,
        stalled: z.boolean(),
      }),
    ),
    journals: z.array(
      z.object({
        file: z.string(),
        agent: z.string(),
        role: z.string(),
        rows: z.number(),
        state: z.enum(["closed", "open-end", "torn-end", "cut", "corrupt", "missing", "unlisted"]),
        detail: z.string(),
      }),
    ),
  }),
  warnings: z.array(z.string()),
  /**
   * Heals that could not be carried out, or not proven: apart from the verdict, which is about what
   * was measured. Absent when there were none.
   */
  healFailures: z.array(z.object({ step: z.string(), reason: z.string() })).optional(),
  environment: z.record(z.string(), z.unknown()),
  /** The plan's topology, as the report draws and prints it. */
  topology: z.record(z.string(), z.unknown()),
  limits: z.array(z.string()),
});
export type Result = z.infer<typeof resultSchema>;
