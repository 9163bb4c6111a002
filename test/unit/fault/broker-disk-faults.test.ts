/** Goal: what disks lose or refuse is real, shown, and mended. broker.wipe, .power-loss, .disk. */
import { expect } from "chai";
import { brokerDisk } from "../../../src/fault/broker-disk.ts";
import { brokerPowerLoss } from "../../../src/fault/broker-power-loss.ts";
import { brokerWipe } from "../../../src/fault/broker-wipe.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const B2 = "primary-east-2";

async function worldOf(): Promise<{ world: FaultWorld; cluster: FakeCluster }> {
  const world = await FaultWorld.of(twoRegions(3));
  return { world, cluster: new FakeCluster(world, "primary") };
}

describe("broker.wipe", () => {
  const params = { brokers: [B1], start: "on-heal" as "on-heal" | "at-once" };

  it("empties a dead node's disk; it comes back with another and copies all", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerWipe, params);
    expect(world.runtime.acts).to.deep.equal(["showDead west->east", `kill ${B1}`, `wipe ${B1}`]);
    const proof = await fault.prove();
    expect(proof).to.contain(`${B1} dead`).and.to.contain("their disks are blank");
    expect(proof).to.contain("no partition counts on 1");
    const healed = await fault.heal();
    expect(healed).to.contain(`a new disk (${B1}-1 became ${B1}-2)`);
    expect(healed).to.contain("in sync on all of 3 replicas");
  });

  it("at once: proven by its new disk", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerWipe, { ...params, start: "at-once" });
    expect(await fault.prove()).to.equal(`${B1} has a new disk (${B1}-1 became ${B1}-2)`);
  });

  it("is not proven when the disk was not emptied, in either way", async () => {
    const { world } = await worldOf();
    world.runtime.ignoreNext("wipe", B1);
    const fault = await world.inject(brokerWipe, params);
    expect(await refusal(fault.prove())).to.equal(`the disk of ${B1} is not blank: ${B1}-1`);
    expect(await refusal(fault.heal())).to.equal(`${B1} has its old disk ${B1}-1`);
  });

  it("is not healed until the node is in sync", async () => {
    const { world, cluster } = await worldOf();
    const fault = await world.inject(brokerWipe, params);
    cluster.lagging = 1;
    expect(await refusal(fault.heal())).to.contain("without 1");
  });

  it("armed its undo before the act", async () => {
    const { world } = await worldOf();
    world.runtime.failNext("wipe", B2, new Error("busy"));
    const both = { ...params, brokers: [B1, B2] };
    expect(await refusal(world.inject(brokerWipe, both))).to.equal("busy");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(Object.values(world.states())).to.not.include("dead");
  });

  it("wipes no two controllers of one quorum", () => {
    const found = brokerWipe.check({ ...params, brokers: [B1, B2] }, twoRegions(3));
    expect(found.map(({ message }) => message)[0]).to.contain("2 controllers of primary");
    expect(brokerWipe.check(params, twoRegions(3))).to.deep.equal([]);
  });
});

describe("broker.power-loss", () => {
  const params = {
    brokers: [B1],
    unflushed: "all" as const,
    start: "on-heal" as "on-heal" | "at-once",
  };

  it("kills, cuts what was not on the disk, and starts again", async () => {
    const { world } = await worldOf();
    world.runtime.machine(B1).disk.unflushed = [
      { log: "orders-0", bytes: 100 },
      { log: "orders-2", bytes: 20 },
    ];
    const fault = await world.inject(brokerPowerLoss, params);
    expect(world.runtime.acts.slice(-2)).to.deep.equal([`kill ${B1}`, `cutUnflushed ${B1}`]);
    expect(world.told).to.deep.equal([`expect ${B1}`, "injecting", "injected"]);
    expect(await fault.prove()).to.contain(`120 bytes of 2 logs of ${B1} were cut; the engine`);
    expect(await fault.heal()).to.contain("in sync on all of 3 replicas");
    expect(brokerPowerLoss.reach(params, world.topology).fidelity).to.equal("power-loss");
  });

  it("at once: the node serves with what is left", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerPowerLoss, { ...params, start: "at-once" });
    expect(await fault.prove()).to.contain("answered ApiVersions again");
  });

  it("is not proven when everything was on the disk", async () => {
    const { world } = await worldOf();
    world.runtime.machine(B1).disk.unflushed = [];
    const fault = await world.inject(brokerPowerLoss, params);
    expect(await refusal(fault.prove())).to.equal(
      `${B1} had nothing that was not flushed: nothing was cut`,
    );
  });

  it("armed its undo before the act", async () => {
    const { world } = await worldOf();
    world.runtime.failNext("cutUnflushed", B2, new Error("no space"));
    const both = { ...params, brokers: [B1, B2] };
    expect(await refusal(world.inject(brokerPowerLoss, both))).to.equal("no space");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(Object.values(world.states())).to.not.include("dead");
  });
});

describe("broker.disk", () => {
  const params = { brokers: [B1], mode: "failing" as const };

  it("ends the broker by its disk, and mends both", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerDisk, params);
    expect(world.told).to.deep.equal([`expect ${B1}`, "injecting", "injected"]);
    expect(await fault.prove()).to.equal(
      `the disk of ${B1} takes no write (a checkpoint fails) and Kafka gave up (1); ` +
        'a probe from west met "refused"',
    );
    expect(await fault.heal()).to.contain("in sync on all of 3 replicas");
    expect(world.runtime.acts.slice(-3)).to.deep.equal([
      `mendDisk ${B1}`,
      `restart ${B1}`,
      "showAlive west->east",
    ]);
  });

  it("is not proven when the disk still takes writes, nor healed when it does not", async () => {
    const { world } = await worldOf();
    world.runtime.ignoreNext("spoil", B1);
    const fault = await world.inject(brokerDisk, params);
    expect(await refusal(fault.prove())).to.equal(`the disk of ${B1} still takes a write`);
    const other = (await worldOf()).world;
    const stuck = await other.inject(brokerDisk, params);
    other.runtime.ignoreNext("mendDisk", B1);
    expect(await refusal(stuck.heal())).to.equal(`the disk of ${B1} still takes no write`);
  });

  it("armed its undo before the act: the second that fails, the first is mended", async () => {
    for (const when of ["before", "after"] as const) {
      const { world } = await worldOf();
      world.runtime.failNext("spoil", B2, new Error("busy"), when);
      expect(await refusal(world.inject(brokerDisk, { ...params, brokers: [B1, B2] }))).to.equal(
        "busy",
      );
      expect(await world.heals.healAll()).to.deep.equal([]);
      expect(await world.runtime.machine(B1).disk.writable(), when).to.equal(true);
      expect(await world.runtime.machine(B2).disk.writable(), when).to.equal(true);
      expect(Object.values(world.states())).to.not.include("dead");
    }
  });

  it("fills a disk only that has a size of its own", () => {
    const full = { brokers: [B1], mode: "full" as const };
    const topology = twoRegions(1);
    expect(brokerDisk.check(full, topology)[0]?.message).to.contain("give primary a `disk`");
    const sized = topology.nodes.map((node) => ({ ...node, diskBytes: 1e9 }));
    expect(brokerDisk.check(full, { ...topology, nodes: sized })).to.deep.equal([]);
  });
});
