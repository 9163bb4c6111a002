/** Goal: where a group should have gone on, and what it skipped or replays, record by record. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { type JudgedOffset, offsetVerdictsOf } from "../../../src/reconcile/offsets.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bookOf, end, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

/** Reader 1 of group g reads log 1; reader 2 takes over from it on the mirror, log 3. */
const commit = (offset: number, atMs: number, partition = 0) =>
  row.commit(1, 1, partition, offset, atMs);
const resume = (offset: number, atMs = 3000, partition = 0) =>
  row.resume(2, 3, partition, offset, atMs);

function handed(reader: number, log: number, offset: number, seq: number, count: number): Row {
  const at = { log, partition: 0, offset, atMs: reader === 1 ? 1500 : 3100 };
  return row.found(ROW.delivered, reader, at, { producer: 1, seq, count });
}

/** Ten records; on the mirror, offset 4 is a marker's, so later ones lie one further. */
const sends = acked(0, 10, 0);
const source = [seen(1, 0, 0, 10), end(1, 10)];
const mirror = [seen(3, 0, 0, 4), seen(3, 5, 4, 6), end(3, 11)];

interface Case {
  producer?: Row[];
  audit?: Row[];
  consumer: Row[];
  events?: NewEvent[];
  judging?: Judging;
}

function verdicts({ producer = sends, audit, consumer, events = [], judging }: Case) {
  const { ledger, chronicle } = bookOf({
    producer,
    audit: audit ?? [...source, ...mirror],
    consumer,
    events,
    judging: judging ?? judgingFor("standby"),
  });
  return offsetVerdictsOf(ledger, chronicle);
}

function verdict(one: Case): JudgedOffset {
  const all = verdicts(one);
  expect(all).to.have.length(1);
  return all[0] as JudgedOffset;
}

/** What a case came to, in short. */
function outcome(one: Case) {
  const { verdict: told, skipped, replayed } = verdict(one);
  const { verdict: word, records, trueOffset, resumedOffset, detail } = told;
  return { word, records, trueOffset, resumedOffset, skipped, replayed, detail };
}

describe("a group that went on on a mirror", () => {
  it("is exact at the record after the last that its commit covered", () => {
    expect(verdict({ consumer: [commit(6, 2000), resume(7)] })).to.deep.equal({
      verdict: {
        group: "g",
        topic: "orders",
        partition: 0,
        verdict: "exact",
        records: 0,
        committedOffset: 6,
        committedAtMs: 1_002_000,
        resumedLog: 3,
        resumedOffset: 7,
        trueOffset: 7,
        detail: "resumed at the record after the last committed one",
      },
      skipped: 0,
      replayed: 0,
    });
  });

  it("replays the records between, and only records", () => {
    expect(outcome({ consumer: [commit(6, 2000), resume(3)] })).to.deep.equal({
      word: "replay",
      records: 3,
      trueOffset: 7,
      resumedOffset: 3,
      skipped: 0,
      replayed: 3,
      detail: "3 records from offset 3 on are delivered again",
    });
  });

  it("skips the records between that it was never handed", () => {
    const consumer = [commit(6, 2000), resume(10)];
    const none = { word: "skip", records: 3, trueOffset: 7, skipped: 3, replayed: 0 };
    const detail = "3 records between 7 and 10 were never delivered";
    expect(outcome({ consumer })).to.include({ ...none, detail });
    const some = outcome({ consumer: [...consumer, handed(1, 1, 0, 0, 7)] });
    expect(some).to.include({ word: "skip", skipped: 2, records: 2 });
  });

  it("is exact beyond its last journalled commit, when all of that was handed to it", () => {
    const told = outcome({ consumer: [handed(1, 1, 0, 0, 9), commit(6, 2000), resume(10)] });
    expect(told).to.include({
      word: "exact",
      skipped: 0,
      records: 0,
      detail: "resumed 3 records after the last journalled commit, all of them delivered before",
    });
  });

  it("goes by the last commit that was confirmed before it resumed", () => {
    const consumer = [commit(8, 2500), commit(6, 2000), commit(9, 3000), resume(9)];
    expect(outcome({ consumer })).to.include({ word: "exact", trueOffset: 9 });
    expect(verdict({ consumer }).verdict).to.include({
      committedOffset: 8,
      committedAtMs: 1_002_500,
    });
  });

  it("takes of commits the newest, and of one instant's the one that was journalled last", () => {
    const at = (...commits: Row[]) => outcome({ consumer: [...commits, resume(9)] }).trueOffset;
    expect(at(commit(6, 2000), commit(8, 2500))).to.equal(9);
    expect(at(commit(7, 2500), commit(8, 2500))).to.equal(9);
    // One that was confirmed only after it had resumed is none.
    const late = [commit(8, 3500), commit(8, 3700)];
    expect(outcome({ consumer: [...late, resume(9)] }).word).to.equal("inconclusive");
  });

  it("has committed records only of its own place", () => {
    const other = row.commit(2, 3, 0, 2, 2600);
    const consumer = [commit(6, 2000), other, commit(1, 2700, 1), resume(7)];
    const [first, second] = verdicts({ consumer });
    expect(first?.verdict).to.include({ partition: 0, verdict: "exact", trueOffset: 7 });
    expect(second?.verdict).to.include({ partition: 1, verdict: "inconclusive" });
  });
});

describe("the place where a group should go on", () => {
  it("is the mirror's start when nothing it holds was covered", () => {
    const audit = [...source, seen(3, 5, 4, 6), row.end(103, 3, 0, 5, 11, 6000, true)];
    const told = outcome({ audit, consumer: [commit(2, 2000), resume(5)] });
    expect(told).to.include({ word: "exact", trueOffset: 5 });
  });

  it("is not moved by a second copy, which replication had been past before", () => {
    const again = [...mirror.slice(0, 2), seen(3, 11, 2, 3), end(3, 14)];
    const told = outcome({ audit: [...source, ...again], consumer: [commit(6, 2000), resume(7)] });
    expect(told).to.include({ word: "exact", trueOffset: 7 });
  });

  it("is the last covered copy even where a run ends in second ones", () => {
    // 0..3, then 2 3 4 in one run: 2 and 3 are copies, 4 is new at offset 6.
    const audit = [...source, seen(3, 0, 0, 4), seen(3, 4, 2, 3), end(3, 7)];
    const of = (committed: number) =>
      outcome({ audit, consumer: [commit(committed, 2000), resume(0)] });
    expect(of(4).trueOffset).to.equal(4);
    expect(of(5).trueOffset).to.equal(7);
  });

  it("follows the acks where the source could not be read", () => {
    const told = outcome({ audit: mirror, consumer: [commit(6, 2000), resume(3)] });
    expect(told).to.include({ word: "replay", replayed: 3, trueOffset: 7 });
  });
});

describe("records between two places", () => {
  const plan = judgingFor("standby");
  const producers = plan.producers.map((one) =>
    one.id === 2 ? { ...one, kind: "canary" as const } : one,
  );
  const two = { producer: 2 };

  it("are the application's: probes are no loss to anybody", () => {
    const audit = [seen(3, 0, 0, 2), seen(3, 2, 0, 3, two), seen(3, 5, 2, 2), end(3, 7)];
    const told = outcome({
      producer: [...acked(0, 4, 0), ...acked(0, 3, 4, two)],
      audit,
      judging: { ...plan, producers },
      consumer: [commit(0, 2000), resume(6)],
    });
    expect(told).to.include({ word: "skip", skipped: 3, trueOffset: 0 });
  });

  it("do not count when their send failed for certain", () => {
    const failed = [
      row.intent(1, 0, 2, 2, 20, 10),
      row.outcome(1, 0, 2, 2, OUTCOME.failed, -1, 1000),
    ];
    const told = outcome({
      producer: [...acked(0, 2, 0), ...failed],
      audit: [seen(3, 0, 0, 4), end(3, 4)],
      consumer: [commit(0, 2000), resume(3)],
    });
    expect(told).to.include({ word: "skip", skipped: 2 });
    const one = outcome({
      producer: [...acked(0, 2, 0), ...failed],
      audit: [seen(3, 0, 0, 4), end(3, 4)],
      consumer: [commit(1, 2000), resume(2)],
    });
    expect(one).to.include({ word: "skip", skipped: 1 });
  });
});

describe("a group without a committed offset", () => {
  const at = (offset: number, seq: number, committed: Row[] = [commit(6, 2000)]) =>
    outcome({ consumer: [...committed, resume(-1), handed(2, 3, offset, seq, 1)] });

  it("is unmapped, with what the reset policy made of it", () => {
    expect(at(0, 0)).to.deep.equal({
      word: "unmapped",
      records: 6,
      trueOffset: 7,
      resumedOffset: 0,
      skipped: 0,
      replayed: 6,
      detail: "no committed offset; the reset policy put it at 0, which replays 6",
    });
    expect(at(9, 8)).to.include({
      word: "unmapped",
      skipped: 2,
      records: 2,
      detail: "no committed offset; the reset policy put it at 9, which skips 2",
    });
    expect(at(7, 6)).to.include({
      word: "unmapped",
      records: 0,
      detail: "no committed offset; the reset policy put it at 7, which happens to be right",
    });
  });

  it("owes everything from the start when it had committed nothing before either", () => {
    expect(at(3, 3, [])).to.include({ word: "unmapped", trueOffset: 0, skipped: 3 });
  });

  it("has no number when nothing was handed to it after that", () => {
    const told = verdict({ consumer: [commit(6, 2000), resume(-1)] });
    expect(told).to.deep.include({ skipped: 0, replayed: 0 });
    expect(told.verdict).to.include({
      verdict: "unmapped",
      records: null,
      resumedLog: null,
      resumedOffset: null,
      trueOffset: 7,
      detail: "no committed offset, and nothing was delivered after it",
    });
  });
});

describe("a group of which too little is known", () => {
  it("is inconclusive where the log was not read to its end", () => {
    const audit = [...source, seen(3, 0, 0, 4), end(3, 4, { complete: false })];
    for (const one of [audit, source]) {
      expect(outcome({ audit: one, consumer: [commit(6, 2000), resume(3)] })).to.deep.include({
        word: "inconclusive",
        records: null,
        trueOffset: null,
        skipped: 0,
        replayed: 0,
        detail: "the log it resumed on was not read to its end",
      });
    }
  });

  it("is inconclusive when it had committed nothing, so no place is right", () => {
    const told = verdict({ consumer: [resume(3)] }).verdict;
    expect(told).to.include({
      verdict: "inconclusive",
      committedOffset: null,
      committedAtMs: null,
      resumedOffset: 3,
      detail: "it had committed nothing before, so no place is the right one",
    });
  });

  it("is inconclusive when it never came back", () => {
    expect(outcome({ consumer: [commit(6, 2000)] })).to.deep.include({
      word: "inconclusive",
      resumedOffset: null,
      trueOffset: 7,
      detail: "it never resumed on this partition",
    });
  });

  it("is judged by its first delivery when it did not say where it resumed", () => {
    const told = outcome({ consumer: [commit(6, 2000), handed(2, 3, 7, 6, 1)] });
    expect(told).to.include({ word: "exact", resumedOffset: 7 });
  });

  it("is nothing to tell of without a commit, on an empty log or without a word of it", () => {
    expect(verdicts({ audit: [...source, end(3, 0)], consumer: [resume(0)] })).to.deep.equal([]);
    expect(verdicts({ consumer: [handed(2, 3, 0, 0, 1)] })).to.deep.equal([]);
    const empty = outcome({
      audit: [...source, end(3, 0)],
      consumer: [commit(2, 2000), resume(0)],
    });
    expect(empty).to.include({ word: "exact", trueOffset: 0 });
  });
});
