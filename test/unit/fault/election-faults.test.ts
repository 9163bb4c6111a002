import { expect } from "chai";
import { electionPreferred } from "../../../src/fault/election-preferred.ts";
import { electionStorm } from "../../../src/fault/election-storm.ts";
import { electionUnclean } from "../../../src/fault/election-unclean.ts";
import { Random } from "../../../src/kernel/random.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { twoRegions } from "../../support/topologies.ts";

const orders = { cluster: "primary", topic: "orders" };

async function worldOf(): Promise<{ world: FaultWorld; cluster: FakeCluster }> {
  const world = await FaultWorld.of(twoRegions(3));
  return { world, cluster: new FakeCluster(world, "primary") };
}
const leadersOf = (cluster: FakeCluster) => cluster.partitions.map(({ leader }) => leader);

describe("election.preferred", () => {
  it("gives leaders back, and leaves those that lead already", async () => {
    const { world, cluster } = await worldOf();
    cluster.moveLeader(1, 3);
    const fault = await world.inject(electionPreferred, orders);
    expect(leadersOf(cluster)).to.deep.equal([1, 2, 3]);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal("elected: orders-1 by 2 (epoch 4 became 5)");
    expect(await fault.heal()).to.contain("has a leader");
  });

  it("is not proven when nothing was to be elected, was refused, or did not happen", async () => {
    const { world, cluster } = await worldOf();
    const none = await world.inject(electionPreferred, orders);
    expect(await refusal(none.prove())).to.equal("no election was needed: nothing changed");
    cluster.moveLeader(0, 2);
    cluster.deaf = true;
    const deaf = await world.inject(electionPreferred, { ...orders, partitions: [0] });
    expect(await refusal(deaf.prove())).to.equal("orders is not led as the election said");
    await world.runtime.kill("primary-east-1");
    const refused = await world.inject(electionPreferred, { ...orders, partitions: [0] });
    expect(await refusal(refused.prove())).to.equal("orders-0: broker error 80");
  });

  it("says what does not exist", async () => {
    const { world } = await worldOf();
    const inject = (more: object) =>
      refusal(world.inject(electionPreferred, { ...orders, ...more }));
    expect(await inject({ topic: "none" })).to.equal("primary has no topic none");
    expect(await inject({ partitions: [7] })).to.equal("orders on primary has no partition 7");
    const problems = electionPreferred.check({ ...orders, cluster: "x" }, world.topology);
    expect(problems[0]?.message).to.contain('no cluster named "x"');
  });

  it("is not healed while a partition has no leader", async () => {
    const { world, cluster } = await worldOf();
    cluster.moveLeader(1, 3);
    const fault = await world.inject(electionPreferred, orders);
    cluster.frozenLeaders = true;
    cluster.moveLeader(2, -1);
    expect(await refusal(fault.heal())).to.equal("orders: partitions 2 have no leader");
  });
});

describe("partitions that an election means", () => {
  it("are of a topic of the cluster, and no more than it has", () => {
    const workload = {
      topics: [{ name: "orders", cluster: "primary", partitions: 3 }],
      clients: [],
    };
    const found = (params: object) =>
      electionUnclean
        .check({ ...orders, ...params }, twoRegions(), workload)
        .map(({ path, message }) => `${path.join(".")}: ${message}`);
    expect(found({ partitions: [0, 2] })).to.deep.equal([]);
    expect(found({ topic: "__consumer_offsets" })).to.deep.equal([]);
    expect(found({ topic: "order" })).to.deep.equal([
      'topic: no topic "order" on primary; its topics are orders',
    ]);
    expect(found({ partitions: [1, 3] })).to.deep.equal([
      'partitions.1: "orders" has partitions 0 to 2, found 3',
    ]);
    expect(found({ cluster: "standby" })[0]).to.contain("its topics are none");
  });
});

describe("election.unclean", () => {
  it("makes a living replica the leader of a partition that has none", async () => {
    const { world, cluster } = await worldOf();
    cluster.frozenLeaders = true;
    cluster.moveLeader(0, -1);
    const fault = await world.inject(electionUnclean, orders);
    expect(await fault.prove()).to.equal("elected: orders-0 by 1 (epoch 4 became 5)");
  });

  it("is not proven where everything is led", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(electionUnclean, orders);
    expect(await refusal(fault.prove())).to.contain("no election was needed");
  });
});

const storm = { ...orders, every: 1, rounds: 4, turns: [0, 1, 0, 7] };
const oneRound = { ...storm, rounds: 1, turns: [0] };

describe("election.storm", () => {
  it("moves every leader in every round, and puts the first order back", async () => {
    const { world, cluster } = await worldOf();
    const fault = await world.inject(electionStorm, storm);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(await fault.prove()).to.equal("3 partitions changed leaders in each of 4 rounds");
    expect(await fault.heal()).to.contain("in their first order");
    expect(leadersOf(cluster)).to.deep.equal([1, 2, 3]);
    expect(cluster.partitions[0]?.replicas).to.deep.equal([1, 2, 3]);
  });

  it("draws its rounds from the seed, before the run", () => {
    const drawn = (seed: number) => electionStorm.draw?.(storm, new Random(seed, "step/storm"));
    expect(drawn(7)).to.deep.equal(drawn(7));
    expect(drawn(7)).to.not.deep.equal(drawn(8));
    expect((drawn(7) as { turns: number[] }).turns).to.have.length(4);
  });

  it("is not proven when leaders stay, nor healed when the order does", async () => {
    const { world, cluster } = await worldOf();
    cluster.deaf = true;
    const fault = await world.inject(electionStorm, oneRound);
    expect(await refusal(fault.prove())).to.contain("changed 0 times in 1 rounds");
    world.replies["replicas.reassign"] = () => [];
    expect(await refusal(fault.heal())).to.contain("orders-0 has [");
  });

  it("armed its undo before the act: a round that is refused is undone", async () => {
    const { world, cluster } = await worldOf();
    const reply = world.replies["replicas.reassign"];
    let round = 0;
    world.replies["replicas.reassign"] = (ask, name) => {
      round += 1;
      const answer = reply?.(ask, name) ?? [];
      return round === 2 ? answer.map((one) => ({ ...one, errorCode: 60 })) : answer;
    };
    expect(await refusal(world.inject(electionStorm, storm))).to.contain("broker error 60");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(cluster.partitions[1]?.replicas).to.deep.equal([2, 3, 1]);
  });
});

describe("election.storm on a slow cluster", () => {
  it("is proven once the broker that is asked has heard of the last round", async () => {
    const { world } = await worldOf();
    world.context.healedWithinMs = 1000;
    const described = world.replies["partitions.describe"];
    const fault = await world.inject(electionStorm, oneRound);
    let asked = 0;
    world.replies["partitions.describe"] = (ask, name) => {
      asked += 1;
      const now = described?.(ask, name) ?? [];
      return asked > 2 ? now : now.map((one) => ({ ...one, leaderEpoch: one.leaderEpoch - 1 }));
    };
    expect(await fault.prove()).to.contain("in each of 1 rounds");
    expect(asked).to.equal(3);
  });

  it("asks again for an election that came too early", async () => {
    const { world } = await worldOf();
    world.context.healedWithinMs = 1000;
    const elect = world.replies["leaders.elect"];
    const asks: number[][] = [];
    world.replies["leaders.elect"] = (ask, name) => {
      asks.push(ask.partitions.map(({ partition }) => partition));
      if (asks.length > 1) return elect?.(ask, name) ?? [];
      const [first, ...others] = ask.partitions;
      const early = { topic: "orders", partition: first?.partition ?? 0, reason: "" };
      const held = elect?.({ ...ask, partitions: others }, name) ?? [];
      return [{ ...early, errorCode: 80 }, ...held];
    };
    const fault = await world.inject(electionStorm, oneRound);
    expect(asks).to.deep.equal([[0, 1, 2], [0]]);
    expect(await fault.prove()).to.contain("3 partitions changed leaders in each of 1 rounds");
  });

  it("ends with what was refused when a round's election cannot be held", async () => {
    const { world } = await worldOf();
    world.context.healedWithinMs = 60;
    await world.runtime.kill("primary-east-2");
    const injected = world.inject(electionStorm, oneRound);
    expect(await refusal(injected)).to.equal("orders-0 could not be given to 2: broker error 80");
  });
});
