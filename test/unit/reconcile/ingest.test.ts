/**
 * Goal: rows become what the checks read, whatever order journals come in; and a row that does not
 * fit the plan, or another row, is told and never taken.
 */
import { expect } from "chai";
import { DEFECT, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { ingest } from "../../../src/reconcile/ingest.ts";
import { World } from "../../../src/reconcile/world.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bookOf, end, seen } from "./hand-written.ts";
import { journalInput, type MemoryJournal, type Row, row, us } from "./memory-journal.ts";

const WATCHER = { kind: "watcher" as const, id: 200, name: "w", region: "r", logs: [3] };
const plan = judgingFor("primary");
const judging: Judging = { ...plan, readers: [...plan.readers, WATCHER] };

const journal = (
  role: string,
  rows: Row[],
  state: MemoryJournal["state"] = "closed",
  file = role,
) => journalInput({ file, agent: "a", role, rows, state });

function taken(...inputs: ReturnType<typeof journal>[]) {
  const window = { fromUs: us(0), toUs: us(10_000), buckets: 10, sightingsFromUs: us(2000) };
  return ingest(new World(judging), inputs, window);
}

const odd = (...inputs: ReturnType<typeof journal>[]) => [...taken(...inputs).ledger.oddities];

const handed = (
  offset: number,
  seq: number,
  count: number,
  more: { reader?: number; producer?: number; atMs?: number } = {},
) => {
  const { reader = 1, producer = 1, atMs = 3000 } = more;
  const at = { log: 1, partition: 0, offset, atMs };
  return row.found(ROW.delivered, reader, at, { producer, seq, count });
};
const watch = (
  seq: number,
  count: number,
  { reader = 200, log = 3, producer = 1, atMs = 3000 } = {},
) =>
  row.found(ROW.seen, reader, { log, partition: 0, offset: seq, atMs }, { producer, seq, count });

describe("journals", () => {
  it("are read by role and name, whatever order they come in, and listed so", () => {
    const roles = ["readiness", "producer", "canary", "audit", "watcher", "consumer", "other"];
    const inputs = roles.flatMap((role) => [
      journal(role, [], "closed", `${role}.1`),
      journal(role, [], "torn-end", `${role}.2`),
    ]);
    for (const order of [inputs, inputs.toReversed()]) {
      const { journals } = taken(...order);
      expect(journals.map(({ file }) => file)).to.deep.equal(
        roles.flatMap((role) => [`${role}.1`, `${role}.2`]),
      );
      expect(journals[1]).to.deep.equal({
        ...{ file: "readiness.2", agent: "a", role: "readiness" },
        ...{ state: "torn-end", rows: 0, detail: "" },
      });
    }
  });

  it("have what was delivered compared with an audit that came after them", () => {
    const audit = journal("audit", [seen(1, 0, 0, 3), end(1, 3)]);
    const consumer = journal("consumer", [handed(0, 0, 1), handed(1, 2, 1)]);
    const { ledger } = taken(consumer, audit);
    expect(ledger.conflicts.map(({ offset, seq, count }) => [offset, seq, count])).to.deep.equal([
      [1, 2, 1],
    ]);
    expect(ledger.rows).to.equal(4);
  });
});

describe("the sends of a producer", () => {
  it("are answered as a whole, or in parts that go on from each other", () => {
    const { ledger } = taken(
      journal("producer", [
        row.intent(1, 0, 0, 6, 0, 10),
        row.outcome(1, 0, 0, 2, OUTCOME.acked, 10, 500),
        row.outcome(1, 0, 2, 1, OUTCOME.failed, 77, 600),
        row.outcome(1, 0, 3, 1, OUTCOME.aborted, -1, 700),
        row.outcome(1, 0, 4, 1, OUTCOME.indeterminate, -1, 800),
      ]),
    );
    const stream = ledger.stream(0);
    const planes = [stream.sent, stream.acked, stream.failed, stream.aborted, stream.indeterminate];
    expect(planes.map(({ size }) => size)).to.deep.equal([6, 2, 2, 1, 1]);
    expect([2, 3, 4].map((seq) => stream.aborted.has(seq))).to.deep.equal([false, true, false]);
    const { sends } = stream;
    const rows = Array.from({ length: sends.rows }, (_, at) => [
      sends.seq.get(at),
      sends.count.get(at),
      (sends.dueUs.get(at) - us(0)) / 1000,
      (sends.dueLastUs(at) - us(0)) / 1000,
      sends.offset.get(at),
    ]);
    expect(rows).to.deep.equal([
      [0, 2, 0, 10, 10],
      [2, 1, 20, 20, -1],
      [3, 1, 30, 30, -1],
      [4, 1, 40, 40, -1],
      [5, 1, 50, 50, -1],
    ]);
    expect(stream).to.include({ intents: 6, strayAnswers: 0, writerDied: false });
    expect(sends.answeredUs(4)).to.equal(Infinity);
  });

  it("take no answer to what was not sent, or not so much, or answered already", () => {
    const { ledger } = taken(
      journal("producer", [
        row.intent(1, 0, 0, 2, 0),
        row.outcome(1, 0, 0, 3, OUTCOME.acked, 0, 500),
        row.outcome(1, 0, 1, 1, OUTCOME.acked, 0, 500),
        row.outcome(1, 0, 0, 2, OUTCOME.acked, 0, 500),
        row.outcome(1, 0, 0, 2, OUTCOME.acked, 0, 500),
      ]),
    );
    expect(ledger.stream(0)).to.include({ strayAnswers: 6 });
    expect(ledger.stream(0).acked.size).to.equal(2);
  });

  it("are told when one number is sent twice, and the first stands", () => {
    const again = journal("producer", [...acked(0, 3, 0), row.intent(1, 0, 2, 2, 50)]);
    expect(odd(again)).to.deep.equal([["one sent the same seq twice on partition 0", 1]]);
    expect(taken(again).ledger.stream(0)).to.include({ intents: 3 });
  });

  it("hold what was due and never sent apart", () => {
    const unsent = { kind: ROW.unsent, actor: 1, partition: 0, count: 7 };
    const rows = [{ ...unsent, aux1: us(10), aux2: us(70), tUs: us(80) }];
    const { ledger } = taken(journal("producer", [...rows, ...rows]));
    expect(ledger.stream(0)).to.include({ unsent: 14, intents: 0 });
    expect(ledger.stream(0).unsentRuns[1]).to.deep.equal({
      dueFirstUs: us(10),
      dueLastUs: us(70),
      count: 7,
    });
  });

  it("know that their writer died, when it had sent anything, by how its journal ends", () => {
    const died = (state: MemoryJournal["state"]) =>
      taken(journal("producer", acked(0, 1, 0), state)).ledger.streams.map((one) => one.writerDied);
    expect(died("open-end")).to.deep.equal([true, false, false, false]);
    expect(died("closed")).to.deep.equal([false, false, false, false]);
  });
});

describe("rows that do not fit the plan", () => {
  it("are told by what they name", () => {
    expect(odd(journal("producer", [row.intent(1, 7, 0, 1, 0), { kind: 99 }]))).to.deep.equal([
      ["a journal names producer 1, partition 7, which the plan does not have", 1],
      ["a row has the unknown kind 99", 1],
    ]);
    expect(odd(journal("audit", [end(9, 0), end(9, 0)]))).to.deep.equal([
      ["an audit names log 9, partition 0, which the plan does not have", 2],
    ]);
    const misfit = (reader: number, log: number) =>
      `a reader's journal names reader ${reader}, log ${log}, partition 0, which the plan does not have`;
    const rows = [
      row.commit(9, 1, 0, 1, 100),
      row.commit(1, 9, 0, 1, 100),
      handed(0, 0, 1, { reader: 200 }),
    ];
    expect(odd(journal("consumer", rows))).to.deep.equal([
      [misfit(9, 1), 1],
      [misfit(1, 9), 1],
      [misfit(200, 1), 1],
    ]);
    const at = { log: 9, partition: 0, offset: 0, atMs: 1 };
    expect(odd(journal("consumer", [row.bad(1, at, DEFECT.crc)]))).to.deep.equal([
      ["a bad record lies on a place the plan does not have", 1],
    ]);
  });

  it("are told of a watcher that is none, or saw what nobody sends", () => {
    const misfit = (reader: number, log: number, producer: number) =>
      `a watcher's journal names reader ${reader}, log ${log}, producer ${producer}, ` +
      "which do not fit the plan";
    const rows = [
      watch(0, 1, { reader: 1 }),
      watch(0, 1, { log: 9 }),
      watch(0, 1, { producer: 9 }),
    ];
    expect(odd(journal("watcher", rows))).to.deep.equal([
      [misfit(1, 3, 1), 1],
      [misfit(200, 9, 1), 1],
      [misfit(200, 3, 9), 1],
    ]);
  });
});

describe("records on a log", () => {
  const bads = (...rows: Row[]) => {
    const { ledger } = bookOf({ producer: acked(0, 2, 0), audit: rows, judging: plan });
    return ledger.bad.map(({ offset, defect, seq }) => [offset, defect, seq]);
  };

  it("of another partition, log or nobody are strays, each at its offset", () => {
    const stray = (producer: number, sourcePartition: number, log = 1) =>
      row.found(
        ROW.seen,
        100 + log,
        { log, partition: 0, offset: 4, atMs: 5000 },
        { producer, seq: 8, count: 2, sourcePartition },
      );
    const twice = [
      [4, DEFECT.alien, 8],
      [5, DEFECT.alien, 9],
    ];
    expect(bads(stray(1, 1), end(1, 6))).to.deep.equal(twice);
    expect(bads(stray(9, 0), end(1, 6))).to.deep.equal(twice);
    expect(bads(stray(1, 0), end(1, 6))).to.deep.equal([]);
    expect(bads(stray(1, 0, 3), end(3, 6))).to.deep.equal([]);
  });

  it("are bad once at one offset, however many met them, and never before offset 0", () => {
    const at = (offset: number) => ({ log: 1, partition: 0, offset, atMs: 5000 });
    const rows = [4, 4, -1].map((offset) => row.bad(101, at(offset), DEFECT.crc));
    expect(bads(...rows, end(1, 6))).to.deep.equal([[4, DEFECT.crc, 0]]);
  });

  it("belong to the reading that is open: what follows its end is another", () => {
    const audit = [seen(1, 0, 0, 2), end(1, 2, { atMs: 5500 }), seen(1, 0, 0, 2), end(1, 2)];
    const { ledger } = bookOf({ producer: acked(0, 2, 0), audit });
    const readings = ledger.auditsOf(1, 0);
    expect(
      readings.map(({ duplicateAppends, records }) => [duplicateAppends, records]),
    ).to.deep.equal([
      [0, 2],
      [0, 2],
    ]);
    expect(ledger.finalAudit(1, 0)?.endedUs).to.equal(us(6000));
    expect(ledger.auditsOf(9, 0)).to.deep.equal([]);
  });
});

describe("what a group was handed", () => {
  const group = (...rows: Row[]) => {
    const { ledger, flow } = taken(journal("producer", acked(0, 6, 0)), journal("consumer", rows));
    const [one] = ledger.groups;
    if (!one) throw new Error("no group");
    return { one, flow, ledger };
  };

  it("again at one offset is a redelivery when it is the same record, else the offset was reused", () => {
    const { one } = group(handed(0, 0, 4), handed(1, 1, 2), handed(3, 5, 1), handed(3, 3, 2));
    // 1 and 2 again; 5 in the place of 3; then 3 again and 4 for the first time.
    expect(one).to.include({ redelivered: 3, reused: 1, records: 9 });
    expect(one.redeliveries.map(({ offset, count }) => [offset, count])).to.deep.equal([[1, 3]]);
  });

  it("is dated by its first record, and kept with its time from the fault on", () => {
    const rows = [
      handed(2, 2, 1, { atMs: 2500 }),
      handed(0, 0, 1, { atMs: 1999 }),
      handed(1, 1, 1, { atMs: 2000 }),
    ];
    const { one } = group(...rows);
    expect(one.firstDelivered.get("1:0")).to.deep.equal({ offset: 0, tUs: us(1999) });
    expect(one.sightings.get(0)?.rows).to.equal(2);
    expect(one.delivered.get(0)?.size).to.equal(3);
  });

  it("is alien, record by record, when nobody sends such records", () => {
    const { ledger, one } = group(handed(4, 8, 2, { producer: 9 }));
    expect(ledger.bad.map(({ offset, defect, seq }) => [offset, defect, seq])).to.deep.equal([
      [4, DEFECT.alien, 8],
      [5, DEFECT.alien, 9],
    ]);
    expect(one.delivered.size).to.equal(0);
  });

  it("has an age, from when it was due to when it was handed over or seen on a mirror", () => {
    const { flow } = group(handed(0, 0, 2, { atMs: 3500 }), handed(2, 2, 1, { atMs: 3600 }));
    expect(flow.delivered.values[3]).to.equal(3);
    expect(flow.deliveredAge.values[3]).to.equal(3580);
    expect(flow.deliveredAge.values[4]).to.be.NaN;
    const watched = taken(
      journal("producer", acked(0, 6, 0)),
      journal("watcher", [
        watch(0, 2, { atMs: 3500 }),
        watch(2, 1, { atMs: 3600 }),
        watch(0, 1, { log: 1, atMs: 4500 }),
      ]),
    );
    expect(watched.flow.mirroredAge.values[3]).to.equal(3580);
    expect(watched.flow.mirroredAge.values[4]).to.be.NaN;
    expect(watched.ledger.watched.get(3)?.get(0)?.rows).to.equal(2);
  });
});
