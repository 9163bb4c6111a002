import { expect } from "chai";
import { failuresIn, replicationTask } from "../../../src/fault/replication-task.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { replicationIn, twoRegions } from "../../support/topologies.ts";

const MM2 = "mm2-primary-standby";
const MIRROR = "primary.orders";
const one = { ...twoRegions(1), replications: [replicationIn("west")] };
const fail = { how: "fail" as const };
const line = (task: string) =>
  `ERROR WorkerSourceTask{id=${task}} Task threw an uncaught and unrecoverable exception. Task is`;

/** A worker whose task fails when its mirror takes no record, and copies again once started anew. */
async function worldOf(): Promise<{ world: FaultWorld; settings: string[] }> {
  const world = await FaultWorld.of(one);
  const settings: string[] = [];
  const worker = () => world.runtime.container(MM2);
  worker().output += `${line("MirrorSourceConnector-9")}\n`;
  let end = 5;
  let beats = 0;
  world.replies["topic.configs"] = () => ({ "max.message.bytes": "1048588" });
  world.replies["topic.alter"] = ({ topic, set }) => {
    const [[name, value] = []] = Object.entries(set);
    settings.push(`${topic} ${name}=${value}`);
    if (value === "1") worker().output += `${line("MirrorSourceConnector-0")}\n`;
    return {};
  };
  world.replies["topics.ends"] = () => {
    end += world.runtime.acts.includes(`restart ${MM2}`) ? 1 : 0;
    beats += 1;
    return [
      { topic: "heartbeats", end: beats },
      { topic: MIRROR, end },
    ];
  };
  return { world, settings };
}

describe("replication.task", () => {
  it("fails a task by a topic that takes nothing, and starts the worker anew", async () => {
    const { world, settings } = await worldOf();
    const fault = await world.inject(replicationTask, fail);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(world.states()).to.include({ [MM2]: "running" });
    expect(await fault.prove()).to.equal(
      `${MM2} runs, and told that MirrorSourceConnector-0 failed for good; its heartbeats go on, 1 became 2`,
    );
    expect(await fault.heal()).to.equal(`${MM2} started anew, and ${MIRROR} grows again`);
    expect(settings).to.deep.equal([
      `${MIRROR} max.message.bytes=1`,
      `${MIRROR} max.message.bytes=1048588`,
    ]);
    expect(world.runtime.acts).to.deep.equal([`stop ${MM2}`, `restart ${MM2}`]);
  });

  it("armed both undos before the act", async () => {
    const { world, settings } = await worldOf();
    const configure = world.replies["topic.alter"];
    world.replies["topic.alter"] = (ask, cluster) => {
      configure?.(ask, cluster);
      if (ask.set["max.message.bytes"] === "1") throw new Error("answer lost");
      return {};
    };
    expect(await refusal(world.inject(replicationTask, fail))).to.equal("answer lost");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(settings.at(-1)).to.equal(`${MIRROR} max.message.bytes=1048588`);
    expect(world.runtime.acts).to.include(`restart ${MM2}`);
  });

  it("is not proven when no task failed, nor when the worker has ended", async () => {
    const { world } = await worldOf();
    world.replies["topic.alter"] = () => {
      world.interrupt.abort();
      return {};
    };
    const quiet = await world.inject(replicationTask, fail);
    expect(await refusal(quiet.prove())).to.equal(
      `no task of ${MM2} failed, although ${MIRROR} takes no record`,
    );
    const other = await worldOf();
    const fault = await other.world.inject(replicationTask, fail);
    await other.world.runtime.kill(MM2);
    expect(await refusal(fault.prove())).to.equal(`${MM2} itself has ended`);
  });

  it("tells when no heartbeat comes either", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(replicationTask, fail);
    world.replies["topics.ends"] = () => [{ topic: "heartbeats", end: 7 }];
    expect(await fault.prove()).to.contain("no heartbeat of it within 20 ms");
  });

  it("is not healed while the topic stands still; leaves a removed worker alone", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(replicationTask, fail);
    world.replies["topics.ends"] = () => [{ topic: MIRROR, end: 5 }];
    expect(await refusal(fault.heal())).to.equal(`nothing reached ${MIRROR} within 20 ms`);
    const removed = await worldOf();
    const late = await removed.world.inject(replicationTask, fail);
    await removed.world.runtime.remove(MM2);
    expect(await late.heal()).to.equal(`${MM2}: no longer part of the run`);
  });

  it("refuses what a dedicated MirrorMaker cannot do, with the reason", () => {
    expect(replicationTask.check(fail, one)).to.deep.equal([]);
    const [problem] = replicationTask.check({ how: "pause" }, one);
    expect(problem?.path).to.deep.equal(["how"]);
    expect(problem?.message).to.contain("has no REST by which a task could be paused");
    expect(replicationTask.needs(fail)).to.deep.equal(["stop", "start"]);
    expect(failuresIn("INFO all is well")).to.deep.equal([]);
  });
});
