/**
 * The final read-back: every record of every partition, from the log's start to the end it had
 * when the audit began, by a client that shares no code with the workload's.
 *
 * A partition is complete only when the reader's position reached that end; how many records lay
 * on the way says nothing, because compaction and transaction markers leave offsets empty.
 */
import { ROW } from "../history/journal-format.ts";
import type { JournalWriter } from "../history/journal-writer.ts";
import type { LogRef } from "../history/judging.ts";
import type { Bounds } from "../kafka/cluster-requests.ts";
import { type Followed, LogFollower } from "../kafka/log-follower.ts";
import { delay, monotonicUs, poll } from "../kernel/clock.ts";
import type { AgentContext } from "./agent-context.ts";
import { boundsOrNone } from "./log-bounds.ts";
import type { Answer, AuditSpec } from "./protocol.ts";
import { RecordLog } from "./record-log.ts";

const LIMITS = { maxWaitMs: 250, maxBytes: 8_388_608, partitionMaxBytes: 1_048_576 };
const STEP_MS = 20;

type AuditedLog = Answer<"audit">["logs"][number];

/** Reads the logs and gives what was read; what could not be read within `stallMs` is incomplete. */
export async function audit(context: AgentContext, spec: AuditSpec): Promise<Answer<"audit">> {
  const journal = context.openJournal("audit");
  try {
    const records = new RecordLog({
      journal,
      reader: spec.reader,
      kind: ROW.seen,
      runTag: spec.runTag,
      logs: spec.logs,
    });
    const logs: AuditedLog[] = [];
    for (const log of spec.logs) logs.push(...(await auditLog(journal, records, spec, log)));
    return { journal: journal.header.file, logs };
  } finally {
    context.closeJournal(journal);
  }
}

async function auditLog(
  journal: JournalWriter,
  records: RecordLog,
  spec: AuditSpec,
  log: LogRef,
): Promise<AuditedLog[]> {
  const clientId = `auditor-${spec.reader}`;
  const ask = async () => ({ bounds: await boundsOrNone(spec.address, log, clientId) });
  const asked = await poll(ask, { everyMs: 100, withinMs: spec.stallMs });
  const audited = asked?.bounds
    ? await readThrough(journal, records, { spec, log, bounds: asked.bounds, clientId })
    : nothingOf(log, asked !== undefined);
  for (const { partition, start, end, complete } of audited) {
    journal.end(spec.reader, log.id, partition, start, end, complete, monotonicUs());
  }
  journal.flush();
  return audited;
}

/** A topic that does not exist is an empty log, read completely; one nobody tells of is not. */
function nothingOf(log: LogRef, complete: boolean): AuditedLog[] {
  return Array.from({ length: log.partitions }, (_, partition) => ({
    log: log.id,
    partition,
    start: 0,
    end: 0,
    records: 0,
    complete,
  }));
}

async function readThrough(
  journal: JournalWriter,
  records: RecordLog,
  o: { spec: AuditSpec; log: LogRef; bounds: Bounds[]; clientId: string },
): Promise<AuditedLog[]> {
  const counts = new Map<number, { records: number }>();
  const moved = new Set<number>();
  let progressUs = monotonicUs();
  let failure: unknown;
  const endOf = (partition: number) => o.bounds.find((b) => b.partition === partition)?.end ?? 0;
  const finish = (followed: Followed) => {
    if (followed.next >= endOf(followed.partition)) followed.done = true;
  };
  const follower = new LogFollower(
    {
      bootstrap: o.spec.address.bootstrap,
      clientId: o.clientId,
      limits: { ...LIMITS, committed: o.spec.committed === true },
      visitor: ({ topic, partition }) => {
        progressUs = monotonicUs();
        const found = records.fetched(topic, partition, progressUs);
        const end = endOf(partition);
        const count = counts.get(partition) ?? { records: 0 };
        counts.set(partition, count);
        return {
          record: (offset, ...place) => {
            if (offset >= end) return;
            count.records += 1;
            found.record(offset, ...place);
          },
          run: (stretch) => {
            stretch.until = end;
            const taken = found.run(stretch);
            count.records += taken;
            return taken;
          },
        };
      },
      progressed: finish,
      // The log changed under the audit: whatever was read is not all of it.
      moved: ({ partition }) => moved.add(partition),
      failed: (error) => {
        failure = error;
      },
    },
    [o.log],
  );
  for (const followed of follower.partitions) {
    followed.next = o.bounds.find((b) => b.partition === followed.partition)?.start ?? -1;
    finish(followed);
  }
  follower.start();
  try {
    while (follower.partitions.some((p) => !p.done) && failure === undefined) {
      if (monotonicUs() - progressUs > o.spec.stallMs * 1000) break;
      await delay(STEP_MS);
      journal.flush();
    }
  } finally {
    follower.stop();
  }
  if (failure !== undefined) throw failure;
  return o.bounds.map(({ partition, start, end }) => {
    const done = follower.partitions.some((p) => p.partition === partition && p.done);
    const complete = done && !moved.has(partition);
    const { records: read = 0 } = counts.get(partition) ?? {};
    return { log: o.log.id, partition, start, end, records: read, complete };
  });
}
