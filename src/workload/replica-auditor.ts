/**
 * What the living part of a cluster holds while another part of it is gone, partition by partition:
 * every replica on a broker that lives is read from its start to its end, and is a reading of its own.
 *
 * Naive rule: read what can be read. Counter-example: a partition whose leader died has nobody who
 * serves it, and yet its records lie on two living disks; taken for empty, all of it would be missing.
 * A partition without a replica among the living is read at once: they hold nothing of it. One whose
 * living replica does not answer in time is *incomplete*, and nobody knows what is missing there.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import { type ReplicaAsk, readReplica, replicaBounds } from "../kafka/replica-read.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import { describeTopic } from "./admin.ts";
import type { AgentContext } from "./agent-context.ts";
import type { Answer, Ask, PartitionState } from "./protocol.ts";
import { RecordLog } from "./record-log.ts";

type Spec = Ask<"audit.replicas">;
type Audited = Answer<"audit.replicas">["partitions"][number];
type Replica = Audited["read"][number];

const LIMITS = { maxWaitMs: 250, maxBytes: 8_388_608, partitionMaxBytes: 1_048_576 };
const RETRY_MS = 200;

export async function auditReplicas(
  context: AgentContext,
  spec: Spec,
): Promise<Answer<"audit.replicas">> {
  const journal = context.openJournal("audit");
  try {
    const records = new RecordLog({
      journal,
      reader: spec.reader,
      kind: ROW.seen,
      runTag: spec.runTag,
      logs: [spec.log],
    });
    const ask = { address: spec.address, topic: spec.log.topic };
    const described = await poll(async () => ({ states: await describeTopic(ask) }), {
      everyMs: RETRY_MS,
      withinMs: spec.stallMs,
    });
    const partitions: Audited[] = [];
    for (let partition = 0; partition < spec.log.partitions; partition += 1) {
      const state = described?.states?.find((one) => one.partition === partition);
      // A topic that is on no broker is an empty log; one that nobody tells of is not.
      if (state) partitions.push(await auditPartition(journal, records, spec, state));
      else partitions.push(nothingOf(journal, spec, partition, described?.states === null));
    }
    return { journal: journal.header.file, partitions };
  } finally {
    context.closeJournal(journal);
  }
}

function nothingOf(
  journal: JournalWriter,
  { reader, log }: Spec,
  partition: number,
  complete: boolean,
): Audited {
  journal.end(reader, log.id, partition, 0, 0, complete, monotonicUs());
  journal.flush();
  return { partition, leader: -1, read: [] };
}

async function auditPartition(
  journal: JournalWriter,
  records: RecordLog,
  spec: Spec,
  { partition, leader, replicas }: PartitionState,
): Promise<Audited> {
  const living = spec.brokers.filter(({ id }) => replicas.includes(id));
  if (living.length === 0) return { ...nothingOf(journal, spec, partition, true), leader };
  const read: Replica[] = [];
  for (const broker of living) {
    read.push(await auditReplica(journal, records, spec, { partition, broker }));
  }
  return { partition, leader, read };
}

/** A reading that fails on the way goes on where it stood, until its time is over. */
async function auditReplica(
  journal: JournalWriter,
  records: RecordLog,
  { reader, log, stallMs }: Spec,
  { partition, broker }: { partition: number; broker: Spec["brokers"][number] },
): Promise<Replica> {
  let count = 0;
  let next = -1;
  const ask: ReplicaAsk = {
    address: broker.address,
    clientId: `auditor-${reader}`,
    topic: log.topic,
    partition,
    limits: LIMITS,
    visitor: () => {
      const found = records.fetched(log.topic, partition, monotonicUs());
      return {
        record: (offset, ...place) => {
          count += 1;
          next = offset + 1;
          found.record(offset, ...place);
        },
        run: (stretch) => {
          const taken = found.run(stretch);
          count += taken;
          if (taken > 0) next = stretch.next;
          return taken;
        },
      };
    },
  };
  const options = { everyMs: RETRY_MS, withinMs: stallMs };
  const bounds = await poll(() => replicaBounds(ask), options);
  const { start, end } = bounds ?? { start: 0, end: 0 };
  const reached =
    bounds &&
    (await poll(async () => {
      next = await readReplica(ask, Math.max(next, start), end);
      return next >= end || undefined;
    }, options));
  const complete = reached === true;
  journal.end(reader, log.id, partition, start, end, complete, monotonicUs());
  journal.flush();
  return { broker: broker.id, end, records: count, complete };
}
