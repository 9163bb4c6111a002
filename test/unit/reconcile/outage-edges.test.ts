/**
 * Goal: the edges of an outage. What lies on a limit belongs to one side of it, and bounds are never
 * negative and never wider than the evidence.
 *
 * Method: slots written by hand, in µs; a fault within [1000, 1100], stalls beyond 50, recovered
 * after 300 on time, sends 10 apart.
 */
import { expect } from "chai";
import { outageOf, type Timing } from "../../../src/reconcile/outage.ts";
import type { Slot } from "../../../src/reconcile/slots.ts";

const timing: Timing = {
  t0: { lowUs: 1000, highUs: 1100 },
  endUs: 5000,
  attributionEndUs: 5000,
  stallUs: 50,
  sustainedUs: 300,
  spacingUs: 10,
  lateUs: () => 0,
  probes: false,
};

const slot = (dueUs: number, doneUs: number, dueLastUs = dueUs): Slot => ({
  dueUs,
  dueLastUs,
  doneUs,
});

/** Sends 10 apart, each done after `took`, or as told for its due time. */
function sends(fromUs: number, upToUs: number, took: number, told: Record<number, number> = {}) {
  const all: Slot[] = [];
  for (let due = fromUs; due <= upToUs; due += 10) all.push(slot(due, told[due] ?? due + took));
  return all;
}

describe("a miss", () => {
  it("is beyond the limit, and due before somebody else's time", () => {
    const at = (doneUs: number, attributionEndUs = 5000) =>
      outageOf(sends(1000, 2000, 5, { 1500: doneUs }), { ...timing, attributionEndUs });
    expect(at(1550).firstMissedUs).to.equal(null);
    expect(at(1551).firstMissedUs).to.equal(1500);
    expect(at(1551, 1500).firstMissedUs).to.equal(1500);
    expect(at(1551, 1499).firstMissedUs).to.equal(null);
  });

  it("of a send without an answer counts when its time was up at the end", () => {
    const at = (endUs: number) =>
      outageOf([...sends(1000, 1990, 5), slot(2000, Infinity)], { ...timing, endUs });
    expect(at(2050)).to.include({ firstMissedUs: 2000, censored: true });
    expect(at(2049)).to.include({ firstMissedUs: null, censored: false });
  });

  it("leaves the slowest on time and a distance as the bound, of its own time only", () => {
    const high = (told: Record<number, number>, attributionEndUs = 5000) =>
      outageOf(sends(1000, 2000, 5, told), { ...timing, attributionEndUs }).highUs;
    expect(high({})).to.equal(5 + 10);
    expect(high({ 1500: 1540 })).to.equal(40 + 10);
    expect(high({ 1500: 1540 }, 1500)).to.equal(40 + 10);
    expect(high({ 1500: 1540 }, 1499)).to.equal(5 + 10);
  });
});

describe("what is seen after the fault", () => {
  it("is observed when the last record of a send was due after it", () => {
    const observed = (dueLastUs: number) => outageOf([slot(900, 905, dueLastUs)], timing).observed;
    expect(observed(1100)).to.equal(false);
    expect(observed(1101)).to.equal(true);
  });

  it("has as its first ack the earliest, of sends due after it", () => {
    const all = [slot(1100, 1102), slot(1110, 1190), slot(1120, 1150)];
    expect(outageOf(all, timing).firstDoneUs).to.equal(1150);
    expect(outageOf([slot(1100, 1102)], timing).firstDoneUs).to.equal(null);
  });
});

describe("a recovery", () => {
  const down = (upToUs: number, took = 5) =>
    sends(
      1000,
      3000,
      took,
      Object.fromEntries(
        Array.from({ length: (upToUs - 1000) / 10 }, (_, n) => [1000 + n * 10, upToUs]),
      ),
    );

  it("is dated by the ack, between the ends of the fault's interval", () => {
    const { sustainedUs, valueUs, lowUs, highUs } = outageOf(down(2000), timing);
    // The send due at 1950 was done at 2000, on time by a hair.
    expect({ sustainedUs, valueUs, lowUs, highUs }).to.deep.equal({
      sustainedUs: 2000,
      valueUs: 2000 - 1050,
      lowUs: 2000 - 1100 - 10 - 5,
      highUs: 1000,
    });
  });

  it("is never dated before the fault, nor beyond its own bound", () => {
    const early = { ...timing, t0: { lowUs: 1990, highUs: 2400 } };
    const { valueUs, lowUs, highUs } = outageOf(down(2000), early);
    expect({ valueUs, lowUs, highUs }).to.deep.equal({ valueUs: 0, lowUs: 0, highUs: 10 });
    const later = { ...timing, t0: { lowUs: 2100, highUs: 2400 } };
    expect(outageOf(down(2000), later)).to.include({ valueUs: 0, lowUs: 0, highUs: 0 });
  });

  it("asks for lateness at the instant of the ack", () => {
    const asked: number[] = [];
    const lateUs = (aroundUs: number) => {
      asked.push(aroundUs);
      return 7;
    };
    expect(outageOf(down(2000), { ...timing, lateUs }).lowUs).to.equal(2000 - 1100 - 10 - 5 - 7);
    expect(asked).to.deep.equal([2000]);
  });

  it("is full when the last record due reaches the window, give or take two distances", () => {
    // Served from the send due at 1950 on: the window is full at 2250, less 20.
    const until = (lastUs: number) =>
      outageOf(
        down(2000).filter(({ dueUs }) => dueUs <= lastUs),
        { ...timing, endUs: lastUs },
      );
    expect(until(2230)).to.include({ censored: false, sustainedUs: 2000 });
    expect(until(2220)).to.include({ censored: true, sustainedUs: null, highUs: null });
    // As far as it came, it may have recovered at 2000.
    expect(until(2220)).to.include({ lowUs: 900, valueUs: 900 });
  });

  it("begins anew after each miss, and remembers none that came before", () => {
    const again = outageOf(
      down(2000).map((one) => (one.dueUs === 2200 ? slot(2200, 2300) : one)),
      timing,
    );
    expect(again.sustainedUs).to.equal(2215);
    expect(again.againUs).to.equal(null);
    const later = outageOf(
      down(2000).map((one) => (one.dueUs === 2600 ? slot(2600, 2700) : one)),
      timing,
    );
    expect(later).to.include({ sustainedUs: 2000, againUs: 2600 });
  });

  it("that never came is censored from the end, and never negative", () => {
    const dead = sends(1000, 1200, 5).map(({ dueUs }) => slot(dueUs, Infinity));
    expect(outageOf(dead, { ...timing, endUs: 1400 })).to.include({ lowUs: 300, valueUs: 300 });
    expect(outageOf(dead, { ...timing, endUs: 1060 })).to.include({ lowUs: 0, censored: true });
  });
});

describe("a round trip", () => {
  const low = (slots: Slot[], probes: boolean) => outageOf(slots, { ...timing, probes }).lowUs;
  /** Down until 1500, served from the send of 1480; that one took 20. */
  const served = [
    ...sends(1000, 1470, 0).map(({ dueUs }) => slot(dueUs, 1600)),
    slot(1480, 1500),
    ...sends(1490, 2500, 5),
  ];

  it("is the quickest of an application, and of a probe the last due before the ack", () => {
    expect(low(served, false)).to.equal(1500 - 1100 - 10 - 5);
    // The send of 1500 was due no later than the ack, and took 5: the last of them.
    expect(low(served, true)).to.equal(1500 - 1100 - 10 - 5);
    const slower = served.map((one) => (one.dueUs === 1500 ? slot(1500, 1540) : one));
    expect(low(slower, true)).to.equal(1500 - 1100 - 10 - 40);
    expect(low(slower, false)).to.equal(1500 - 1100 - 10 - 5);
  });

  it("is no shorter for a probe than the quickest of all", () => {
    const instant = served.map((one) => (one.dueUs === 1500 ? slot(1500, 1500) : one));
    expect(low(instant, true)).to.equal(1500 - 1100 - 10 - 0);
    // What was answered before service came back says nothing of it: the one of 1480 does.
    const before = served.map((one) => (one.dueUs === 1500 ? slot(1500, 1499) : one));
    expect(low(before, true)).to.equal(1500 - 1100 - 10 - 20);
  });

  it("is at most the limit, and never negative", () => {
    const slow = [
      ...sends(1000, 1490, 0).map(({ dueUs }) => slot(dueUs, 1600)),
      ...sends(1500, 2500, 50),
    ];
    expect(low(slow, false)).to.equal(1550 - 1100 - 10 - 50);
    // An ack dated before the send was due: clocks, or a send ahead of its time.
    const ahead = [...served, slot(2510, 2500)];
    expect(low(ahead, false)).to.equal(1500 - 1100 - 10);
  });
});

describe("the recovery that a probe saw", () => {
  const t0 = { lowUs: 1000, highUs: 1000 };
  /** Nothing from 1100 on; the probe due at 1500 is served, `took` after. */
  const seen = (took: number, changes: Partial<Timing> = {}) => {
    const told = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [1100 + 10 * n, Infinity] as const),
    );
    const slots = sends(1000, 2000, 5, { ...told, 1500: 1500 + took });
    return outageOf(slots, { ...timing, t0, probes: true, ...changes });
  };

  it("is the middle of what it could not see: since the probe before, and its own round trip", () => {
    // Served from 1490 at the earliest, when the one before was due, to 1508, when the ack came.
    expect(seen(8)).to.include({ lowUs: 490, highUs: 508, valueUs: 499 });
    expect(seen(8, { spacingUs: 20 })).to.include({ lowUs: 480, highUs: 508, valueUs: 494 });
  });

  it("is not moved by how late the instrument may have been: that widens the bounds alone", () => {
    expect(seen(8, { lateUs: () => 100 })).to.include({ lowUs: 390, highUs: 508, valueUs: 499 });
  });

  it("counts from the middle of the fault", () => {
    const wide = seen(8, { t0: { lowUs: 1000, highUs: 1100 } });
    expect(wide).to.include({ lowUs: 390, highUs: 508, valueUs: 449 });
  });

  it("is the ack where an application has it: nobody is served before", () => {
    expect(seen(8, { probes: false })).to.include({ highUs: 508, valueUs: 508 });
  });
});
