/**
 * Goal: whatever order rows were journalled in, the checks find the tables in theirs, and the reading
 * of a log that counts is the last.
 */
import { expect } from "chai";
import { ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import type { Column } from "../../../src/reconcile/column.ts";
import { ingest } from "../../../src/reconcile/ingest.ts";
import type { Ledger } from "../../../src/reconcile/ledger.ts";
import { World } from "../../../src/reconcile/world.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, end, seen } from "./hand-written.ts";
import { journalInput, type Row, row, us } from "./memory-journal.ts";

const plan = judgingFor("primary");
const judging: Judging = {
  ...plan,
  readers: [
    ...plan.readers,
    { kind: "group", id: 5, name: "g-5", group: "g", region: "r", logs: [1] },
    { kind: "watcher", id: 200, name: "w", region: "r", logs: [3] },
  ],
};

/** One journal for each list of rows, named after its role and place. */
function ledgerOf(journals: Record<string, Row[][]>): Ledger {
  const inputs = Object.entries(journals).flatMap(([role, all]) =>
    all.map((rows, n) =>
      journalInput({ file: `${role}.${n}`, agent: "a", role, rows, state: "closed" }),
    ),
  );
  const window = { fromUs: us(0), toUs: us(10_000), buckets: 10, sightingsFromUs: us(0) };
  return ingest(new World(judging), inputs, window).ledger;
}

const valuesOf = (column: Column | undefined) =>
  Array.from({ length: column?.length ?? 0 }, (_, at) => column?.get(at));
const seenAt = (atMs: number, count: number): Row => ({ ...seen(1, 0, 0, count), tUs: us(atMs) });

/** Of a place that was read twice, in two journals: how many records the readings met, in order. */
function readings(first: Row[], second: Row[]): number[] {
  const ledger = ledgerOf({ audit: [first, second] });
  const all = ledger.auditsOf(1, 0);
  expect(ledger.finalAudit(1, 0)).to.equal(all.at(-1));
  return all.map(({ records }) => records);
}

describe("the readings of a log", () => {
  it("stand in the order in which they ended, whichever journal they are in", () => {
    const early = [seenAt(5000, 1), end(1, 1, { atMs: 5500 })];
    const late = [seenAt(5000, 2), end(1, 2, { atMs: 6000 })];
    expect(readings(early, late)).to.deep.equal([1, 2]);
    expect(readings(late, early)).to.deep.equal([1, 2]);
  });

  it("ended when they say so, whenever they met their last record", () => {
    const slow = [seenAt(5000, 1), end(1, 1, { atMs: 7000 })];
    const quick = [seenAt(5900, 2), end(1, 2, { atMs: 6000 })];
    expect(readings(slow, quick)).to.deep.equal([2, 1]);
  });

  it("end with their last record where they were broken off, and are not complete", () => {
    const broken = [seenAt(4000, 1), seenAt(7000, 1)];
    const whole = [seenAt(5000, 5), end(1, 5, { atMs: 6000 })];
    expect(readings(broken, whole)).to.deep.equal([5, 2]);
    const reading = ledgerOf({ audit: [broken] }).finalAudit(1, 0);
    expect(reading).to.include({ complete: false, endedUs: -1, lastUs: us(7000) });
    expect(ledgerOf({ audit: [whole] }).finalAudit(1, 0)).to.include({ complete: true });
  });

  it("are none of a log that the plan does not have", () => {
    const ledger = ledgerOf({ audit: [[end(1, 0)]] });
    expect(ledger.finalAudit(9, 0)).to.equal(undefined);
    expect(ledger.auditsOf(9, 0)).to.deep.equal([]);
    expect(ledger.finalAudit(1, 1)).to.equal(undefined);
  });
});

describe("the tables of a ledger", () => {
  it("are in order of offset and of seq, in whatever order rows came", () => {
    const handed = (seq: number, atMs: number) =>
      row.found(
        ROW.delivered,
        1,
        { log: 1, partition: 0, offset: seq, atMs },
        { producer: 1, seq, count: 1 },
      );
    const watched = (seq: number) =>
      row.found(
        ROW.seen,
        200,
        { log: 3, partition: 0, offset: seq, atMs: 100 * seq },
        { producer: 1, seq, count: 1 },
      );
    const ledger = ledgerOf({
      producer: [[...acked(4, 2, 4), ...acked(0, 4, 0)]],
      audit: [[seen(1, 4, 4, 2), seen(1, 0, 0, 3), end(1, 6)]],
      watcher: [[watched(5), watched(0), watched(3)]],
      consumer: [[handed(4, 2500), handed(2, 2600), handed(0, 2700)]],
    });
    expect(valuesOf(ledger.stream(0).sends.seq)).to.deep.equal([0, 4]);
    const table = ledger.finalAudit(1, 0)?.table;
    expect(valuesOf(table?.offset)).to.deep.equal([0, 4]);
    expect([table?.rowAt(1), table?.rowAt(3), table?.rowAt(5)]).to.deep.equal([0, -1, 1]);
    expect(valuesOf(ledger.watched.get(3)?.get(0)?.seq)).to.deep.equal([0, 3, 5]);
    const sightings = ledger.group(0).sightings.get(0);
    expect(valuesOf(sightings?.seq)).to.deep.equal([0, 2, 4]);
    expect(valuesOf(sightings?.tUs)).to.deep.equal([2700, 2600, 2500].map((ms) => us(ms)));
  });

  it("have resumes by time, then by place, then by reader", () => {
    const rows = [
      row.resume(1, 1, 0, 9, 300),
      row.resume(5, 1, 1, 8, 200),
      row.resume(1, 1, 1, 7, 200),
      row.resume(5, 1, 0, 6, 200),
      row.resume(1, 1, 1, 5, 100),
    ];
    const inOrder = [5, 6, 7, 8, 9];
    for (const all of [rows, rows.toReversed(), [...rows.slice(2), ...rows.slice(0, 2)]]) {
      const { resumes } = ledgerOf({ consumer: [all] }).group(0);
      expect(resumes.map(({ offset }) => offset)).to.deep.equal(inOrder);
    }
  });

  it("hold a conflict once for each offset, however many readers met it", () => {
    const met = (reader: number, offset: number, count: number) =>
      row.found(
        ROW.delivered,
        reader,
        { log: 1, partition: 0, offset, atMs: 3000 },
        { producer: 2, seq: offset, count },
      );
    const { conflicts } = ledgerOf({
      audit: [[seen(1, 0, 0, 6), end(1, 6)]],
      consumer: [[met(1, 1, 3), met(5, 1, 3), met(5, 2, 2), met(5, 3, 2), met(5, 0, 6)]],
    });
    expect(conflicts.map(({ offset, count, seq }) => [offset, count, seq])).to.deep.equal([
      [1, 3, 1],
      [4, 1, 4],
      [0, 1, 0],
      [5, 1, 5],
    ]);
  });
});
