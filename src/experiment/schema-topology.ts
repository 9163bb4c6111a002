/** The `topology` part of the experiment file: regions, clusters, links, replication. */
import { z } from "zod";
import { durationSchema, sizeRateSchema, sizeSchema } from "../kernel/schema-units.ts";

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Names become host names and file names, so they are kept to what both allow. */
export const nameSchema = z
  .string({ error: "expected a name" })
  .max(40, { error: "a name has at most 40 characters" })
  .regex(NAME, {
    error: (issue) =>
      `"${String(issue.input)}" is not a name: lower-case letters, digits and single dashes, ` +
      "a letter first",
  });

/** Kafka's own settings: written as the file has them. */
export const kafkaConfigSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()], {
    error: "expected a text, a number or true/false",
  }),
);

const nodeCounts = z
  .record(
    z.string(),
    z
      .number({ error: "expected a number of nodes" })
      .int({ error: "expected a whole number of nodes" })
      .min(1, { error: "expected at least 1 node" })
      .max(9, { error: "expected at most 9 nodes a region" }),
    { error: "expected regions with numbers of nodes, such as { east: 3 }" },
  )
  .refine((counts) => Object.keys(counts).length > 0, {
    error: "expected at least one region with its number of nodes",
  });

const rack = z.string({ error: "expected a rack's name" }).min(1, { error: "expected a name" });

const racksSchema = z.union(
  [z.literal("none"), z.record(z.string(), z.union([rack, z.array(rack)]))],
  {
    error:
      "expected racks by region, such as { east: r1, west: [r2, r3] }, or `none` for brokers without a rack",
  },
);

/** A node's metadata log and index files take some 30 MiB from the start. */
const DISK_MIN = 64 * 1024 * 1024;

export const clusterSchema = z.strictObject({
  kafka: z
    .string({ error: 'expected a version in quotes, such as "4.3.1"' })
    .regex(/^\d+\.\d+\.\d+$/, { error: 'expected a version such as "4.3.1"' })
    .default("4.3.1")
    .describe("Kafka version. `npm run setup` builds an image of each version that is used."),
  image: nameSchema
    .optional()
    .describe("Another image than Apache Kafka's, by name; run with --image NAME=REFERENCE."),
  brokers: nodeCounts.describe(
    "Number of brokers by region. Several regions: a stretched cluster.",
  ),
  controllers: nodeCounts
    .optional()
    .describe("Isolated controllers by region. Absent: every broker is a controller, too."),
  cold: z
    .boolean({ error: "expected true or false" })
    .default(false)
    .describe("Not booted with the run: a failover to its region starts it, on blank disks."),
  racks: racksSchema
    .optional()
    .describe("broker.rack: by region one rack, or one for each broker; `none`; else the region."),
  config: kafkaConfigSchema
    .optional()
    .describe("Broker settings. Kafka's timeouts stay at their defaults unless set here."),
  features: z
    .record(
      z.string().regex(/^[a-z]+(\.[a-z]+)*$/, {
        error: "expected the name of a feature, such as eligible.leader.replicas.version",
      }),
      z
        .number({ error: "expected the level of a feature, such as 0 or 1" })
        .int({ error: "expected the level of a feature, such as 0 or 1" })
        .min(0, { error: "expected the level of a feature, such as 0 or 1" }),
    )
    .optional()
    .describe(
      "Feature levels the storage is formatted with; Kafka's own for a new cluster unless set.",
    ),
  heap: sizeSchema.optional().describe("Java heap of each node; 256MiB unless set."),
  disk: sizeSchema
    .refine((bytes) => bytes >= DISK_MIN, { error: "expected at least 64MiB" })
    .optional()
    .describe("Disk of each node, in memory. Unless set: this machine's own, which cannot fill."),
});

export const linkSchema = z.strictObject({
  between: z
    .tuple([z.string(), z.string()], { error: "expected two regions, such as [east, west]" })
    .describe("The two regions; the link is set up alike in both directions."),
  latency: durationSchema.describe("Round trip the link adds; half each way."),
  jitter: durationSchema.optional().describe("How much the latency varies, each way together."),
  bandwidth: sizeRateSchema.optional().describe("Limit each way; unlimited unless set."),
});

export const replicationSchema = z.strictObject({
  kind: z.literal("mirror-maker-2", {
    error: 'unknown kind of replication; there is "mirror-maker-2"',
  }),
  name: nameSchema.optional().describe("Container name; mm2-<from>-<to> unless set."),
  from: z.string().describe("Source cluster."),
  to: z.string().describe("Target cluster."),
  in: z.string().describe("Region the MirrorMaker runs in; it dies with that region."),
  topics: z
    .array(z.string())
    .min(1, { error: "expected at least one topic" })
    .describe("Topics to mirror: names or Java regular expressions, as MirrorMaker takes them."),
  groups: z
    .array(z.string())
    .min(1, { error: "expected at least one group" })
    .default([".*"])
    .describe("Consumer groups whose offsets are translated."),
  config: kafkaConfigSchema
    .optional()
    .describe(
      "MirrorMaker settings, as in mm2.properties. A bare key belongs to this flow (from->to); " +
        "keys with `->` or a cluster's name in front are passed as they are.",
    ),
  properties: z
    .string()
    .optional()
    .describe(
      "A whole mm2.properties, taken as it stands but for bootstrap.servers, which are added. In " +
        "place of `config`; `topics` and `groups` then say what it ought to carry, not what it does.",
    ),
  prove: z
    .array(z.enum(["records", "offsets"]))
    .default(["records", "offsets"])
    .describe(
      "What must have crossed before the workload starts. An empty list: the replication is on trial " +
        "and may carry nothing.",
    ),
  readyWithin: durationSchema
    .prefault("60s")
    .describe("How long the first mirrored record may take; 60s unless set."),
  heap: sizeSchema.optional().describe("Java heap; 256MiB unless set."),
});

export const topologySchema = z.strictObject({
  regions: z
    .array(nameSchema, { error: "expected a list of regions" })
    .min(1, { error: "expected at least one region" })
    .max(9, { error: "expected at most 9 regions" })
    .describe("Failure domains: each gets its own network, nodes, replication and clients."),
  clusters: z
    .record(nameSchema, clusterSchema, { error: "expected clusters by name" })
    .refine((clusters) => Object.keys(clusters).length > 0, {
      error: "expected at least one cluster",
    })
    .describe("Kafka clusters by name."),
  links: z.array(linkSchema).default([]).describe("Quality of links; 0ms where none is listed."),
  replication: z
    .array(replicationSchema)
    .default([])
    .describe("What copies topics between clusters."),
});

export type ClusterEntry = z.output<typeof clusterSchema>;
export type ReplicationEntry = z.output<typeof replicationSchema>;
export type TopologyEntry = z.output<typeof topologySchema>;
