import { expect } from "chai";
import { controllerKill } from "../../../src/fault/controller-kill.ts";
import { controllerMove } from "../../../src/fault/controller-move.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const B2 = "primary-east-2";

async function worldOf(): Promise<{ world: FaultWorld; cluster: FakeCluster }> {
  const world = await FaultWorld.of(twoRegions(3));
  return { world, cluster: new FakeCluster(world, "primary") };
}
const deadIn = (world: FaultWorld) =>
  Object.entries(world.states()).flatMap(([name, state]) => (state === "dead" ? [name] : []));

describe("controller.kill", () => {
  const active = { cluster: "primary", target: "active" as const };
  const majority = { cluster: "primary", target: "majority" as const };

  it("of the active one: another leads, in a later epoch", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(controllerKill, active);
    expect(deadIn(world)).to.deep.equal([B1]);
    expect(await fault.prove()).to.contain(`${B2} leads in epoch 6, after epoch 5`);
    expect(await fault.heal()).to.contain(`of the controllers, ${B2} leads in epoch 6`);
    expect(deadIn(world)).to.deep.equal([]);
  });

  it("of a majority: nobody leads any more", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(controllerKill, majority);
    expect(deadIn(world)).to.deep.equal([B1, B2]);
    expect(await fault.prove()).to.contain("none of the 1 controllers that are left leads");
    expect(await fault.heal()).to.contain("leads in epoch");
  });

  it("of a number of them: the active one first", async () => {
    const { world } = await worldOf();
    await world.runtime.kill(B1);
    const found = await controllerKill.resolve?.({ ...active, target: 2 }, world.context);
    expect(found?.nodes).to.deep.equal([B2, B1]);
  });

  it("is not proven when nobody took over, nor when somebody still leads without a majority", async () => {
    const { world, cluster } = await worldOf();
    const fault = await world.inject(controllerKill, active);
    cluster.deaf = true;
    expect(await refusal(fault.prove())).to.contain(`${B1} leads in epoch 5`);
    const other = (await worldOf()).world;
    const most = await other.inject(controllerKill, majority);
    other.replies["quorum.describe"] = () => ({
      claim: { leader: 3, leaderEpoch: 6 },
      answered: 1,
    });
    expect(await refusal(most.prove())).to.equal(
      "a majority is dead, and still primary-east-3 leads in epoch 6",
    );
  });

  it("armed its undo before the act", async () => {
    const { world } = await worldOf();
    world.runtime.failNext("kill", B2, new Error("engine busy"), "after");
    expect(await refusal(world.inject(controllerKill, majority))).to.equal("engine busy");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(deadIn(world)).to.deep.equal([]);
  });

  it("kills no more than there are", () => {
    const found = (target: number, topology = twoRegions(3)) =>
      controllerKill.check({ cluster: "primary", target }, topology);
    expect(found(3)).to.deep.equal([]);
    expect(found(4)[0]?.message).to.equal("primary has 3 controllers, found 4");
    expect(controllerKill.check({ cluster: "x", target: 1 }, twoRegions(1))[0]?.message).to.contain(
      'no cluster named "x"',
    );
  });
});

describe("controller.move", () => {
  for (const by of ["restart", "isolate"] as const) {
    it(`by ${by}: leadership goes on, and the old leader comes back`, async () => {
      const { world } = await worldOf();
      const fault = await world.inject(controllerMove, { cluster: "primary", by });
      expect(world.told.slice(-2)).to.deep.equal(["injecting", "injected"]);
      expect(await fault.prove()).to.equal(
        `leadership went from ${B1} (epoch 5) to ${B2} (epoch 6)`,
      );
      expect(deadIn(world)).to.deep.equal([]);
      expect(world.runtime.machine(B1).stops("out", 29102)).to.equal(undefined);
      expect(await fault.heal()).to.contain(`${B1} answered ApiVersions again`);
    });

    it(`by ${by}: fails when nobody takes over, and heals what it did`, async () => {
      const { world, cluster } = await worldOf();
      cluster.deaf = true;
      const live = await controllerMove.resolve?.({ cluster: "primary", by }, world.context);
      const params = { cluster: "primary", by };
      const act = controllerMove.inject(params, world.context, live ?? { nodes: [] });
      expect(await refusal(act)).to.equal(
        `controllers of primary after 20 ms: ${B1} leads in epoch 5`,
      );
      expect(await world.heals.healAll()).to.deep.equal([]);
      expect(deadIn(world)).to.deep.equal([]);
      expect(world.runtime.machine(B1).stops("out", 29102)).to.equal(undefined);
    });
  }

  it("is not proven without a later epoch", async () => {
    const { world } = await worldOf();
    const live = { nodes: [B1], noted: new Map([["epoch", 5]]) };
    const params = { cluster: "primary", by: "restart" as const };
    expect(await refusal(controllerMove.prove(params, world.context, live))).to.equal(
      "the controllers of primary are still in 5",
    );
  });

  it("needs somewhere to go", () => {
    const params = { cluster: "primary", by: "restart" as const };
    expect(controllerMove.check(params, twoRegions(2))[0]?.message).to.contain("2 of the 3");
    expect(controllerMove.check(params, twoRegions(3))).to.deep.equal([]);
  });
});
