/** One application producer of a plan: as the harness starts it, and as the judge knows it. */
import type { LogRef, ProducerRef } from "../history/judging.ts";
import type { PlannedProducer } from "./plan.ts";
import type { ProducerEntry } from "./schema-workload.ts";

export interface ProducerPlace {
  name: string;
  region: string;
  log: LogRef;
  start: PlannedProducer["start"];
  takesOverFrom?: number | undefined;
}

export function producerRefOf(entry: ProducerEntry, place: ProducerPlace): Omit<ProducerRef, "id"> {
  const { name, region, log, takesOverFrom } = place;
  return {
    name,
    kind: "application",
    log: log.id,
    region,
    ratePerSecond: entry.rate,
    recordBytes: entry.size,
    acks: entry.acks,
    ...(takesOverFrom === undefined ? {} : { takesOverFrom }),
    control: false,
  };
}

export function plannedProducer(
  entry: ProducerEntry,
  { name, region, log, start }: ProducerPlace,
  ref: number,
): PlannedProducer {
  return {
    ref,
    name,
    region,
    log: log.id,
    ratePerSecond: entry.rate,
    recordBytes: entry.size,
    acks: entry.acks,
    idempotent: entry.idempotent,
    lingerMs: entry.linger,
    batchRecordsMax: entry.batch,
    client: entry.client,
    start,
  };
}
