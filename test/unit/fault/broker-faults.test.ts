import { expect } from "chai";
import { brokerKill } from "../../../src/fault/broker-kill.ts";
import { brokerPause } from "../../../src/fault/broker-pause.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { stretched, twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const B2 = "primary-east-2";
const both = { brokers: [B1, B2] };

describe("broker.kill", () => {
  it("kills, shows the dead refused from afar, and brings them back", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    const fault = await world.inject(brokerKill, both);
    expect(world.states()).to.include({ [B1]: "dead", [B2]: "dead", "standby-west-1": "running" });
    expect(world.runtime.probe("west", B1)).to.equal("refused");
    expect(world.told).to.deep.equal([`expect ${B1}`, `expect ${B2}`, "injecting", "injected"]);
    expect(await fault.prove()).to.equal(
      `the engine reports ${B1}, ${B2} dead; a probe from west met "refused"`,
    );
    expect(world.told.at(-1)).to.equal("west sees east refused");

    expect(await fault.heal()).to.equal(`${B1}, ${B2} answered ApiVersions again`);
    expect(Object.values(world.states())).to.not.include("dead");
    expect(world.runtime.probe("west", B1)).to.equal("answered");
  });

  it("shows a node dead before it dies, and alive after it lives", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(brokerKill, { brokers: [B1] });
    await fault.heal();
    expect(world.runtime.acts).to.deep.equal([
      "showDead west->east",
      `kill ${B1}`,
      `restart ${B1}`,
      "showAlive west->east",
    ]);
  });

  it("armed its undo before the act: a kill that throws still heals", async () => {
    for (const when of ["before", "after"] as const) {
      const world = await FaultWorld.of(twoRegions(2));
      world.runtime.failNext("kill", B2, new Error("engine busy"), when);
      expect(await refusal(world.inject(brokerKill, both))).to.equal("engine busy");
      expect(await world.heals.healAll()).to.deep.equal([]);
      expect(Object.values(world.states()), when).to.not.include("dead");
      expect(world.runtime.probe("west", B2), when).to.equal("answered");
    }
  });

  it("is not proven when nothing died", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    world.runtime.ignoreNext("kill", B2);
    const fault = await world.inject(brokerKill, both);
    expect(await refusal(fault.prove())).to.equal(`${B2} still runs after the kill`);
  });

  it("is not proven when callers from afar do not meet what was set", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.ignoreNext("showDead", "west->east");
    const fault = await world.inject(brokerKill, { brokers: [B1] });
    expect(await refusal(fault.prove())).to.equal(
      `a probe from west to ${B1} met "reset", expected refuse`,
    );
    expect(world.told).to.not.include("west sees east refused");
  });

  it("is not healed when a node does not serve", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    const fault = await world.inject(brokerKill, both);
    world.runtime.ignoreNext("restart", B1);
    expect(await refusal(fault.heal())).to.equal(`${B1} did not answer within 20 ms`);
  });

  it("heals what it can when one restart fails", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    const fault = await world.inject(brokerKill, both);
    world.runtime.failNext("restart", B1, new Error("no space"));
    expect(await refusal(fault.heal())).to.contain("no space");
    expect(world.runtime.probe("west", B2)).to.equal("answered");
  });
});

describe("broker.kill of a leader", () => {
  it("kills the leader of a partition, as it is when the step begins", async () => {
    const world = await FaultWorld.of(stretched(2));
    const view = { leaderEpoch: 3, isr: [1, 3], replicas: [1, 3] };
    world.partitions.set("stretched/orders", [
      { partition: 0, leader: 1, ...view },
      { partition: 1, leader: 3, ...view },
    ]);
    const leaderOf = { topic: "orders", cluster: "stretched", partition: 1 };
    await world.inject(brokerKill, { leaderOf });
    const dead = Object.entries(world.states()).filter(([, state]) => state === "dead");
    expect(dead).to.deep.equal([["stretched-west-1", "dead"]]);
  });

  it("says what it found when the partition has no leader", async () => {
    const world = await FaultWorld.of(stretched(1));
    const leaderOf = { topic: "orders", cluster: "stretched", partition: 4 };
    const inject = () => refusal(world.inject(brokerKill, { leaderOf }));
    const expected = "expected a leader of orders-4 on stretched, found";
    expect(await inject()).to.equal(`${expected} no topic orders`);
    const view = { leaderEpoch: 1, isr: [], replicas: [1] };
    world.partitions.set("stretched/orders", [{ partition: 0, leader: 1, ...view }]);
    expect(await inject()).to.equal(`${expected} no partition 4`);
    world.partitions.set("stretched/orders", [{ partition: 4, leader: -1, ...view }]);
    expect(await inject()).to.equal(`${expected} no leader`);
    expect(world.runtime.acts).to.deep.equal([]);
  });
});

describe("broker.pause", () => {
  it("freezes, is met with silence, and thaws", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    const fault = await world.inject(brokerPause, both);
    expect(world.states()).to.include({ [B1]: "paused", [B2]: "paused" });
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal(`${B1}, ${B2} did not answer a probe within 1500 ms`);
    expect(await fault.heal()).to.equal(`${B1}, ${B2} answered ApiVersions again`);
    expect(Object.values(world.states())).to.not.include("paused");
  });

  it("armed its undo before the act", async () => {
    const world = await FaultWorld.of(twoRegions(2));
    world.runtime.failNext("pause", B2, new Error("answer lost"), "after");
    expect(await refusal(world.inject(brokerPause, both))).to.equal("answer lost");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(Object.values(world.states())).to.not.include("paused");
  });

  it("is not proven by a broker that answers, nor by one that is gone", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    world.runtime.ignoreNext("pause", B1);
    const fault = await world.inject(brokerPause, { brokers: [B1] });
    expect(await refusal(fault.prove())).to.equal(
      `a probe from east to ${B1} met "answered", expected silence`,
    );
    await world.runtime.kill(B1);
    expect(await refusal(fault.prove())).to.contain(`met "refused", expected silence`);
  });

  it("is not healed when the broker stays silent", async () => {
    const world = await FaultWorld.of(twoRegions(1));
    const fault = await world.inject(brokerPause, { brokers: [B1] });
    world.runtime.ignoreNext("resume", B1);
    expect(await refusal(fault.heal())).to.equal(`${B1} did not answer within 20 ms`);
  });
});
