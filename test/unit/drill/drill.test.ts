import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { runDrill } from "../../../src/drill/drill.ts";
import { DrillWorld, pendingTimers } from "../../support/drill-world.ts";
import { drillPlan, failoverStep, faultStep, regionLossPlan } from "../../support/plans.ts";

const STAGES = [
  "boot",
  "topics and replication",
  "workload",
  "steady state",
  "steps",
  "recovery and drain",
  "audit",
];
const KILL_EAST = faultStep("region.shutdown", { region: "east", mode: "kill" });

describe(runDrill.name, () => {
  it("goes through every stage, and leaves a history, logs and nothing else", async () => {
    const timers = await pendingTimers();
    const world = new DrillWorld(drillPlan());
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.stages).to.deep.equal([...STAGES, "heal and clean up"]);
    const stages = world.eventsOf("stage.started", "stage.ended");
    expect(stages.map(({ stage }) => stage)).to.deep.equal(STAGES.flatMap((name) => [name, name]));
    const events = world.events();
    expect(events[0]).to.include({ type: "run.started", run: "test", tool: "blackstart 0.0.0" });
    expect(events.at(-1)).to.include({ type: "run.ended", outcome: "completed" });
    expect(world.log("primary-east-1")).to.contain("started");
    expect(existsSync(join(world.folder, "journals"))).to.equal(true);
    expect(world.runtime.destroyed).to.equal(true);
    expect(world.runtime.leftovers()).to.deep.equal([]);
    expect(await pendingTimers()).to.equal(timers);
  });

  it("starts one agent for each role a region has, and says goodbye to all", async () => {
    const world = new DrillWorld(regionLossPlan([]));
    await world.run();
    const started = world.eventsOf("agent.started").map(({ agent }) => agent);
    expect(started).to.have.members([
      "agent-east-observer",
      "agent-east-producers",
      "agent-east-consumers",
      "agent-east-canary",
      "agent-west-observer",
    ]);
    for (const agent of started) expect(world.asked).to.include(`${agent} bye`);
    expect(world.eventsOf("node.state").filter(({ expected }) => expected === false)).to.deep.equal(
      [],
    );
  });

  it("stops without a fault when the steady state is never reached", async () => {
    const world = new DrillWorld(
      drillPlan({
        steadyState: [{ check: "acked-rate", atLeast: 1.5, forMs: 1000 }],
        steadyWithinMs: 1,
        steps: [faultStep("broker.kill", { brokers: ["primary-east-1"] })],
      }),
    );
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.eventsOf("steady.missed")[0]?.checks[0]?.detail).to.contain("acked-rate 100/s");
    expect(world.eventsOf("fault.injecting", "audit.started")).to.deep.equal([]);
    expect(world.runtime.acts).to.not.include("kill primary-east-1");
    expect(world.runtime.destroyed).to.equal(true);
  });

  it("leaves the containers when they are to be kept", async () => {
    const world = new DrillWorld(drillPlan());
    await world.run({ keep: true });
    expect(world.runtime.destroyed).to.equal(false);
    expect(await world.runtime.isRunning("primary-east-1")).to.equal(true);
    expect(world.notes.at(-1)).to.contain("blackstart sweep --run test");
    // The run is over: a death is nobody's business any more, and breaks nothing.
    world.runtime.die("primary-east-1", 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.events().at(-1)?.type).to.equal("run.ended");
  });
});

describe("the loss of a region, as a run", () => {
  it("breaks, detects, fails over, recovers, audits the survivors, heals, audits the rest", async () => {
    const timers = await pendingTimers();
    const world = new DrillWorld(regionLossPlan([KILL_EAST, failoverStep()]));
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    const told = world
      .events()
      .map(({ type }) => type)
      .filter((type) => /^(fault\.|heal\.|failover|audit\.started|workload)/.test(type));
    expect(told).to.deep.equal([
      "workload.started",
      "fault.injecting",
      "fault.injected",
      "fault.effective",
      "failover.detected",
      "failover.decided",
      "failover.restarted",
      "workload.stopped",
      "audit.started",
      "fault.healing",
      "fault.healed",
      "audit.started",
    ]);
    const audits = world.eventsOf("audit.started");
    expect(audits.map(({ pass, log, purpose }) => [pass, log, purpose])).to.deep.equal([
      [1, 1, "surviving"],
      [2, 0, "failed region, healed"],
    ]);
    expect(world.eventsOf("failover.restarted")[0]?.clients).to.deep.equal([
      "app-west",
      "billing-west",
    ]);
    expect(world.eventsOf("workload.stopped")[0]?.producers).to.equal(2);
    expect(await pendingTimers()).to.equal(timers);
  });

  it("removes replication before it heals, so that nothing is carried over", async () => {
    for (const workerIn of ["west", "east"]) {
      const world = new DrillWorld(regionLossPlan([KILL_EAST, failoverStep()], workerIn));
      expect(await world.run(), workerIn).to.deep.equal({ outcome: "completed" });
      const { acts } = world.runtime;
      const removed = acts.indexOf("remove mm2-primary-standby");
      expect(removed).to.be.greaterThan(0);
      expect(removed).to.be.lessThan(acts.indexOf("restart primary-east-1"));
      expect(acts).to.not.include("restart mm2-primary-standby");
      expect(world.log("mm2-primary-standby"), workerIn).to.contain("started");
      expect(world.eventsOf("heal.failed"), workerIn).to.deep.equal([]);
    }
  });

  it("does not wait for a frozen region, and lets none of its clients go on after it", async () => {
    const steps = [faultStep("region.shutdown", { region: "east", mode: "pause" })];
    const world = new DrillWorld(regionLossPlan(steps));
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.asked).to.not.include("agent-east-producers producer.stop");
    const { acts } = world.runtime;
    const ended = acts.indexOf("kill agent-east-producers");
    expect(ended).to.be.greaterThan(0);
    expect(ended).to.be.lessThan(acts.indexOf("resume primary-east-1"));
    expect(world.eventsOf("heal.failed")).to.deep.equal([]);
    expect(world.eventsOf("audit.started").map(({ pass }) => pass)).to.deep.equal([1, 2]);
  });

  it("says so when the failed region cannot be audited after its heal", async () => {
    const world = new DrillWorld(regionLossPlan([KILL_EAST]));
    world.onNote = (text) => {
      if (text.startsWith("audited standby")) {
        world.runtime.failNext("startAgent", "agent-east-observer-restore", new Error("no room"));
      }
    };
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.eventsOf("warning")[0]?.code).to.equal("W_FAILED_REGION_NOT_AUDITED");
    expect(world.eventsOf("warning")[0]?.message).to.contain("no room");
  });
});
