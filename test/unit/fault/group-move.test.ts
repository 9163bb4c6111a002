import { expect } from "chai";
import { groupMove } from "../../../src/fault/group-move.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { ORDERS } from "../../support/plans.ts";
import { replicationIn, twoRegions } from "../../support/topologies.ts";

const move = { group: "billing", topic: "orders", cluster: "primary", by: -100 };

/** Three partitions that end at 1000, the group at 50, 500 and nowhere. */
async function worldOf(): Promise<{ world: FaultWorld; offsets: number[] }> {
  const world = await FaultWorld.of(twoRegions(1));
  const offsets = [50, 500, -1];
  world.application.logs.push({ ...ORDERS, partitions: 3 });
  const members = [{ name: "billing-east", ref: 1, agent: "agent-east-consumers" }];
  world.application.groups.set("billing", { cluster: "primary", members });
  world.replies["group.offsets"] = () => [...offsets];
  world.replies["log.bounds"] = () =>
    offsets.map((_, partition) => ({ partition, start: 10, end: 1000 }));
  world.replies["group.commit"] = (ask) => {
    world.told.push("commit");
    for (const [partition, offset] of ask.offsets.entries()) {
      if (offset >= 0) offsets[partition] = offset;
    }
    return {};
  };
  return { world, offsets };
}

describe("group.move", () => {
  it("ends the members, moves within the log, reads back, and starts them", async () => {
    const { world, offsets } = await worldOf();
    const fault = await world.inject(groupMove, move);
    expect(world.told).to.deep.equal([
      "injecting",
      "stop group billing",
      "commit",
      "injected",
      "start group billing",
    ]);
    expect(offsets).to.deep.equal([10, 400, -1]);
    expect(await fault.prove()).to.equal(
      "read back from the coordinator, by partition of orders: 0: 50 → 10, 1: 500 → 400",
    );
    expect(await fault.heal()).to.equal("started started and served");
  });

  it("moves forward once there is so much to skip, and only the partitions named", async () => {
    const { world, offsets } = await worldOf();
    let end = 1000;
    world.replies["log.bounds"] = () => {
      end += 150;
      return [0, 1, 2].map((partition) => ({ partition, start: 0, end }));
    };
    const forward = { ...move, by: 700, partitions: [1, 2] };
    await world.inject(groupMove, forward);
    expect(offsets).to.deep.equal([50, 1200, -1]);
    end = -1_000_000;
    expect(await refusal(world.inject(groupMove, forward))).to.equal(
      "no room on orders to move group billing by 700",
    );
  });

  it("interrupted half-way, the heal starts the members", async () => {
    const { world } = await worldOf();
    world.replies["group.commit"] = () => {
      throw new Error("UNKNOWN_MEMBER_ID");
    };
    expect(await refusal(world.inject(groupMove, move))).to.equal("UNKNOWN_MEMBER_ID");
    expect(world.told.at(-1)).to.equal("stop group billing");
    expect(await world.heals.healAll()).to.deep.equal([]);
    expect(world.told.at(-1)).to.equal("start group billing");
  });

  it("is not proven when the coordinator says otherwise", async () => {
    const { world } = await worldOf();
    world.replies["group.commit"] = () => ({});
    const fault = await world.inject(groupMove, move);
    expect(await refusal(fault.prove())).to.equal(
      "orders-0: 10 was committed, and 50 was read back",
    );
  });

  it("fails when there is nothing to move", async () => {
    const { world } = await worldOf();
    const inject = world.inject(groupMove, { ...move, partitions: [2] });
    expect(await refusal(inject)).to.equal("no room on orders to move group billing by -100");
    expect(world.told).to.not.include("commit");
  });

  it("is not healed when a member gets nothing; asks nothing when all is over", async () => {
    const { world } = await worldOf();
    const fault = await world.inject(groupMove, move);
    world.application.left = ["started"];
    expect(await refusal(fault.heal())).to.equal("started got nothing within 20 ms");
    const over = await worldOf();
    over.world.application.starts = null;
    const late = await over.world.inject(groupMove, move);
    expect(await late.heal()).to.equal("the workload is over: no member was started again");
    const empty = await worldOf();
    empty.world.application.groups.clear();
    const alone = await empty.world.inject(groupMove, move);
    expect(await alone.heal()).to.equal("the group had no members to start again");
  });
});

describe("group.move in the plan", () => {
  it("knows groups, topics, clusters and partitions there are", () => {
    const workload = {
      topics: [{ name: "orders", cluster: "primary", partitions: 3 }],
      clients: [{ role: "consumers" as const, region: "east", topic: "orders", group: "billing" }],
    };
    const problems = (more: object, topology = twoRegions(1)) =>
      groupMove.check({ ...move, ...more }, topology, workload).map(({ message }) => message);
    expect(problems({})).to.deep.equal([]);
    expect(problems({ group: "b" })).to.deep.equal(['no group named "b"; the groups are billing']);
    expect(problems({ topic: "o" })).to.deep.equal(['no topic "o" on primary']);
    expect(problems({ cluster: "x" })).to.deep.equal([
      'no cluster named "x"; the clusters are primary, standby',
      'no topic "orders" on x',
    ]);
    expect(problems({ partitions: [0, 3] })).to.deep.equal(['"orders" has partitions 0 to 2']);
    const mirrored = { ...twoRegions(1), replications: [replicationIn("west")] };
    expect(problems({ cluster: "standby", topic: "primary.orders" }, mirrored)).to.deep.equal([]);
    expect(groupMove.params.safeParse({ ...move, by: 0 }).success).to.equal(false);
    expect(groupMove.reach(move, twoRegions(1)).targets).to.deep.equal(["group billing"]);
  });
});
