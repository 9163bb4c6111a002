/**
 * Writes one readiness record to every partition, straight to its leader with acks=all: the proof
 * that a log takes records. A try without an ack is journalled and followed by a new record. Rounds
 * after the first start at another seq, so that no record is ever written twice.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { BrokerConnection } from "../kafka/broker-connection.ts";
import { fetchMetadata, topicOf, withAnyBroker, withBroker } from "../kafka/cluster-requests.ts";
import { type ProduceAnswer, produce } from "../kafka/produce.ts";
import { singleRecordBatch } from "../kafka/record-batch.ts";
import { monotonicUs, poll, wallTime } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { AgentContext } from "./agent-context.ts";
import { PayloadCodec } from "./payload.ts";
import { FLAG } from "./payload-format.ts";
import type { Answer, Ask } from "./protocol.ts";

const CLIENT = "blackstart-seed";
const WITHIN_MS = 20_000;
const EVERY_MS = 50;
const ACK_MS = 3000;

export async function seed(
  context: AgentContext,
  ask: Ask<"canary.seed">,
): Promise<Answer<"canary.seed">> {
  const journal = context.openJournal("readiness");
  const codec = new PayloadCodec(ask.runTag);
  const { producer, log, recordBytes } = ask;
  const one = async (partition: number): Promise<number> => {
    let seq = ask.seqFirst;
    let last: unknown;
    const attempt = async (): Promise<number> => {
      const dueUs = monotonicUs();
      const key = codec.key(partition, seq);
      const identity = { producer, partition, seq };
      const value = codec.encode(recordBytes, identity, dueUs, key, FLAG.readiness);
      const mine = seq;
      seq += 1;
      journal.intent(producer, log.id, partition, mine, 1, dueUs, dueUs, dueUs);
      journal.flush();
      let offset = -1;
      try {
        offset = await send(ask, partition, singleRecordBatch(key, value, Date.parse(wallTime())));
        return offset;
      } finally {
        const code = offset >= 0 ? OUTCOME.acked : OUTCOME.indeterminate;
        const at = Math.max(0, offset);
        journal.outcome(producer, log.id, partition, mine, 1, code, at, monotonicUs());
        journal.flush();
      }
    };
    const onError = (error: unknown) => {
      last = error;
    };
    const offset = await poll(attempt, { everyMs: EVERY_MS, withinMs: WITHIN_MS, onError });
    if (offset === undefined) {
      throw new Error(`${log.topic}-${partition} takes no record: ${messageOf(last)}`);
    }
    return offset;
  };
  try {
    const partitions = Array.from({ length: log.partitions }, (_, partition) => partition);
    return { offsets: await Promise.all(partitions.map(one)) };
  } finally {
    context.closeJournal(journal);
  }
}

async function send(ask: Ask<"canary.seed">, partition: number, batch: Buffer): Promise<number> {
  const { topic } = ask.log;
  const leader = await withAnyBroker(ask.address.bootstrap, CLIENT, async (connection) => {
    const metadata = await fetchMetadata(connection, [topic]);
    const led = topicOf(metadata, topic)?.partitions.find((p) => p.partitionIndex === partition);
    return metadata.brokers.find((broker) => broker.nodeId === led?.leaderId);
  });
  if (leader === undefined) throw new Error(`${topic}-${partition} has no leader`);
  const answer = await withBroker(leader, CLIENT, (connection) =>
    produceOnce(connection, { topic, partition, batch, timeoutMs: ACK_MS }),
  );
  if (answer?.topic !== topic || answer.partition !== partition || answer.errorCode !== 0) {
    throw new Error(`broker error ${answer?.errorCode ?? "without an answer"}`);
  }
  return answer.baseOffset;
}

function produceOnce(
  connection: BrokerConnection,
  request: Parameters<typeof produce>[1],
): Promise<ProduceAnswer | undefined> {
  return new Promise((resolve, reject) => {
    produce(connection, request, (error, answer) => {
      if (error !== null) reject(error);
      else resolve(answer);
    });
  });
}
