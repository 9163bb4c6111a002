/**
 * Goal: what a log lost when it was cut back to a new leader is a tail, and nothing else is.
 *
 * Method: records 0 to 9 of producer 1 are acked at offsets 0 to 9. Then the log begins anew at 6
 * with what is sent later.
 * ```
 *  acked      0 1 2 3 4 5 6 7 8 9
 *  leader     1                       2
 *  the log    0 1 2 3 4 5 | 10 11 12 13 14
 * ```
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const state = (
  atMs: number,
  leader: number,
  leaderEpoch: number,
  { log = 1, partition = 0 } = {},
): NewEvent => ({
  type: "partition.state",
  tUs: us(atMs),
  log,
  partition,
  leader,
  leaderEpoch,
  isr: [leader],
  replicas: [1, 2],
});
const LED_ANEW = [state(0, 1, 4), state(1500, 2, 5)];

/** Five records, sent at `dueMs` and acked from `offset` on. */
const later = (dueMs: number, offset = 6): Row[] => [
  row.intent(1, 0, 10, 5, dueMs),
  row.outcome(1, 0, 10, 5, OUTCOME.acked, offset, 3000),
];

function shapeOf(producer: Row[], audit: Row[], states: NewEvent[] = LED_ANEW): string {
  const events = faultAt(1200, 1200, 6000, states);
  const judging = { ...readByNobody(), faultStep: "disaster" };
  const { rpo } = judgedAll({ producer, audit: [...audit, end(3, 0)], events, judging });
  expect(rpo.lost, "records lost").to.be.at.least(1);
  return rpo.shape;
}

const CUT = [seen(1, 0, 0, 6), seen(1, 6, 10, 5), end(1, 11)];
const WHOLE = acked(0, 10, 0);

describe("a loss before records that survived", () => {
  it("is a tail where the log was cut back to a new leader", () => {
    expect(shapeOf([...WHOLE, ...later(2000)], CUT)).to.equal("tail");
  });

  it("is a tail where the log has not yet grown to where it was", () => {
    const audit = [seen(1, 0, 0, 2), seen(1, 2, 10, 5), end(1, 7)];
    expect(shapeOf([...WHOLE, ...later(2000, 2)], audit)).to.equal("tail");
  });

  it("is a tail where the leader was seen to have changed in the instant of the ack", () => {
    const then = [state(0, 1, 4), state(1000, 2, 5)];
    expect(shapeOf([...WHOLE, ...later(2000)], CUT, then)).to.equal("tail");
  });

  it("is a tail where all of the log was cut, and where another producer goes on", () => {
    const anew = [seen(1, 0, 10, 5), end(1, 5)];
    expect(shapeOf([...WHOLE, ...later(2000, 0)], anew)).to.equal("tail");
    const others = [
      row.intent(2, 0, 0, 5, 2000),
      row.outcome(2, 0, 0, 5, OUTCOME.acked, 6, 3000),
      ...later(2500, 11),
    ];
    const both = [
      seen(1, 0, 0, 6),
      seen(1, 6, 0, 5, { producer: 2 }),
      seen(1, 11, 10, 5),
      end(1, 16),
    ];
    expect(shapeOf([...WHOLE, ...others], both)).to.equal("tail");
  });
});

describe("a loss before records that survived, when nothing was cut back", () => {
  it("is a hole where no leader changed, or changed before the acks", () => {
    expect(shapeOf([...WHOLE, ...later(2000)], CUT, [state(0, 1, 4)])).to.equal("hole");
    const before = [state(0, 1, 4), state(900, 2, 5)];
    expect(shapeOf([...WHOLE, ...later(2000)], CUT, before)).to.equal("hole");
  });

  it("is a hole where only others changed, or the leader was merely seen for the first time", () => {
    const producer = [...WHOLE, ...later(2000)];
    const stays = [state(0, 1, 4), state(1500, 1, 4)];
    expect(shapeOf(producer, CUT, stays)).to.equal("hole");
    expect(shapeOf(producer, CUT, [state(1500, 2, 5)])).to.equal("hole");
    for (const other of [{ log: 3 }, { partition: 1 }]) {
      const changed = [state(100, 1, 4, other), state(1500, 2, 5, other)];
      expect(shapeOf(producer, CUT, [...stays, ...changed])).to.equal("hole");
    }
  });

  it("is a hole where the offset holds what was sent before the lost record was acked", () => {
    expect(shapeOf([...WHOLE, ...later(500)], CUT)).to.equal("hole");
    expect(shapeOf([...WHOLE, ...later(1000)], CUT)).to.equal("hole");
  });

  it("is a hole on a mirror: its offsets are its own", () => {
    const { rpo } = judgedAll({
      producer: [...WHOLE, ...later(2000, 10)],
      audit: [seen(1, 0, 0, 15), end(1, 15), seen(3, 0, 0, 6), seen(3, 6, 10, 5), end(3, 11)],
      events: faultAt(1200, 1200, 6000, LED_ANEW),
      judging: { ...readByNobody("standby"), faultStep: "disaster" },
    });
    expect(rpo).to.deep.include({ shape: "hole" });
  });

  it("is a hole where the offset holds nothing, though the log goes on", () => {
    const gap = [seen(1, 0, 0, 6), seen(1, 10, 10, 5), end(1, 15)];
    expect(shapeOf([...WHOLE, ...later(2000, 10)], gap)).to.equal("hole");
    const twice = [...acked(0, 5, 0), ...acked(5, 5, 5)];
    expect(shapeOf([...twice, ...later(2000, 10)], gap)).to.equal("hole");
  });

  it("is a hole where several living replicas were read: none of them is the log", () => {
    const reader = { id: 150, name: "held", kind: "audit" as const, region: "r", logs: [1] };
    const plan = readByNobody();
    const readers = [...plan.readers, { ...reader, beforeHeal: true }];
    const held = (offset: number, seq: number) => [
      row.found(
        ROW.seen,
        150,
        { log: 1, partition: 0, offset, atMs: 4000 },
        { producer: 1, seq, count: 1 },
      ),
      row.end(150, 1, 0, 0, offset + 1, 4100, true),
    ];
    const { rpo } = judgedAll({
      producer: acked(0, 3, 0),
      audit: [...held(0, 0), ...held(2, 2), seen(1, 0, 0, 3), end(1, 3), end(3, 0)],
      events: faultAt(1200, 1200, 6000, LED_ANEW),
      judging: { ...plan, readers, faultStep: "disaster" },
    });
    expect(rpo).to.include({ shape: "hole", stranded: 1 });
  });

  it("is a hole where one record of many was not cut off", () => {
    const audit = [seen(1, 0, 0, 3), seen(1, 4, 4, 2), seen(1, 6, 10, 5), end(1, 11)];
    expect(shapeOf([...WHOLE, ...later(2000)], audit)).to.equal("hole");
  });
});
