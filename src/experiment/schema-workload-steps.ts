/**
 * Steps of the timeline that act on the application's side: a topic that is made while it runs, a
 * rate that changes, one record that is larger than all others.
 */
import { z } from "zod";
import { durationSchema, sizeSchema } from "../kernel/schema-units.ts";
import { PAYLOAD_HEADER_BYTES } from "../workload/payload-format.ts";
import { stepTiming } from "./schema-step-timing.ts";
import { producerRate } from "./schema-workload.ts";

/** What one request of a client may hold with room to spare, and MirrorMaker's own limits are below. */
const SEND_BYTES_MAX = 8_388_608;

const onCluster = z.string().optional().describe("Needed when several clusters have the topic.");
const inRegion = z.string().optional().describe("Region of the producers that are meant; all.");

export const createStep = z
  .strictObject({
    ...stepTiming,
    create: z
      .strictObject({ topic: z.string(), cluster: onCluster })
      .describe("A topic of the workload, which is then not made before the run."),
  })
  .describe("Makes a topic, and starts the clients that use it.");

export const loadStep = z
  .strictObject({
    ...stepTiming,
    load: z
      .strictObject({
        topic: z.string(),
        cluster: onCluster,
        in: inRegion,
        rate: producerRate.describe("What each of these producers comes to."),
        over: durationSchema
          .prefault("0s")
          .describe("How long it takes to get there, evenly; at once unless set."),
      })
      .describe("Producers of a topic, and their new rate."),
  })
  .describe("Changes the rate of producers, and ends when they have come to it.");

export const sendStep = z
  .strictObject({
    ...stepTiming,
    send: z
      .strictObject({
        topic: z.string(),
        cluster: onCluster,
        in: inRegion,
        partition: z.number({ error: "expected a partition" }).int().min(0),
        size: sizeSchema
          .refine((bytes) => bytes >= PAYLOAD_HEADER_BYTES && bytes <= SEND_BYTES_MAX, {
            error: `expected a size from ${PAYLOAD_HEADER_BYTES}B to 8MiB`,
          })
          .describe("Size of the record's value."),
      })
      .describe("The producer's next record on this partition has another size."),
  })
  .describe("Has a producer send one record of another size, and ends when it was answered.");
