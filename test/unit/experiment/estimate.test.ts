/** An estimate for people who wait: steps one after another, and what is booted. */
import { expect } from "chai";
import { estimateMs, timelineMs } from "../../../src/experiment/estimate.ts";
import { planOf, SAMPLE, spoil } from "./sample.ts";

const STEPS = SAMPLE.slice(SAMPLE.indexOf("steps:"), SAMPLE.indexOf("objectives:"));

function withSteps(steps: string): string {
  return spoil(STEPS, `steps:\n${steps}`);
}

const cut = "fault: link.partition, between: [east, west], mode: refuse";

describe(timelineMs.name, () => {
  it("is nothing without steps", () => {
    expect(timelineMs(planOf(spoil(STEPS, "steps: []\n")))).to.equal(0);
  });

  it("adds what follows another step, and not what happens beside it", () => {
    const one = timelineMs(planOf(withSteps(`  - { id: a, at: 5s, ${cut}, for: 20s }\n`)));
    expect(one).to.be.within(25_000, 35_000);
    const beside = `  - { id: a, at: 5s, ${cut}, for: 20s }\n  - { id: b, at: 1s, ${cut}, for: 5s }\n`;
    expect(timelineMs(planOf(withSteps(beside)))).to.equal(one);
    const after = `  - { id: a, at: 5s, ${cut}, for: 20s }\n  - { id: b, after: a, delay: 7s, ${cut}, for: 5s }\n`;
    expect(timelineMs(planOf(withSteps(after)))).to.be.within(one + 12_000, one + 20_000);
  });

  it("counts detection and decision of a failover", () => {
    const slow = spoil("to: west }", "to: west, decision: 60s }", SAMPLE);
    expect(timelineMs(planOf(slow)) - timelineMs(planOf(SAMPLE))).to.equal(60_000);
  });
});

describe(estimateMs.name, () => {
  it("is shorter on nodes that are there", () => {
    const plan = planOf(SAMPLE);
    expect(estimateMs(plan, { warm: true })).to.be.lessThan(estimateMs(plan));
  });

  it("does not wait for a recovery beyond the horizon", () => {
    const plan = planOf(SAMPLE);
    const short = planOf(`${SAMPLE}end: { horizon: 1s, settle: 10s }\n`);
    expect(estimateMs(short)).to.be.lessThan(estimateMs(plan));
  });
});
