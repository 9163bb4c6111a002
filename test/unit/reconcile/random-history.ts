/** Random small histories, sound and unsound, for comparing the engine with the oracle. */
import fc from "fast-check";
import { DEFECT, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import { type MemoryJournal, type Row, row } from "./memory-journal.ts";
import type { LogRecord } from "./synthetic-model.ts";
import { foundRows } from "./synthetic-rows.ts";

/** One send: how many, what was answered, and where the ack pretends it is. */
export interface SendPlan {
  producer: number;
  partition: number;
  count: number;
  outcome: "acked" | "failed" | "indeterminate" | "none";
  appended: boolean;
  /** Added to the ack's offset; 0 is the truth. */
  lie: number;
  /** Whether the send was journalled; a phantom is not. */
  announced: boolean;
}

/** Something that happens to a log after everything was appended; `at` is taken modulo its size. */
export type Mishap = { what: "drop" | "copy" | "swap" | "hurt"; at: number; length: number };

export interface HistoryPlan {
  sends: SendPlan[];
  source: Mishap[];
  mirror: Mishap[];
  /** How much of the source the mirror holds, and an earlier audit of the source saw, in percent. */
  mirrored: number;
  earlier: number | null;
  /** Ranges handed to the group: log 1 or 3, partition, from, length. */
  deliveries: { log: 1 | 3; partition: number; at: number; length: number }[];
  /** Rows are cut after this many records, or left as they merge. */
  cut: number;
}

const partition = fc.nat({ max: 1 });

const send: fc.Arbitrary<SendPlan> = fc.record({
  producer: fc.constantFrom(1, 2),
  partition,
  count: fc.integer({ min: 1, max: 4 }),
  outcome: fc.oneof(
    { weight: 8, arbitrary: fc.constant("acked" as const) },
    { weight: 1, arbitrary: fc.constantFrom("failed", "indeterminate", "none") },
  ),
  appended: fc.oneof(
    { weight: 9, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  lie: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -6, max: 6 }) },
  ),
  announced: fc.oneof(
    { weight: 15, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
});

const mishap: fc.Arbitrary<Mishap> = fc.record({
  what: fc.constantFrom("drop", "copy", "swap", "hurt"),
  at: fc.nat({ max: 40 }),
  length: fc.integer({ min: 1, max: 4 }),
});

export const historyPlan: fc.Arbitrary<HistoryPlan> = fc.record({
  sends: fc.array(send, { maxLength: 16 }),
  source: fc.array(mishap, { maxLength: 2 }),
  mirror: fc.array(mishap, { maxLength: 3 }),
  mirrored: fc.constantFrom(100, 100, 90, 50, 0),
  earlier: fc.constantFrom(null, null, 100, 70),
  deliveries: fc.array(
    fc.record({
      log: fc.constantFrom(1 as const, 3 as const),
      partition,
      at: fc.nat({ max: 30 }),
      length: fc.integer({ min: 1, max: 12 }),
    }),
    { maxLength: 8 },
  ),
  cut: fc.constantFrom(1, 2, 3, 1000),
});

/** Applies mishaps to one log; its offsets stay in order. */
function befall(records: LogRecord[], mishaps: readonly Mishap[]): void {
  for (const { what, at, length } of mishaps) {
    if (records.length === 0) return;
    const from = at % records.length;
    const some = records.slice(from, from + length);
    if (what === "drop") records.splice(from, some.length);
    else if (what === "copy") {
      const end = (records.at(-1)?.offset ?? -1) + 1;
      records.push(...some.map((record, n) => ({ ...record, offset: end + n })));
    } else if (what === "hurt") {
      const record = records[from];
      if (record) record.defect = DEFECT.crc;
    } else {
      const [one, two] = [records[from], records[(from + length) % records.length]];
      if (!one || !two) continue;
      [one.offset, two.offset] = [two.offset, one.offset];
      records.sort((a, b) => a.offset - b.offset);
    }
  }
}

/** Cuts rows of several records into shorter ones: the result must not depend on merging. */
function cutRows(rows: readonly Row[], cut: number): Row[] {
  return rows.flatMap((one) => {
    const count = one.count ?? 0;
    if (one.kind === ROW.bad || count <= cut) return [one];
    return Array.from({ length: Math.ceil(count / cut) }, (_, n) => ({
      ...one,
      count: Math.min(cut, count - n * cut),
      seqFirst: (one.seqFirst ?? 0) + n * cut,
      offset: (one.offset ?? 0) + n * cut,
    }));
  });
}

export function journalsFor(plan: HistoryPlan): MemoryJournal[] {
  const logs = new Map<string, LogRecord[]>();
  const log = (id: number, at: number) => {
    const key = `${id}/${at}`;
    const held = logs.get(key) ?? [];
    logs.set(key, held);
    return held;
  };
  const producers = sendRows(plan, log);
  const audit: Row[] = [];
  for (const at of [0, 1]) {
    const source = log(1, at);
    const copied = source
      .slice(0, Math.floor((source.length * plan.mirrored) / 100))
      .map((record, offset) => ({ ...record, offset }));
    log(3, at).push(...copied);
    const before = source.map((record) => ({ ...record }));
    befall(source, plan.source);
    befall(log(3, at), plan.mirror);
    if (plan.earlier !== null) {
      const share = Math.floor((before.length * plan.earlier) / 100);
      audit.push(...auditRows(plan, 1, at, before.slice(0, share), 8000));
    }
    audit.push(
      ...auditRows(plan, 1, at, source, 9000),
      ...auditRows(plan, 3, at, log(3, at), 9000),
    );
  }
  const given = plan.deliveries.flatMap(({ log: id, partition: at, at: from, length }, n) => {
    const records = log(id, at)
      .slice(from, from + length)
      .filter(({ defect }) => defect === undefined)
      .map((record) => ({ record, atMs: 5000 + n }));
    return foundRows(ROW.delivered, id === 1 ? 1 : 2, { log: id, partition: at }, records);
  });
  const journal = (file: string, role: string, rows: Row[]): MemoryJournal => ({
    file,
    agent: file,
    role,
    rows,
    state: "closed",
  });
  return [
    journal("producers", "producer", producers),
    journal("audit", "audit", audit),
    journal("group", "consumer", cutRows(given, plan.cut)),
  ];
}

function auditRows(
  plan: HistoryPlan,
  id: number,
  at: number,
  records: readonly LogRecord[],
  atMs: number,
): Row[] {
  const found = records.map((record) => ({ record, atMs }));
  const end = Math.max(-1, ...records.map(({ offset }) => offset)) + 1;
  return [
    ...cutRows(foundRows(ROW.seen, 100 + id, { log: id, partition: at }, found), plan.cut),
    row.end(100 + id, id, at, 0, end, atMs + 1),
  ];
}

/** Sends in order; each appends to the source, unless it does not. */
function sendRows(plan: HistoryPlan, log: (id: number, at: number) => LogRecord[]): Row[] {
  const rows: Row[] = [];
  const next = new Map<string, number>();
  plan.sends.forEach((one, n) => {
    const key = `${one.producer}/${one.partition}`;
    const seq = next.get(key) ?? 0;
    next.set(key, seq + one.count);
    const records = log(1, one.partition);
    const base = (records.at(-1)?.offset ?? -1) + 1;
    if (one.appended) {
      for (let k = 0; k < one.count; k += 1) {
        const { producer, partition: p } = one;
        records.push({ offset: base + k, producer, partition: p, seq: seq + k, atMs: 10 * n });
      }
    }
    if (!one.announced) return;
    const { producer, partition: p, count, outcome } = one;
    rows.push(row.intent(producer, p, seq, count, 10 * n, 1));
    if (outcome === "none") return;
    const offset = outcome === "acked" ? Math.max(base + one.lie, 0) : -1;
    rows.push(row.outcome(producer, p, seq, count, OUTCOME[outcome], offset, 10 * n + 5));
  });
  return rows;
}
