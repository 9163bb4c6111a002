import { expect } from "chai";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { failoverStep, faultStep, regionLossPlan } from "../../support/plans.ts";
import { sayEvent } from "../../support/scripted-agents.ts";

const KILL_EAST = faultStep("region.shutdown", { region: "east", mode: "kill" });
const OBSERVER = "agent-west-observer";

function bark(world: DrillWorld, healthy: boolean, detail: string, name = "declare"): number {
  const tUs = monotonicUs();
  const agent = world.runtime.container(OBSERVER);
  sayEvent(agent, { event: "watchdog", tUs, name, healthy, detail });
  return tUs;
}

describe("a failover", () => {
  it("waits for the decision from the detection on, then starts the clients", async () => {
    const decisionMs = 40;
    const world = new DrillWorld(regionLossPlan([KILL_EAST, failoverStep({ decisionMs })]));
    await world.run();
    const [detected] = world.eventsOf("failover.detected");
    const [decided] = world.eventsOf("failover.decided");
    expect(detected?.by).to.equal("watchdog in west: 1 probe failed");
    expect((decided?.tUs ?? 0) - (detected?.tUs ?? 0)).to.be.within(38_000, 4_000_000);
    const started = world.eventsOf("client.started").filter(({ origin }) => origin === "failover");
    expect(started.map(({ client }) => client)).to.have.members(["app-west", "billing-west"]);
    expect(world.asked).to.include("agent-west-producers-failover producer.start");
    expect(world.asked).to.include("agent-west-consumers-failover consumer.start");
  });

  it("watches from before the first fault", async () => {
    const world = new DrillWorld(regionLossPlan([KILL_EAST, failoverStep()]));
    world.onNote = (text) => {
      if (!text.startsWith("disaster:")) return;
      expect(world.asked).to.include(`${OBSERVER} watchdog.start`);
    };
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
  });

  it("takes no notice of a false alarm that was over before", async () => {
    const world = new DrillWorld(regionLossPlan([{ ...KILL_EAST, atMs: 10 }, failoverStep()]));
    world.onStage = (name) => {
      if (name !== "steps") return;
      setTimeout(() => {
        bark(world, false, "false alarm");
        bark(world, true, "all is well");
        bark(world, false, "not ours", "another");
      }, 2);
    };
    await world.run();
    const [detected] = world.eventsOf("failover.detected");
    expect(detected?.by).to.contain("1 probe failed");
    expect(detected?.tUs).to.be.greaterThan(world.eventsOf("fault.injecting")[0]?.tUs ?? Infinity);
  });

  it("counts a loss from when it was first noticed", async () => {
    const world = new DrillWorld(regionLossPlan([{ ...KILL_EAST, atMs: 10 }, failoverStep()]));
    let firstUs = 0;
    world.onStage = (name) => {
      if (name === "steps") {
        setTimeout(() => {
          firstUs = bark(world, false, "first");
        }, 2);
      }
    };
    await world.run();
    const [detected] = world.eventsOf("failover.detected");
    expect(detected).to.include({ by: "watchdog in west: first", tUs: firstUs });
  });

  it("fails when the watchdog notices nothing within the horizon", async () => {
    const world = new DrillWorld(
      regionLossPlan([faultStep("broker.pause", { brokers: ["standby-west-1"] }), failoverStep()]),
    );
    const { error } = await world.run();
    expect(error?.code).to.equal("E_FAULT_FAILED");
    expect(error?.message).to.contain("declare: the watchdog noticed nothing within");
    expect(world.eventsOf("failover.decided")).to.deep.equal([]);
  });

  it("ends with the run when that is interrupted while people decide", async () => {
    const step = failoverStep({ decisionMs: 60_000 });
    const world = new DrillWorld(regionLossPlan([KILL_EAST, step]));
    world.onNote = (text) => {
      if (text.startsWith("declare: detected")) world.interrupt.abort();
    };
    const { outcome } = await world.run();
    expect(outcome).to.equal("interrupted");
    expect(world.eventsOf("failover.decided")).to.deep.equal([]);
    expect(world.eventsOf("fault.healed")).to.have.length(1);
  });
});
