/**
 * Goal: where each record of a mirror lies at its source, by the source's audit as far as it knows, then by
 * the acks; what neither knows is passed over.
 *
 * Method: histories of a few rows. A visit is written as [first seq, how many, offset on the mirror, offset
 * at the source].
 */
import { expect } from "chai";
import { SourceMap } from "../../../src/reconcile/source-offsets.ts";
import { acked, bookOf, end, seen } from "./hand-written.ts";
import type { Row } from "./memory-journal.ts";

const two = { producer: 2 };

interface Case {
  acks?: Row[];
  /** What the audit of the source found; without it nobody could read the source. */
  source?: Row[];
  mirror: Row[];
  /** Whose map it is: the source's, unless told otherwise. */
  of?: number;
  by?: number;
}

/** The visits that are about producer `by`. */
function visits({ acks = acked(0, 10, 300), source, mirror, of = 1, by = 1 }: Case): number[][] {
  const audit = [...(source ? [...source, end(1, 999)] : []), ...mirror, end(3, 999)];
  const { ledger } = bookOf({ producer: acks, audit });
  const found: number[][] = [];
  const held = ledger.finalAudit(3, 0);
  if (!held) throw new Error("the mirror was not read");
  new SourceMap(ledger, of, 0).forEach(held, (stream, ...place) => {
    if (ledger.stream(stream).stream.producer.id === by) found.push(place);
  });
  return found;
}

const whole = [seen(3, 0, 0, 10)];

describe(SourceMap.name, () => {
  it("believes the audit of the source, not the acks", () => {
    expect(visits({ source: [seen(1, 100, 0, 10)], mirror: whole })).to.deep.equal([
      [0, 10, 0, 100],
    ]);
  });

  it("cuts a run where its records do not lie side by side at the source", () => {
    const source = [seen(1, 100, 0, 4), seen(1, 200, 4, 6)];
    expect(visits({ source, mirror: whole })).to.deep.equal([
      [0, 4, 0, 100],
      [4, 6, 4, 200],
    ]);
    expect(visits({ source, mirror: [seen(3, 50, 2, 5)] })).to.deep.equal([
      [2, 2, 50, 102],
      [4, 3, 52, 200],
    ]);
    expect(visits({ source, mirror: [seen(3, 50, 1, 2), seen(3, 60, 6, 2)] })).to.deep.equal([
      [1, 2, 50, 101],
      [6, 2, 60, 202],
    ]);
  });

  it("finds what the source holds in another order", () => {
    const source = [seen(1, 100, 5, 5), seen(1, 200, 0, 5)];
    expect(visits({ source, mirror: whole })).to.deep.equal([
      [0, 5, 0, 200],
      [5, 5, 5, 100],
    ]);
  });

  it("goes by the first copy of what the source holds twice", () => {
    const mirror = [seen(3, 0, 0, 6)];
    const source = [seen(1, 100, 0, 4), seen(1, 110, 2, 4)];
    expect(visits({ source, mirror: [seen(3, 0, 0, 7)] })).to.deep.equal([
      [0, 4, 0, 100],
      [4, 1, 4, 112],
      [5, 1, 5, 113],
      [6, 1, 6, 306],
    ]);
    const again = [seen(1, 100, 0, 6), seen(1, 110, 0, 6)];
    expect(visits({ source: again, mirror })).to.deep.equal([[0, 6, 0, 100]]);
  });
});

describe("a source that is known in part", () => {
  it("goes by the acks where nobody could read the source", () => {
    const acks = [...acked(0, 4, 70), ...acked(4, 6, 90)];
    expect(visits({ acks, mirror: whole })).to.deep.equal([
      [0, 4, 0, 70],
      [4, 6, 4, 90],
    ]);
    expect(visits({ acks, mirror: [seen(3, 20, 3, 3)] })).to.deep.equal([
      [3, 1, 20, 73],
      [4, 2, 21, 90],
    ]);
  });

  it("goes by the acks for what the audit of the source does not know", () => {
    const source = [seen(1, 102, 2, 2), seen(1, 107, 7, 1)];
    expect(visits({ source, mirror: whole })).to.deep.equal([
      [0, 2, 0, 300],
      [2, 2, 2, 102],
      [4, 3, 4, 304],
      [7, 1, 7, 107],
      [8, 2, 8, 308],
    ]);
  });

  it("goes by the acks of just those records that the mirror's run has", () => {
    const source = [seen(1, 102, 2, 2), seen(1, 107, 7, 1)];
    expect(visits({ source, mirror: [seen(3, 50, 1, 6)] })).to.deep.equal([
      [1, 1, 50, 301],
      [2, 2, 51, 102],
      [4, 3, 53, 304],
    ]);
  });

  it("passes over what neither knows", () => {
    const acks = acked(0, 10, -1);
    const source = [seen(1, 102, 2, 2), seen(1, 107, 7, 1)];
    expect(visits({ acks, source, mirror: whole })).to.deep.equal([
      [2, 2, 2, 102],
      [7, 1, 7, 107],
    ]);
    expect(visits({ acks, mirror: whole })).to.deep.equal([]);
  });

  it("keeps producers apart, though their numbers are the same", () => {
    const acks = [...acked(0, 3, -1), ...acked(0, 3, -1, two)];
    const source = [seen(1, 100, 0, 3), seen(1, 103, 0, 3, two)];
    const mirror = [seen(3, 0, 0, 3, two), seen(3, 3, 0, 3)];
    expect(visits({ acks, source, mirror })).to.deep.equal([[0, 3, 3, 100]]);
    expect(visits({ acks, source, mirror, by: 2 })).to.deep.equal([[0, 3, 0, 103]]);
  });

  it("has nothing of records that another log is the source of", () => {
    expect(visits({ source: [seen(1, 100, 0, 10)], mirror: whole, of: 3 })).to.deep.equal([]);
  });
});
