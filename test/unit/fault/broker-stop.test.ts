import { expect } from "chai";
import { brokerStop } from "../../../src/fault/broker-stop.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const B2 = "primary-east-2";
const params = { brokers: [B1], grace: 20 };

async function worldOf(): Promise<{ world: FaultWorld; cluster: FakeCluster }> {
  const world = await FaultWorld.of(twoRegions(3));
  return { world, cluster: new FakeCluster(world, "primary") };
}

describe("broker.stop", () => {
  it("asks, waits for the end, shows the dead refused, and starts again", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerStop, params);
    expect(world.runtime.acts).to.deep.equal([`terminate ${B1}`, "showDead west->east"]);
    expect(world.told).to.deep.equal([`expect ${B1}`, "injecting", "injected"]);
    expect(await fault.prove()).to.equal(
      `${B1} ended by itself (143); ${B1} leads no partition; a probe from west met "refused"`,
    );
    expect(await fault.heal()).to.equal(`${B1} answered ApiVersions again`);
    expect(world.runtime.probe("west", B1)).to.equal("answered");
  });

  it("kills what is late, and then proves nothing", async () => {
    const { world } = await worldOf();
    world.runtime.ignoreNext("terminate", B1);
    const fault = await world.inject(brokerStop, params);
    expect(world.runtime.acts).to.include(`kill ${B1}`);
    expect(await refusal(fault.prove())).to.equal(`${B1} did not end by itself: exit code 137`);
  });

  it("is not proven while partitions are still led by the node", async () => {
    const { world, cluster } = await worldOf();
    cluster.frozenLeaders = true;
    const fault = await world.inject(brokerStop, params);
    expect(await refusal(fault.prove())).to.equal("primary after 20 ms: orders-0 is led by 1");
  });

  it("armed its undo before the act: the second that cannot be asked, the first is started", async () => {
    for (const when of ["before", "after"] as const) {
      const { world } = await worldOf();
      world.runtime.failNext("terminate", B2, new Error("engine busy"), when);
      const both = { ...params, brokers: [B1, B2] };
      expect(await refusal(world.inject(brokerStop, both))).to.equal("engine busy");
      expect(await world.heals.healAll()).to.deep.equal([]);
      expect(Object.values(world.states()), when).to.not.include("dead");
    }
  });

  it("is not healed when the node does not come back", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerStop, params);
    world.runtime.ignoreNext("restart", B1);
    expect(await refusal(fault.heal())).to.equal(`${B1} did not answer within 20 ms`);
  });
});
