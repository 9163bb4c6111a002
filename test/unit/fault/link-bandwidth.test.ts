import { expect } from "chai";
import { linkBandwidth } from "../../../src/fault/link-bandwidth.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const between: [string, string] = ["east", "west"];
const slow = { between, direction: "forward" as const, limit: 100_000 };

describe("link.bandwidth", () => {
  it("limits, is proven by the gateway and by a transfer, and is undone", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkBandwidth, slow);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal(
      "gateway east->west limits to 97.7 KiB/s; 48.8 KiB to standby-west-1 and back took 1020 ms",
    );
    const heal = "probes across the link are answered, its gateway reports the planned quality";
    expect(await fault.heal()).to.equal(heal);
    expect(world.runtime.transferMs("east", "standby-west-1", 50_000)).to.equal(20);
  });

  it("never makes a link faster than planned, and leaves its latency", async () => {
    const topology = twoRegions(1);
    for (const link of topology.links) link.bandwidthBytesPerSecond = 20_000;
    const world = await FaultWorld.of(topology);
    await world.inject(linkBandwidth, slow);
    expect(await world.runtime.link("east", "west").quality()).to.deep.equal({
      latencyMs: 20,
      jitterMs: 0,
      bandwidthBytesPerSecond: 20_000,
    });
  });

  it("armed every undo before the first act", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.failNext("degrade", "west->east", new Error("gateway gone"), "after");
    const inject = world.inject(linkBandwidth, { ...slow, direction: "both" });
    expect(await refusal(inject)).to.equal("gateway gone");
    expect(await world.heals.healAll()).to.deep.equal([]);
    const quality = await world.runtime.link("west", "east").quality();
    expect(quality.bandwidthBytesPerSecond).to.equal(null);
  });

  it("is not proven by a gateway that was not told, nor by a transfer that is too quick", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.ignoreNext("degrade", "east->west");
    const fault = await world.inject(linkBandwidth, slow);
    expect(await refusal(fault.prove())).to.equal(
      "gateway east->west does not report a limit of 97.7 KiB/s",
    );
    const other = await FaultWorld.of(twoRegions(1));
    other.runtime.transferMs = () => 700;
    const quick = await other.inject(linkBandwidth, slow);
    expect(await refusal(quick.prove())).to.contain("took 700 ms, expected ≥ 800 ms");
  });

  it("is not healed while the gateway still limits", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(linkBandwidth, slow);
    world.runtime.ignoreNext("restoreQuality", "east->west");
    expect(await refusal(fault.heal())).to.contain("does not report the planned jitter and band");
  });

  it("refuses a limit under which nothing works, and tells what it needs and reaches", () => {
    expect(linkBandwidth.check({ ...slow, limit: 999 }, twoRegions(1))).to.deep.equal([
      { path: ["limit"], message: "expected at least 1kB/s" },
    ]);
    expect(linkBandwidth.check(slow, twoRegions(1))).to.deep.equal([]);
    expect(linkBandwidth.needs(slow)).to.deep.equal(["link.degrade"]);
    expect(linkBandwidth.reach(slow, twoRegions(1))).to.deep.equal({
      fidelity: "degrade",
      targets: ["east->west"],
      affects: ["east->west"],
    });
  });
});
