/**
 * Goal: a reading of a log is what one audit met on one partition, whatever others read at the same
 * time; and what does not belong there is kept where it lies, and counted beyond what is kept.
 */
import { expect } from "chai";
import { DEFECT, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import type { AuditedPlace, Ledger } from "../../../src/reconcile/ledger.ts";
import { SIZE } from "../../../src/reconcile/limits.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bad, bookOf, end, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

const plan = judgingFor("primary");
/** With a second log of the primary that nobody mirrors, and a second auditor of the first. */
const judging: Judging = {
  ...plan,
  logs: [
    ...plan.logs,
    {
      ...{ id: 2, cluster: "primary", topic: "other", partitions: 2, region: "r" },
      role: "workload",
    },
  ],
  readers: [
    ...plan.readers,
    { kind: "audit", id: 104, name: "a-4", region: "r", logs: [2] },
    { kind: "audit", id: 102, name: "a-2", region: "r", logs: [1] },
  ],
};

const ledgerOf = (audit: Row[]): Ledger =>
  bookOf({ producer: acked(0, 9, 0), audit, judging }).ledger;
const readingOf = (audit: Row[], log = 1, partition = 0): AuditedPlace => {
  const reading = ledgerOf(audit).finalAudit(log, partition);
  if (!reading) throw new Error("nothing was read");
  return reading;
};

interface Met {
  offset?: number;
  seq?: number;
  count?: number;
  log?: number;
  partition?: number;
  /** The partition that the record says it is of, when that is another. */
  from?: number;
  producer?: number;
}

/** As `seen`, by any reader. */
function met(reader: number, { log = 1, partition = 0, from = partition, ...of }: Met): Row {
  const { offset = 0, seq = 0, count = 1, producer = 1 } = of;
  const at = { log, partition, offset, atMs: 5000 };
  return row.found(ROW.seen, reader, at, { producer, seq, count, sourcePartition: from });
}

describe("the readings of audits", () => {
  it("are kept apart by reader, log and partition, though their rows come mixed", () => {
    const ledger = ledgerOf([
      met(101, { seq: 0 }),
      met(102, { seq: 0, count: 2 }),
      met(101, { seq: 0, partition: 1, count: 3 }),
      met(104, { seq: 0, log: 2, count: 4 }),
      met(101, { offset: 1, seq: 1 }),
      row.end(102, 1, 0, 0, 2, 5100),
      row.end(101, 1, 1, 0, 3, 5200),
      row.end(101, 1, 0, 0, 2, 5300, false),
      row.end(104, 2, 0, 7, 11, 5400),
    ]);
    const told = (log: number, partition: number) =>
      ledger
        .auditsOf(log, partition)
        .map(({ reader, records, start, end, complete }) => [
          reader,
          records,
          start,
          end,
          complete,
        ]);
    expect(told(1, 0)).to.deep.equal([
      [102, 2, 0, 2, true],
      [101, 2, 0, 2, false],
    ]);
    expect(told(1, 1)).to.deep.equal([[101, 3, 0, 3, true]]);
    expect(told(2, 0)).to.deep.equal([[104, 4, 7, 11, true]]);
  });

  it("of a log that the plan does not have are told, row by row, and not taken", () => {
    const unknown = [seen(9, 0, 0, 2), bad(9, 0, DEFECT.crc), end(9, 2)];
    const ledger = ledgerOf(unknown.map((one) => ({ ...one, actor: 101 })));
    expect([...ledger.oddities]).to.deep.equal([
      ["an audit names log 9, partition 0, which the plan does not have", 3],
    ]);
    expect(ledger.bad).to.deep.equal([]);
  });

  it("know which records lie twice, and at which offset the second lies", () => {
    const reading = readingOf([
      seen(1, 10, 2, 2),
      seen(1, 12, 5, 1),
      seen(1, 20, 1, 7),
      end(1, 27),
    ]);
    expect(reading.duplicateAppends).to.equal(3);
    expect(reading.duplicates).to.deep.equal([
      { stream: 0, seqFirst: 2, count: 2, offset: 21 },
      { stream: 0, seqFirst: 5, count: 1, offset: 24 },
    ]);
    expect(reading.duplicatePlane(0)?.size).to.equal(3);
    expect(reading.duplicatePlane(1)).to.equal(undefined);
  });
});

describe("what an audit met that does not belong there", () => {
  it("is a stray on another log than its own or a mirror of that, and on another partition", () => {
    const strayed = (rows: Row[], log: number, partition = 0) => {
      const reading = readingOf(rows, log, partition);
      return [reading.strays, reading.records, reading.seen.size];
    };
    expect(strayed([met(101, { seq: 3, count: 2 })], 1)).to.deep.equal([0, 2, 1]);
    expect(strayed([met(103, { seq: 3, count: 2, log: 3 })], 3)).to.deep.equal([0, 2, 1]);
    expect(strayed([met(104, { seq: 3, count: 2, log: 2 })], 2)).to.deep.equal([2, 2, 0]);
    expect(strayed([met(101, { seq: 3, count: 2, from: 1 })], 1)).to.deep.equal([2, 2, 0]);
    expect(strayed([met(101, { seq: 3, count: 2, producer: 9 })], 1)).to.deep.equal([2, 2, 0]);
  });

  it("is damage of a record when it may be one of those that belong there", () => {
    const damaged = (...rows: Row[]) => {
      const reading = readingOf([...rows, end(1, 9)]);
      expect(reading.badRecords).to.equal(rows.length);
      return [...reading.damaged].map(([stream, plane]) => [stream, plane.size, plane.has(5)]);
    };
    for (const defect of [DEFECT.crc, DEFECT.length, DEFECT.body]) {
      expect(damaged(bad(1, 4, defect, 5))).to.deep.equal([[0, 1, true]]);
    }
    for (const defect of [DEFECT.foreign, DEFECT.alien]) {
      expect(damaged(bad(1, 4, defect, 5))).to.deep.equal([]);
    }
    expect(damaged(bad(1, 4, DEFECT.crc))).to.deep.equal([]);
    expect(damaged({ ...bad(1, 4, DEFECT.crc, 5), sourcePartition: 1 })).to.deep.equal([]);
    expect(damaged({ ...bad(1, 4, DEFECT.crc, 5), producer: 9 })).to.deep.equal([]);
  });

  it("is counted by its defect beyond what is kept one by one", () => {
    const max = SIZE.badRecordsMax;
    const ledger = ledgerOf([
      met(101, { producer: 9, seq: 0, offset: 0, count: max }),
      met(101, { producer: 9, seq: max, offset: max, count: 3 }),
      bad(1, max + 3, DEFECT.crc, 1),
      bad(1, max + 4, DEFECT.crc, 2),
      bad(1, 7, DEFECT.crc, 3),
      end(1, max + 5),
    ]);
    expect(ledger.bad).to.have.length(max);
    expect(ledger.bad.at(-1)).to.include({ offset: max - 1, seq: max - 1, defect: DEFECT.alien });
    expect([...ledger.badBeyond]).to.deep.equal([
      [DEFECT.alien, 3],
      [DEFECT.crc, 2],
    ]);
  });
});
