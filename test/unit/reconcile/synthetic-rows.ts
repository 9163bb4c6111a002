/** A synthetic run as journals and events: what agents and harness would have written. */
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import { ROW } from "../../../src/history/journal-format.ts";
import { type MemoryJournal, type Row, row, us } from "./memory-journal.ts";
import { AUDIT_BASE, type LogRecord, type SyntheticModel } from "./synthetic-model.ts";

export function journalsOf(run: SyntheticModel): MemoryJournal[] {
  const lost = run.options.scenario === "region-loss";
  const journal = (agent: string, role: string, rows: Row[], killed = false): MemoryJournal => {
    const file = `${agent}.${role}.1.bin`;
    const state = run.tampering.journalState.get(file) ?? (killed ? "open-end" : "closed");
    return { file, agent, role, rows, state };
  };
  const journals = [
    journal("east-producers", "producer", producerRows(run, 1), lost),
    journal("east-canary", "canary", producerRows(run, 3), lost),
    journal("west-canary", "canary", producerRows(run, 4)),
    journal("east-consumers", "consumer", eastRows(run), lost),
    journal("west-observer", "watcher", watcherRows(run)),
    journal("west-observer", "audit", auditRows(run)),
  ];
  if (lost) {
    journals.push(journal("west-producers", "producer", producerRows(run, 2)));
    journals.push(journal("west-consumers", "consumer", westRows(run)));
  }
  return journals;
}

function producerRows(run: SyntheticModel, producer: number): Row[] {
  const rows: Row[] = [];
  for (const send of run.sends) {
    if (send.producer !== producer) continue;
    const { partition, seq, count, dueMs, dueLastMs, answer } = send;
    const everyMs = count > 1 ? (dueLastMs - dueMs) / (count - 1) : 0;
    rows.push({
      ...row.intent(producer, partition, seq, count, dueMs, everyMs),
      tUs: us(send.sentMs),
    });
    if (!answer) continue;
    const { code, offset, atMs } = answer;
    rows.push(row.outcome(producer, partition, seq, count, code, offset, atMs));
  }
  return rows;
}

/** Records as rows: neighbours of one stream, with one time, become one row. */
export function foundRows(
  kind: typeof ROW.seen | typeof ROW.delivered,
  reader: number,
  place: { log: number; partition: number },
  records: readonly { record: LogRecord; atMs: number }[],
): Row[] {
  const rows: Row[] = [];
  let last: { row: Row; next: LogRecord; atMs: number } | undefined;
  for (const { record, atMs } of records) {
    const at = { ...place, offset: record.offset, atMs };
    if (record.defect !== undefined) {
      rows.push(row.bad(reader, at, record.defect, record));
      last = undefined;
      continue;
    }
    const { producer, seq, partition: sourcePartition } = record;
    const goesOn =
      last?.next.offset === record.offset &&
      last.next.seq === seq &&
      last.next.producer === producer &&
      last.atMs === atMs;
    if (goesOn && last) last.row.count = (last.row.count ?? 0) + 1;
    else {
      const added = row.found(kind, reader, at, { producer, seq, count: 1, sourcePartition });
      rows.push(added);
      last = { row: added, next: record, atMs };
    }
    if (last) last.next = { ...record, offset: record.offset + 1, seq: seq + 1 };
  }
  return rows;
}

function eachPartition(run: SyntheticModel, visit: (partition: number) => Row[]): Row[] {
  return Array.from({ length: run.options.partitions }, (_, partition) => visit(partition)).flat();
}

/** When the group in the east got a record, if it did. */
function deliveredMs(run: SyntheticModel, record: LogRecord): number {
  const { scenario, deliverMs, deliveryOutageMs } = run.options;
  const atMs = record.atMs + deliverMs;
  if (scenario !== "outage" || atMs < run.faultMs) return atMs;
  return Math.max(atMs, run.faultMs + deliveryOutageMs);
}

function eastEndMs(run: SyntheticModel): number {
  return run.options.scenario === "region-loss" ? run.faultMs : Infinity;
}

/** Last committed offset in the east before an instant. */
function committedAt(run: SyntheticModel, partition: number, atMs: number): number {
  const { commitEveryMs } = run.options;
  const commitMs = Math.floor(atMs / commitEveryMs) * commitEveryMs;
  const read = run.records(1, partition).filter((one) => deliveredMs(run, one) < commitMs);
  return (read.at(-1)?.offset ?? -1) + 1;
}

function eastRows(run: SyntheticModel): Row[] {
  const endMs = Math.min(eastEndMs(run), run.options.durationMs + 500);
  return eachPartition(run, (partition) => {
    const records = run.records(1, partition).map((record) => ({
      record,
      atMs: deliveredMs(run, record),
    }));
    const rows = [row.resume(1, 1, partition, -1, -500)];
    const delivered = records.filter(({ atMs }) => atMs < endMs);
    rows.push(...foundRows(ROW.delivered, 1, { log: 1, partition }, delivered));
    const gone = run.tampering.alsoDelivered
      .filter(({ log, record }) => log === 1 && record.partition === partition)
      .map(({ record }) => ({ record, atMs: deliveredMs(run, record) }));
    rows.push(...foundRows(ROW.delivered, 1, { log: 1, partition }, gone));
    rows.push(...againRows(run, 1, { log: 1, partition }, endMs - 1));
    const { commitEveryMs } = run.options;
    for (let atMs = commitEveryMs; atMs < endMs; atMs += commitEveryMs) {
      const offset = committedAt(run, partition, atMs);
      if (offset > 0) rows.push(row.commit(1, 1, partition, offset, atMs));
    }
    return rows;
  });
}

function againRows(
  run: SyntheticModel,
  reader: number,
  place: { log: number; partition: number },
  atMs: number,
): Row[] {
  return run.tampering.redelivered
    .filter(({ log, partition }) => log === place.log && partition === place.partition)
    .flatMap(({ offset, count }) => {
      const records = run.records(place.log, place.partition).slice(offset, offset + count);
      return foundRows(
        ROW.delivered,
        reader,
        place,
        records.map((record) => ({ record, atMs })),
      );
    });
}

/** Where the group should go on in the west: after the last record its commit covered. */
export function trueResume(run: SyntheticModel, partition: number): number {
  const committed = committedAt(run, partition, run.faultMs);
  const covered = run.records(1, partition).slice(0, committed);
  const names = new Set(covered.map(({ producer, seq }) => `${producer}/${seq}`));
  const last = run
    .records(3, partition)
    .findLast(({ producer, seq }) => names.has(`${producer}/${seq}`));
  return (last?.offset ?? -1) + 1;
}

function westRows(run: SyntheticModel): Row[] {
  const { faultAtMs, takeoverMs, resumeAs, resumeShift, durationMs } = run.options;
  const startMs = faultAtMs + takeoverMs + 100;
  return eachPartition(run, (partition) => {
    const mirrored = run.records(3, partition);
    const translated = Math.max(trueResume(run, partition) + resumeShift, 0);
    const resumed =
      resumeAs === "unmapped" ? -1 : resumeAs === "ahead" ? mirrored.length + 50 : translated;
    const from = Math.max(resumed, 0);
    const past = mirrored
      .filter(({ offset }) => offset >= from)
      .map((record) => ({ record, atMs: startMs + 20 }));
    const local = run
      .records(2, partition)
      .map((record) => ({ record, atMs: Math.max(deliveredMs(run, record), startMs + 30) }));
    return [
      row.resume(2, 3, partition, resumed, startMs),
      row.resume(2, 2, partition, -1, startMs),
      ...foundRows(ROW.delivered, 2, { log: 3, partition }, past),
      ...foundRows(ROW.delivered, 2, { log: 2, partition }, local),
      ...againRows(run, 2, { log: 3, partition }, durationMs),
      row.commit(2, 2, partition, run.records(2, partition).length, durationMs + 100),
    ];
  });
}

function watcherRows(run: SyntheticModel): Row[] {
  return eachPartition(run, (partition) =>
    foundRows(
      ROW.seen,
      3,
      { log: 3, partition },
      run.records(3, partition).map((record) => ({ record, atMs: record.atMs + 2 })),
    ),
  );
}

function auditRows(run: SyntheticModel): Row[] {
  const endMs = run.options.durationMs + 3000;
  const rows: Row[] = [];
  type Reading = SyntheticModel["tampering"]["earlierAudits"][number];
  const put = (reading: Reading) => {
    const { log, partition, records, atMs, reader = AUDIT_BASE + log, complete = true } = reading;
    const found = records.map((record) => ({ record, atMs }));
    const end = (records.at(-1)?.offset ?? -1) + 1;
    rows.push(...foundRows(ROW.seen, reader, { log, partition }, found));
    rows.push(row.end(reader, log, partition, 0, end, atMs + 1, complete));
  };
  for (const reading of run.tampering.earlierAudits) put(reading);
  for (const { id, partitions } of run.judging.logs) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const hidden = run.tampering.hidden.some((h) => h.log === id && h.partition === partition);
      const records = run.records(id, partition);
      if (!hidden) put({ log: id, partition, records, atMs: endMs });
    }
  }
  return rows;
}

/** The history, chained by number only: the judge is given events, not lines. */
export function eventsOf(run: SyntheticModel, journals: readonly MemoryJournal[]): HistoryEvent[] {
  return newEventsOf(run, journals).map(
    (event, seq) => ({ ...event, seq, prev: "0".repeat(16), tUs: event.tUs ?? 0 }) as HistoryEvent,
  );
}

export function newEventsOf(run: SyntheticModel, journals: readonly MemoryJournal[]): NewEvent[] {
  const { durationMs } = run.options;
  const at = (ms: number) => ({ tUs: us(ms) });
  const wall = "2026-01-01T00:00:00.000Z";
  const health = { loopDelayP999Us: 900, loopDelayMaxUs: 4000, lateSendMaxUs: 800 };
  const quiet = { ...health, cpuThrottledUs: 0, journalWriteMaxUs: 300 };
  return run.tampering.events([
    {
      type: "run.started",
      ...at(-9000),
      run: "synthetic-run",
      wall,
      tool: "0.0.0-test",
      planSha256: "2".repeat(64),
    },
    { type: "environment", ...at(-8900), facts: { synthetic: true } },
    ...journals.map(
      ({ file, agent, role }): NewEvent => ({
        type: "journal.opened",
        ...at(-1000),
        agent,
        file,
        role,
      }),
    ),
    { type: "workload.started", ...at(-10), t0Us: us(0) },
    { type: "health", ...at(2500), agent: "east-producers", ...quiet },
    { type: "health.host", ...at(2500), stealMs: 0, cpuBusyPercent: 40, intervalMs: 1000 },
    { type: "steady.reached", ...at(2000), checks: [{ check: "acked-rate", detail: "100 %" }] },
    ...faultEvents(run),
    { type: "workload.stopped", ...at(durationMs + 600), producers: 2 },
    ...run.judging.logs.map(
      ({ id, partitions }): NewEvent => ({
        type: "audit.bounds",
        ...at(durationMs + 2900),
        pass: 1,
        log: id,
        by: "second client",
        bounds: Array.from({ length: partitions }, (_, partition) => ({
          partition,
          start: 0,
          end: (run.records(id, partition).at(-1)?.offset ?? -1) + 1,
        })),
      }),
    ),
    { type: "run.ended", ...at(durationMs + 4000), outcome: "completed" },
  ]);
}

function faultEvents(run: SyntheticModel): NewEvent[] {
  if (!run.faulty) return [];
  const { scenario, faultAtMs, faultWidthMs, takeoverMs } = run.options;
  const at = (ms: number) => ({ tUs: us(ms) });
  const lost = scenario === "region-loss";
  const step = "disaster";
  const events: NewEvent[] = [
    {
      type: "fault.injecting",
      ...at(faultAtMs),
      step,
      kind: lost ? "region.shutdown" : "broker.pause",
      fidelity: lost ? "crash" : "pause",
      targets: lost ? ["east"] : ["primary-east-1"],
      affects: lost ? ["east", "primary"] : ["primary"],
    },
    { type: "fault.injected", ...at(faultAtMs + faultWidthMs), step },
    { type: "fault.effective", ...at(faultAtMs + faultWidthMs + 20), step, proof: "probe failed" },
  ];
  if (!lost) return events;
  const clients = ["orders-west", "billing-west"];
  return [
    ...events,
    { type: "failover.detected", ...at(faultAtMs + 600), step: "declare", by: "watchdog" },
    { type: "failover.decided", ...at(faultAtMs + 1200), step: "declare" },
    { type: "failover.restarted", ...at(faultAtMs + takeoverMs), step: "declare", clients },
  ];
}
