/**
 * Reads one replica of a partition at the broker that holds it, from the start of its log to the end,
 * whoever leads the partition, and if nobody does.
 *
 * A consumer cannot: leaders answer it, up to the high watermark. But what is on the disks of those
 * who live is the question when the leader is dead. So a broker is asked as its own tools and its own
 * threads ask: list offsets as a debugging replica, fetch as a replica between two disks.
 */
import { type Endpoint, parseEndpoint } from "./broker-connection.ts";
import { BrokerRefusal, withBroker } from "./cluster-requests.ts";
import { type FetchLimits, FUTURE_REPLICA, fetchRecords } from "./fetch.ts";
import { DEBUGGING_REPLICA, EARLIEST, LATEST, listOffsets } from "./list-offsets.ts";
import { type RecordVisitor, walkBatches } from "./record-batch.ts";

export interface ReplicaAsk {
  /** host:port of the broker that holds it. */
  address: string;
  clientId: string;
  topic: string;
  partition: number;
  limits: FetchLimits;
  /** Gives a visitor for the records of one answer. */
  visitor: () => RecordVisitor;
}

export interface ReplicaBounds {
  start: number;
  end: number;
}

/** Where the replica's log begins and ends. */
export function replicaBounds(ask: ReplicaAsk): Promise<ReplicaBounds> {
  return withBroker(endpointOf(ask), ask.clientId, async (broker) => {
    const boundAt = async (timestamp: bigint): Promise<number> => {
      const [found] = await listOffsets(broker, [ask], timestamp, DEBUGGING_REPLICA);
      const code = found?.errorCode ?? -1;
      if (!found || code !== 0) throw new BrokerRefusal(`bounds of ${nameOf(ask)}`, code);
      return found.offset;
    };
    return { start: await boundAt(EARLIEST), end: await boundAt(LATEST) };
  });
}

/** Reads on from `from`; gives where it stands when the end is reached or nothing comes any more. */
export function readReplica(ask: ReplicaAsk, from: number, end: number): Promise<number> {
  return withBroker(endpointOf(ask), ask.clientId, async (broker) => {
    let next = from;
    while (next < end) {
      const { topic, partition } = ask;
      const asks = [{ topic, partition, offset: next, lastEpoch: -1 }];
      const answer = await fetchRecords(broker, asks, ask.limits, FUTURE_REPLICA);
      const [fetched] = answer.partitions;
      const code = answer.errorCode || (fetched?.errorCode ?? -1);
      if (!fetched || code !== 0) throw new BrokerRefusal(`a fetch of ${nameOf(ask)}`, code);
      const walked = walkBatches(fetched.records, next, ask.visitor());
      if (walked.next <= next) break;
      next = walked.next;
    }
    return next;
  });
}

function endpointOf({ address }: ReplicaAsk): Endpoint {
  return parseEndpoint(address);
}

function nameOf({ topic, partition, address }: ReplicaAsk): string {
  return `${topic}-${partition} at ${address}`;
}
