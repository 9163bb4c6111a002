/** Goal: an ack is held against the log: the offset it names, who lies there, what was known before. */
import { expect } from "chai";
import { DEFECT, OUTCOME } from "../../../src/history/journal-format.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { acked, bad, classes, end, judged, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

/** One record, sent and answered at given times. */
const single = (seq: number, offset: number, sentMs: number, answeredMs: number): Row[] => [
  row.intent(1, 0, seq, 1, sentMs),
  row.outcome(1, 0, seq, 1, OUTCOME.acked, offset, answeredMs),
];

const examplesOf = (result: Result, name: string) =>
  result.anomalies.filter((one) => one.class === name).flatMap(({ examples }) => examples);

describe("two acks for one offset", () => {
  it("are counted by offset, and named with what lies there", () => {
    const result = judged(
      [...acked(0, 3, 0), ...acked(3, 2, 1)],
      [seen(1, 0, 0, 3), seen(1, 3, 3, 2), end(1, 5), end(3, 0)],
    );
    // That 3 and 4 lie elsewhere follows from it, and is not told again.
    expect(classes(result)).to.deep.equal({ "duplicate-acked-offset": 2 });
    expect(result.anomalies[0]?.violation).to.equal(true);
    expect(examplesOf(result, "duplicate-acked-offset")).to.deep.equal([
      {
        log: 1,
        topic: "orders",
        producer: "one",
        partition: 0,
        seqFirst: 3,
        seqLast: 4,
        offset: 1,
        atMs: null,
        detail: "acks of one seq 1 and one seq 3 name offset 1; offset 1 holds one seq 1",
      },
    ]);
  });

  it("are found between producers, and on a log that nobody read", () => {
    const result = judged([...acked(0, 2, 0), ...acked(0, 2, 1, { producer: 2 })], []);
    expect(classes(result)).to.deep.equal({ "duplicate-acked-offset": 1 });
    expect(examplesOf(result, "duplicate-acked-offset")[0]?.detail).to.equal(
      "acks of one seq 1 and two seq 0 name offset 1; the log was not read",
    );
  });

  it("are not found where acks lie side by side, or name no offset", () => {
    const sends = [...acked(0, 2, 0), ...acked(2, 1, 2), ...acked(3, 1, -1), ...acked(4, 1, -1)];
    expect(classes(judged(sends, []))).to.deep.equal({});
  });
});

describe("an ack that names another offset", () => {
  it("is counted for each record that lies elsewhere, and placed by the first of them", () => {
    const result = judged(
      [...acked(0, 2, 0), ...acked(2, 4, 2)],
      [seen(1, 0, 0, 3), seen(1, 5, 3, 3), end(1, 8), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ "inconsistent-offset": 3 });
    expect(result.anomalies[0]).to.include({
      cause: "the ack names another offset",
      violation: true,
    });
    expect(examplesOf(result, "inconsistent-offset")[0]).to.include({
      seqFirst: 3,
      seqLast: 5,
      offset: 3,
      detail: "acked at offset 3, lies at 5; offset 3 holds no record of this run",
    });
  });

  it("is none when a copy lies where it says, and one when a record lies at two wrong places", () => {
    const copy = judged(acked(0, 2, 0), [seen(1, 0, 0, 2), seen(1, 4, 0, 2), end(1, 6), end(3, 0)]);
    expect(classes(copy)).to.deep.equal({ "duplicate-append": 2 });
    const twice = judged(acked(0, 1, 0), [
      seen(1, 3, 0, 1),
      seen(1, 5, 0, 1),
      end(1, 6),
      end(3, 0),
    ]);
    expect(classes(twice)).to.deep.equal({ "duplicate-append": 1, "inconsistent-offset": 1 });
  });

  it("is placed right where the log holds records of several sends side by side", () => {
    const result = judged(
      [...acked(0, 2, 5), ...acked(2, 2, 3)],
      [seen(1, 5, 0, 4), end(1, 9), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ "inconsistent-offset": 2 });
    expect(examplesOf(result, "inconsistent-offset")[0]?.detail).to.equal(
      "acked at offset 3, lies at 7; offset 3 holds no record of this run",
    );
  });

  it("is none of a lost record, though another producer's of its number lies elsewhere", () => {
    const two = { producer: 2 };
    const result = judged(
      [...acked(0, 1, 0), ...acked(0, 1, 5, two)],
      [seen(1, 5, 0, 1, two), end(1, 6), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ lost: 1 });
  });

  it("is told apart from a record whose place another one has taken", () => {
    const result = judged(
      [...acked(0, 1, 0), ...acked(5, 1, 1), ...acked(7, 1, -1)],
      [seen(1, 0, 0, 1), seen(1, 1, 7, 1), end(1, 2), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ lost: 1, "inconsistent-offset": 1 });
    const [anomaly] = result.anomalies.filter((one) => one.class === "inconsistent-offset");
    expect(anomaly).to.include({ cause: "another record lies there", violation: true });
    expect(anomaly?.examples[0]).to.include({
      seqFirst: 5,
      offset: 1,
      detail: "acked at offset 1; offset 1 holds one seq 7",
    });
  });

  it("is not told of a record that is damaged, or whose offset two acks name", () => {
    const damaged = judged(acked(0, 2, 0), [
      bad(1, 0, DEFECT.crc, 0),
      seen(1, 1, 1, 1),
      end(1, 2),
      end(3, 0),
    ]);
    expect(classes(damaged)).to.deep.equal({ corrupt: 1 });
    const shared = judged(
      [...acked(0, 1, 0), ...acked(1, 1, 0)],
      [seen(1, 0, 0, 1), end(1, 1), end(3, 0)],
    );
    expect(classes(shared)).to.deep.equal({ lost: 1, "duplicate-acked-offset": 1 });
  });
});

describe("an ack without an append", () => {
  /** Offsets up to 9 are known from 1010 ms on; the send in question leaves at `sentMs`. */
  const sends = (sentMs: number, offset: number) => [
    ...acked(0, 3, 0),
    ...single(10, 9, 100, 1010),
    ...single(20, offset, sentMs, sentMs + 50),
  ];
  const audit = [seen(1, 0, 0, 3), seen(1, 9, 10, 1), end(1, 11), end(3, 0)];

  it("is found when the log's end was known before the send", () => {
    const result = judged(sends(2000, 4), audit);
    expect(classes(result)).to.deep.equal({ lost: 1, "acked-not-appended": 1 });
    const [anomaly] = result.anomalies.filter((one) => one.class === "acked-not-appended");
    expect(anomaly?.violation).to.equal(true);
    expect(anomaly?.cause).to.equal(undefined);
    expect(anomaly?.examples[0]).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 0,
      seqFirst: 20,
      seqLast: 20,
      offset: 4,
      atMs: 1_002_000,
      detail:
        "acked at offset 4, but the log's end was known to be 10 before the send; " +
        "offset 4 holds no record of this run",
    });
  });

  it("is none when the end was known only from the instant of the send on", () => {
    expect(classes(judged(sends(1010, 4), audit))).to.deep.equal({ lost: 1 });
    expect(classes(judged(sends(1010.001, 4), audit))).to.have.property("acked-not-appended");
  });

  it("is none right at the known end, and none where the record lies after all", () => {
    expect(classes(judged(sends(2000, 10), audit))).to.deep.equal({ lost: 1 });
    const there = [...audit.slice(0, 1), seen(1, 4, 20, 1), ...audit.slice(1)];
    // It lies before seq 10, though: an unclean election may do that, an append cannot.
    expect(classes(judged(sends(2000, 4), there))).to.deep.equal({ reordered: 1 });
    const hurt = [...audit.slice(0, 1), bad(1, 4, DEFECT.crc, 20), ...audit.slice(1)];
    expect(classes(judged(sends(2000, 4), hurt))).to.deep.equal({ corrupt: 1 });
  });

  it("goes by the offset alone where the log was not read", () => {
    const result = judged(sends(2000, 4), []);
    expect(classes(result)).to.deep.equal({ "acked-not-appended": 1 });
    expect(result.anomalies[0]?.cause).to.equal("by the offset alone, the log was not read");
    expect(result.anomalies[0]?.examples[0]?.detail).to.equal(
      "acked at offset 4, but the log's end was known to be 10 before the send",
    );
  });

  it("is none for the offsets that two acks name", () => {
    const result = judged(sends(2000, 9), audit);
    expect(classes(result)).to.deep.equal({ lost: 1, "duplicate-acked-offset": 1 });
  });

  it("is found whoever's answer made the end known, and in whatever order rows come", () => {
    const other = [row.intent(2, 0, 0, 1, 100), row.outcome(2, 0, 0, 1, OUTCOME.acked, 9, 1010)];
    const rows = [...single(20, 4, 2000, 2050), ...acked(0, 3, 0), ...other];
    const found = judged(rows, [
      seen(1, 0, 0, 3),
      seen(1, 9, 0, 1, { producer: 2 }),
      end(1, 11),
      end(3, 0),
    ]);
    expect(classes(found)).to.deep.equal({ lost: 1, "acked-not-appended": 1 });
  });
});
