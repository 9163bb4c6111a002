/** Goal: order within a stream, and of a mirror against its source; copies are no disorder. */
import { expect } from "chai";
import { BitPlane } from "../../../src/reconcile/bit-plane.ts";
import { noteReorders } from "../../../src/reconcile/order.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { acked, bookOf, classes, end, judged, readByNobody, seen } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

const two = { producer: 2 };
const reorders = ({ anomalies }: Result) => anomalies.filter((one) => one.class === "reordered");

describe("order within a stream", () => {
  it("is broken by records that come after later ones, and named with what they come after", () => {
    const result = judged(
      [...acked(0, 2, 3), ...acked(2, 3, 0)],
      [seen(1, 0, 2, 3), seen(1, 3, 0, 2), end(1, 5), end(3, 0)],
    );
    expect(classes(result)).to.deep.equal({ reordered: 2 });
    const [anomaly] = reorders(result);
    expect(anomaly).to.include({ cause: "within a stream", violation: true, count: 2 });
    expect(anomaly?.examples).to.deep.equal([
      {
        log: 1,
        topic: "orders",
        producer: "one",
        partition: 0,
        seqFirst: 0,
        seqLast: 1,
        offset: 3,
        atMs: null,
        detail: "one seq 0 at offset 3 comes after one seq 4; offset 2 holds one seq 4",
      },
    ]);
  });

  it("is not broken by a batch that was appended twice", () => {
    const result = judged(acked(0, 3, 0), [
      seen(1, 0, 0, 3),
      seen(1, 3, 0, 3),
      end(1, 6),
      end(3, 0),
    ]);
    expect(classes(result)).to.deep.equal({ "duplicate-append": 3 });
  });

  it("counts the new ones among records that come again", () => {
    // 3 4 | 0 1 | 1 2 3: the second 1 and 3 are copies; 0, 1 and 2 come late.
    const sends = [...acked(0, 2, 2), ...acked(2, 1, 5), ...acked(3, 2, 0)];
    const audit = [seen(1, 0, 3, 2), seen(1, 2, 0, 2), seen(1, 4, 1, 3), end(1, 7), end(3, 0)];
    expect(classes(judged(sends, audit))).to.deep.equal({ "duplicate-append": 2, reordered: 3 });
  });

  it("stays below the highest before it: what goes on from there is in order", () => {
    // 2 | 0 1 | 3: only 0 and 1 are late.
    const sends = [...acked(0, 2, 1), ...acked(2, 1, 0), ...acked(3, 1, 3)];
    const audit = [seen(1, 0, 2, 1), seen(1, 1, 0, 2), seen(1, 3, 3, 1), end(1, 4), end(3, 0)];
    expect(classes(judged(sends, audit))).to.deep.equal({ reordered: 2 });
  });

  it("is each producer's own, and probes have none", () => {
    const mixed = [
      seen(1, 0, 5, 1),
      seen(1, 1, 0, 1, two),
      seen(1, 2, 6, 1),
      seen(1, 3, 1, 1, two),
    ];
    const sends = [
      ...acked(5, 1, 0),
      ...acked(6, 1, 2),
      ...acked(0, 1, 1, two),
      ...acked(1, 1, 3, two),
    ];
    expect(classes(judged(sends, [...mixed, end(1, 4), end(3, 0)]))).to.deep.equal({});
    const judging = readByNobody();
    const producers = judging.producers.map((one) => ({ ...one, kind: "canary" as const }));
    const probes = judged(
      [...acked(0, 1, 1), ...acked(1, 1, 0)],
      [seen(1, 0, 1, 1), seen(1, 1, 0, 1), end(1, 2), end(3, 0)],
      { ...judging, producers },
    );
    expect(classes(probes)).to.deep.equal({});
  });
});

describe("order of a mirror", () => {
  const sends = [...acked(0, 2, 0), ...acked(0, 2, 2, two)];
  const source = [seen(1, 0, 0, 2), seen(1, 2, 0, 2, two), end(1, 4)];

  it("is the source's, across producers", () => {
    const swapped = [seen(3, 0, 0, 2, two), seen(3, 2, 0, 2), end(3, 4)];
    const result = judged(sends, [...source, ...swapped]);
    expect(classes(result)).to.deep.equal({ reordered: 2 });
    const [anomaly] = reorders(result);
    expect(anomaly?.cause).to.equal("mirror order differs from the source");
    expect(anomaly?.examples[0]).to.include({
      log: 3,
      seqFirst: 0,
      producer: "one",
      offset: 2,
      detail: "one seq 0 at offset 2 comes after two seq 1; offset 1 holds two seq 1",
    });
  });

  it("is kept by a faithful copy of a source that was out of order itself", () => {
    const late = [...acked(0, 1, 1), ...acked(1, 1, 0)];
    const both = (log: number) => [seen(log, 0, 1, 1), seen(log, 1, 0, 1), end(log, 2)];
    const result = judged(late, [...both(1), ...both(3)]);
    expect(classes(result)).to.deep.equal({ reordered: 1 });
    expect(reorders(result)[0]?.examples[0]?.log).to.equal(1);
  });

  it("goes by the acks where the source could not be read, and passes over what none names", () => {
    const swapped = [seen(3, 0, 0, 2, two), seen(3, 2, 0, 2), end(3, 4)];
    expect(classes(judged(sends, swapped, readByNobody("standby")))).to.deep.equal({
      reordered: 2,
    });
    const unnamed = [...acked(0, 2, 0), row.intent(2, 0, 0, 2, 0, 10)];
    expect(classes(judged(unnamed, swapped, readByNobody("standby")))).to.deep.equal({});
  });
});

describe("order of what is written to a mirror itself", () => {
  it("is its writer's own, beside the order of what it copies", () => {
    const judging = readByNobody("standby");
    const producers = judging.producers.map((one) => (one.id === 2 ? { ...one, log: 3 } : one));
    const sends = [...acked(0, 2, 0), ...acked(0, 1, 3, two), ...acked(1, 1, 1, two)];
    const mirror = [
      seen(3, 0, 0, 1),
      seen(3, 1, 1, 1, two),
      seen(3, 2, 1, 1),
      seen(3, 3, 0, 1, two),
      end(3, 4),
    ];
    const result = judged(sends, mirror, { ...judging, producers });
    expect(classes(result)).to.deep.equal({ reordered: 1 });
    const [anomaly] = reorders(result);
    expect(anomaly?.cause).to.equal("within a stream");
    expect(anomaly?.examples[0]).to.include({ log: 3, producer: "two", seqFirst: 0, offset: 3 });
  });
});

describe("asking for order", () => {
  /** How often a plane is asked or filled while one log is walked. */
  function planesUsed(audit: Row[]): number {
    const book = bookOf({ producer: [...acked(0, 2, 0), ...acked(2, 3, 2)], audit });
    const { add } = BitPlane.prototype;
    let used = 0;
    BitPlane.prototype.add = function (first, count) {
      used += 1;
      return add.call(this, first, count);
    };
    try {
      noteReorders(book);
    } finally {
      BitPlane.prototype.add = add;
    }
    return used;
  }

  it("costs no plane where a log is in order, as most are", () => {
    expect(planesUsed([seen(1, 0, 0, 2), seen(1, 3, 2, 3), end(1, 6)])).to.equal(0);
    expect(planesUsed([seen(1, 0, 2, 3), seen(1, 3, 0, 2), end(1, 5)])).to.equal(2);
  });
});
