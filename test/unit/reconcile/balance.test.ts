/**
 * Goal: accounts count every record once, on both sides and by two means, and tie out.
 */
import { expect } from "chai";
import { DEFECT, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bad, end, judged, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

/** Titles, and of each account its parts and its total by their names. */
function accounts({ balances }: Result): Record<string, Record<string, number>> {
  for (const { ties, difference, title, rows } of balances) {
    expect({ ties, difference }, title).to.deep.equal({ ties: true, difference: 0 });
    // A reader tells the parts apart by their labels, and some by a note.
    const labels = rows.map(({ label }) => label);
    expect(new Set(labels.filter((label) => label !== "")).size, title).to.equal(rows.length);
    expect(
      rows.filter(({ note }) => note === ""),
      title,
    ).to.deep.equal([]);
  }
  return Object.fromEntries(
    balances.map(({ title, rows }) => [
      title,
      Object.fromEntries(rows.map(({ id, count, sign }) => [`${sign} ${id}`, count])),
    ]),
  );
}

const SENDS = "What became of every send of the application";
const WHERE = "Where every acknowledged record is";
const SOURCE = "What lies on orders of primary";

/** Four acked, two failed, one timed out, three without an answer. */
const producer = [
  ...acked(0, 4, 0),
  row.intent(1, 0, 4, 2, 40),
  row.outcome(1, 0, 4, 2, OUTCOME.failed, -1, 1000),
  row.intent(1, 0, 6, 1, 60),
  row.outcome(1, 0, 6, 1, OUTCOME.indeterminate, -1, 1000),
  row.intent(1, 0, 7, 3, 70),
];

describe("the account of sends", () => {
  it("has each record under what its client was told", () => {
    expect(accounts(judged(producer, []))).to.deep.equal({
      [SENDS]: {
        "1 acked": 4,
        "1 failed": 2,
        "1 indeterminate": 1,
        "1 unanswered": 3,
        "0 sent": 10,
      },
    });
  });

  it("leaves probes out", () => {
    const plan = readByNobody();
    const producers = plan.producers.map((one) => ({ ...one, kind: "canary" as const }));
    expect(accounts(judged(producer, [], { ...plan, producers }))[SENDS]).to.include({
      "0 sent": 0,
    });
  });
});

describe("the account of a log", () => {
  it("has each record under what it is", () => {
    const plan = readByNobody();
    const producers = plan.producers.map((one) =>
      one.id === 2 ? { ...one, kind: "canary" as const } : one,
    );
    const two = { producer: 2 };
    const told = accounts(
      judged(
        [...producer, ...acked(0, 2, 20, two)],
        [
          seen(1, 0, 0, 3),
          bad(1, 3, DEFECT.crc, 3),
          seen(1, 4, 0, 2), // again
          seen(1, 6, 5, 1), // had failed
          seen(1, 7, 6, 3), // nobody knows
          seen(1, 10, 50, 1), // nobody sent
          seen(1, 20, 0, 2, two),
          row.found(
            ROW.seen,
            101,
            { log: 1, partition: 0, offset: 22, atMs: 5000 },
            { producer: 1, seq: 0, count: 1, sourcePartition: 1 },
          ),
          end(1, 23),
          end(3, 0),
        ],
        { ...plan, producers },
      ),
    );
    expect(told[SOURCE]).to.deep.equal({
      "1 acked": 3,
      "1 unknown": 3,
      "1 failed": 1,
      "1 probes": 2,
      "1 duplicates": 2,
      "1 phantoms": 2,
      "1 bad": 1,
      "0 records": 14,
    });
  });

  it("is of each log by itself", () => {
    const audit = [seen(1, 0, 0, 4), end(1, 4), seen(3, 0, 0, 3), end(3, 3)];
    const told = accounts(judged(acked(0, 4, 0), audit));
    expect(told[SOURCE]).to.include({ "1 acked": 4, "0 records": 4 });
    const mirror = "What lies on p.orders of standby";
    expect(told[mirror]).to.include({ "1 acked": 3, "0 records": 3 });
    expect(Object.keys(told)).to.deep.equal([SENDS, WHERE, SOURCE, mirror]);
  });

  it("is none of a log of which nothing was read, nor of a control's", () => {
    const audit = [seen(1, 0, 0, 4), end(1, 4)];
    expect(accounts(judged(acked(0, 4, 0), audit))).to.have.all.keys(SENDS, WHERE, SOURCE);
    const plan = readByNobody();
    const logs = plan.logs.map((log) => ({ ...log, role: "control" as const }));
    const without = accounts(judged(acked(0, 4, 0), audit, { ...plan, logs }));
    expect(without).to.have.all.keys(SENDS, WHERE);
  });
});

describe("the account of acks", () => {
  it("has each record where it is", () => {
    const told = accounts(
      judged(acked(0, 6, 0), [
        seen(1, 0, 0, 4),
        end(1, 4, { atMs: 5000 }),
        seen(1, 0, 0, 2),
        bad(1, 2, DEFECT.body, 2),
        end(1, 3),
        seen(3, 0, 4, 1),
        end(3, 1),
      ]),
    );
    expect(told[WHERE]).to.deep.equal({
      "1 surviving": 2,
      "1 damaged": 1,
      "1 stranded": 1,
      "1 overwritten": 1,
      "1 lost": 1,
      "0 acked": 6,
    });
  });

  it("has a damaged record of which a sound copy is there under what survives", () => {
    const audit = [seen(1, 0, 0, 3), bad(1, 3, DEFECT.body, 2), end(1, 4), end(3, 0)];
    expect(accounts(judged(acked(0, 3, 0), audit))[WHERE]).to.include({
      "1 surviving": 3,
      "1 damaged": 0,
    });
  });

  it("is none while something of it is not known", () => {
    const half = [seen(1, 0, 0, 4), end(1, 4), end(3, 0)];
    const both = [...acked(0, 4, 0), ...acked(0, 4, 0, { partition: 1 })];
    expect(accounts(judged(both, half))).to.not.have.property(WHERE);

    const cut = [seen(1, 0, 0, 2), end(1, 2, { complete: false }), end(3, 0)];
    expect(accounts(judged(acked(0, 4, 0), cut))).to.not.have.property(WHERE);
    const unsplit = [seen(1, 0, 0, 2), end(1, 2)];
    expect(accounts(judged(acked(0, 4, 0), unsplit))).to.not.have.property(WHERE);
    expect(accounts(judged([], cut))).to.not.have.property(WHERE);
  });

  it("has a twin for what was sent without asking for acks", () => {
    const plan = readByNobody();
    const producers = plan.producers.map((one) => ({ ...one, acks: "0" as const }));
    const sends = [
      row.intent(1, 0, 0, 5, 0),
      row.outcome(1, 0, 0, 4, OUTCOME.indeterminate, -1, 100),
      row.outcome(1, 0, 4, 1, OUTCOME.failed, -1, 100),
    ];
    const title = "Where every record sent with acks=0 is";
    const whole = [seen(1, 0, 0, 3), end(1, 3), end(3, 0)];
    const cut = [seen(1, 0, 0, 3), end(1, 3, { complete: false }), end(3, 0)];
    const of = (audit: typeof whole) => accounts(judged(sends, audit, { ...plan, producers }));
    expect(of(whole)[title]).to.deep.equal({
      "1 surviving": 3,
      "1 unconfirmed": 1,
      "1 failed": 1,
      "0 sent": 5,
    });
    expect(of(cut)).to.not.have.property(title);
    const other = row.intent(1, 1, 0, 1, 0);
    const both = judged([...sends, other], whole, { ...plan, producers });
    expect(accounts(both)).to.not.have.property(title);
  });
});

describe("the account of a group", () => {
  const handed = (offset: number, seq: number, count: number, atMs: number) => {
    const at = { log: 1, partition: 0, offset, atMs };
    return row.found(ROW.delivered, 1, at, { producer: 1, seq, count });
  };

  it("tells what came again from what came instead", () => {
    const consumer = [handed(0, 0, 4, 2000), handed(2, 2, 2, 2500), handed(3, 5, 1, 2600)];
    const result = judgedAll({
      producer: acked(0, 6, 0),
      audit: [seen(1, 0, 0, 6), end(1, 6), end(3, 0)],
      consumer,
      judging: judgingFor("primary"),
    });
    expect(accounts(result)["What group g was handed"]).to.deep.equal({
      "1 once": 4,
      "1 redelivered": 2,
      "1 reused": 1,
      "0 delivered": 7,
    });
  });

  it("says of a group that moved that offsets are those of one cluster", () => {
    const notes = (consumer: Row[]) => {
      const evidence = { producer: acked(0, 6, 0), consumer, judging: judgingFor("primary") };
      const { balances } = judgedAll(evidence);
      const [one] = balances.filter(({ title }) => title === "What group g was handed");
      return one?.rows.flatMap(({ note }) => note ?? []);
    };
    const there = row.found(
      ROW.delivered,
      1,
      { log: 3, partition: 0, offset: 0, atMs: 3000 },
      { producer: 1, seq: 0, count: 2 },
    );
    expect(notes([handed(0, 0, 4, 2000)])).to.deep.equal([]);
    expect(notes([handed(0, 0, 4, 2000), there])?.join()).to.contain("another cluster's offsets");
  });

  it("is none of a group that was handed nothing", () => {
    const result = judgedAll({ producer: acked(0, 1, 0), judging: judgingFor("primary") });
    expect(accounts(result)).to.have.all.keys(SENDS);
  });
});
