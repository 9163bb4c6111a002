/** The truth of a synthetic run: who sent what when, and what each log came to hold. */
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { LogRecord, Send, SyntheticModel } from "./synthetic-model.ts";

export function simulateLogs(run: SyntheticModel): void {
  for (const { id, partitions } of run.judging.logs) {
    run.logs.set(
      id,
      Array.from({ length: partitions }, () => []),
    );
  }
  const { scenario, partitions, durationMs, faultAtMs, takeoverMs } = run.options;
  const lost = scenario === "region-loss";
  const eastEndMs = lost ? run.faultMs : durationMs;
  for (let partition = 0; partition < partitions; partition += 1) {
    const app = schedule(run, { producer: 1, partition, fromMs: 0, toMs: eastEndMs, batch: 0 });
    const probe = schedule(run, { producer: 3, partition, fromMs: 5, toMs: eastEndMs, batch: 1 });
    append(run, 1, [...app, ...probe]);
    mirror(run, partition);
    if (!lost) continue;
    const fromMs = faultAtMs + takeoverMs;
    append(run, 2, schedule(run, { producer: 2, partition, fromMs, toMs: durationMs, batch: 0 }));
  }
  append(
    run,
    4,
    schedule(run, { producer: 4, partition: 0, fromMs: 0, toMs: durationMs, batch: 1 }),
  );
}

/** The sends of one stream: due on an open schedule, sent when the last of a batch is due. */
function schedule(
  run: SyntheticModel,
  stream: { producer: number; partition: number; fromMs: number; toMs: number; batch: number },
): Send[] {
  const { everyMs } = run.options;
  const probe = stream.batch === 1;
  const batch = probe ? 1 : run.options.batch;
  const distance = probe ? 20 : everyMs;
  const sends: Send[] = [];
  let seq = 0;
  for (let dueMs = stream.fromMs; ; dueMs += distance * batch) {
    const dueLastMs = dueMs + distance * (batch - 1);
    if (dueLastMs >= stream.toMs) return sends;
    const { producer, partition } = stream;
    sends.push({ producer, partition, seq, count: batch, dueMs, dueLastMs, sentMs: dueLastMs });
    seq += batch;
  }
}

/** When a send reaches the log: at once, or when the outage of its partition is over. */
function appendedMs(run: SyntheticModel, send: Send): number {
  const { scenario, outageMs, outagePartitions, durationMs } = run.options;
  const arrives = send.sentMs + 2;
  const here = scenario === "outage" && outagePartitions.includes(send.partition);
  if (!here || send.producer === 4 || arrives < run.faultMs) return arrives;
  if (outageMs === null) return durationMs * 10;
  return Math.max(arrives, run.faultMs + outageMs);
}

/** Appends sends in order of arrival and answers them. */
function append(run: SyntheticModel, log: number, sends: Send[]): void {
  const { ackMs, durationMs, scenario } = run.options;
  const arriving = sends
    .map((send) => ({ send, atMs: appendedMs(run, send) }))
    .sort((a, b) => a.atMs - b.atMs || a.send.sentMs - b.send.sentMs);
  for (const { send, atMs } of arriving) {
    run.sends.push(send);
    if (atMs > durationMs + 1000) continue;
    const records = run.records(log, send.partition);
    const base = records.length;
    for (let n = 0; n < send.count; n += 1) {
      const { producer, partition, seq } = send;
      records.push({ offset: base + n, producer, partition, seq: seq + n, atMs });
    }
    const answeredMs = atMs + ackMs - 2;
    const heard = scenario !== "region-loss" || log !== 1 || answeredMs < run.faultMs;
    if (heard) send.answer = { code: OUTCOME.acked, offset: base, atMs: answeredMs };
  }
}

/** Copies what lay on the source one lag before the region died. */
function mirror(run: SyntheticModel, partition: number): void {
  const { scenario, mirrorLagMs } = run.options;
  const untilMs = scenario === "region-loss" ? run.faultMs : Infinity;
  const target = run.records(3, partition);
  for (const record of run.records(1, partition)) {
    const atMs = record.atMs + 3 + mirrorLagMs;
    if (atMs >= untilMs) return;
    target.push({ ...record, offset: target.length, atMs });
  }
}

/** Takes records out of a log; those after them keep their offsets, so a gap stays. */
export function dropRecords(
  records: LogRecord[],
  drop: (record: LogRecord) => boolean,
): LogRecord[] {
  const dropped = records.filter(drop);
  records.splice(0, records.length, ...records.filter((record) => !drop(record)));
  return dropped;
}

/** Numbers a log from 0 without gaps, as if what was dropped had never been appended. */
export function renumber(records: LogRecord[]): void {
  records.forEach((record, offset) => {
    record.offset = offset;
  });
}
