/**
 * Goal: what is too much to be kept one by one is counted all the same, and an account that does not
 * tie out says by how much.
 *
 * Method: what was read of a small history, with its counts set as a large one would have left them.
 */
import { expect } from "chai";
import { DEFECT, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
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
import { acked, bad, bookOf, end, judged, judgedAll, seen } from "./hand-written.ts";
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

describe("what a mirror made by itself", () => {
  it("are copies where its source has none, and a phantom where its source has nothing", () => {
    const own = judged(acked(0, 1, 0), [
      seen(1, 0, 0, 1),
      end(1, 1),
      seen(3, 0, 0, 1),
      seen(3, 1, 0, 1),
      end(3, 2),
    ]);
    expect(own.anomalies.map(({ cause, count }) => [cause, count])).to.deep.equal([
      ["mirror retry or restart", 1],
    ]);
    const phantom = judged([], [end(1, 0), seen(3, 4, 7, 1), end(3, 5)]).anomalies[0];
    expect(phantom).to.include({ class: "phantom", cause: "never sent" });
    expect(phantom?.examples[0]).to.include({ log: 3, partition: 0, offset: 4 });
  });

  it("is not the damage that it copied: that is its source's", () => {
    const bads = [1, 3].flatMap((log) => [bad(log, 0, DEFECT.crc, 0), end(log, 1)]);
    const { anomalies } = judged(acked(0, 1, 0), bads);
    const places = anomalies.map(({ violation, examples }) => [violation, examples[0]?.log]);
    expect(places).to.deep.equal([
      [true, 1],
      [false, 3],
    ]);
  });
});

describe("records that a group was never handed", () => {
  const plan = judgingFor("primary");
  const unread = (judging: Judging) =>
    judgedAll({
      producer: acked(0, 3, 0),
      audit: [seen(1, 0, 0, 3), end(1, 3), end(3, 0)],
      judging,
    }).anomalies.filter((one) => one.class === "unread");

  it("are no matter when they are probes, or their log does not survive", () => {
    expect(unread(plan)).to.have.length(1);
    const producers = plan.producers.map((one) => ({ ...one, kind: "canary" as const }));
    expect(unread({ ...plan, producers })).to.deep.equal([]);
    const logs = plan.logs.map(({ mirrorOf: _, ...log }) => log);
    expect(unread({ ...plan, logs, survivingCluster: "standby" })).to.deep.equal([]);
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
