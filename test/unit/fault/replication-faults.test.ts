import { expect } from "chai";
import type { FaultDefinition, LiveTargets } from "../../../src/fault/fault.ts";
import { replicationKill } from "../../../src/fault/replication-kill.ts";
import { replicationPause } from "../../../src/fault/replication-pause.ts";
import { replicationRestart } from "../../../src/fault/replication-restart.ts";
import { replicationStopAll } from "../../../src/fault/replication-stop-all.ts";
import { workerProblems } from "../../../src/fault/replication-target.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { replicationIn, twoRegions } from "../../support/topologies.ts";

const MM2 = "mm2-primary-standby";
const BACK = "mm2-standby-primary";
const one = { ...twoRegions(1), replications: [replicationIn("west")] };
const back = { ...replicationIn("east"), name: BACK, from: "standby", to: "primary", hostIndex: 8 };
const two = { ...one, replications: [...one.replications, back] };

/** A world whose workers write a heartbeat at every look, while they run. */
async function worldOf(topology = one): Promise<FaultWorld> {
  const world = await FaultWorld.of(topology);
  const ends = new Map<string, number>();
  world.replies["topics.ends"] = (_ask, cluster) => {
    const worker = topology.replications.find(({ to }) => to === cluster)?.name ?? "";
    const runs =
      world.runtime.leftovers().includes(worker) &&
      world.runtime.container(worker).state === "running";
    ends.set(cluster, (ends.get(cluster) ?? 0) + (runs ? 1 : 0));
    return [{ topic: "heartbeats", end: ends.get(cluster) ?? 0 }];
  };
  return world;
}

const restart = (mode: "graceful" | "kill") => ({ mode, down: 0 });

describe("replication.kill", () => {
  it("kills one worker, starts it again, and is healed when it writes", async () => {
    const world = await worldOf(two);
    const fault = await world.inject(replicationKill, { worker: MM2 });
    expect(world.told).to.deep.equal([`expect ${MM2}`, "injecting", "injected"]);
    expect(world.runtime.acts).to.deep.equal([`kill ${MM2}`]);
    expect(await fault.prove()).to.equal(`the engine reports ${MM2} dead`);
    expect(await fault.heal()).to.equal(`${MM2} wrote to the target again`);
    expect(world.asked).to.deep.equal(["standby topics.ends", "standby topics.ends"]);
  });

  it("leaves alone a worker that the audit has removed", async () => {
    const world = await worldOf();
    const fault = await world.inject(replicationKill, {});
    await world.runtime.remove(MM2);
    expect(await fault.heal()).to.equal(`${MM2}: no longer part of the run`);
    expect(world.runtime.acts).to.not.include(`restart ${MM2}`);
  });

  it("is not healed by a worker that runs and moves nothing", async () => {
    const world = await worldOf();
    const fault = await world.inject(replicationKill, {});
    world.replies["topics.ends"] = () => [{ topic: "heartbeats", end: 7 }];
    expect(await refusal(fault.heal())).to.equal(`${MM2} wrote nothing to its target within 20 ms`);
  });
});

describe("replication.stop-all", () => {
  it("kills every worker at once, and starts every one", async () => {
    const world = await worldOf(two);
    const fault = await world.inject(replicationStopAll, {});
    expect(world.states()).to.include({ [MM2]: "dead", [BACK]: "dead" });
    expect(await fault.prove()).to.equal(`the engine reports ${MM2}, ${BACK} dead`);
    expect(await fault.heal()).to.equal(`${MM2}, ${BACK} wrote to the target again`);
    expect(replicationStopAll.reach({}, two)).to.deep.equal({
      fidelity: "crash",
      targets: [MM2, BACK],
      affects: [MM2, BACK],
    });
  });

  it("starts what it can when one start fails", async () => {
    const world = await worldOf(two);
    const fault = await world.inject(replicationStopAll, {});
    world.runtime.failNext("restart", MM2, new Error("no space"));
    expect(await refusal(fault.heal())).to.contain("no space");
    expect(world.states()).to.include({ [MM2]: "dead", [BACK]: "running" });
  });

  it("is refused without any replication", () => {
    const message = "the topology has no `replication`, so no worker";
    expect(replicationStopAll.check({}, twoRegions(1))).to.deep.equal([{ path: [], message }]);
    expect(replicationStopAll.check({}, one)).to.deep.equal([]);
  });
});

describe("replication.pause", () => {
  it("freezes a worker, is proven by its stillness, and thaws it", async () => {
    const world = await worldOf();
    const fault = await world.inject(replicationPause, {});
    expect(world.states()).to.include({ [MM2]: "paused" });
    expect(await fault.prove()).to.equal(
      `the engine reports ${MM2} frozen; it wrote nothing to its target for 20 ms`,
    );
    expect(await fault.heal()).to.equal(`${MM2} wrote to the target again`);
  });

  it("is not proven by a worker that still writes", async () => {
    const world = await worldOf();
    const fault = await world.inject(replicationPause, {});
    let end = 0;
    world.replies["topics.ends"] = () => {
      end += 1;
      if (end > 3) world.interrupt.abort();
      return [{ topic: "heartbeats", end }];
    };
    expect(await refusal(fault.prove())).to.equal(
      `${MM2} still writes to its target after the freeze`,
    );
  });
});

describe("replication.restart", () => {
  for (const mode of ["graceful", "kill"] as const) {
    it(`ends and starts a worker (${mode}), proven by its death and its work`, async () => {
      const world = await worldOf();
      const fault = await world.inject(replicationRestart, restart(mode));
      const verb = mode === "kill" ? "kill" : "stop";
      expect(world.runtime.acts).to.deep.equal([`${verb} ${MM2}`, `restart ${MM2}`]);
      expect(await fault.prove()).to.equal(
        `the engine reported ${MM2} dead; started again, ${MM2} wrote to the target again`,
      );
      expect(await fault.heal()).to.equal(`${MM2} wrote to the target again`);
    });
  }

  it("is not proven when the worker never died", async () => {
    const world = await worldOf();
    world.runtime.ignoreNext("stop", MM2);
    const fault = await world.inject(replicationRestart, restart("graceful"));
    expect(await refusal(fault.prove())).to.equal(`the engine never reported ${MM2} dead`);
  });

  it("interrupted between its end and its start, the heal starts it", async () => {
    const world = await worldOf();
    world.runtime.failNext("restart", MM2, new Error("engine busy"));
    expect(await refusal(world.inject(replicationRestart, restart("kill")))).to.contain("busy");
    expect(world.states()).to.include({ [MM2]: "dead" });
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.states()).to.include({ [MM2]: "running" });
  });
});

describe("faults on workers", () => {
  it("armed their undo before the act", async () => {
    const acts: [FaultDefinition<object, LiveTargets>, "kill" | "pause" | "stop"][] = [
      [replicationKill, "kill"],
      [replicationStopAll, "kill"],
      [replicationPause, "pause"],
      [replicationRestart as unknown as FaultDefinition<object, LiveTargets>, "stop"],
    ];
    for (const [fault, verb] of acts) {
      const world = await worldOf();
      world.runtime.failNext(verb, MM2, new Error("answer lost"), "after");
      expect(await refusal(world.inject(fault, { mode: "graceful", down: 0 }))).to.equal(
        "answer lost",
      );
      expect(await world.heals.healAll(), fault.kind).to.deep.equal([]);
      expect(world.states(), fault.kind).to.include({ [MM2]: "running" });
    }
  });

  it("are not proven when nothing died or froze", async () => {
    for (const [fault, verb] of [
      [replicationKill, "kill"],
      [replicationStopAll, "kill"],
      [replicationPause, "pause"],
    ] as const) {
      const world = await worldOf();
      world.runtime.ignoreNext(verb, MM2);
      const injected = await world.inject(fault as typeof replicationKill, {});
      expect(await refusal(injected.prove())).to.contain(`${MM2} still runs after the`);
    }
  });

  it("need a worker that exists, and the only one by no name", () => {
    expect(workerProblems({}, one)).to.deep.equal([]);
    expect(workerProblems({ worker: MM2 }, two)).to.deep.equal([]);
    expect(workerProblems({}, two)).to.deep.equal([
      { path: [], message: `name the \`worker\`: one of ${MM2}, ${BACK}` },
    ]);
    expect(workerProblems({ worker: "mm" }, one)).to.deep.equal([
      { path: ["worker"], message: `no worker named "mm"; the workers are ${MM2}` },
    ]);
    const message = "the topology has no `replication`, so no worker";
    expect(workerProblems({}, twoRegions(1))).to.deep.equal([{ path: [], message }]);
  });

  it("tell what they need and reach", () => {
    expect(replicationKill.needs({})).to.deep.equal(["kill", "start"]);
    expect(replicationPause.needs({})).to.deep.equal(["pause"]);
    expect(replicationRestart.needs(restart("kill"))).to.deep.equal(["kill", "start"]);
    expect(replicationRestart.needs(restart("graceful"))).to.deep.equal(["stop", "start"]);
    const targets = { targets: [MM2], affects: [MM2] };
    expect(replicationPause.reach({}, one)).to.deep.equal({ fidelity: "pause", ...targets });
    const graceful = { fidelity: "graceful", ...targets };
    expect(replicationRestart.reach(restart("graceful"), one)).to.deep.equal(graceful);
  });
});
