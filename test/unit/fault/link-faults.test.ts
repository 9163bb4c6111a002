import { expect } from "chai";
import { linkDegrade } from "../../../src/fault/link-degrade.ts";
import { linkPartition } from "../../../src/fault/link-partition.ts";
import { linkProblems, linksOf } from "../../../src/fault/link-target.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const EAST = "primary-east-1";
const WEST = "standby-west-1";
const between: [string, string] = ["east", "west"];
const whole = { between, direction: "both" as const };

describe("link.partition", () => {
  const met = { refuse: "refused", stall: "connected-silent", blackhole: "timeout" } as const;
  for (const mode of ["refuse", "stall", "blackhole"] as const) {
    it(`cuts both ways (${mode}), proves it, and mends`, async () => {
      const world = await FaultWorld.of(twoRegions(1));
      const fault = await world.inject(linkPartition, { ...whole, mode });
      expect(world.told).to.deep.equal(["injecting", "injected"]);
      expect(world.runtime.probe("east", WEST)).to.equal(met[mode]);
      expect(world.runtime.probe("west", EAST)).to.equal(met[mode]);
      expect(world.runtime.probe("west", WEST)).to.equal("answered");
      expect(await fault.prove()).to.equal(
        `probe east->west met "${met[mode]}"; probe west->east met "${met[mode]}"`,
      );
      expect(await fault.heal()).to.equal("probes across the link are answered again");
      expect(world.runtime.probe("east", WEST)).to.equal("answered");
    });
  }

  it("cuts one direction alone", async () => {
    for (const direction of ["forward", "backward"] as const) {
      const world = await FaultWorld.of(twoRegions(1));
      await world.inject(linkPartition, { between, direction, mode: "refuse" });
      const forward = direction === "forward";
      expect(world.runtime.probe("east", WEST)).to.equal(forward ? "refused" : "answered");
      expect(world.runtime.probe("west", EAST)).to.equal(forward ? "answered" : "refused");
    }
  });

  it("armed every undo before the first cut, and mends in reverse", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.failNext("cut", "west->east", new Error("gateway gone"), "after");
    const inject = world.inject(linkPartition, { ...whole, mode: "stall" });
    expect(await refusal(inject)).to.equal("gateway gone");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.runtime.acts.slice(2)).to.deep.equal(["mend west->east", "mend east->west"]);
    expect(world.runtime.probe("west", EAST)).to.equal("answered");
  });

  it("is not proven when one direction is still open, or cut in another manner", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.ignoreNext("cut", "west->east");
    const fault = await world.inject(linkPartition, { ...whole, mode: "blackhole" });
    expect(await refusal(fault.prove())).to.equal(
      `a probe west->east met "answered", expected blackhole`,
    );
    await world.runtime.link("west", "east").cut("refuse");
    expect(await refusal(fault.prove())).to.contain(`met "refused", expected blackhole`);
  });

  it("is not healed when a direction stays cut", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkPartition, { ...whole, mode: "blackhole" });
    world.runtime.ignoreNext("mend", "east->west");
    expect(await refusal(fault.heal())).to.equal("probes across the link are still not answered");
  });

  it("is proven by a broker that no other fault has taken", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    await world.runtime.kill(EAST);
    await world.runtime.link("west", "east").showDead([EAST], "refuse");
    const fault = await world.inject(linkPartition, { ...whole, mode: "blackhole" });
    expect(await fault.prove()).to.contain(`probe west->east met "timeout"`);
    expect(await fault.heal()).to.contain("answered again");
  });

  it("tells what it needs and reaches", () => {
    const params = { between, direction: "backward" as const, mode: "stall" as const };
    expect(linkPartition.needs(params)).to.deep.equal(["link.stall"]);
    expect(linkPartition.reach(params, twoRegions(1))).to.deep.equal({
      fidelity: "stall",
      targets: ["west->east"],
      affects: ["west->east"],
    });
  });
});

const quality = (world: FaultWorld, from = "east", to = "west") =>
  world.runtime.link(from, to).quality();

describe("link.degrade", () => {
  it("adds latency and jitter to what is planned, proves it, and restores", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkDegrade, { ...whole, latency: 200, jitter: 30 });
    const slow = { latencyMs: 220, jitterMs: 30, bandwidthBytesPerSecond: null };
    expect(await quality(world)).to.deep.equal(slow);
    expect(await quality(world, "west", "east")).to.deep.equal(slow);
    expect(await fault.prove()).to.equal(
      "a request east->west took 220 ms; a request west->east took 220 ms",
    );
    expect(await fault.heal()).to.equal(
      "probes across the link are answered, its gateway reports the planned quality",
    );
    expect((await quality(world)).latencyMs).to.equal(20);
  });

  it("limits bandwidth and leaves the planned latency; the gateway's word is the proof", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const params = { between, direction: "forward" as const, bandwidth: 500_000 };
    const fault = await world.inject(linkDegrade, params);
    expect(await quality(world)).to.deep.equal({
      latencyMs: 20,
      jitterMs: 0,
      bandwidthBytesPerSecond: 500_000,
    });
    expect(await fault.prove()).to.equal(
      "a request east->west took 20 ms; gateway east->west limits to 488.3 KiB/s",
    );
    expect((await quality(world, "west", "east")).bandwidthBytesPerSecond).to.equal(null);
  });

  it("never makes a link faster than planned", async () => {
    const topology = twoRegions(1);
    for (const link of topology.links) link.bandwidthBytesPerSecond = 100_000;
    const world = await FaultWorld.of(topology);
    await world.inject(linkDegrade, { ...whole, bandwidth: 500_000 });
    expect((await quality(world)).bandwidthBytesPerSecond).to.equal(100_000);
  });
});

describe("proofs of link.degrade", () => {
  it("is not proven when nothing was slowed, whatever was asked for", async () => {
    for (const asked of [{ latency: 200 }, { bandwidth: 500_000 }, { jitter: 50 }]) {
      const world = await FaultWorld.of(twoRegions(1));
      world.runtime.ignoreNext("degrade", "west->east");
      const fault = await world.inject(linkDegrade, { ...whole, ...asked });
      expect(await refusal(fault.prove()), JSON.stringify(asked)).to.match(/west->east/);
    }
  });

  it("is not proven by a link that is down, nor healed by one", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkDegrade, { ...whole, latency: 200 });
    await world.runtime.link("east", "west").cut("blackhole");
    expect(await refusal(fault.prove())).to.equal(`a probe east->west met "timeout"`);
    expect(await refusal(fault.heal())).to.contain(`a probe east->west met "timeout"`);
  });

  it("is not healed when the quality did not come back", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkDegrade, { ...whole, latency: 200 });
    world.runtime.ignoreNext("restoreQuality", "west->east");
    expect(await refusal(fault.heal())).to.equal(
      "gateway west->east adds 220 ms, 20 ms were planned",
    );
  });

  it("armed every undo before the act", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.failNext("degrade", "east->west", new Error("gateway gone"), "after");
    expect(await refusal(world.inject(linkDegrade, { ...whole, latency: 200 }))).to.equal(
      "gateway gone",
    );
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect((await quality(world)).latencyMs).to.equal(20);
    expect((await quality(world, "west", "east")).latencyMs).to.equal(20);
  });

  it("asks for something to degrade", () => {
    expect(linkDegrade.check(whole, twoRegions(1))).to.deep.equal([
      { path: [], message: "give `latency`, `jitter` or `bandwidth`" },
    ]);
    expect(linkDegrade.check({ ...whole, jitter: 5 }, twoRegions(1))).to.deep.equal([]);
    expect(linkDegrade.needs({ ...whole, jitter: 5 })).to.deep.equal(["link.degrade"]);
    expect(linkDegrade.reach({ ...whole, jitter: 5 }, twoRegions(1)).fidelity).to.equal("degrade");
  });
});

describe(linksOf.name, () => {
  it("reads the direction from the order of the regions", () => {
    expect(linksOf(whole)).to.deep.equal([
      { from: "east", to: "west" },
      { from: "west", to: "east" },
    ]);
    expect(linksOf({ between: ["west", "east"], direction: "forward" })).to.deep.equal([
      { from: "west", to: "east" },
    ]);
  });
});

describe(linkProblems.name, () => {
  it("names regions that do not exist, and a link to oneself", () => {
    expect(linkProblems(whole, twoRegions(1))).to.deep.equal([]);
    expect(linkProblems({ ...whole, between: ["east", "weast"] }, twoRegions(1))).to.deep.equal([
      { path: ["between", 1], message: `no region named "weast"; the regions are east, west` },
    ]);
    expect(linkProblems({ ...whole, between: ["east", "east"] }, twoRegions(1))).to.deep.equal([
      { path: ["between"], message: "a link needs two different regions" },
    ]);
  });
});
