/** Goal: what lies around a place is told with the right offsets, whatever order a log has it in. */
import { expect } from "chai";
import { PlaceTable } from "../../../src/reconcile/columns.ts";
import type { AuditedPlace } from "../../../src/reconcile/ledger.ts";
import { aroundRun, offsetOf } from "../../../src/reconcile/neighbourhood.ts";

type Run = [offset: number, stream: number, seqFirst: number, count: number];

function tableOf(...runs: Run[]): PlaceTable {
  const table = new PlaceTable();
  for (const run of runs) table.push(...run);
  table.seal();
  return table;
}

describe(offsetOf.name, () => {
  const table = tableOf([0, 7, 0, 3], [3, 5, 0, 4], [10, 5, 20, 2], [12, 5, 21, 2]);

  it("is where the record lies, in its own stream", () => {
    expect([0, 1, 2].map((seq) => offsetOf(table, 7, seq))).to.deep.equal([0, 1, 2]);
    expect([0, 3].map((seq) => offsetOf(table, 5, seq))).to.deep.equal([3, 6]);
    expect(offsetOf(table, 5, 20)).to.equal(10);
    expect(offsetOf(table, 5, 22)).to.equal(13);
  });

  it("is the first of several", () => {
    expect(offsetOf(table, 5, 21)).to.equal(11);
  });

  it("is none of what lies nowhere", () => {
    expect([4, 19, 23].map((seq) => offsetOf(table, 5, seq))).to.deep.equal([-1, -1, -1]);
    expect(offsetOf(table, 7, 3)).to.equal(-1);
    expect(offsetOf(table, 6, 0)).to.equal(-1);
  });
});

describe(aroundRun.name, () => {
  /** Around records 10 to 12 of stream 5. */
  const around = (...runs: Run[]) => {
    const audit = { table: tableOf(...runs), end: 99 } as AuditedPlace;
    return aroundRun(audit, { stream: 5, seqFirst: 10, count: 3 });
  };

  it("names the offsets of the very next ones", () => {
    expect(around([40, 5, 0, 10], [50, 5, 13, 5])).to.equal(
      "seq before it at offset 49, seq after it at offset 50, log ends at 99",
    );
    expect(around([40, 5, 8, 8])).to.equal(
      "seq before it at offset 41, seq after it at offset 45, log ends at 99",
    );
  });

  it("names a record that lies alone", () => {
    expect(around([40, 5, 9, 1], [60, 5, 13, 1])).to.equal(
      "seq before it at offset 40, seq after it at offset 60, log ends at 99",
    );
  });

  it("names the nearest by their numbers, where the next are missing, too", () => {
    expect(around([40, 5, 0, 8], [48, 5, 16, 5])).to.equal(
      "seq 7 before it at offset 47, seq 16 after it at offset 48, log ends at 99",
    );
  });

  it("finds the nearest wherever they lie on the log", () => {
    const later = around([0, 5, 30, 2], [2, 5, 15, 2], [4, 5, 20, 2], [6, 5, 4, 2], [8, 5, 1, 2]);
    expect(later).to.equal(
      "seq 5 before it at offset 7, seq 15 after it at offset 2, log ends at 99",
    );
    const other = around([0, 5, 1, 2], [2, 5, 4, 2], [4, 5, 20, 2], [6, 5, 15, 2], [8, 5, 30, 2]);
    expect(other).to.equal(
      "seq 5 before it at offset 3, seq 15 after it at offset 6, log ends at 99",
    );
  });

  it("names the first copy of what lies there twice", () => {
    expect(around([0, 5, 8, 2], [2, 5, 13, 1], [6, 5, 8, 2], [8, 5, 13, 1])).to.equal(
      "seq before it at offset 1, seq after it at offset 2, log ends at 99",
    );
  });

  it("says so where there is nothing, and looks at no other stream", () => {
    const nothing =
      "nothing of the stream before it, nothing of the stream after it, log ends at 99";
    expect(around()).to.equal(nothing);
    expect(around([0, 4, 0, 50], [50, 6, 0, 50])).to.equal(nothing);
    expect(around([0, 5, 10, 3])).to.equal(nothing);
  });
});
