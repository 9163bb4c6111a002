import { expect } from "chai";
import type { PlannedStep } from "../../../src/experiment/plan.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep, healStep } from "../../support/plans.ts";

const EAST = "primary-east-1";
const WEST = "standby-west-1";
/** Timers count whole milliseconds, and may fire within the last of them. */
const EARLY_US = 2000;
const pauseOf = (broker: string, changes: Parameters<typeof faultStep>[2]) =>
  faultStep("broker.pause", { brokers: [broker] }, changes);

async function ran(steps: PlannedStep[], prepare: (world: DrillWorld) => void = () => {}) {
  const world = new DrillWorld(drillPlan({ steps }));
  prepare(world);
  const { outcome, error } = await world.run();
  const lines = world
    .eventsOf("step.started", "step.ended")
    .map((event) => `${event.step} ${event.type === "step.started" ? "started" : event.outcome}`);
  return { world, outcome, error, lines };
}

function startOf(world: DrillWorld, step: string): number {
  return world.eventsOf("step.started").find((event) => event.step === step)?.tUs ?? 0;
}

describe("steps", () => {
  it("begin at their time after the steady state, in whatever order they are written", async () => {
    const { world, lines } = await ran([
      pauseOf(WEST, { id: "second", atMs: 30, forMs: 0 }),
      pauseOf(EAST, { id: "first", atMs: 0, forMs: 0 }),
    ]);
    const starts = lines.filter((line) => line.endsWith("started"));
    expect(starts).to.deep.equal(["first started", "second started"]);
    expect(lines).to.include.members(["first done", "second done"]);
    const steadyUs = world.eventsOf("steady.reached")[0]?.tUs ?? 0;
    expect(startOf(world, "second") - steadyUs).to.be.within(30_000 - EARLY_US, 4_000_000);
  });

  it("begin after the end of all they wait for, and their delay", async () => {
    const { world, lines } = await ran([
      pauseOf(WEST, {
        id: "last",
        atMs: null,
        after: { steps: ["slow", "quick"], plusMs: 20 },
        forMs: 0,
      }),
      pauseOf(EAST, { id: "slow", forMs: 30 }),
      pauseOf(WEST, { id: "quick", forMs: 0 }),
    ]);
    expect(lines.slice(-3)).to.deep.equal(["slow done", "last started", "last done"]);
    const slowEndedUs = world.eventsOf("step.ended").find(({ step }) => step === "slow")?.tUs ?? 0;
    expect(startOf(world, "last") - slowEndedUs).to.be.within(20_000 - EARLY_US, 4_000_000);
  });
});

describe("steps that heal, or fail", () => {
  it("end with the heal when they have a length, else leave the fault for the end", async () => {
    const { world } = await ran([
      pauseOf(EAST, { id: "short", forMs: 20 }),
      pauseOf(WEST, { id: "open", forMs: null }),
    ]);
    const healed = world.eventsOf("fault.healed").map(({ step }) => step);
    expect(healed).to.deep.equal(["short", "open"]);
    const [short, open] = world.eventsOf("fault.healing");
    const injected = world.eventsOf("fault.injected").find(({ step }) => step === "short");
    expect((short?.tUs ?? 0) - (injected?.tUs ?? 0)).to.be.at.least(20_000 - EARLY_US);
    expect(open?.tUs).to.be.greaterThan(world.eventsOf("audit.started")[0]?.tUs ?? Infinity);
  });

  it("heal another step's fault at a time of their own, once", async () => {
    const { world, lines } = await ran([
      pauseOf(EAST, {}),
      healStep("disaster"),
      healStep("disaster", { id: "again", after: { steps: ["heal"], plusMs: 0 } }),
    ]);
    expect(lines.slice(-4)).to.deep.equal([
      "heal started",
      "heal done",
      "again started",
      "again done",
    ]);
    expect(world.eventsOf("fault.healing", "fault.healed")).to.have.length(2);
    expect(world.runtime.acts.filter((act) => act === `resume ${EAST}`)).to.have.length(1);
  });

  it("end the run at once when one fails: others would act on for nothing", async () => {
    const { world, outcome, error, lines } = await ran(
      [
        pauseOf(EAST, { id: "bad" }),
        pauseOf(WEST, { id: "far", atMs: 60_000 }),
        pauseOf(WEST, { id: "next", atMs: null, after: { steps: ["bad"], plusMs: 0 } }),
      ],
      ({ runtime }) => runtime.failNext("pause", EAST, new Error("engine busy"), "after"),
    );
    expect(lines).to.deep.equal(["bad started", "bad failed"]);
    expect({ outcome, code: error?.code }).to.deep.equal({
      outcome: "failed",
      code: "E_FAULT_FAILED",
    });
    expect(error?.message).to.equal("bad (broker.pause): engine busy");
    expect(world.eventsOf("fault.healed")).to.have.length(1);
  });

  it("refuse to wait for each other", async () => {
    const waits = (id: string, forId: string) =>
      pauseOf(EAST, { id, atMs: null, after: { steps: [forId], plusMs: 0 } });
    const { error, lines } = await ran([waits("a", "b"), waits("b", "a")]);
    expect(error?.code).to.equal("E_INTERNAL");
    expect(error?.message).to.equal("steps wait for each other");
    expect(lines).to.deep.equal([]);
  });
});
