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
  place: ProducerPlace,
  ref: number,
  elders: PlannedProducer[],
): PlannedProducer {
  const { name, region, log, start } = place;
  return {
    ref,
    name,
    region,
    log: log.id,
    ratePerSecond: entry.rate,
    recordBytes: entry.size,
    acks: entry.acks,
    idempotent: entry.idempotent,
    ...transactionsOf(entry, place, elders),
    lingerMs: entry.linger,
    batchRecordsMax: entry.batch,
    client: entry.client,
    start,
  };
}

/** Who takes over on the same log has the transactional id of the elder, and so fences it. */
function transactionsOf(
  { transactional }: ProducerEntry,
  { name, log, takesOverFrom }: ProducerPlace,
  elders: PlannedProducer[],
): Pick<PlannedProducer, "transactional"> {
  if (transactional === undefined) return {};
  const elder = elders.find((one) => one.ref === takesOverFrom && one.log === log.id);
  const { commitEvery, aborted } = transactional;
  const id = elder?.transactional?.id ?? name;
  return { transactional: { id, commitEveryMs: commitEvery, abortedShare: aborted } };
}
