/**
 * Goal: what groups were given and watchers saw is told from what they were given before, and from
 * what the audit holds in its place.
 */
import { expect } from "chai";
import { DEFECT, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { ingest } from "../../../src/reconcile/ingest.ts";
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

interface Told {
  producer?: Row[];
  audit?: Row[];
  consumer?: Row[];
  judging?: Judging;
}

function taken({ producer = acked(0, 20, 10), audit = [], consumer = [], ...more }: Told) {
  const inputs = Object.entries({ producer, audit, consumer }).map(([role, rows]) =>
    journalInput({ file: role, agent: "a", role, rows, state: "closed" }),
  );
  const window = { fromUs: us(0), toUs: us(10_000), buckets: 10, sightingsFromUs: us(0) };
  const { ledger, flow } = ingest(new World(more.judging ?? judging), inputs, window);
  return { ledger, flow, group: ledger.group(0) };
}

const found = (
  kind: typeof ROW.seen | typeof ROW.delivered,
  { reader = 1, log = 1, partition = 0, offset = 0, seq = 0, count = 1, atMs = 3000, producer = 1 },
): Row => row.found(kind, reader, { log, partition, offset, atMs }, { producer, seq, count });
const handed = (of: Parameters<typeof found>[1]) => found(ROW.delivered, of);
const watched = (of: Parameters<typeof found>[1]) =>
  found(ROW.seen, { reader: 200, log: 3, ...of });

describe("what a group is given again", () => {
  const again = (...consumer: Row[]) => {
    const { group } = taken({ consumer });
    const runs = group.redeliveries.map(({ place, offset, count }) => [place, offset, count]);
    return [group.redelivered, group.reused, ...runs];
  };

  it("is counted by its offsets, wherever these are other numbers than the records'", () => {
    const consumer = [handed({ offset: 10, seq: 0, count: 6 }), handed({ offset: 12, seq: 2 })];
    expect(again(...consumer)).to.deep.equal([1, 0, [0, 12, 1]]);
  });

  it("is one run where it goes on, on one partition, and else several", () => {
    const first = [
      handed({ offset: 10, seq: 0, count: 9 }),
      handed({ offset: 13, seq: 0, count: 3, partition: 1 }),
    ];
    const later = [
      handed({ offset: 10, seq: 0, count: 2 }),
      handed({ offset: 12, seq: 2 }),
      handed({ offset: 13, seq: 0, partition: 1 }),
      handed({ offset: 15, seq: 2, partition: 1 }),
    ];
    expect(again(...first, ...later)).to.deep.equal([5, 0, [0, 10, 3], [1, 13, 1], [1, 15, 1]]);
  });

  it("is a redelivery, too, of records that nobody sends", () => {
    const alien = handed({ producer: 9, offset: 4, seq: 0, count: 2 });
    expect(again(alien, alien)).to.deep.equal([2, 0, [0, 4, 2]]);
  });

  it("was given first where its reader began, though several runs came at that time", () => {
    const { group } = taken({
      consumer: [
        handed({ offset: 10, seq: 0, count: 2 }),
        handed({ offset: 14, seq: 4 }),
        handed({ reader: 5, offset: 16, seq: 6, atMs: 2900 }),
      ],
    });
    expect([...group.firstDelivered]).to.deep.equal([
      ["1:0", { offset: 10, tUs: us(3000) }],
      ["5:0", { offset: 16, tUs: us(2900) }],
    ]);
  });
});

describe("what a reader met", () => {
  const conflicts = (audit: Row[], ...consumer: Row[]) =>
    taken({ audit, consumer }).ledger.conflicts.map(({ place, offset, count, stream, seq }) => [
      ...[place, offset, count],
      ...[stream, seq],
    ]);

  it("is no conflict where the audit has the same, from its middle on or over a hole", () => {
    const audit = [seen(1, 10, 0, 3), seen(1, 14, 4, 6), end(1, 20)];
    expect(conflicts(audit, handed({ offset: 10, seq: 0, count: 10 }))).to.deep.equal([]);
    expect(conflicts(audit, handed({ offset: 16, seq: 6, count: 2 }))).to.deep.equal([]);
    expect(conflicts(audit, handed({ offset: 13, seq: 3 }))).to.deep.equal([]);
    const wide = [seen(1, 10, 0, 2), seen(1, 15, 5, 5), end(1, 20)];
    expect(conflicts(wide, handed({ offset: 13, seq: 9 }))).to.deep.equal([]);
    expect(conflicts(audit, handed({ offset: 20, seq: 3, count: 5 }))).to.deep.equal([]);
  });

  it("is a conflict at each offset where the audit has another record", () => {
    const two = { producer: 2 };
    const audit = [seen(1, 10, 0, 3), seen(1, 13, 0, 1, two), seen(1, 14, 3, 2), end(1, 16)];
    expect(conflicts(audit, handed({ offset: 8, seq: 0, count: 9 }))).to.deep.equal([
      [0, 10, 3, 0, 2],
      [0, 13, 1, 0, 5],
      [0, 14, 2, 0, 6],
    ]);
    expect(conflicts(audit, handed({ offset: 10, seq: 0, count: 6 }))).to.deep.equal([
      [0, 13, 1, 0, 3],
      [0, 14, 2, 0, 4],
    ]);
  });

  it("is alien and no conflict when nobody sends it", () => {
    const { ledger } = taken({
      audit: [seen(1, 10, 0, 3), end(1, 13)],
      consumer: [handed({ producer: 9, offset: 11 })],
    });
    expect(ledger.conflicts).to.deep.equal([]);
    expect(ledger.bad.map(({ offset, defect }) => [offset, defect])).to.deep.equal([
      [11, DEFECT.alien],
    ]);
  });

  it("is compared when a watcher met it, on a log's own cluster and on a mirror", () => {
    const audit = [seen(1, 0, 0, 3), end(1, 3), seen(3, 0, 0, 3), end(3, 3)];
    const wrong = [watched({ offset: 1, seq: 2 }), watched({ log: 1, offset: 0, seq: 2 })];
    expect(conflicts(audit, ...wrong)).to.deep.equal([
      [2, 1, 1, 0, 2],
      [0, 0, 1, 0, 2],
    ]);
    expect(conflicts(audit, watched({ offset: 1, seq: 1 }))).to.deep.equal([]);
  });

  it("fits no plan when a reader saw it that the plan does not have", () => {
    const { ledger } = taken({ consumer: [watched({ reader: 999 })] });
    expect([...ledger.oddities]).to.deep.equal([
      ["a watcher's journal names reader 999, log 3, producer 1, which do not fit the plan", 1],
    ]);
    expect(ledger.watched.size).to.equal(0);
  });
});

describe("a reader's rows", () => {
  const journal = (role: string, n: number, rows: Row[]) =>
    journalInput({ file: `${role}.${n}`, agent: "a", role, rows, state: "closed" });

  it("are compared with the reading that ended last, whichever journal that is in", () => {
    const window = { fromUs: us(0), toUs: us(10_000), buckets: 10, sightingsFromUs: us(0) };
    const inputs = [
      journal("producer", 1, [...acked(4, 4, 4), ...acked(0, 4, 0)]),
      journal("audit", 1, [seen(1, 0, 0, 4), end(1, 4, { atMs: 6000 })]),
      journal("audit", 2, [seen(1, 0, 4, 4), end(1, 4, { atMs: 5500 })]),
      journal("consumer", 1, [handed({ offset: 0, seq: 0, count: 4, atMs: 3000 })]),
    ];
    const { ledger, flow } = ingest(new World(judging), inputs, window);
    expect(ledger.conflicts).to.deep.equal([]);
    // The first was due at 0, though it was sent after others.
    expect(flow.deliveredAge.values[3]).to.equal(3000);
  });
});

describe("the flow of a group", () => {
  it("is of the application alone, and has no age of what was never announced", () => {
    const consumer = [handed({ offset: 10, seq: 0, count: 2, atMs: 1500 })];
    const told = (more: Told) => {
      const { flow, group } = taken({ consumer, ...more });
      expect(group.records).to.equal(2);
      return [flow.delivered.values[1], flow.deliveredAge.values[1]];
    };
    expect(told({})).to.deep.equal([2, 1500]);
    expect(told({ producer: [] })).to.deep.equal([2, Number.NaN]);
    const producers = plan.producers.map((one) => ({ ...one, kind: "canary" as const }));
    expect(told({ judging: { ...judging, producers } })).to.deep.equal([0, Number.NaN]);
  });
});
