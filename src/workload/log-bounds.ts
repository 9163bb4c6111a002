/**
 * The ends of a log, as either of two clients sees them. A topic that is on no broker is told from
 * one that cannot be asked: a mirror that replication never made is an empty log, and what is not
 * there is known to be missing.
 */
import {
  absentBounds,
  type Bounds,
  BrokerRefusal,
  type LogWidth,
  logBounds,
  UNKNOWN_TOPIC,
} from "../kafka/cluster-requests.ts";
import { kafkajsBounds } from "../kafka/kafkajs-bounds.ts";
import { describeTopic } from "./admin.ts";
import type { Answer, Ask } from "./protocol.ts";

/** Bounds by partition; null when every broker that answers says there is no such topic. */
export async function boundsOfLog({
  address,
  log,
  by,
}: Ask<"log.bounds">): Promise<Answer<"log.bounds">> {
  if (by === "platformatic") return boundsOrNone(address, log, "blackstart-bounds");
  const found = await kafkajsBounds(address.bootstrap, log.topic);
  if (found === null) return null;
  // Partitions that were added since are no part of the run, unless it grew by plan.
  const known = found.filter(({ partition }) => partition < log.partitions);
  if (log.partitionsAtStart === undefined) return known;
  const absent = absentBounds(
    log,
    known.map(({ partition }) => partition),
  );
  return [...known, ...absent].sort((a, b) => a.partition - b.partition);
}

/** The same by the auditor's client, under a client id of the caller's. */
export async function boundsOrNone(
  address: Ask<"log.bounds">["address"],
  log: LogWidth,
  clientId: string,
): Promise<Bounds[] | null> {
  try {
    return await logBounds(address.bootstrap, clientId, log);
  } catch (error) {
    const unknown = error instanceof BrokerRefusal && error.code === UNKNOWN_TOPIC;
    if (unknown && (await describeTopic({ address, topic: log.topic })) === null) return null;
    throw error;
  }
}
