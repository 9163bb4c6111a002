/** Goal: what lies on the logs that should not: copies, damage, strangers; each with its cause. */
import { expect } from "chai";
import { DEFECT, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bad, classes, end, judged, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

/** Class, cause, violation and count of every anomaly. */
const told = ({ anomalies }: Result) =>
  anomalies.map((one) => [one.class, one.cause, one.violation, one.count]);
const firstExample = ({ anomalies }: Result) => anomalies[0]?.examples[0];

describe("copies on a log", () => {
  it("of the producer's own are its retry, named with both places", () => {
    const result = judged(acked(0, 3, 0), [
      seen(1, 0, 0, 3),
      seen(1, 5, 1, 2),
      end(1, 7),
      end(3, 0),
    ]);
    expect(told(result)).to.deep.equal([["duplicate-append", "producer retry", true, 2]]);
    expect(firstExample(result)).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 0,
      seqFirst: 1,
      seqLast: 2,
      offset: 5,
      atMs: null,
      detail: "one seq 1 lies at offset 1 and again at 5; offset 4 holds no record of this run",
    });
  });

  it("on a mirror are told apart from those it copied", () => {
    const source = [seen(1, 0, 0, 3), seen(1, 3, 1, 2), end(1, 5)];
    const mirror = [seen(3, 0, 0, 3), seen(3, 3, 0, 3), end(3, 6)];
    expect(told(judged(acked(0, 3, 0), [...source, ...mirror]))).to.deep.equal([
      ["duplicate-append", "copied from the source log", false, 2],
      ["duplicate-append", "mirror retry or restart", true, 1],
      ["duplicate-append", "producer retry", true, 2],
    ]);
    expect(told(judged(acked(0, 3, 0), mirror, readByNobody("standby")))).to.deep.equal([
      ["duplicate-append", "mirror retry or restart", true, 3],
    ]);
  });

  it("on a mirror that producers write to may come from a failback", () => {
    const judging = readByNobody("standby");
    const producers = judging.producers.map((one) => ({ ...one, log: 3 }));
    const audit = [seen(3, 0, 0, 1), seen(3, 1, 0, 1), end(3, 2)];
    expect(told(judged(acked(0, 1, 0), audit, { ...judging, producers }))).to.deep.equal([
      ["duplicate-append", "failback or producer retry", true, 1],
    ]);
  });
});

describe("records whose bytes are not what was sent", () => {
  it("have a class and a cause by their defect", () => {
    const causes: [number, string, string][] = [
      [DEFECT.crc, "corrupt", "checksum mismatch"],
      [DEFECT.body, "corrupt", "body of another record"],
      [DEFECT.length, "corrupt", "truncated or extended"],
      [DEFECT.foreign, "phantom", "record of another run"],
      [DEFECT.alien, "phantom", "not a record of this drill"],
      [99, "corrupt", "defect 99"],
    ];
    for (const [defect, name, cause] of causes) {
      const result = judged(acked(0, 1, 0), [seen(1, 0, 0, 1), bad(1, 4, defect), end(1, 5)]);
      expect(told(result)).to.deep.equal([[name, cause, true, 1]]);
      expect(firstExample(result)).to.deep.equal({
        log: 1,
        topic: "orders",
        producer: null,
        partition: 0,
        seqFirst: null,
        seqLast: null,
        offset: 4,
        atMs: 1_005_000,
        detail: `${cause} at offset 4 of orders/0 on primary; offset 3 holds no record of this run`,
      });
    }
  });

  it("are named by what they claim to be, when that is ours", () => {
    const result = judged(acked(0, 2, 0), [seen(1, 0, 0, 1), bad(1, 1, DEFECT.crc, 1), end(1, 2)]);
    expect(firstExample(result)).to.include({
      producer: "one",
      seqFirst: 1,
      detail:
        "checksum mismatch at offset 1 of orders/0 on primary, claims to be one seq 1; " +
        "offset 0 holds one seq 0",
    });
    const stranger = judged(acked(0, 1, 0), [
      seen(1, 0, 0, 1),
      bad(1, 1, DEFECT.foreign, 1),
      end(1, 2),
    ]);
    expect(firstExample(stranger)).to.include({ producer: null, seqFirst: null });
  });

  it("are one defect on the source and on the mirror, unless nobody knows what they are", () => {
    const both = (defect: number) =>
      told(
        judged(acked(0, 2, 0), [
          seen(1, 0, 0, 1),
          bad(1, 1, defect, 1),
          end(1, 2),
          seen(3, 0, 0, 1),
          bad(3, 1, defect, 1),
          end(3, 2),
        ]),
      );
    expect(both(DEFECT.body)).to.deep.equal([
      ["corrupt", "body of another record", true, 1],
      ["corrupt", "body of another record, copied from the source log", false, 1],
    ]);
    expect(both(DEFECT.alien).filter(([name]) => name === "phantom")).to.deep.equal([
      ["phantom", "not a record of this drill", true, 2],
    ]);
    const other = judged(acked(0, 2, 0), [
      bad(1, 0, DEFECT.crc, 0),
      seen(1, 1, 1, 1),
      end(1, 2),
      seen(3, 0, 0, 1),
      bad(3, 1, DEFECT.crc, 1),
      end(3, 2),
    ]);
    expect(told(other)).to.deep.equal([["corrupt", "checksum mismatch", true, 2]]);
  });
});

describe("records that should not be there", () => {
  it("were never sent", () => {
    const result = judged(acked(0, 1, 0), [seen(1, 0, 0, 1), seen(1, 1, 7, 2), end(1, 3)]);
    expect(told(result)).to.deep.equal([["phantom", "never sent", true, 2]]);
    expect(firstExample(result)).to.include({
      log: 1,
      seqFirst: 7,
      seqLast: 8,
      offset: 1,
      detail: "one seq 7 is there, but no producer announced it",
    });
  });

  it("are found where an earlier audit alone saw them, and then have no offset", () => {
    const result = judged(acked(0, 1, 0), [
      seen(1, 0, 0, 1),
      seen(1, 1, 7, 1),
      end(1, 2, { atMs: 5500 }),
      seen(1, 0, 0, 1),
      end(1, 1),
    ]);
    expect(told(result)).to.deep.equal([["phantom", "never sent", true, 1]]);
    expect(firstExample(result)).to.include({ log: 1, partition: 0, offset: null });
  });

  it("were refused for certain", () => {
    const failed = [
      row.intent(1, 0, 1, 2, 10, 10),
      row.outcome(1, 0, 1, 2, OUTCOME.failed, -1, 1000),
    ];
    const result = judged([...acked(0, 1, 0), ...failed], [seen(1, 0, 0, 2), end(1, 2)]);
    expect(told(result)).to.deep.equal([["failed-read", undefined, true, 1]]);
    expect(firstExample(result)).to.include({
      seqFirst: 1,
      offset: 1,
      detail: "one seq 1 is there, but its send failed for certain",
    });
  });
});

describe("records of an aborted transaction", () => {
  const aborted = [
    row.intent(1, 0, 1, 2, 10, 10),
    row.outcome(1, 0, 1, 2, OUTCOME.aborted, -1, 1000),
  ];

  it("are a failed read where they can be read, and told apart from refused ones", () => {
    const result = judged([...acked(0, 1, 0), ...aborted], [seen(1, 0, 0, 2), end(1, 2)]);
    expect(told(result)).to.deep.equal([["failed-read", "aborted transaction", true, 1]]);
    expect(firstExample(result)?.detail).to.equal(
      "one seq 1 is there to be read, but its transaction was aborted",
    );
  });

  it("are owed to nobody: not lost, and not unread where a mirror shows them", () => {
    const gone = judged([...acked(0, 1, 0), ...aborted], [seen(1, 0, 0, 1), end(1, 4)]);
    expect(told(gone)).to.deep.equal([]);
    expect(gone.rpo.records.value).to.equal(0);
    expect(gone.balances.every(({ ties }) => ties)).to.equal(true);
  });
});

describe("what a group was handed", () => {
  /** Reader 1 of group g reads log 1. */
  const handed = (offset: number, seq: number, count: number, atMs = 3000): Row =>
    row.found(
      ROW.delivered,
      1,
      { log: 1, partition: 0, offset, atMs },
      { producer: 1, seq, count },
    );
  const withGroup = (...consumer: Row[]) =>
    judgedAll({
      producer: acked(0, 6, 0),
      audit: [seen(1, 0, 0, 6), end(1, 6), end(3, 0)],
      consumer,
      judging: judgingFor("primary"),
    });

  it("twice is a redelivery, by offset, and no violation", () => {
    const result = withGroup(handed(0, 0, 6), handed(2, 2, 3, 3500));
    expect(told(result)).to.deep.equal([["redelivery", "group g", false, 3]]);
    expect(firstExample(result)).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: null,
      partition: 0,
      seqFirst: null,
      seqLast: null,
      offset: 2,
      atMs: 1_003_500,
      detail: "3 offsets from 2 of orders/0 on primary were handed over again",
    });
  });

  it("never is skipped when a later record was, and not reached otherwise", () => {
    const result = withGroup(handed(0, 0, 2), handed(3, 3, 1));
    expect(told(result)).to.deep.equal([
      ["unread", "group g, not reached when the run ended", false, 2],
      ["unread", "group g, skipped", true, 1],
    ]);
    expect(result.anomalies[1]?.examples[0]).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 0,
      seqFirst: 2,
      seqLast: 2,
      offset: null,
      atMs: 1_000_020,
      detail: "on orders/0 on primary, never handed to g; the last of the stream it got is seq 3",
    });
    expect(result.anomalies[0]?.examples[0]).to.include({ seqFirst: 4, seqLast: 5 });
  });

  it("never is no matter on a log that the group does not read", () => {
    const judging = judgingFor("primary");
    const readers = judging.readers.map((one) =>
      one.kind === "group" ? { ...one, logs: [3] } : one,
    );
    const result = judgedAll({
      producer: acked(0, 6, 0),
      audit: [seen(1, 0, 0, 6), end(1, 6), end(3, 0)],
      judging: { ...judging, readers },
    });
    expect(classes(result)).to.deep.equal({});
  });
});
