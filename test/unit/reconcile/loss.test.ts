/**
 * Goal: each acked record that is missing is named as what it is, at the edges too: the first record
 * and the last, damage that excuses and damage that does not, acks that name no offset.
 *
 * Method: histories of a few rows (`hand-written.ts`).
 */
import { expect } from "chai";
import { DEFECT, OUTCOME } from "../../../src/history/journal-format.ts";
import { fatesOf } from "../../../src/reconcile/loss.ts";
import { acked, bad, bookOf, classes, end, judged, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

describe("losses", () => {
  it("names the first record of all, and calls it a hole when the next one is there", () => {
    const result = judged(acked(0, 3, 0), [seen(1, 1, 1, 2), end(1, 3), end(3, 0)]);
    expect(classes(result)).to.deep.equal({ lost: 1 });
    expect(result.anomalies[0]?.violation).to.equal(true);
    expect(result.anomalies[0]?.examples[0]).to.deep.equal({
      log: 1,
      topic: "orders",
      producer: "one",
      partition: 0,
      seqFirst: 0,
      seqLast: 0,
      offset: 0,
      atMs: 1_000_000,
      detail:
        "acked by primary, on no audited log; orders/0 on primary: nothing of the stream before " +
        "it, seq after it at offset 1, log ends at 3",
    });
    expect(result.rpo).to.include({ shape: "hole", lost: 1, stranded: 0, overwritten: 0 });
    expect(result.rpo.partitions[0]).to.include({ oldestMissingDueAtMs: 1_000_000, shape: "hole" });
  });

  it("names the nearest record behind a loss, where the very next was never there", () => {
    const producer = [...acked(0, 5, 0), row.intent(1, 0, 5, 1, 50), ...acked(6, 1, 2)];
    const result = judged(producer, [seen(1, 0, 0, 2), seen(1, 2, 6, 1), end(1, 3), end(3, 0)]);
    const lost = result.anomalies.find((one) => one.class === "lost");
    expect(lost?.examples[0]?.detail).to.match(
      /: seq before it at offset 1, seq 6 after it at offset 2, log ends at 3$/,
    );
  });

  it("calls the last record a tail, and a log that holds everything none", () => {
    const audit = (count: number) => [seen(1, 0, 0, count), end(1, count), end(3, 0)];
    const tail = judged(acked(0, 3, 0), audit(2));
    expect(tail.rpo).to.include({ shape: "tail", lost: 1 });
    expect(tail.anomalies[0]?.examples[0]).to.include({ seqFirst: 2, offset: 2, atMs: 1_000_020 });
    const whole = judged(acked(0, 3, 0), audit(3));
    expect(whole.rpo).to.include({ shape: "none", lost: 0 });
    expect(whole.rpo.partitions[0]?.oldestMissingDueAtMs).to.equal(null);
    expect(whole.anomalies).to.deep.equal([]);
    const { ledger, chronicle } = bookOf({ producer: acked(0, 3, 0), audit: audit(3) });
    const [fate] = fatesOf(ledger, chronicle);
    expect(fate).to.include({ shape: "none", oldestMissingDueUs: null, missing: 0 });
  });

  it("has no offset for a record whose ack named none", () => {
    const result = judged(
      [...acked(0, 1, 0), ...acked(1, 1, -1)],
      [seen(1, 0, 0, 1), end(1, 1), end(3, 0)],
    );
    expect(result.anomalies[0]?.examples[0]).to.include({ seqFirst: 1, offset: null });
  });
});

describe("losses by where the records are", () => {
  it("counts no loss of records that the mirror holds, but calls them stranded", () => {
    const result = judged(acked(0, 4, 0), [
      seen(1, 0, 0, 1),
      end(1, 1),
      seen(3, 0, 0, 3),
      end(3, 3),
    ]);
    expect(classes(result)).to.deep.equal({ lost: 1, stranded: 2 });
    const stranded = result.anomalies.find((one) => one.class === "stranded");
    expect(stranded?.violation).to.equal(false);
    expect(stranded?.examples[0]?.detail).to.match(/only on a log that did not survive; orders\/0/);
  });

  it("does not split what a log that was not read to its end may hold", () => {
    const audit = (complete: boolean) => [
      seen(1, 0, 0, 1),
      end(1, 1),
      seen(3, 0, 0, 2),
      end(3, 3, { complete }),
    ];
    const part = judged(acked(0, 3, 0), audit(false));
    expect(part.rpo).to.include({ lost: null, stranded: null, overwritten: null });
    expect(part.rpo.records.value).to.equal(2);
    expect(part.anomalies).to.deep.equal([]);
    expect(judged(acked(0, 3, 0), audit(true)).rpo).to.include({ lost: 1, stranded: 1 });
  });

  it("splits nothing where nothing is missing, whatever was not read", () => {
    const result = judged(acked(0, 2, 0), [seen(1, 0, 0, 2), end(1, 2)]);
    expect(result.rpo).to.include({ lost: 0, stranded: 0, overwritten: 0 });
  });

  it("tells what an earlier audit saw and none sees any more", () => {
    const result = judged(acked(0, 4, 0), [
      seen(1, 0, 0, 3),
      end(1, 3, { atMs: 5000 }),
      seen(1, 0, 0, 4),
      end(1, 4, { atMs: 5500 }),
      seen(1, 0, 0, 2),
      end(1, 2, { atMs: 6000 }),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ overwritten: 2 });
    expect(result.rpo).to.include({ overwritten: 2, lost: 0, stranded: 0 });
    expect(result.anomalies[0]?.violation).to.equal(true);
    expect(result.anomalies[0]?.examples[0]?.detail).to.match(/seen by an earlier audit/);
  });

  it("misses all of a stream that nothing copies to where it should survive", () => {
    const judging = readByNobody("standby");
    for (const log of judging.logs) delete log.mirrorOf;
    const result = judged(acked(0, 2, 0), [seen(1, 0, 0, 2), end(1, 2), end(3, 0)], judging);
    expect(result.rpo).to.include({ lost: 0, stranded: 2, shape: "tail" });
    expect(result.anomalies[0]?.examples[0]?.detail).to.equal(
      "acked by primary, only on a log that did not survive; nothing copies orders to standby",
    );
  });
});

describe("losses beside damage", () => {
  /** Seqs 0 to 5 acked at offsets 0 to 5; 3 and 4 are not there. */
  const withBad = (...rows: Row[]) =>
    judged(
      [...acked(0, 3, 0), ...acked(3, 3, 3)],
      [seen(1, 0, 0, 3), ...rows, seen(1, 5, 5, 1), end(1, 6), end(3, 0)],
    );

  it("excuses the record whose offset holds damage that claims to be nobody, and no other", () => {
    const result = withBad(bad(1, 3, DEFECT.length));
    expect(classes(result)).to.deep.equal({ lost: 1, corrupt: 1 });
    expect(result.anomalies[0]?.examples[0]).to.include({ seqFirst: 4, seqLast: 4 });
  });

  it("excuses the very first offset as any other", () => {
    const result = judged(acked(0, 2, 0), [
      bad(1, 0, DEFECT.crc),
      seen(1, 1, 1, 1),
      end(1, 2),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ corrupt: 1 });
    expect(result.rpo.records.value).to.equal(0);
  });

  it("excuses the record that damage claims to be, and not the one that was acked there", () => {
    const result = withBad(bad(1, 3, DEFECT.body, 4));
    expect(classes(result)).to.deep.equal({ lost: 1, corrupt: 1 });
    expect(result.anomalies[0]?.examples[0]).to.include({ seqFirst: 3, seqLast: 3 });
  });

  it("does not excuse a loss by a record of another run", () => {
    for (const defect of [DEFECT.foreign, DEFECT.alien]) {
      expect(classes(withBad(bad(1, 3, defect)))).to.deep.equal({ lost: 2, phantom: 1 });
    }
  });

  it("does not excuse a loss by damage on another log", () => {
    expect(classes(withBad(bad(3, 3, DEFECT.crc)))).to.deep.equal({ lost: 2, corrupt: 1 });
  });

  it("does not excuse on a mirror by offsets of the source", () => {
    const result = judged(
      acked(0, 3, 0),
      [seen(1, 0, 0, 3), end(1, 3), bad(3, 0, DEFECT.length), seen(3, 1, 1, 2), end(3, 3)],
      readByNobody("standby"),
    );
    expect(classes(result)).to.deep.equal({ stranded: 1, corrupt: 1 });
  });

  it("does not excuse by damage a record whose ack named no offset", () => {
    const result = judged(acked(0, 2, -1), [bad(1, 0, DEFECT.length), end(1, 1), end(3, 0)]);
    expect(classes(result)).to.deep.equal({ lost: 2, corrupt: 1 });
  });

  it("does not excuse the record after a send by damage right behind the send", () => {
    const result = judged(
      [...acked(0, 3, 0), ...acked(3, 1, 9)],
      [seen(1, 0, 0, 3), bad(1, 3, DEFECT.length), end(1, 10), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ lost: 1, corrupt: 1 });
  });
});

describe("records of unknown outcome", () => {
  it("are counted beside the loss, with those that are there", () => {
    const open = [
      row.intent(1, 0, 3, 4, 30, 10),
      row.outcome(1, 0, 3, 2, OUTCOME.indeterminate, -1, 1500),
    ];
    const result = judged([...acked(0, 3, 0), ...open], [seen(1, 0, 0, 4), end(1, 4), end(3, 0)]);
    expect(result.rpo.records.value).to.equal(0);
    expect(result.rpo.partitions[0]).to.include({
      acked: 3,
      indeterminate: 4,
      indeterminateSurvived: 1,
    });
  });
});
