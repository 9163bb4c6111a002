/** Goal: a lane hands out each due record once, in order, never two sends at a time. */
import { expect } from "chai";
import { type Lane, oldestUnackedUs, takeBatch } from "../../../src/workload/lanes.ts";
import { Schedule } from "../../../src/workload/schedule.ts";

const schedule = new Schedule({ t0Us: 0, ratePerSecond: 1000, partitions: 1 });
const newLane = (): Lane => ({ partition: 0, nextSeq: 0, sending: undefined });

describe(takeBatch.name, () => {
  it("takes what is due, up to the batch's room, and goes on where it stopped", () => {
    const lane = newLane();
    const first = takeBatch(lane, schedule, { untilUs: 9_000, lingerUs: 0, max: 4 });
    expect([first?.seqFirst, first?.count, first?.dueFirstUs, first?.dueLastUs]).to.deep.equal([
      0, 4, 0, 3000,
    ]);
    lane.sending = undefined;
    const second = takeBatch(lane, schedule, { untilUs: 9_000, lingerUs: 0, max: 100 });
    expect([second?.seqFirst, second?.count]).to.deep.equal([4, 6]);
  });

  it("takes nothing while a send is in flight", () => {
    const lane = newLane();
    takeBatch(lane, schedule, { untilUs: 1_000, lingerUs: 0, max: 10 });
    expect(takeBatch(lane, schedule, { untilUs: 9_000, lingerUs: 0, max: 10 })).to.equal(undefined);
  });

  it("lets records gather, unless the batch is full", () => {
    const lane = newLane();
    const young = { untilUs: 3_000, lingerUs: 5_000 };
    expect(takeBatch(lane, schedule, { ...young, max: 10 })).to.equal(undefined);
    expect(takeBatch(lane, schedule, { ...young, max: 4 })?.count).to.equal(4);
  });
});

describe(oldestUnackedUs.name, () => {
  it("is the oldest of what waits and what is in flight; 0 when all is answered", () => {
    const busy = newLane();
    const shifted = new Schedule({ t0Us: 1_000, ratePerSecond: 1000, partitions: 1 });
    takeBatch(busy, shifted, { untilUs: 3_000, lingerUs: 0, max: 10 });
    const waiting: Lane = { partition: 0, nextSeq: 2, sending: undefined };
    expect(oldestUnackedUs([waiting], schedule, 5_000)).to.equal(2_000);
    expect(oldestUnackedUs([{ ...waiting, nextSeq: 6 }], schedule, 5_000)).to.equal(0);
    expect(oldestUnackedUs([{ ...busy, nextSeq: 3 }], shifted, 5_000)).to.equal(1_000);
  });
});
