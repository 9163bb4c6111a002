/** A cluster that nobody starts before the failover does. */
import { expect } from "chai";
import type { Plan } from "../../../src/experiment/plan.ts";
import type { LogRef } from "../../../src/history/judging.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { failoverStep, faultStep, ORDERS, regionLossPlan } from "../../support/plans.ts";

const KILL_EAST = faultStep("region.shutdown", { region: "east", mode: "kill" });
const WEST = "standby-west-1";
const LOCAL: LogRef = { ...ORDERS, id: 1, cluster: "standby", region: "west" };

/** The loss of east, with a standby that is cold and has nothing copied to it. */
function coldPlan(steps = [KILL_EAST, failoverStep()]): Plan {
  const plan = regionLossPlan(steps);
  const { topology } = plan;
  return {
    ...plan,
    topology: {
      ...topology,
      clusters: topology.clusters.map((cluster) =>
        cluster.name === "standby" ? { ...cluster, cold: true } : cluster,
      ),
      replications: [],
    },
    topics: [
      ...plan.topics,
      {
        log: 1,
        cluster: "standby",
        spec: { topic: "orders", partitions: 1, replication: 1, config: {} },
      },
    ],
    producers: plan.producers.map((one) => (one.region === "west" ? { ...one, log: 1 } : one)),
    replications: [],
    watchers: [],
    steadyState: [{ check: "acked-rate", atLeast: 0.9, forMs: 1000 }],
    judging: { ...plan.judging, logs: [ORDERS, LOCAL] },
  };
}

const startsOf = (world: DrillWorld) =>
  world.eventsOf("node.state").filter(({ node, state }) => node === WEST && state === "started");

describe("a cold cluster", () => {
  it("is started by the failover, between the decision and the clients", async () => {
    const world = new DrillWorld(coldPlan());
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    const told = world
      .eventsOf("failover.decided", "cluster.started", "failover.restarted", "node.state")
      .filter((event) => event.type !== "node.state" || event.node === WEST)
      .map((event) => (event.type === "node.state" ? event.state : event.type));
    expect(told.slice(0, 5)).to.deep.equal([
      "failover.decided",
      "started",
      "ready",
      "cluster.started",
      "failover.restarted",
    ]);
    const asked = world.asked.filter((line) => line.startsWith("agent-west-"));
    const made = asked.indexOf("agent-west-observer topics.create");
    expect(made).to.be.greaterThan(-1);
    expect(asked.indexOf("agent-west-producers-failover producer.start")).to.be.greaterThan(made);
  });

  it("is not started and asked nothing while no step starts it", async () => {
    const world = new DrillWorld(coldPlan([]));
    world.onStage = (name) => {
      if (name === "audit") world.interrupt.abort(new DrillError("E_INTERRUPTED", "enough"));
    };
    await world.run();
    expect(world.stages).to.include("audit");
    expect(startsOf(world)).to.deep.equal([]);
    const asked = world.asked.filter((line) => line.startsWith("agent-west-"));
    expect(new Set(asked.map((line) => line.split(" ")[1]))).to.deep.equal(
      new Set(["hello", "health.begin", "bye"]),
    );
  });

  it("is started once, whoever asks for it again", async () => {
    const again = failoverStep({ id: "again", after: { steps: ["declare"], plusMs: 0 } });
    const world = new DrillWorld(coldPlan([KILL_EAST, failoverStep(), again]));
    await world.run();
    expect(startsOf(world)).to.have.length(1);
    expect(world.eventsOf("cluster.started").map(({ step }) => step)).to.deep.equal(["declare"]);
  });

  it("that does not get ready ends the run with that reason", async () => {
    const world = new DrillWorld(coldPlan(), {
      "cluster.ready": ({ address }) => {
        if (address.cluster === "standby") throw new Error("no broker answers");
        return { brokers: [1], features: {}, tookMs: 1 };
      },
    });
    const { outcome, error } = await world.run();
    expect(outcome).to.equal("failed");
    expect(error?.code).to.equal("E_NODE_NOT_READY");
    expect(error?.message).to.match(/^cluster standby did not get ready: .*: no broker answers$/);
  });
});
