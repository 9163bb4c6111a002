/**
 * Goal: what the living part of a cluster held before the heal, and what the log holds after it, are
 * never taken for each other; where one of them was not read, only what the other tells is told.
 *
 * Method: histories of a few rows (`hand-written.ts`). Reader 150 reads before the heal.
 */
import { expect } from "chai";
import { ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { acked, classes, end, judged, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

const LIVING = 150;
const WAS_GONE = /only on replicas that were gone until the heal; orders\/0 on primary/;

function wounded(): Judging {
  const judging = readByNobody();
  const reader = { id: LIVING, name: "held", kind: "audit" as const, region: "east", logs: [1] };
  return { ...judging, readers: [...judging.readers, { ...reader, beforeHeal: true }] };
}

/** A living replica with the first `count` records. */
function replica(count: number, complete = true): Row[] {
  const at = { log: 1, partition: 0, offset: 0, atMs: 3000 };
  const rows = [row.end(LIVING, 1, 0, 0, count, 3100, complete)];
  if (count > 0) rows.unshift(row.found(ROW.seen, LIVING, at, { producer: 1, seq: 0, count }));
  return rows;
}

const log = (count: number): Row[] => [seen(1, 0, 0, count), end(1, count), end(3, 0)];

describe("losses of a cluster that has lost a part of itself", () => {
  it("calls stranded what no living replica had and the healed log has", () => {
    const result = judged(acked(0, 4, 0), [...replica(3), ...log(4)], wounded());
    expect(classes(result)).to.deep.equal({ stranded: 1 });
    expect(result.rpo.records.value).to.equal(1);
    expect(result.rpo).to.include({ shape: "tail", stranded: 1, lost: 0 });
    const [found] = result.anomalies;
    expect(found?.violation).to.equal(false);
    expect(found?.examples[0]?.detail).to.match(WAS_GONE);
  });

  it("takes what any living replica had for surviving, and no copy for a double", () => {
    const audit = [...replica(2), ...replica(4), ...log(4)];
    const result = judged(acked(0, 4, 0), audit, wounded());
    expect(result.anomalies).to.deep.equal([]);
    expect(result.rpo.records.value).to.equal(0);
  });

  it("calls lost what neither has, and overwritten what only the living had", () => {
    const neither = judged(acked(0, 4, 0), [...replica(3), ...log(3)], wounded());
    expect(classes(neither)).to.deep.equal({ lost: 1 });
    const detail = ({ anomalies }: typeof neither) => anomalies[0]?.examples[0]?.detail;
    expect(detail(neither)).to.contain("on no audited log; orders/0 on primary");
    const taken = judged(acked(0, 4, 0), [...replica(4), ...log(3)], wounded());
    expect(classes(taken)).to.deep.equal({ overwritten: 1 });
    expect(detail(taken)).to.contain("seen by an earlier audit, on no log any more");
    expect(taken.rpo.records.value).to.equal(0);
    expect(taken.balances.filter(({ ties }) => !ties)).to.deep.equal([]);
  });

  it("knows that nothing lives of a partition whose replicas are all gone", () => {
    const result = judged(acked(0, 2, 0), [...replica(0), ...log(2)], wounded());
    expect(result.rpo).to.include({ stranded: 2, lost: 0 });
  });

  it("has no number for what was missing when a living replica was not read to its end", () => {
    const result = judged(acked(0, 4, 0), [...replica(4, false), ...log(4)], wounded());
    expect(result.rpo.records.value).to.equal(null);
    expect(result.rpo).to.include({ lost: 0, stranded: null, overwritten: null });
    expect(result.rpo.partitions[0]).to.include({ lost: 0, missing: null, stranded: null });
  });

  it("takes no reading before the heal for the log, when nobody read that after it", () => {
    const result = judged(acked(0, 4, 0), [...replica(3), end(3, 0)], wounded());
    expect(result.rpo.records.value).to.equal(1);
    expect(result.rpo).to.include({ lost: null, stranded: null });
    expect(result.anomalies).to.deep.equal([]);
  });

  it("does not take the healed log for what the living had", () => {
    const result = judged(acked(0, 4, 0), log(4), wounded());
    expect(result.rpo.records.value).to.equal(null);
    expect(result.rpo.lost).to.equal(0);
  });

  it("misses everything of a cluster that was gone altogether, and finds it after the heal", () => {
    const judging = { ...readByNobody(), failedClusters: ["primary"] };
    const result = judged(acked(0, 4, 0), log(4), judging);
    expect(result.rpo).to.include({ shape: "tail", stranded: 4, lost: 0 });
    expect(result.anomalies[0]?.examples[0]?.detail).to.contain(
      "nothing of primary lived that could hold it",
    );
  });
});
