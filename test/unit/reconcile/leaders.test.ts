/** Goal: the time without a new leader, and its bounds, from looks at the leaders. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { us } from "./memory-journal.ts";

interface Look {
  partition?: number;
  leader: number;
  epoch?: number;
  lookedMs?: number;
}

const seenAt = (atMs: number, { partition = 0, leader, epoch = 1, lookedMs }: Look): NewEvent => ({
  type: "partition.state",
  tUs: us(atMs),
  log: 1,
  partition,
  leader,
  leaderEpoch: epoch,
  isr: [1],
  replicas: [1, 2],
  ...(lookedMs === undefined ? {} : { lookedUs: us(lookedMs) }),
});

/** A fault between 1000 and 1020 ms; the workload stops at 30 s. */
function measured(looks: NewEvent[]) {
  const expectation = { metric: "rto.leader" as const, low: 7000, high: 9000, written: "7s..9s" };
  const judging = { ...readByNobody(), faultStep: "disaster", predictions: [expectation] };
  const events = faultAt(1000, 1020, 30_000, looks);
  const audit = [seen(1, 0, 0, 1), end(1, 1), end(3, 0)];
  const [assessment] = judgedAll({ producer: acked(0, 1, 0), audit, events, judging }).predictions;
  if (!assessment) throw new Error("nothing was assessed");
  return assessment.measured;
}

describe("the time without a new leader", () => {
  it("ends between the last look at the old one and the first at the new one", () => {
    const looks = [seenAt(0, { leader: 1 }), seenAt(9000, { leader: 2, epoch: 2, lookedMs: 8700 })];
    expect(measured(looks)).to.deep.equal({ value: 7990, low: 7680, high: 8000, censored: false });
  });

  it("is that of the slowest partition among those that changed", () => {
    const looks = [
      ...[0, 1, 2].map((partition) => seenAt(0, { partition, leader: 1 })),
      seenAt(5000, { partition: 0, leader: 2, epoch: 2, lookedMs: 4900 }),
      seenAt(9000, { partition: 1, leader: 2, epoch: 2, lookedMs: 8700 }),
    ];
    expect(measured(looks)).to.include({ value: 7990, low: 7680, high: 8000 });
  });

  it("ends with any leader where there was none, and not with none", () => {
    const gone = [seenAt(0, { leader: 1 }), seenAt(2000, { leader: -1, lookedMs: 1700 })];
    const back = seenAt(21_000, { leader: 1, epoch: 3, lookedMs: 20_700 });
    expect(measured([...gone, back])).to.include({ value: 19_990, low: 19_680, high: 20_000 });
    expect(measured(gone)).to.deep.equal({
      value: 28_980,
      low: 28_980,
      high: null,
      censored: true,
    });
  });

  it("is that of the slowest, whichever partition that is", () => {
    const looks = [
      ...[0, 1].map((partition) => seenAt(0, { partition, leader: 1 })),
      seenAt(5000, { partition: 1, leader: 2, epoch: 2, lookedMs: 4900 }),
      seenAt(9000, { partition: 0, leader: 2, epoch: 2, lookedMs: 8700 }),
    ];
    expect(measured(looks)).to.include({ value: 7990, low: 7680, high: 8000 });
    const before = looks.toReversed().toSorted((a, b) => (a.tUs ?? 0) - (b.tUs ?? 0));
    expect(measured(before)).to.include({ value: 7990, low: 7680, high: 8000 });
  });

  it("counts from the leader at the fault, whoever led before, and however long it stayed", () => {
    const moved = [
      seenAt(0, { leader: 2 }),
      seenAt(1000, { leader: 1, epoch: 2 }),
      seenAt(3000, { leader: 1, epoch: 2 }),
    ];
    const change = seenAt(9000, { leader: 0, epoch: 3, lookedMs: 8700 });
    expect(measured([...moved, change])).to.include({ value: 7990, low: 7680, high: 8000 });
    const gone = seenAt(4000, { leader: -1, lookedMs: 3900 });
    expect(measured([...moved, gone, change])).to.include({ value: 7990, low: 7680, high: 8000 });
  });

  it("leaves out a partition that nobody had looked at before the fault", () => {
    const { inconclusive } = measured([seenAt(5000, { leader: 1 }), seenAt(6000, { leader: 2 })]);
    expect(inconclusive).to.equal("no partition changed its leader");
  });

  it("counts what changed up to the instant of the heal", () => {
    const heal: NewEvent = { type: "fault.healing", tUs: us(15_000), step: "disaster" };
    const looks = [seenAt(0, { leader: 1 }), heal];
    const at = (ms: number) => measured([...looks, seenAt(ms, { leader: 2, lookedMs: 14_000 })]);
    expect(at(15_000)).to.include({ value: 13_990, low: 12_980, high: 14_000 });
    expect(at(15_001).inconclusive).to.equal("no partition changed its leader");
  });

  it("is no number when nothing was broken", () => {
    const expectation = { metric: "rto.leader" as const, low: 0, high: 1, written: "0..1" };
    const judging = { ...readByNobody(), predictions: [expectation] };
    const { predictions } = judgedAll({ producer: acked(0, 1, 0), judging });
    expect(predictions[0]?.measured.inconclusive).to.equal(
      "nothing was broken, so there is nothing to recover from",
    );
  });

  it("is no number when no leader changed before the heal, or when nobody looked", () => {
    const heal: NewEvent = { type: "fault.healing", tUs: us(15_000), step: "disaster" };
    const after = [seenAt(0, { leader: 1 }), heal, seenAt(16_000, { leader: 2, epoch: 2 })];
    expect(measured(after).inconclusive).to.equal("no partition changed its leader");
    expect(measured([]).inconclusive).to.equal("nobody looked at the leaders");
  });
});

describe("the fault that times count from", () => {
  it("is marked where it was not the first", () => {
    const early: NewEvent = {
      type: "fault.injecting",
      tUs: us(100),
      step: "cut",
      kind: "link.partition",
      fidelity: "blackhole",
      targets: [],
      affects: ["a->b"],
    };
    const told = (faultStep: string) => {
      const [first, ...rest] = faultAt(1000, 1020, 2000);
      const events = [first as NewEvent, early, ...rest];
      const { faults } = judgedAll({ events, judging: { ...readByNobody(), faultStep } });
      return faults.map(({ step, t0 }) => [step, t0]);
    };
    expect(told("cut")).to.deep.equal([
      ["cut", undefined],
      ["disaster", undefined],
    ]);
    expect(told("disaster")).to.deep.equal([
      ["cut", undefined],
      ["disaster", true],
    ]);
  });
});
