/** Goal: a world serves run after run, and none that something happened to that no proof shows. */
import { expect } from "chai";
import { openWorld, World } from "../../../src/drill/world.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, regionLossPlan } from "../../support/plans.ts";
import type { Handlers } from "../../support/scripted-agents.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const never = new AbortController().signal;

function shared(plan = drillPlan(), handlers: Handlers = {}) {
  const drill = new DrillWorld(plan, handlers);
  const world = openWorld(plan, drill.runtime, "set-1");
  const run = (facts: string[] = []) => {
    drill.folder = temporaryFolder("drill");
    return drill.run({ world: { world, facts } });
  };
  return { drill, world, run };
}

describe(World.name, () => {
  it("is booted once, and serves the next run without its agents and workers", async () => {
    const { drill, world, run } = shared();
    expect(world.warm).to.equal(false);
    expect(await run()).to.deep.equal({ outcome: "completed" });
    expect(drill.eventsOf("run.started")[0]?.world).to.deep.equal({
      id: "set-1",
      warm: false,
      bootedBy: "test",
      served: 0,
      facts: [],
    });
    expect((await world.proveHealthy(drill.plan, never))?.facts.join()).to.contain(
      "1 topics and 1 groups",
    );
    const agents = drill.runtime.leftovers().filter((name) => name.startsWith("agent"));
    expect(agents.sort()).to.deep.equal(["agent-east-keeper", "agent-west-keeper"]);
    expect(drill.runtime.leftovers()).to.include("primary-east-1");
    expect(await run(["proven"])).to.deep.equal({ outcome: "completed" });
    expect(drill.eventsOf("run.started")[0]?.world).to.include({ warm: true, served: 1 });
    const ready = drill.eventsOf("node.state").filter(({ state }) => state === "ready");
    expect(ready.map(({ node }) => node)).to.deep.equal(["primary-east-1", "standby-west-1"]);
    const boots = drill.runtime.acts.filter((act) => /^(prepare|startNode)/.test(act));
    expect(boots).to.deep.equal([
      "prepare",
      "startNode primary-east-1",
      "startNode standby-west-1",
    ]);
    await world.close();
    expect(drill.runtime.leftovers()).to.deep.equal([]);
  });

  it("listens for the run it serves only: a death between two is nobody's", async () => {
    const { drill, world, run } = shared();
    await run();
    drill.runtime.die("standby-west-1", 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(drill.eventsOf("node.state").filter(({ state }) => state === "died")).to.have.length(0);
    // But what died does not go unseen.
    expect(await world.proveHealthy(drill.plan, never)).to.equal(null);
    expect(world.refusal(drill.plan)).to.equal("standby-west-1 does not run");
  });

  it("serves no other run after one that was cut short, and the history says so", async () => {
    const { drill, world, run } = shared();
    drill.onStage = (name) => {
      if (name === "steps") drill.interrupt.abort();
    };
    expect((await run()).outcome).to.equal("interrupted");
    expect(drill.eventsOf("world.spoiled")[0]?.reason).to.equal("run test was interrupted");
    expect(world.warm).to.equal(false);
    expect(world.refusal(drill.plan)).to.equal("run test was interrupted");
    expect(await world.proveHealthy(drill.plan, never)).to.equal(null);
  });

  it("serves no other run after one that never was steady", async () => {
    const steadyState = [{ check: "acked-rate", atLeast: 1.5, forMs: 1000 } as const];
    const { drill, world, run } = shared(drillPlan({ steadyState, steadyWithinMs: 1 }));
    expect((await run()).outcome).to.equal("completed");
    expect(drill.eventsOf("world.spoiled")[0]?.reason).to.contain("steady state was not reached");
    expect(world.warm).to.equal(false);
  });
});

describe("keepers of a world", () => {
  it("are started once, and frozen while a run uses it", async () => {
    const { drill, world, run } = shared();
    const actsOn = (name: string) => drill.runtime.acts.filter((act) => act.endsWith(` ${name}`));
    await run();
    await world.proveHealthy(drill.plan, never);
    await run();
    await world.proveHealthy(drill.plan, never);
    expect(actsOn("agent-east-keeper").filter((act) => !act.startsWith("remove"))).to.deep.equal([
      "startAgent agent-east-keeper",
      "pause agent-east-keeper",
      // The second run: its topics, before its own agents are there.
      "resume agent-east-keeper",
      "pause agent-east-keeper",
      // The second proof.
      "resume agent-east-keeper",
      "pause agent-east-keeper",
    ]);
  });

  it("lay the ground of the next run beside the start of its agents, and sleep before its workload", async () => {
    const { drill, world, run } = shared(regionLossPlan([]));
    await run();
    await world.proveHealthy(drill.plan, never);
    drill.asked.length = 0;
    drill.runtime.acts.length = 0;
    let acts: string[] = [];
    drill.onStage = (name) => {
      if (name === "workload") acts = [...drill.runtime.acts];
    };
    expect(await run()).to.deep.equal({ outcome: "completed" });
    const asked = (operation: string) =>
      drill.asked.filter((one) => one.endsWith(` ${operation}`)).map((one) => one.split(" ")[0]);
    expect(asked("topics.create")).to.deep.equal(["agent-east-keeper"]);
    expect(asked("group.commit")).to.deep.equal(["agent-east-keeper"]);
    // The readiness records are evidence of the run: its own agents write them.
    expect(asked("canary.seed")).to.deep.equal(["agent-east-observer"]);
    expect(acts.filter((act) => act.startsWith("startReplication"))).to.have.length(1);
    expect(acts.filter((act) => act.startsWith("pause")).sort()).to.deep.equal([
      "pause agent-east-keeper",
      "pause agent-west-keeper",
    ]);
  });

  it("end the run with the reason when they cannot lay it", async () => {
    const { drill, world, run } = shared(drillPlan(), {
      "topics.create": (_ask, { name }) => {
        if (name.endsWith("keeper")) throw new Error("broker error 41");
        return {};
      },
    });
    await run();
    await world.proveHealthy(drill.plan, never);
    const { outcome, error } = await run();
    expect(outcome).to.equal("failed");
    expect(error?.message).to.contain("broker error 41");
    await world.close();
    expect(drill.runtime.leftovers()).to.deep.equal([]);
  });

  it("are started anew when they died", async () => {
    const { drill, world, run } = shared();
    await run();
    await world.proveHealthy(drill.plan, never);
    drill.runtime.die("agent-west-keeper", 137);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await world.proveHealthy(drill.plan, never)).to.not.equal(null);
    const starts = drill.runtime.acts.filter((act) => act === "startAgent agent-west-keeper");
    expect(starts).to.have.length(2);
  });
});

describe("a world in use", () => {
  it("serves no other topology", async () => {
    const { drill, world } = shared();
    const { topology } = drill.plan;
    const [node] = topology.nodes;
    if (!node) throw new Error("the plan has nodes");
    const larger = { ...topology, nodes: [{ ...node, heapMiB: 999 }, ...topology.nodes.slice(1)] };
    expect(world.refusal({ ...drill.plan, topology: larger })).to.equal(
      "the topology is another one",
    );
    const [one, ...others] = topology.clusters;
    if (!one) throw new Error("the plan has clusters");
    const cold = { ...topology, clusters: [{ ...one, cold: true as const }, ...others] };
    const sleeping = openWorld({ ...drill.plan, topology: cold }, drill.runtime);
    expect(sleeping.refusal({ ...drill.plan, topology: cold })).to.equal(null);
    sleeping.bootedBy = "test";
    expect(sleeping.refusal({ ...drill.plan, topology: cold })).to.equal(
      "cluster primary is to be cold",
    );
    const replications = { ...topology, replications: [] };
    expect(world.refusal({ ...drill.plan, topology: replications })).to.equal(null);
  });
});

describe("links of a world", () => {
  it("are set for the next run when it wants other ones, and proven as it wants them", async () => {
    const { drill, world, run } = shared();
    await run();
    const { topology } = drill.plan;
    const links = topology.links.map((link) =>
      link.from === "east" ? { ...link, latencyMs: 99 } : link,
    );
    const slower = { ...drill.plan, topology: { ...topology, links } };
    expect(world.refusal(slower)).to.equal(null);
    expect((await world.proveHealthy(slower, never))?.facts.join()).to.contain("planned quality");
    expect((await drill.runtime.link("east", "west").quality()).latencyMs).to.equal(99);
    const replans = () => drill.runtime.acts.filter((act) => act.startsWith("replan"));
    expect(replans()).to.deep.equal(["replan east->west"]);
    // A fault of that run is healed to what that run had.
    const link = drill.runtime.link("east", "west");
    await link.degrade({ latencyMs: 500, jitterMs: 0, bandwidthBytesPerSecond: null });
    await link.restoreQuality();
    expect((await link.quality()).latencyMs).to.equal(99);
    expect(await world.proveHealthy(slower, never)).to.not.equal(null);
    expect(replans()).to.have.length(1);
  });
});

describe("the proof of a world's health", () => {
  const flaws: [string, Handlers, RegExp][] = [
    ["a broker is fenced", { "cluster.ready": fail("2 of 3 answer") }, /2 of 3 answer/],
    ["a group cannot be deleted", { "cluster.clear": fail("billing left") }, /billing left/],
    [
      "a caller is refused",
      { "probe.connect": () => ({ outcome: "refused", tookMs: 1 }) },
      /refused/,
    ],
  ];
  for (const [name, handlers, reason] of flaws) {
    it(`is spoiled by its proof of health when ${name}`, async () => {
      let booted = false;
      const after = Object.fromEntries(
        Object.entries(handlers).map(([op, handler]) => [
          op,
          (...args: [never, never]) => {
            if (booted) return (handler as (...given: unknown[]) => unknown)(...args);
            return { brokers: [1], tookMs: 1, outcome: "answered" };
          },
        ]),
      ) as Handlers;
      const { drill, world, run } = shared(drillPlan(), after);
      await run();
      booted = true;
      expect(await world.proveHealthy(drill.plan, never)).to.equal(null);
      expect(world.refusal(drill.plan)).to.match(reason);
      expect(drill.runtime.acts).to.include("pause agent-east-keeper");
    });
  }

  it("is spoiled when a link is not as planned", async () => {
    const { drill, world, run } = shared();
    await run();
    const quality = { latencyMs: 999, jitterMs: 0, bandwidthBytesPerSecond: null };
    await drill.runtime.link("east", "west").degrade(quality);
    expect(await world.proveHealthy(drill.plan, never)).to.equal(null);
    expect(world.refusal(drill.plan)).to.contain("east->west is not as planned: it adds 999 ms");
  });
});

function fail(message: string) {
  return () => {
    throw new Error(message);
  };
}
