/**
 * What the judge must know of the plan, and nothing else: which logs, streams and groups exist,
 * what was broken when (by step id), and which numbers were aimed at. The planner writes it into
 * `plan.json` under `judging`; the judge never sees the experiment file.
 */
import { z } from "zod";

/** A topic on a cluster. Journals name logs by `id`. */
export const logRefSchema = z.object({
  id: z.number().int(),
  cluster: z.string(),
  topic: z.string(),
  partitions: z.number().int(),
  /** How many of them it begins with, where a step of the plan makes the others. */
  partitionsAtStart: z.number().int().optional(),
  /**
   * workload: producers write to it. mirror: replication writes to it. control: a canary's own.
   * loopback: an agent's own, on no cluster at all; nobody reads it.
   */
  role: z.enum(["workload", "mirror", "control", "loopback"]),
  /** For a mirror: the id of the log it copies. */
  mirrorOf: z.number().int().optional(),
  region: z.string().describe("Region of the cluster, or of its first broker when stretched."),
});
export type LogRef = z.infer<typeof logRefSchema>;

export const producerRefSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  /** application: the workload. canary: the probe of the cluster viewpoint. readiness: at boot. */
  kind: z.enum(["application", "canary", "readiness"]),
  log: z.number().int(),
  region: z.string(),
  ratePerSecond: z.number(),
  recordBytes: z.number(),
  acks: z.enum(["all", "1", "0"]),
  /** The producer (of another region) that this one takes over from. */
  takesOverFrom: z.number().int().optional(),
  /** Nothing in the plan breaks this stream's place: it must show no stall. */
  control: z.boolean(),
  /** A canary that connects anew for every record. */
  fresh: z.boolean().optional(),
});
export type ProducerRef = z.infer<typeof producerRefSchema>;

/** A reader of logs: a consumer group's member, a watcher, or an audit pass. */
export const readerRefSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  kind: z.enum(["group", "watcher", "audit"]),
  group: z.string().optional(),
  region: z.string(),
  logs: z.array(z.number().int()),
  /** The group reader (of another region) that this one takes over from. */
  takesOverFrom: z.number().int().optional(),
  /** An audit of what the living part of a cluster holds while another part of it is gone. */
  beforeHeal: z.boolean().optional(),
});
export type ReaderRef = z.infer<typeof readerRefSchema>;

export const METRICS = {
  "rpo.records": { unit: "records", label: "RPO, records" },
  "rpo.time": { unit: "ms", label: "RPO, time" },
  "rpo.bytes": { unit: "bytes", label: "RPO, bytes" },
  "rpo.shape": { unit: "shape", label: "Shape of the loss" },
  "rto.produce": { unit: "ms", label: "RTO produce, application" },
  "rto.consume": { unit: "ms", label: "RTO consume, application" },
  "rto.cluster": { unit: "ms", label: "RTO produce, cluster" },
  "rto.leader": { unit: "ms", label: "Partitions without a new leader" },
  "rto.fresh": { unit: "ms", label: "RTO produce, fresh client" },
  "stall.produce": { unit: "ms", label: "Longest stall, application" },
  "stall.cluster": { unit: "ms", label: "Longest stall, cluster" },
  "offsets.skipped": { unit: "records", label: "Records skipped by groups" },
  "offsets.replayed": { unit: "records", label: "Records replayed to groups" },
  "offsets.unmapped": { unit: "partitions", label: "Partitions without a committed offset" },
  "exposure.records": { unit: "records", label: "Exposure, records (largest)" },
  "exposure.time": { unit: "ms", label: "Exposure, time (largest)" },
  "lost.records": { unit: "records", label: "Acked records on no log anywhere" },
  "stranded.records": { unit: "records", label: "Acked records only on the failed region" },
  "mirror.missing": { unit: "records", label: "Acked records absent from the mirror" },
  "duplicates.records": { unit: "records", label: "Duplicate appends" },
  "redelivered.records": { unit: "records", label: "Redeliveries" },
  "reordered.records": { unit: "records", label: "Reordered records" },
  "corrupt.records": { unit: "records", label: "Corrupt records" },
  "phantom.records": { unit: "records", label: "Phantom records" },
  "failedReads.records": { unit: "records", label: "Failed or aborted records that are there" },
  "unread.records": { unit: "records", label: "Surviving records never delivered" },
  "unconfirmed.records": { unit: "records", label: "Sends with acks=0 that are on no log" },
} as const;
export type MetricId = keyof typeof METRICS;
export const metricIds = Object.keys(METRICS) as [MetricId, ...MetricId[]];

/** `low ≤ measured ≤ high`, or `measured = text` for shapes. One of them, or both bounds. */
export const expectationSchema = z.object({
  metric: z.enum(metricIds),
  low: z.number().optional(),
  high: z.number().optional(),
  text: z.string().optional(),
  /** As the file says it, for the report. */
  written: z.string(),
});
export type Expectation = z.infer<typeof expectationSchema>;

export const judgingSchema = z.object({
  /** 32-bit run id that every record carries. */
  runTag: z.number().int(),
  logs: z.array(logRefSchema),
  producers: z.array(producerRefSchema),
  readers: z.array(readerRefSchema),
  /** The cluster the application is on at the end: the promoted one, or the only one. */
  survivingCluster: z.string(),
  /** Clusters whose every region is broken by the plan and not restored before judging. */
  failedClusters: z.array(z.string()),
  /** The step whose fault is the RTO's T0; absent when the plan breaks nothing. */
  faultStep: z.string().optional(),
  failoverStep: z.string().optional(),
  objectives: z.array(expectationSchema),
  predictions: z.array(expectationSchema),
  because: z.string().optional(),
  policy: z.object({
    /** T3: acks on time for this long. */
    sustainedMs: z.number(),
    /** A due send not acked within this is a stall. */
    stallMs: z.number(),
    /** T4: share of the planned rate. */
    throughputShare: z.number(),
    canaryIntervalMs: z.number(),
    horizonMs: z.number(),
  }),
});
export type Judging = z.infer<typeof judgingSchema>;
