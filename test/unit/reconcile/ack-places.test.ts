/**
 * Goal: of a send whose ack and log disagree, exactly the records that do are told, at their places.
 *
 * Method: histories of a few rows (`hand-written.ts`), in which the first record of a send is sound
 * and later ones are not, or the other way round.
 */
import { expect } from "chai";
import { DEFECT, ROW } from "../../../src/history/journal-format.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bad, classes, end, judged, judgedAll, seen } from "./hand-written.ts";
import { row } from "./memory-journal.ts";

const two = { producer: 2 };
const inconsistent = ({ anomalies }: Result) =>
  anomalies.filter((one) => one.class === "inconsistent-offset");

describe("acks that name an offset twice", () => {
  it("are named, and not those that name the offset before it or after it", () => {
    const result = judged(
      [...acked(0, 1, 0), ...acked(1, 1, 1), ...acked(2, 1, 1), ...acked(3, 1, 2)],
      [],
    );
    expect(classes(result)).to.deep.equal({ "duplicate-acked-offset": 1 });
    expect(result.anomalies[0]?.examples[0]?.detail).to.equal(
      "acks of one seq 1 and one seq 2 name offset 1; the log was not read",
    );
  });
});

describe("records that lie elsewhere than acked", () => {
  it("are told from the first that has no copy in its place", () => {
    const result = judged(acked(0, 3, 0), [
      seen(1, 0, 0, 1),
      seen(1, 4, 0, 3),
      end(1, 7),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ "duplicate-append": 1, "inconsistent-offset": 2 });
    expect(inconsistent(result)[0]?.examples[0]).to.include({
      seqFirst: 1,
      seqLast: 2,
      offset: 1,
      detail: "acked at offset 1, lies at 5; offset 1 holds no record of this run",
    });
  });

  it("are told though a record of another producer with the same number lies in their place", () => {
    const result = judged(
      [...acked(0, 1, 0), ...acked(0, 1, -1, two)],
      [seen(1, 0, 0, 1, two), seen(1, 3, 0, 1), end(1, 4), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ "inconsistent-offset": 1 });
    expect(inconsistent(result)[0]?.examples[0]).to.include({ producer: "one", offset: 0 });
  });

  it("are told once, at whichever wrong places their copies lie", () => {
    const result = judged(acked(0, 3, 0), [
      seen(1, 4, 0, 3),
      seen(1, 8, 1, 2),
      end(1, 10),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ "duplicate-append": 2, "inconsistent-offset": 3 });
  });
});

describe("records whose place another has taken", () => {
  it("are told for the very first record, send and offset too", () => {
    const result = judged(
      [...acked(0, 1, 0), ...acked(0, 1, -1, two)],
      [seen(1, 0, 0, 1, two), end(1, 1), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ lost: 1, "inconsistent-offset": 1 });
    expect(inconsistent(result)[0]).to.include({ cause: "another record lies there" });
    expect(inconsistent(result)[0]?.examples[0]).to.include({ seqFirst: 0, offset: 0 });
  });

  it("are none where the ack named no place", () => {
    const result = judged(
      [...acked(0, 3, -1), ...acked(5, 1, 0)],
      [seen(1, 0, 5, 1), end(1, 1), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ lost: 3 });
  });
});

describe("two readers that met two records at one offset", () => {
  const judging = { ...judgingFor("primary"), faultStep: undefined };
  const met = (offset: number, seq: number) =>
    row.found(
      ROW.delivered,
      1,
      { log: 1, partition: 0, offset, atMs: 3000 },
      { producer: 1, seq, count: 1 },
    );
  const conflict = (seq: number, audit = [seen(1, 0, 0, 3), end(1, 3)]) => {
    const { faultStep: _, ...plan } = judging;
    return judgedAll({
      producer: [...acked(0, 3, 0), ...acked(9, 1, -1)],
      consumer: [met(0, 0), met(1, seq), met(2, 2)],
      audit: [...audit, end(3, 0)],
      judging: plan,
    });
  };

  it("are told, with what the audit holds there and where the other record lies", () => {
    const [anomaly] = inconsistent(conflict(2));
    expect(anomaly).to.include({ cause: "two readers, two records", violation: true, count: 1 });
    expect(anomaly?.examples[0]).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 0,
      seqFirst: 2,
      seqLast: 2,
      offset: 1,
      atMs: 1_003_000,
      detail:
        "a reader met one seq 2 at offset 1; in the audit offset 1 holds one seq 1, " +
        "that record at 2",
    });
  });

  it("are told when the other record is the first of the log, or is nowhere", () => {
    const detail = (seq: number) => inconsistent(conflict(seq))[0]?.examples[0]?.detail;
    expect(detail(0)).to.match(/holds one seq 1, that record at 0$/);
    expect(detail(9)).to.match(/holds one seq 1 and that record is nowhere$/);
  });

  it("are none without a reading of the log, or when both met the same", () => {
    expect(inconsistent(conflict(2, []))).to.deep.equal([]);
    expect(inconsistent(conflict(1))).to.deep.equal([]);
  });
});

describe("losses within a send", () => {
  it("are excused by damage at the offset of a record, wherever in its send", () => {
    const result = judged(acked(0, 3, 0), [
      seen(1, 0, 0, 1),
      bad(1, 1, DEFECT.length),
      seen(1, 2, 2, 1),
      end(1, 3),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ corrupt: 1 });
    expect(result.rpo.records.value).to.equal(0);
  });

  it("are dated by the first that is missing, and are a hole up to the last that is there", () => {
    const result = judged(acked(0, 5, 0), [
      seen(1, 1, 1, 1),
      seen(1, 3, 3, 1),
      end(1, 5),
      end(3, 0),
    ]);
    expect(result.rpo).to.include({ shape: "hole", lost: 3 });
    expect(result.rpo.partitions[0]?.oldestMissingDueAtMs).to.equal(1_000_000);
  });

  it("have the offset that their own ack named", () => {
    const result = judged(
      [...acked(0, 3, 0), ...acked(3, 3, 10)],
      [seen(1, 0, 0, 3), seen(1, 10, 3, 1), end(1, 13), end(3, 0)],
    );
    expect(result.anomalies[0]?.examples[0]).to.include({ seqFirst: 4, seqLast: 5, offset: 11 });
  });
});
