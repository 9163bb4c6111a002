/** The `workload` part of the experiment file: topics, producers, consumers, the canary. */
import { z } from "zod";
import { durationSchema, percentSchema, rateSchema, sizeSchema } from "../kernel/schema-units.ts";
import { PAYLOAD_HEADER_BYTES } from "../workload/payload-format.ts";
import { kafkaConfigSchema, nameSchema } from "./schema-topology.ts";

const count = (what: string, max: number) =>
  z
    .number({ error: `expected a number of ${what}` })
    .int({ error: `expected a whole number of ${what}` })
    .min(1, { error: `expected at least 1, as a number of ${what}` })
    .max(max, { error: `expected at most ${max} ${what}` });

const RATE_MAX = 1_000_000;

export const producerRate = rateSchema.refine((rate) => rate > 0 && rate <= RATE_MAX, {
  error: `expected a rate above 0, up to ${RATE_MAX}/s`,
});

const clientOptions = z
  .record(z.string(), z.unknown())
  .default({})
  .describe("kafkajs client, producer or consumer options; kafkajs' own defaults unless set.");

const takeover = z
  .string()
  .optional()
  .describe("Region whose client takes over in a failover; it must be able to serve the topic.");

const recordSize = sizeSchema.refine(
  (bytes) => bytes >= PAYLOAD_HEADER_BYTES && bytes <= 1_000_000,
  {
    error: `expected a record size from ${PAYLOAD_HEADER_BYTES}B (the header that identifies a record) to 1MB`,
  },
);

const placementSchema = z.union(
  [z.record(z.string(), count("replicas", 9)), z.array(z.array(z.string()).min(1)).min(1)],
  {
    error:
      "expected replicas by region, such as { dc1: 2, dc2: 2 }, or a list of node names for each partition",
  },
);

export const topicSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/, {
    error: "expected a topic name: letters, digits, dots, dashes and underscores",
  }),
  cluster: z.string().describe("Cluster the topic is made on."),
  partitions: count("partitions", 512),
  replication: count("replicas", 9).describe("Replication factor."),
  minInsync: count("replicas", 9).describe("min.insync.replicas of the topic."),
  placement: placementSchema
    .optional()
    .describe(
      "Where the replicas are: a number by region, spread evenly over its brokers; or for each " +
        "partition a list of nodes, the preferred leader first. Kafka decides unless set.",
    ),
  leaders: z
    .string()
    .optional()
    .describe(
      "Region of all preferred leaders, for a placement by region; all in turn unless set.",
    ),
  config: kafkaConfigSchema.optional().describe("Further topic settings."),
});

const transactionalSchema = z
  .strictObject({
    commitEvery: durationSchema
      .refine((ms) => ms >= 50, { error: "expected at least 50ms" })
      .prefault("200ms")
      .describe("How long a transaction takes records before it is ended."),
    aborted: percentSchema
      .refine((share) => share <= 0.9, { error: "expected at most 90%" })
      .prefault("0%")
      .describe("Share of transactions that are aborted: of 20% every fifth."),
  })
  .describe("Records are sent in transactions, and acked when theirs is committed.");

export const producerSchema = z.strictObject({
  name: nameSchema
    .optional()
    .describe("Name in the report; made from topic and region unless set."),
  topic: z.string(),
  cluster: z
    .string()
    .optional()
    .describe("Needed when several clusters have a topic of this name."),
  in: z.string().describe("Region the producer runs in."),
  partitions: z
    .literal("added", { error: "expected `added`, or leave it out" })
    .optional()
    .describe(
      "`added`: writes to the partitions that a step `topic.add-partitions` makes, from then on. Else: " +
        "to those the topic has at the start.",
    ),
  rate: producerRate.describe(
    "Records a second over all partitions, on a fixed schedule that never waits.",
  ),
  size: recordSize.describe("Size of a record's value, with the header that identifies it."),
  acks: z
    .enum(["all", "1", "0"], { error: 'expected acks: all, "1" or "0"' })
    .default("all")
    .describe("What the producer waits for."),
  idempotent: z
    .boolean({ error: "expected true or false" })
    .default(true)
    .describe("Whether the broker removes duplicates of retries."),
  transactional: transactionalSchema.optional(),
  linger: durationSchema.prefault("20ms").describe("How long due records gather before a send."),
  batch: count("records", 100_000)
    .default(500)
    .describe("Most records of one partition in one send."),
  client: clientOptions,
  failover: takeover,
});

export const consumerSchema = z.strictObject({
  name: nameSchema
    .optional()
    .describe("Name in the report; made from group and region unless set."),
  topic: z.string(),
  cluster: z
    .string()
    .optional()
    .describe("Needed when several clusters have a topic of this name."),
  group: z.string().min(1, { error: "expected a group name" }),
  in: z.string().describe("Region the consumer runs in."),
  commitEvery: durationSchema
    .refine((ms) => ms >= 10, { error: "expected at least 10ms" })
    .prefault("1s")
    .describe("Interval of offset commits."),
  client: clientOptions,
  failover: takeover,
});

export const canarySchema = z
  .strictObject({
    enabled: z.boolean({ error: "expected true or false" }).default(true),
    every: durationSchema
      .refine((ms) => ms >= 5, { error: "expected at least 5ms" })
      .prefault("20ms")
      .describe("Interval of probe records per partition: the resolution of RTO cluster."),
    timeout: durationSchema
      .refine((ms) => ms >= 50, { error: "expected at least 50ms" })
      .prefault("1s")
      .describe("When one probe counts as not acked."),
    size: recordSize.prefault("64B").describe("Size of a probe record."),
    fresh: durationSchema
      .refine((ms) => ms >= 500, { error: "expected at least 500ms" })
      .optional()
      .describe(
        "How often a new client connects and writes to every partition: the resolution of RTO fresh, " +
          "which is not measured without it.",
      ),
  })
  .refine(({ enabled, fresh }) => enabled || fresh === undefined, {
    error: "new clients are part of the canary, and enabled: false leaves it out",
    path: ["fresh"],
  });

export const workloadSchema = z.strictObject({
  topics: z.array(topicSchema).min(1, { error: "expected at least one topic" }),
  producers: z
    .array(producerSchema)
    .min(1, { error: "expected at least one producer: without acked records nothing is measured" }),
  consumers: z.array(consumerSchema).default([]),
  canary: canarySchema
    .prefault({})
    .describe("Probe beside the workload that always talks to the current leader."),
});

export type TopicEntry = z.output<typeof topicSchema>;
export type ProducerEntry = z.output<typeof producerSchema>;
export type ConsumerEntry = z.output<typeof consumerSchema>;
export type WorkloadEntry = z.output<typeof workloadSchema>;
