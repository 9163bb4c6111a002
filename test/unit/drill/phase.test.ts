import { expect } from "chai";
import { instantOf } from "../../../src/drill/phase.ts";
import type { PlannedPhase } from "../../../src/experiment/plan.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";
import { readerStats, sayEvent, stats } from "../../support/scripted-agents.ts";

const anchor = { group: "billing", readers: [1], everyMs: 1000 };

describe(instantOf.name, () => {
  it("counts from the instant the step is due, where nothing is watched or nothing was seen", () => {
    expect(instantOf({ anchor: null, delayMs: 250 }, 5_000_000, null)).to.equal(5_250_000);
    expect(instantOf({ anchor, delayMs: 250 }, 5_000_000, null)).to.equal(5_250_000);
  });

  it("counts from the next commit that is expected at or after it", () => {
    const passing = (dueUs: number, seenUs: number) =>
      instantOf({ anchor, delayMs: 250 }, dueUs, seenUs);
    expect(passing(5_000_000, 4_900_000)).to.equal(5_900_000 + 250_000);
    expect(passing(5_000_000, 2_900_000)).to.equal(5_900_000 + 250_000);
    expect(passing(5_000_000, 5_000_000)).to.equal(5_250_000);
  });
});

describe("a repetition's phase", () => {
  const phase: PlannedPhase = {
    step: "crash",
    repetition: 1,
    of: 4,
    phases: "stratified",
    delayMs: 60,
    cycles: [{ name: "commit", everyMs: 100, phase: 0.6 }],
    anchor: null,
  };
  const steps = [
    faultStep("broker.pause", { brokers: ["standby-west-1"] }, { id: "other", atMs: 0, forMs: 0 }),
    faultStep("broker.pause", { brokers: ["primary-east-1"] }, { id: "crash", atMs: 0, forMs: 0 }),
  ];

  it("holds back its step and no other, and is told", async () => {
    const world = new DrillWorld(drillPlan({ steps, phase }));
    expect((await world.run()).outcome).to.equal("completed");
    const [reached, ...more] = world.eventsOf("phase.reached");
    expect(more).to.deep.equal([]);
    expect(reached).to.deep.include({ step: "crash", anchor: "due", delayMs: 60 });
    const begun = new Map(world.eventsOf("step.started").map(({ step, tUs }) => [step, tUs]));
    expect((begun.get("crash") ?? 0) - (begun.get("other") ?? 0)).to.be.greaterThan(55_000);
  });

  it("is counted from the commits that a watched group reports", async () => {
    let commitUs = 0;
    const world = new DrillWorld(
      drillPlan({ steps, phase: { ...phase, anchor: { ...anchor, everyMs: 100 } } }),
      {
        "health.begin": (_ask, agent) => {
          commitUs = monotonicUs();
          const reader = { ...readerStats(1, 200, 5000), lastCommitUs: commitUs };
          sayEvent(agent, stats({ readers: [reader] }));
          return {};
        },
      },
    );
    expect((await world.run()).outcome).to.equal("completed");
    const [reached] = world.eventsOf("phase.reached");
    expect(reached?.anchor).to.equal("commits of billing");
    const sinceUs = (reached?.tUs ?? 0) - commitUs;
    expect(sinceUs).to.be.greaterThan(60_000);
  });
});
