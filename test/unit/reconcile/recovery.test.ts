/**
 * Goal: recovery times come from due slots and their lateness, and never claim what was not seen.
 *
 * Method: slots written by hand; times in ms for reading, µs for the code.
 */
import { expect } from "chai";
import fc from "fast-check";
import { judge } from "../../../src/reconcile/judge.ts";
import { outageOf } from "../../../src/reconcile/outage.ts";
import type { Slot } from "../../../src/reconcile/slots.ts";
import { SyntheticRun } from "./synthetic-run.ts";

const MS = 1000;

/** One slot every 10 ms; done 5 ms later, or when `done` says. */
function slots(fromMs: number, toMs: number, done: (dueMs: number) => number | null): Slot[] {
  const all: Slot[] = [];
  for (let due = fromMs; due < toMs; due += 10) {
    const at = done(due);
    all.push({ dueUs: due * MS, dueLastUs: due * MS, doneUs: at === null ? Infinity : at * MS });
  }
  return all;
}

const timing = {
  t0: { lowUs: 1000 * MS, highUs: 1020 * MS },
  endUs: 10_000 * MS,
  attributionEndUs: 10_000 * MS,
  stallUs: 100 * MS,
  sustainedUs: 1000 * MS,
  spacingUs: 10 * MS,
  lateUs: () => 0,
  probes: false,
};

const ms = (us: number | null) => (us === null ? null : us / MS);

describe(outageOf.name, () => {
  it("is 0 when nothing was late, and says what it could not have seen", () => {
    const outage = outageOf(
      slots(1000, 10_000, (due) => due + (due === 1500 ? 60 : 5)),
      timing,
    );
    expect(outage).to.include({ valueUs: 0, lowUs: 0, censored: false, firstMissedUs: null });
    // It may have begun right after the send before that one was taken, 10 ms earlier.
    expect(ms(outage.highUs)).to.equal(60 + 10);
  });

  it("measures to the first ack of sustained ones, not to the first ack", () => {
    // Down until 2000; one success at 2005; down again until 3000.
    const outage = outageOf(
      slots(1000, 10_000, (due) =>
        due < 2000 ? 2005 : due < 2100 ? due + 5 : due < 3000 ? 3000 : due + 5,
      ),
      timing,
    );
    expect(ms(outage.firstDoneUs)).to.equal(2005);
    expect(ms(outage.sustainedUs)).to.equal(3000);
    expect(ms(outage.valueUs)).to.equal(1990);
    expect(ms(outage.lowUs)).to.equal(1965);
    expect(ms(outage.highUs)).to.equal(2000);
  });

  it("leaves a probe the round trips of its connecting, and an application the quickest one", () => {
    // Mended at 2961; the probe due at 2970 connects, which takes two round trips of 15 ms more.
    const connecting = slots(1000, 10_000, (due) =>
      due < 2970 ? null : due < 3020 ? due + 45 : due + 15,
    );
    const low = (probes: boolean) => ms(outageOf(connecting, { ...timing, probes }).lowUs) ?? 0;
    expect(low(true)).to.equal(3015 - 1020 - 10 - 45);
    expect(low(true)).to.be.at.most(2961 - 1020);
    expect(low(false)).to.equal(3015 - 1020 - 10 - 15);
  });

  it("is censored when the run ends before the window is full", () => {
    const outage = outageOf(
      slots(1000, 10_000, (due) => (due < 9500 ? null : due + 5)),
      timing,
    );
    expect(outage).to.include({ censored: true, sustainedUs: null, highUs: null });
    // It may have recovered at 9505: no more than that is claimed.
    expect(ms(outage.lowUs)).to.equal(9505 - 1020);
  });

  it("is censored from the end when nothing was done any more", () => {
    const outage = outageOf(
      slots(1000, 10_000, () => null),
      timing,
    );
    expect(outage).to.include({ censored: true, firstDoneUs: null });
    expect(ms(outage.valueUs)).to.equal(10_000 - 1020);
  });

  it("does not judge sends whose time was not up when the clients stopped", () => {
    const outage = outageOf(
      slots(1000, 10_000, (due) => (due < 9950 ? due + 5 : null)),
      timing,
    );
    expect(outage).to.include({ censored: false, valueUs: 0 });
  });
});

describe(`${outageOf.name}, beyond one stall`, () => {
  it("leaves a stall after the heal to the heal", () => {
    const stalled = slots(1000, 10_000, (due) => (due > 6000 && due < 7000 ? 7000 : due + 5));
    const before = outageOf(stalled, { ...timing, attributionEndUs: 5000 * MS });
    expect(before).to.include({ valueUs: 0, highUs: (5 + 10) * MS });
    const own = outageOf(stalled, timing);
    expect(ms(own.sustainedUs)).to.equal(7000);
  });

  it("tells when a partition stalled again after it had recovered", () => {
    const twice = slots(1000, 10_000, (due) =>
      due < 2000 ? 2000 : due > 6000 && due < 6500 ? 6500 : due + 5,
    );
    const outage = outageOf(twice, timing);
    expect(ms(outage.sustainedUs)).to.equal(2000);
    expect(ms(outage.againUs)).to.equal(6010);
  });

  it("says nothing when nothing was due after the fault", () => {
    const outage = outageOf(
      slots(900, 1010, (due) => due + 5),
      timing,
    );
    expect(outage.observed).to.equal(false);
  });

  it("takes off what a busy event loop may have added", () => {
    const down = slots(1000, 10_000, (due) => (due < 3000 ? 3000 : due + 5));
    const outage = outageOf(down, { ...timing, lateUs: () => 80 * MS });
    expect(ms(outage.lowUs)).to.equal(3000 - 1020 - 10 - 5 - 80);
    expect(ms(outage.highUs)).to.equal(2000);
  });
});

describe("recovery of a run", () => {
  const produceOf = (run: SyntheticRun) => {
    const found = judge(run.input()).recoveries.find(({ viewpoint }) => viewpoint === "produce");
    if (!found) throw new Error("no recovery");
    return found;
  };

  it("holds any outage within its printed bounds", () => {
    fc.assert(
      fc.property(
        fc.record({
          outageMs: fc.integer({ min: 210, max: 5000 }),
          everyMs: fc.constantFrom(5, 10, 25),
          batch: fc.integer({ min: 1, max: 6 }),
          ackMs: fc.integer({ min: 3, max: 60 }),
          faultWidthMs: fc.constantFrom(0, 20, 400),
        }),
        (options) => {
          const run = new SyntheticRun({ scenario: "outage", partitions: 1, ...options });
          const { value, low, high, censored } = produceOf(run).measure;
          expect(censored).to.equal(false);
          // The last send before the fault may have been answered: the outage shows from the next.
          const slack = options.ackMs + options.everyMs * options.batch;
          expect(low).to.be.at.most(options.outageMs);
          expect(high).to.be.at.least(options.outageMs);
          expect(value).to.be.within(
            options.outageMs - 400 - slack,
            options.outageMs + 400 + slack,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("counts a killed client that nobody replaced as not recovered", () => {
    const run = new SyntheticRun();
    run.sends = run.sends.filter(({ producer }) => producer !== 2);
    const { measure } = produceOf(run);
    expect(measure.censored).to.equal(true);
    expect(measure.value).to.be.greaterThan(7000);
  });

  it("tells the boot of a cold cluster from the restart of the clients", () => {
    const run = new SyntheticRun();
    const input = run.input();
    const decided = input.history.events.find(({ type }) => type === "failover.decided");
    const { seq = 0, tUs = 0, prev = "" } = decided ?? {};
    const started = { type: "cluster.started", step: "declare", cluster: "standby" } as const;
    const other = { ...started, step: "another", seq, prev, tUs: tUs + 200_000 };
    const booted = { ...started, seq, prev, tUs: tUs + 100_000 };
    const history = { ...input.history, events: [...input.history.events, booted, other] };
    const [produce] = judge({ ...input, history }).decomposition;
    expect(produce?.phases.map(({ phase }) => phase)).to.include.members(["decide", "boot"]);
    const boot = produce?.phases.find(({ phase }) => phase === "boot");
    expect(boot?.ms).to.be.closeTo(100, 0.01);
  });

  it("cuts the time into phases that add up to it", () => {
    const result = judge(new SyntheticRun().input());
    for (const { viewpoint, phases } of result.decomposition) {
      const recovery = result.recoveries.find((one) => one.viewpoint === viewpoint);
      const sum = phases.reduce((all, { ms: length }) => all + length, 0);
      expect(sum).to.be.closeTo(recovery?.measure.value ?? -1, 0.01);
    }
    expect(result.decomposition[0]?.phases.map(({ phase }) => phase)).to.deep.equal([
      "detect",
      "decide",
      "restart",
      "reconnect",
      "catch up",
    ]);
  });
});
