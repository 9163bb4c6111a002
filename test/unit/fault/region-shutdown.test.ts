import { expect } from "chai";
import { regionShutdown } from "../../../src/fault/region-shutdown.ts";
import { agentOf, FaultWorld, refusal } from "../../support/fault-world.ts";
import { replicationIn, twoRegions } from "../../support/topologies.ts";

const EAST = ["primary-east-1", "primary-east-2", "mm2-primary-standby", agentOf("east")];
const NODE = "primary-east-1";
const kill = { region: "east", mode: "kill" as const };
const pause = { region: "east", mode: "pause" as const };
const blackhole = { region: "east", mode: "blackhole" as const };

/** Two brokers a region, and replication that runs in the region that is lost. */
function world(): Promise<FaultWorld> {
  return FaultWorld.of({ ...twoRegions(2), replications: [replicationIn("east")] });
}

function inState(found: FaultWorld, state: string): string[] {
  return Object.entries(found.states())
    .filter(([, is]) => is === state)
    .map(([name]) => name);
}

describe("region.shutdown by kill", () => {
  it("takes nodes, workers and agents, proves it from afar, and starts what is a server", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, kill);
    expect(inState(found, "dead")).to.have.members(EAST);
    expect(found.told.filter((what) => what.startsWith("expect"))).to.have.members(
      EAST.map((name) => `expect ${name}`),
    );
    expect(found.told.slice(-2)).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.contain(`a probe from west met "refused"`);
    expect(found.told.at(-1)).to.equal("west sees east refused");
    expect(await fault.heal()).to.contain("answered ApiVersions again");
    // Clients do not come back by themselves: whoever lost them starts new ones.
    expect(inState(found, "dead")).to.deep.equal([agentOf("east")]);
  });

  it("takes who stores and carries before who sends: the other way round the mirror would catch up", async () => {
    const found = await world();
    const running = () => EAST.filter((name) => found.runtime.container(name).state === "running");
    const left: string[][] = [];
    const { kill: killed } = found.runtime;
    found.runtime.kill = async (name) => {
      if (name === agentOf("east")) left.push(running());
      else await new Promise((resolve) => setTimeout(resolve, 5));
      await killed.call(found.runtime, name);
    };
    await found.inject(regionShutdown, kill);
    expect(left).to.deep.equal([[agentOf("east")]]);
  });

  it("armed its undo before the act: every kill that throws still heals", async () => {
    for (const name of EAST) {
      const found = await world();
      found.runtime.failNext("kill", name, new Error("engine busy"), "after");
      expect(await refusal(found.inject(regionShutdown, kill))).to.equal("engine busy");
      expect(await found.heals.healAll()).to.deep.equal([]);
      expect(inState(found, "dead"), name).to.deep.equal([agentOf("east")]);
      expect(found.runtime.probe("west", NODE), name).to.equal("answered");
    }
  });

  it("is not proven when a node still runs", async () => {
    const found = await world();
    found.runtime.ignoreNext("kill", NODE);
    const fault = await found.inject(regionShutdown, kill);
    expect(await refusal(fault.prove())).to.equal(`${NODE} still runs after the kill`);
  });

  it("does not start a worker again that was removed meanwhile", async () => {
    // Before a dead region is healed its replication is removed, so that it cannot carry over what
    // the region kept to itself.
    const found = await world();
    const fault = await found.inject(regionShutdown, kill);
    await found.runtime.remove("mm2-primary-standby");
    expect(await fault.heal().catch((error: Error) => error.message)).to.contain("answered");
    expect(found.runtime.acts).to.not.include("restart mm2-primary-standby");
  });

  it("is not healed when a node does not serve", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, kill);
    found.runtime.ignoreNext("restart", NODE);
    expect(await refusal(fault.heal())).to.equal(`${NODE} did not answer within 20 ms`);
  });
});

describe("region.shutdown by pause", () => {
  it("freezes everything, is met with silence, and thaws everything", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, pause);
    expect(inState(found, "paused")).to.have.members(EAST);
    expect([...found.frozen]).to.deep.equal([agentOf("east")]);
    expect(await fault.prove()).to.equal(`a probe from west met "connected-silent"`);
    expect(found.told.at(-1)).to.equal("west sees east stalled");
    expect(await fault.heal()).to.contain("answered ApiVersions again");
    expect(inState(found, "paused")).to.deep.equal([]);
    expect([...found.frozen]).to.deep.equal([]);
  });

  it("armed its undo before the act", async () => {
    const found = await world();
    found.runtime.failNext("pause", "primary-east-2", new Error("answer lost"), "after");
    expect(await refusal(found.inject(regionShutdown, pause))).to.equal("answer lost");
    expect(await found.heals.healAll()).to.deep.equal([]);
    expect(inState(found, "paused")).to.deep.equal([]);
  });

  it("thaws what is left when a worker was removed meanwhile", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, pause);
    await found.runtime.remove("mm2-primary-standby");
    expect(await fault.heal().catch((error: Error) => error.message)).to.contain("answered");
  });

  it("is not proven when the region still answers", async () => {
    const found = await world();
    for (const name of EAST) found.runtime.ignoreNext("pause", name);
    const fault = await found.inject(regionShutdown, pause);
    expect(await refusal(fault.prove())).to.equal(`a probe from west met "answered"`);
  });
});

describe("region.shutdown by blackhole", () => {
  it("drops what crosses the border, leaves the region alive, and mends", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, blackhole);
    expect(Object.values(found.states())).to.not.include("dead");
    expect(found.runtime.probe("east", NODE)).to.equal("answered");
    expect(found.runtime.probe("east", "standby-west-1")).to.equal("timeout");
    expect(await fault.prove()).to.equal(`a probe from west met "timeout"`);
    expect(found.told.at(-1)).to.equal("west sees east blackholed");
    expect(await fault.heal()).to.equal("region east answers probes from every other region");
    expect(found.runtime.probe("east", "standby-west-1")).to.equal("answered");
  });

  it("armed every undo before the first cut, and mends in reverse", async () => {
    const found = await world();
    found.runtime.failNext("cut", "east->west", new Error("gateway gone"), "after");
    expect(await refusal(found.inject(regionShutdown, blackhole))).to.equal("gateway gone");
    expect(await found.heals.healAll()).to.deep.equal([]);
    expect(found.runtime.acts.slice(-2)).to.deep.equal(["mend west->east", "mend east->west"]);
    expect(found.runtime.probe("east", "standby-west-1")).to.equal("answered");
  });

  it("is not proven when others reach it, nor healed while they do not", async () => {
    const found = await world();
    found.runtime.ignoreNext("cut", "west->east");
    const fault = await found.inject(regionShutdown, blackhole);
    expect(await refusal(fault.prove())).to.equal(`a probe from west met "answered"`);
    await found.runtime.link("west", "east").cut("blackhole");
    found.runtime.ignoreNext("mend", "west->east");
    expect(await refusal(fault.heal())).to.equal("region east is still not reachable");
  });

  it("cannot be proven when nobody is left to look", async () => {
    const found = await world();
    const fault = await found.inject(regionShutdown, blackhole);
    await found.runtime.kill(agentOf("west"));
    expect(await refusal(fault.prove())).to.equal("no other region is left to probe from");
  });
});

describe("region.shutdown in order", () => {
  const graceful = { region: "east", mode: "graceful" as const };

  it("asks nodes and workers to end, kills clients, and starts what it ended", async () => {
    const topology = { ...twoRegions(1), replications: [replicationIn("east")] };
    const world = await FaultWorld.of(topology);
    const fault = await world.inject(regionShutdown, graceful);
    expect(world.runtime.acts).to.deep.equal([
      `stop ${NODE}`,
      "stop mm2-primary-standby",
      "kill agent-east-observer",
      "showDead west->east",
    ]);
    expect(await fault.prove()).to.contain(`the engine reports ${NODE} dead`);
    await world.heals.healAll();
    expect(world.states()).to.include({ [NODE]: "running", "mm2-primary-standby": "running" });
    expect(world.runtime.probe("west", NODE)).to.equal("answered");
  });

  it("is not proven when a node did not end, and armed its undo before the act", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.ignoreNext("stop", NODE);
    const fault = await world.inject(regionShutdown, graceful);
    expect(await refusal(fault.prove())).to.equal(`${NODE} still runs after the kill`);
    const lost = await FaultWorld.of(twoRegions(1));
    lost.runtime.failNext("stop", NODE, new Error("answer lost"), "after");
    expect(await refusal(lost.inject(regionShutdown, graceful))).to.equal("answer lost");
    expect(await lost.heals.healAll()).to.deep.equal([]);
    expect(lost.states()).to.include({ [NODE]: "running" });
  });
});

describe("region.shutdown in the plan", () => {
  it("needs what its mode uses", () => {
    expect(regionShutdown.needs(kill)).to.have.members(["kill", "start"]);
    expect(regionShutdown.needs({ region: "east", mode: "graceful" })).to.include("stop");
    expect(regionShutdown.needs(pause)).to.deep.equal(["pause"]);
    expect(regionShutdown.needs(blackhole)).to.deep.equal(["link.blackhole"]);
  });

  it("reaches the region, its clusters and its workers", () => {
    const topology = { ...twoRegions(1), replications: [replicationIn("east")] };
    expect(regionShutdown.reach(kill, topology)).to.deep.equal({
      fidelity: "crash",
      targets: [NODE, "mm2-primary-standby"],
      affects: ["east", "cluster:primary"],
    });
    expect(regionShutdown.reach(pause, topology).fidelity).to.equal("pause");
    expect(regionShutdown.reach(blackhole, topology).fidelity).to.equal("blackhole");
  });

  it("knows the regions there are", () => {
    expect(regionShutdown.check(kill, twoRegions(1))).to.deep.equal([]);
    expect(regionShutdown.check({ ...kill, region: "north" }, twoRegions(1))).to.deep.equal([
      { path: ["region"], message: `no region named "north"; the regions are east, west` },
    ]);
  });
});
