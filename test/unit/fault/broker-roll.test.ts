import { expect } from "chai";
import { brokerRoll } from "../../../src/fault/broker-roll.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const NODES = ["primary-east-1", "primary-east-2", "primary-east-3"];
const [B1, B2, B3] = NODES as [string, string, string];
const careful = {
  cluster: "primary",
  pace: "isr-restored" as const,
  how: "graceful" as "graceful" | "kill",
  grace: 20,
};

async function worldOf(): Promise<{ world: FaultWorld; cluster: FakeCluster }> {
  const world = await FaultWorld.of(twoRegions(3));
  return { world, cluster: new FakeCluster(world, "primary") };
}

const downAndUp = (world: FaultWorld) =>
  world.runtime.acts.filter((act) => /^(terminate|kill|restart)/.test(act));

describe("broker.roll", () => {
  it("takes one after another, and tells the instant of the first", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(brokerRoll, careful);
    expect(downAndUp(world)).to.deep.equal(
      NODES.flatMap((name) => [`terminate ${name}`, `restart ${name}`]),
    );
    expect(world.told.slice(-2)).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal(
      `ended and started again, once in sync: ${NODES.map((name) => `${name} (143)`).join(", ")}`,
    );
    expect(await fault.heal()).to.contain("in sync on all of 9 replicas");
  });

  it("by kill, in the order that is given", async () => {
    const { world } = await worldOf();
    const params = { ...careful, how: "kill" as const, brokers: [B3, B1] };
    const fault = await world.inject(brokerRoll, params);
    expect(downAndUp(world)).to.deep.equal([
      `kill ${B3}`,
      `restart ${B3}`,
      `kill ${B1}`,
      `restart ${B1}`,
    ]);
    expect(await fault.prove()).to.contain(`${B3} (137), ${B1} (137)`);
    expect(brokerRoll.reach(params, world.topology).fidelity).to.equal("crash");
  });

  it("goes no further while replicas are not in sync, unless its pace is a time", async () => {
    const { world, cluster } = await worldOf();
    cluster.lagging = 1;
    expect(await refusal(world.inject(brokerRoll, careful))).to.equal(
      "primary after 20 ms: orders-0 has isr [2,3] without 1",
    );
    expect(world.runtime.acts).to.not.include(`terminate ${B2}`);
    await world.heals.healAll();
    await world.inject(brokerRoll, { ...careful, pace: 1 });
    expect(world.runtime.acts).to.include(`terminate ${B3}`);
  });

  it("armed every undo before the first act: a node that cannot be started is, on heal", async () => {
    const { world } = await worldOf();
    world.runtime.failNext("restart", B2, new Error("engine busy"));
    expect(await refusal(world.inject(brokerRoll, careful))).to.equal("engine busy");
    expect(world.states()[B2]).to.equal("dead");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(Object.values(world.states())).to.not.include("dead");
  });

  it("is not proven when a node had to be killed, nor when one never went", async () => {
    const { world } = await worldOf();
    world.runtime.ignoreNext("terminate", B2);
    const late = await world.inject(brokerRoll, careful);
    expect(await refusal(late.prove())).to.equal(`${B2} did not end as it was to (graceful): 137`);
    const other = (await worldOf()).world;
    other.runtime.ignoreNext("kill", B2);
    const never = await other.inject(brokerRoll, { ...careful, how: "kill" });
    expect(await refusal(never.prove())).to.equal(
      `${B2} did not end as it was to (kill): still runs`,
    );
  });

  it("is not healed while a node lags", async () => {
    const { world, cluster } = await worldOf();
    const fault = await world.inject(brokerRoll, careful);
    cluster.lagging = 3;
    expect(await refusal(fault.heal())).to.contain("without 3");
  });

  it("names the clusters and brokers there are", () => {
    const found = (params: object) =>
      brokerRoll.check({ ...careful, ...params }, twoRegions(1)).map(({ message }) => message);
    expect(found({})).to.deep.equal([]);
    expect(found({ cluster: "nowhere" })[0]).to.contain('no cluster named "nowhere"');
    expect(found({ brokers: ["standby-west-1"] })[0]).to.contain(
      'no broker of primary named "standby-west-1"',
    );
  });
});
