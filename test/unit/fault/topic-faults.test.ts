import { expect } from "chai";
import { topicAddPartitions } from "../../../src/fault/topic-add-partitions.ts";
import { topicDelete } from "../../../src/fault/topic-delete.ts";
import { topicRecreate } from "../../../src/fault/topic-recreate.ts";
import { topicProblems } from "../../../src/fault/topic-target.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const orders = { topic: "orders", cluster: "primary" };
const workload = { topics: [{ name: "orders", cluster: "primary", partitions: 3 }], clients: [] };

/** A cluster with one topic of three partitions; each making gives it a new id. */
async function worldOf(): Promise<FaultWorld> {
  const world = await FaultWorld.of(twoRegions(1));
  world.application.topics.push({ topic: "orders", partitions: 3, replication: 1, config: {} });
  let made = 0;
  const there = (partitions: number) => {
    const view = { leader: 1, leaderEpoch: 0, isr: [1], replicas: [1] };
    const views = Array.from({ length: partitions }, (_, partition) => ({ partition, ...view }));
    world.partitions.set("primary/orders", views);
  };
  const width = () => world.partitions.get("primary/orders")?.length;
  there(3);
  world.replies["topic.identify"] = () => {
    const partitions = width();
    return partitions === undefined ? null : { topicId: `id-${made}`, partitions };
  };
  world.replies["topic.delete"] = () => {
    world.partitions.delete("primary/orders");
    return {};
  };
  world.replies["topics.create"] = ({ topics }) => {
    made += 1;
    there(topics[0]?.partitions ?? 0);
    return {};
  };
  world.replies["topic.widen"] = ({ partitions }) => {
    there(partitions);
    return {};
  };
  return world;
}

const askedOf = (world: FaultWorld) => world.asked.map((asked) => asked.split(" ")[1]);

describe("topic.delete", () => {
  it("deletes, is proven when nobody knows it, and makes an empty one on heal", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicDelete, orders);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal("no broker that answers knows orders");
    expect(await fault.heal()).to.equal("orders is there with 3 partitions");
    expect(askedOf(world)).to.include("topics.create");
  });

  it("armed its undo before the act, and makes nothing that is there", async () => {
    const world = await worldOf();
    world.replies["topic.delete"] = () => {
      throw new Error("not controller");
    };
    expect(await refusal(world.inject(topicDelete, orders))).to.equal("not controller");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(askedOf(world)).to.not.include("topics.create");
    const lost = await worldOf();
    const remove = lost.replies["topic.delete"];
    lost.replies["topic.delete"] = (ask, cluster) => {
      remove?.(ask, cluster);
      throw new Error("answer lost");
    };
    expect(await refusal(lost.inject(topicDelete, orders))).to.equal("answer lost");
    expect(await lost.heals.healAll()).to.deep.equal([]);
    expect(lost.partitions.get("primary/orders")).to.have.length(3);
  });

  it("is not proven while a broker knows it, and needs one to begin with", async () => {
    const world = await worldOf();
    world.replies["topic.delete"] = () => ({});
    const fault = await world.inject(topicDelete, orders);
    setTimeout(() => world.interrupt.abort(), 20);
    expect(await refusal(fault.prove())).to.equal("a broker still knows orders");
    world.partitions.clear();
    expect(await refusal(world.inject(topicDelete, orders))).to.equal(
      "orders does not exist on primary",
    );
  });

  it("is not healed by a topic of another width", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicDelete, orders);
    world.replies["topics.create"] = () => ({});
    expect(await refusal(fault.heal())).to.equal("orders has no partitions, expected 3");
  });
});

describe("topic.recreate", () => {
  it("deletes and makes anew, proven by another id", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicRecreate, orders);
    expect(await fault.prove()).to.equal(
      "orders is there with 3 partitions, and its id is id-1, no longer id-0",
    );
    expect(await fault.heal()).to.equal("orders is there with 3 partitions");
  });

  it("is not proven by the same topic", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicRecreate, orders);
    world.replies["topic.identify"] = () => ({ topicId: "id-0", partitions: 3 });
    expect(await refusal(fault.prove())).to.equal("orders still has its id id-0");
  });

  it("interrupted between deleting and making, the heal makes it", async () => {
    const world = await worldOf();
    const create = world.replies["topics.create"];
    world.replies["topics.create"] = () => {
      throw new Error("no controller");
    };
    expect(await refusal(world.inject(topicRecreate, orders))).to.equal("no controller");
    if (create) world.replies["topics.create"] = create;
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.partitions.get("primary/orders")).to.have.length(3);
  });
});

describe("topic.add-partitions", () => {
  it("widens, is proven when every partition is led, and stays", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicAddPartitions, { ...orders, to: 6 });
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal("orders has 6 partitions, each with a leader");
    expect(await fault.heal()).to.equal("orders has 6 partitions, each with a leader: they stay");
  });

  it("is not proven while one has no leader, or when nothing was added", async () => {
    const world = await worldOf();
    const fault = await world.inject(topicAddPartitions, { ...orders, to: 4 });
    const views = world.partitions.get("primary/orders") ?? [];
    if (views[3]) views[3].leader = -1;
    expect(await refusal(fault.prove())).to.equal(
      "orders has 3 partitions with a leader, expected 4",
    );
    const idle = await worldOf();
    idle.replies["topic.widen"] = () => ({});
    const nothing = await idle.inject(topicAddPartitions, { ...orders, to: 6 });
    expect(await refusal(nothing.prove())).to.contain("has 3 partitions with a leader, expected 6");
  });

  it("is refused when it would add none", () => {
    const check = (to: number) =>
      topicAddPartitions.check({ ...orders, to }, twoRegions(1), workload);
    expect(check(4)).to.deep.equal([]);
    expect(check(3)).to.deep.equal([
      { path: ["to"], message: '"orders" has 3 partitions: expected more than that' },
    ]);
  });
});

describe("faults on topics in the plan", () => {
  it("know the clusters, and the topics of the workload", () => {
    const problems = (more: object) =>
      topicProblems({ ...orders, ...more }, twoRegions(1), workload).map(({ message }) => message);
    expect(problems({})).to.deep.equal([]);
    expect(problems({ cluster: "north" })).to.deep.equal([
      'no cluster named "north"; the clusters are primary, standby',
    ]);
    expect(problems({ topic: "o" })).to.deep.equal([
      'the workload has no topic "o" on primary, it has orders',
    ]);
    expect(problems({ cluster: "standby" })).to.deep.equal([
      'the workload has no topic "orders" on standby, it has none',
    ]);
  });

  it("tell what they reach", () => {
    expect(topicDelete.reach(orders, twoRegions(1))).to.deep.equal({
      fidelity: "graceful",
      targets: ["orders"],
      affects: ["cluster:primary"],
    });
    expect(topicRecreate.needs(orders)).to.deep.equal([]);
  });
});
