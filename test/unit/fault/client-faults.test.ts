import { expect } from "chai";
import { clientKill } from "../../../src/fault/client-kill.ts";
import { clientPause } from "../../../src/fault/client-pause.ts";
import { clientProblems } from "../../../src/fault/client-target.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const APP = "agent-east-producers";
const target = { clients: "producers", in: "east" } as const;
const kill = { ...target, restart: true };

async function worldOf(): Promise<FaultWorld> {
  const world = await FaultWorld.of(twoRegions(1));
  await world.application.add("producers", "east", ["orders-east", "refunds-east"]);
  return world;
}

describe("client.kill", () => {
  it("kills the process, and a new one takes its place", async () => {
    const world = await worldOf();
    const fault = await world.inject(clientKill, kill);
    expect(world.told).to.deep.equal([`expect ${APP}`, "injecting", "injected"]);
    expect(world.runtime.acts).to.deep.equal([`kill ${APP}`]);
    expect(await fault.prove()).to.equal(
      `the engine reports ${APP} dead, and with it orders-east, refunds-east`,
    );
    world.application.starts = ["orders-east-restarted"];
    expect(await fault.heal()).to.equal("orders-east-restarted started and served");
    expect(world.told.at(-1)).to.equal(`restart ${APP}`);
  });

  it("leaves it dead when asked to, and when the workload is over", async () => {
    const world = await worldOf();
    const fault = await world.inject(clientKill, { ...kill, restart: false });
    expect(await fault.heal()).to.equal("orders-east, refunds-east stay dead, as asked");
    expect(world.told).to.not.include(`restart ${APP}`);
    const over = await worldOf();
    over.application.starts = null;
    const late = await over.inject(clientKill, kill);
    expect(await late.heal()).to.equal("the workload is over: nothing was started any more");
  });

  it("armed its undo before the act", async () => {
    const world = await worldOf();
    world.runtime.failNext("kill", APP, new Error("answer lost"), "after");
    expect(await refusal(world.inject(clientKill, kill))).to.equal("answer lost");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.told.at(-1)).to.equal(`restart ${APP}`);
  });

  it("is not proven when nothing died, nor healed when nobody is served", async () => {
    const world = await worldOf();
    world.runtime.ignoreNext("kill", APP);
    const fault = await world.inject(clientKill, kill);
    expect(await refusal(fault.prove())).to.equal(`${APP} still runs after the kill`);
    world.application.left = ["started"];
    expect(await refusal(fault.heal())).to.equal("started was not served within 20 ms");
  });

  it("fails when no such process lives", async () => {
    const world = await worldOf();
    await world.runtime.kill(APP);
    expect(await refusal(world.inject(clientKill, kill))).to.equal(
      "expected a process of producers in east, found none alive",
    );
  });
});

describe("client.pause", () => {
  it("freezes the process, is proven by its silence, and thaws it", async () => {
    const world = await worldOf();
    const fault = await world.inject(clientPause, target);
    expect(world.runtime.container(APP).state).to.equal("paused");
    expect([...world.frozen]).to.deep.equal([APP]);
    expect(await fault.prove()).to.equal(
      `the engine reports ${APP} frozen, and nothing was heard for 700 ms`,
    );
    expect(await fault.heal()).to.equal(`${APP} is heard again`);
    expect([...world.frozen]).to.deep.equal([]);
  });

  it("armed its undo before the act", async () => {
    const world = await worldOf();
    world.runtime.failNext("pause", APP, new Error("answer lost"), "after");
    expect(await refusal(world.inject(clientPause, target))).to.equal("answer lost");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.runtime.container(APP).state).to.equal("running");
  });

  it("is not proven by a process that runs, or that speaks", async () => {
    const world = await worldOf();
    world.runtime.ignoreNext("pause", APP);
    const fault = await world.inject(clientPause, target);
    expect(await refusal(fault.prove())).to.equal(`${APP} still runs after the freeze`);
    await world.runtime.pause(APP);
    world.application.heardUs = () => {
      world.interrupt.abort();
      return Number.MAX_SAFE_INTEGER;
    };
    expect(await refusal(fault.prove())).to.equal(`${APP} still speaks after the freeze`);
  });

  it("is not healed by a process that stays silent, and asks nothing of one that ended", async () => {
    const world = await worldOf();
    const fault = await world.inject(clientPause, target);
    world.application.heardUs = () => 0;
    expect(await refusal(fault.heal())).to.equal(`${APP} is still silent after 20 ms`);
    const ended = await worldOf();
    const late = await ended.inject(clientPause, target);
    await ended.runtime.kill(APP);
    expect(await late.heal()).to.equal(`${APP}: ended before the thaw`);
  });
});

describe("faults on clients in the plan", () => {
  const clients = [{ role: "producers" as const, region: "east", topic: "orders" }];
  const problems = (more: object, workload = { topics: [], clients }) =>
    clientProblems({ ...target, ...more }, twoRegions(1), workload);

  it("know the regions, and where the workload has clients", () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ in: "north" })).to.deep.equal([
      { path: ["in"], message: `no region named "north"; the regions are east, west` },
    ]);
    expect(problems({ in: "west" })).to.deep.equal([
      { path: ["in"], message: "the workload has no producers in west" },
    ]);
    expect(problems({ clients: "consumers" })).to.deep.equal([
      { path: ["in"], message: "the workload has no consumers in east" },
    ]);
  });

  it("tell what they need and reach", () => {
    expect(clientKill.needs(kill)).to.deep.equal(["kill"]);
    expect(clientPause.needs(target)).to.deep.equal(["pause"]);
    const unknown = { targets: ["producers in east"], affects: [] };
    expect(clientKill.reach(kill, twoRegions(1))).to.deep.equal({ fidelity: "crash", ...unknown });
    const live = { nodes: [APP], names: ["orders-east"] };
    expect(clientPause.reach(target, twoRegions(1), live)).to.deep.equal({
      fidelity: "pause",
      targets: [APP],
      affects: ["client:orders-east"],
    });
  });
});
