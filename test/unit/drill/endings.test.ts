/** How a run ends early: each time in order, with its reason, with nothing left. */
import { writeSync } from "node:fs";
import { expect } from "chai";
import { DrillError } from "../../../src/kernel/errors.ts";
import { DrillWorld, pendingTimers } from "../../support/drill-world.ts";
import { drillPlan, faultStep, regionLossPlan } from "../../support/plans.ts";
import { sayEvent } from "../../support/scripted-agents.ts";

const NODE = "primary-east-1";
const KILL = faultStep("broker.kill", { brokers: [NODE] }, { forMs: 60_000 });
const never = () => new Promise<never>(() => {});

/** Runs, and checks what every ending has in common. */
async function ending(world: DrillWorld, wanted: { outcome: string; code: string }) {
  const timers = await pendingTimers();
  const { outcome, error } = await world.run();
  expect({ outcome, code: error?.code }).to.deep.equal(wanted);
  const last = world.events().at(-1);
  expect(last).to.include({ type: "run.ended", ...wanted, reason: error?.message });
  expect(world.runtime.destroyed).to.equal(true);
  expect(await pendingTimers()).to.equal(timers);
  return error;
}

function failed(code: string) {
  return { outcome: "failed", code };
}

const interrupted = { outcome: "interrupted", code: "E_INTERRUPTED" };

describe("a run that is interrupted", () => {
  it("heals while a fault is in effect, proves it, and cleans up", async () => {
    const world = new DrillWorld(drillPlan({ steps: [KILL] }));
    world.onNote = (text) => {
      const signal = new DrillError("E_INTERRUPTED", "the run was stopped by SIGINT");
      if (text.startsWith("disaster: in effect")) world.interrupt.abort(signal);
    };
    await ending(world, interrupted);
    const types = world.eventsOf("fault.effective", "fault.healed", "run.ended");
    expect(types.map(({ type }) => type)).to.deep.equal([
      "fault.effective",
      "fault.healed",
      "run.ended",
    ]);
    expect(world.eventsOf("stage.ended").at(-1)).to.include({ stage: "steps", ok: false });
    expect(world.eventsOf("audit.started")).to.deep.equal([]);
    expect(world.runtime.leftovers()).to.deep.equal([]);
  });

  it("heals after the act that was under way, not before it", async () => {
    const world = new DrillWorld(drillPlan({ steps: [KILL] }));
    const held = world.runtime.holdNext("kill", NODE);
    void held.begun.then(() => world.interrupt.abort());
    world.onStage = (name) => {
      if (name === "heal and clean up") setImmediate(held.release);
    };
    await ending(world, interrupted);
    expect(world.eventsOf("fault.healed")[0]?.proof).to.contain("answered");
    expect(world.eventsOf("node.state").at(-1)).to.not.include({ expected: false });
  });

  it("leaves nothing of what was booting", async () => {
    const world = new DrillWorld(drillPlan());
    const held = world.runtime.holdNext("startNode", NODE);
    void held.begun.then(() => world.interrupt.abort());
    await ending(world, interrupted);
    held.release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(world.runtime.leftovers()).to.deep.equal([]);
  });

  it("does not begin a stage after the interrupt, whatever its reason", async () => {
    const world = new DrillWorld(drillPlan());
    world.interrupt.abort();
    await ending(world, interrupted);
    expect(world.runtime.acts).to.deep.equal(["destroy"]);
  });

  it("does not wait for agents that are silent", async () => {
    const world = new DrillWorld(drillPlan(), {
      "cluster.ready": () => {
        world.interrupt.abort();
        return never();
      },
    });
    await ending(world, interrupted);
  });
});

describe("a run that cannot go on", () => {
  it("ends when the engine is lost: nothing can be healed, and it says so", async () => {
    const world = new DrillWorld(drillPlan({ steps: [KILL] }));
    world.onNote = (text) => {
      if (text.startsWith("disaster: in effect")) world.runtime.loseEngine("socket closed");
    };
    const error = await ending(world, failed("E_ENGINE_LOST"));
    expect(error?.message).to.equal("socket closed");
    expect(world.eventsOf("heal.failed")[0]?.reason).to.contain("the engine does not answer");
    expect(world.notes.at(-1)).to.contain("run `blackstart sweep`");
  });

  it("ends when an agent dies by itself", async () => {
    const world = new DrillWorld(drillPlan({ steps: [KILL] }));
    world.onNote = (text) => {
      if (text.startsWith("disaster: in effect")) world.runtime.die("agent-east-producers", 1);
    };
    const error = await ending(world, failed("E_AGENT_LOST"));
    expect(error?.message).to.equal("agent-east-producers ended by itself (exit code 1)");
    const death = world.eventsOf("node.state").find(({ node }) => node === "agent-east-producers");
    expect(death).to.include({ state: "died", expected: false, exitCode: 1 });
    expect(world.eventsOf("fault.healed")).to.have.length(1);
  });

  it("ends when a node dies by itself, also one that died and was healed before", async () => {
    const steps = [
      faultStep("region.shutdown", { region: "east", mode: "kill" }, { forMs: 1 }),
      faultStep(
        "broker.pause",
        { brokers: ["standby-west-1"] },
        { id: "later", atMs: null, after: { steps: ["disaster"], plusMs: 0 }, forMs: 60_000 },
      ),
    ];
    const world = new DrillWorld(regionLossPlan(steps));
    world.onNote = (text) => {
      if (text.startsWith("later: in effect")) world.runtime.die(NODE, 1);
    };
    const error = await ending(world, failed("E_NODE_NOT_READY"));
    expect(error?.message).to.equal(`${NODE} ended by itself (exit code 1)`);
  });

  it("ends when a node does not start, without waiting for the others' readiness", async () => {
    const world = new DrillWorld(drillPlan());
    const reason = new DrillError("E_NODE_NOT_READY", `${NODE} did not start: no memory`);
    world.runtime.failNext("startNode", NODE, reason);
    await ending(world, failed("E_NODE_NOT_READY"));
    expect(world.eventsOf("stage.ended")).to.have.length(1);
    expect(world.asked.filter((request) => request.endsWith("cluster.ready"))).to.deep.equal([]);
  });

  it("ends when a cluster has not the feature levels that were asked for", async () => {
    const plan = drillPlan();
    for (const node of plan.topology.nodes) node.features = { "group.version": 0 };
    const features: Record<string, number> = { "group.version": 1 };
    const world = new DrillWorld(plan, {
      "cluster.ready": () => ({ brokers: [1], features, tookMs: 1 }),
    });
    const error = await ending(world, failed("E_NODE_NOT_READY"));
    expect(error?.message).to.contain("feature group.version is at level 1, expected 0");
  });

  it("ends when a cluster does not get ready", async () => {
    const world = new DrillWorld(drillPlan(), {
      "cluster.ready": ({ address }) => {
        throw new Error(`0 of 1 brokers of ${address.cluster}`);
      },
    });
    const error = await ending(world, failed("E_NODE_NOT_READY"));
    expect(error?.message).to.contain("cluster primary did not get ready");
    expect(error?.message).to.contain("0 of 1 brokers of primary");
  });

  it("ends when replication never carries anything over", async () => {
    const world = new DrillWorld(regionLossPlan([]), { "group.offsets": () => [-1] });
    const error = await ending(world, failed("E_REPLICATION_NOT_READY"));
    expect(error?.message).to.contain("1 offsets of group billing have not crossed");
  });

  it("ends when an agent has another clock", async () => {
    const answer = { monotonicUs: 5, pid: 1, node: "v24.0.0" };
    const world = new DrillWorld(drillPlan(), { hello: () => answer });
    await ending(world, failed("E_CLOCK"));
  });
});

describe("a run on a full disk", () => {
  it("ends when an agent says so", async () => {
    const world = new DrillWorld(drillPlan({ steps: [KILL] }));
    const code = "E_DISK_FULL" as const;
    world.onNote = (text) => {
      if (!text.startsWith("disaster: in effect")) return;
      const agent = world.runtime.container("agent-east-producers");
      sayEvent(agent, { event: "fatal", tUs: 0, code, message: "journal-3.bin: no space" });
      agent.exit(3);
    };
    const error = await ending(world, failed(code));
    expect(error?.message).to.equal("agent-east-producers: journal-3.bin: no space");
    expect(world.eventsOf("fault.healed")).to.have.length(1);
  });

  for (const full of ["fault.effective", "node.state", "fault.injecting", "run.ended"]) {
    it(`heals and cleans up when ${full} cannot be recorded, nor anything after it`, async () => {
      const world = new DrillWorld(drillPlan({ steps: [{ ...KILL, forMs: 1 }] }));
      let isFull = false;
      const unhandled: unknown[] = [];
      const listener = (reason: unknown) => void unhandled.push(reason);
      process.on("unhandledRejection", listener);
      const { outcome, error } = await world.run({
        history: {
          write: (...[fd, data, offset, length, position]) => {
            const text = Buffer.from(data).toString("utf8", offset, offset + length);
            const died = full !== "node.state" || text.includes('"died"');
            isFull ||= text.includes(`"${full}"`) && died;
            if (isFull) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
            return writeSync(fd, data, offset, length, position);
          },
        },
      });
      await new Promise((resolve) => setImmediate(resolve));
      process.off("unhandledRejection", listener);
      expect({ outcome, code: error?.code }).to.deep.equal(failed("E_DISK_FULL"));
      expect(unhandled).to.deep.equal([]);
      if (full !== "fault.injecting") {
        expect(world.runtime.acts).to.include(`restart ${NODE}`);
      }
      expect(world.runtime.destroyed).to.equal(true);
      expect(world.runtime.leftovers()).to.deep.equal([]);
    });
  }
});
