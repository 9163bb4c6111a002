/** Goal: every record has one due time, and how many are due never disagrees with it. */
import { expect } from "chai";
import fc from "fast-check";
import { Schedule } from "../../../src/workload/schedule.ts";

const shapes = fc.record({
  t0Us: fc.integer({ min: 0, max: 2 ** 45 }),
  ratePerSecond: fc.double({ min: 0.5, max: 100_000, noNaN: true }),
  partitions: fc.integer({ min: 1, max: 200 }),
});

describe(Schedule.name, () => {
  it("makes record k due at t0 + k·Δ, in partition k mod P", () => {
    const schedule = new Schedule({ t0Us: 1000, ratePerSecond: 2000, partitions: 12 });
    expect(schedule.dueUs(0, 0)).to.equal(1000);
    expect(schedule.dueUs(11, 0)).to.equal(1000 + 11 * 500);
    expect(schedule.dueUs(0, 1)).to.equal(1000 + 12 * 500);
    expect(schedule.dueUs(5, 100)).to.equal(1000 + 1205 * 500);
  });

  it("counts exactly the records that are due", () => {
    const times = fc.integer({ min: 0, max: 2 ** 37 });
    fc.assert(
      fc.property(shapes, fc.nat(), times, (shape, pick, afterUs) => {
        const schedule = new Schedule(shape);
        const partition = pick % shape.partitions;
        const nowUs = shape.t0Us + afterUs;
        const count = schedule.dueCount(partition, nowUs);
        expect(schedule.dueUs(partition, count)).to.be.greaterThan(nowUs);
        if (count > 0) expect(schedule.dueUs(partition, count - 1)).to.be.at.most(nowUs);
      }),
    );
  });

  it("has nothing due before it starts", () => {
    const schedule = new Schedule({ t0Us: 5000, ratePerSecond: 10, partitions: 1 });
    expect(schedule.dueCount(0, 4999)).to.equal(0);
    expect(schedule.dueCount(0, 5000)).to.equal(1);
  });

  it("is linear, so that a long stall moves no due time", () => {
    const schedule = new Schedule({ t0Us: 0, ratePerSecond: 1000, partitions: 4 });
    const step = schedule.dueUs(1, 1) - schedule.dueUs(1, 0);
    expect(schedule.dueUs(1, 1_000_000) - schedule.dueUs(1, 999_999)).to.equal(step);
  });
});
