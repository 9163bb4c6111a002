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

  it("gives the partitions of a producer that does not begin with 0 the same turns", () => {
    const shape = { t0Us: 1000, ratePerSecond: 2000, partitions: 3 };
    const added = new Schedule({ ...shape, partitionFirst: 6 });
    const plain = new Schedule(shape);
    for (const turn of [0, 1, 2]) {
      expect(added.dueUs(6 + turn, 5)).to.equal(plain.dueUs(turn, 5));
      expect(added.dueCount(6 + turn, 77_777)).to.equal(plain.dueCount(turn, 77_777));
    }
  });

  it("is linear, so that a long stall moves no due time", () => {
    const schedule = new Schedule({ t0Us: 0, ratePerSecond: 1000, partitions: 4 });
    const step = schedule.dueUs(1, 1) - schedule.dueUs(1, 0);
    expect(schedule.dueUs(1, 1_000_000) - schedule.dueUs(1, 999_999)).to.equal(step);
  });
});

const ramp = { fromUs: 10_000_000, ratePerSecond: 500, overUs: 20_000_000 };
const ramped = (partitions = 1, changes = [ramp]) =>
  new Schedule({ t0Us: 0, ratePerSecond: 100, partitions, changes });

const changes = fc.array(
  fc.record({
    afterUs: fc.integer({ min: 0, max: 20_000_000 }),
    ratePerSecond: fc.double({ min: 1, max: 50_000, noNaN: true }),
    overUs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60_000_000 })),
  }),
  { minLength: 1, maxLength: 4 },
);

describe("a schedule whose rate changes", () => {
  it("has as many records due as the rate adds up to", () => {
    const schedule = ramped();
    // 10 s at 100/s, then 20 s at 300/s in the mean, then 500/s.
    expect(schedule.dueCount(0, 10_000_000)).to.equal(1001);
    expect(schedule.dueCount(0, 30_000_000)).to.be.within(7000, 7001);
    expect(schedule.dueCount(0, 32_000_000)).to.be.within(8000, 8001);
    // Half of the way up the rate is 300/s: records are 3.3 ms apart.
    const at = schedule.dueCount(0, 20_000_000);
    expect(schedule.dueUs(0, at + 1) - schedule.dueUs(0, at)).to.be.within(3330, 3336);
  });

  it("moves nothing that was due before", () => {
    const [plain, changed] = [ramped(4, []), ramped(4)];
    for (let seq = 0; seq < 250; seq += 1) {
      expect(changed.dueUs(3, seq)).to.equal(plain.dueUs(3, seq));
    }
    const told = ramped(4, []);
    told.change(ramp);
    expect(told.dueUs(1, 5000)).to.equal(changed.dueUs(1, 5000));
  });

  it("takes a change in the middle of another as the end of that", () => {
    const schedule = ramped();
    schedule.change({ fromUs: 20_000_000, ratePerSecond: 50, overUs: 0 });
    const at = schedule.dueCount(0, 40_000_000);
    expect(at).to.be.within(1000 + 2000 + 999, 1000 + 2000 + 1001);
    expect(schedule.dueUs(0, at + 1) - schedule.dueUs(0, at)).to.be.within(19_999, 20_001);
  });

  it("is the same load for one who begins later", () => {
    const heir = new Schedule({
      t0Us: 20_000_000,
      ratePerSecond: 100,
      partitions: 1,
      changes: [ramp],
    });
    const elder = ramped();
    const before = elder.dueCount(0, 20_000_000);
    for (const us of [25_000_000, 30_000_000, 45_000_000]) {
      expect(heir.dueCount(0, us)).to.be.closeTo(elder.dueCount(0, us) - before, 2);
    }
    expect(heir.dueUs(0, 0)).to.equal(20_000_000);
  });

  it("counts exactly the records that are due, in order", () => {
    fc.assert(
      fc.property(shapes, changes, fc.nat(), fc.nat(2 ** 28), (shape, raw, pick, afterUs) => {
        let fromUs = shape.t0Us;
        const given = raw.map(({ afterUs: more, ...change }) => {
          fromUs += more;
          return { ...change, fromUs };
        });
        const schedule = new Schedule({ ...shape, changes: given });
        const partition = pick % shape.partitions;
        const nowUs = shape.t0Us + afterUs;
        const count = schedule.dueCount(partition, nowUs);
        expect(schedule.dueUs(partition, count)).to.be.greaterThan(nowUs);
        if (count === 0) return;
        expect(schedule.dueUs(partition, count - 1)).to.be.at.most(nowUs);
      }),
    );
  });

  it("cuts runs so that a straight line between their ends is never far from the truth", () => {
    const schedule = ramped();
    const run = { seqFirst: 500, count: 9000 };
    const pieces = schedule.evenPieces(0, run, 500);
    expect(pieces.reduce((sum, { count }) => sum + count, 0)).to.equal(run.count);
    expect(pieces.length).to.be.within(5, 200);
    let next = run.seqFirst;
    for (const { seqFirst, count } of pieces) {
      expect(seqFirst).to.equal(next);
      next += count;
      const firstUs = schedule.dueUs(0, seqFirst);
      const stepUs = (schedule.dueUs(0, seqFirst + count - 1) - firstUs) / Math.max(count - 1, 1);
      for (let n = 0; n < count; n += 1) {
        expect(schedule.dueUs(0, seqFirst + n)).to.be.closeTo(firstUs + n * stepUs, 1000);
      }
    }
    expect(ramped(1, []).evenPieces(0, run, 500)).to.deep.equal([run]);
  });
});
