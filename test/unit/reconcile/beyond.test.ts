/**
 * Goal: what is too much to be kept one by one is counted all the same, and an account that does not
 * tie out says by how much.
 *
 * Method: what was read of a small history, with its counts set as a large one would have left them.
 */
import { expect } from "chai";
import { DEFECT, ROW } from "../../../src/history/journal-format.ts";
import { balancesOf } from "../../../src/reconcile/balance.ts";
import {
  type Book,
  finalAudits,
  noteBadBeyond,
  noteBadRecords,
  noteDuplicates,
  noteRedeliveries,
} from "../../../src/reconcile/content.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bookOf, end, seen } from "./hand-written.ts";
import { row } from "./memory-journal.ts";

const told = ({ anomalies }: Book) =>
  anomalies.list().map(({ class: name, cause, violation, count, examples }) => {
    return [name, cause, violation, count, ...examples.map(({ detail }) => detail)];
  });

describe("what is beyond what is kept one by one", () => {
  it("is counted of copies on a log, where it lies", () => {
    const audit = [seen(1, 0, 0, 2), seen(1, 4, 0, 2), end(1, 6)];
    const book = bookOf({ producer: acked(0, 2, 0), audit });
    const [reading] = finalAudits(book.ledger);
    if (!reading) throw new Error("nothing was read");
    reading.duplicateAppends = 5;
    noteDuplicates(book);
    expect(told(book)).to.deep.equal([
      [
        "duplicate-append",
        "beyond what was kept",
        true,
        3,
        "counted, but too many to be kept one by one",
      ],
      [
        "duplicate-append",
        "producer retry",
        true,
        2,
        "one seq 0 lies at offset 0 and again at 4; offset 3 holds no record of this run",
      ],
    ]);
    expect(book.anomalies.list()[0]?.examples[0]).to.include({ log: 1, partition: 0 });
  });

  it("is counted of damaged records, by defect", () => {
    const book = bookOf({});
    book.ledger.badBeyond.set(DEFECT.alien, 7);
    book.ledger.badBeyond.set(DEFECT.crc, 4);
    noteBadBeyond(book);
    expect(told(book)).to.deep.equal([
      ["phantom", "not a record of this drill", true, 7, "7 more, not kept one by one"],
      ["corrupt", "checksum mismatch", true, 4, "4 more, not kept one by one"],
    ]);
  });

  it("is counted of redeliveries", () => {
    const at = { log: 1, partition: 0, offset: 0, atMs: 3000 };
    const handed = row.found(ROW.delivered, 1, at, { producer: 1, seq: 0, count: 2 });
    const book = bookOf({
      producer: acked(0, 2, 0),
      consumer: [handed, handed],
      judging: judgingFor("primary"),
    });
    const [group] = book.ledger.groups;
    if (!group) throw new Error("no group");
    group.redelivered = 9;
    noteRedeliveries(book);
    expect(told(book)).to.deep.equal([
      [
        "redelivery",
        "group g",
        false,
        9,
        "counted, but too many to be kept",
        "2 offsets from 0 of orders/0 on primary were handed over again",
      ],
    ]);
  });
});

describe("a damaged record that a reader met on a log that nobody audited", () => {
  it("is told by what it claims to be, without neighbours", () => {
    const at = { log: 1, partition: 0, offset: 4, atMs: 3000 };
    const consumer = [row.bad(1, at, DEFECT.crc, { producer: 1, seq: 1 })];
    const book = bookOf({ producer: acked(0, 2, 0), consumer, judging: judgingFor("primary") });
    noteBadRecords(book);
    expect(told(book)[0]?.at(-1)).to.equal(
      "checksum mismatch at offset 4 of orders/0 on primary, claims to be one seq 1",
    );
  });
});

describe("an account that does not tie out", () => {
  it("says so, and by how much", () => {
    const { ledger } = bookOf({ producer: acked(0, 2, 0) });
    const [stream] = ledger.streams;
    if (!stream) throw new Error("no stream");
    expect(balancesOf(ledger, [])[0]).to.include({ ties: true, difference: 0 });
    stream.intents += 3;
    expect(balancesOf(ledger, [])[0]).to.include({ ties: false, difference: 3 });
  });
});
