import { expect } from "chai";
import { brokerIsolate } from "../../../src/fault/broker-isolate.ts";
import { cutsOf } from "../../../src/fault/isolation.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";
import { FaultWorld, refusal } from "../../support/fault-world.ts";
import { stretched, twoRegions } from "../../support/topologies.ts";

const B1 = "primary-east-1";
const B2 = "primary-east-2";
const B3 = "primary-east-3";
const PORT: Record<string, number> = { [B1]: 19101, [B2]: 19102, [B3]: 19103 };
const RAFT = 29101;
const all = {
  brokers: [B2],
  from: "all" as const,
  direction: "both" as const,
  mode: "blackhole" as "blackhole" | "refuse",
};

async function worldOf(): Promise<FaultWorld> {
  const world = await FaultWorld.of(twoRegions(3));
  new FakeCluster(world, "primary");
  return world;
}
const dial = (world: FaultWorld, from: string, to: string) =>
  world.runtime.machine(from).dial(to, PORT[to] ?? 0);

describe("broker.isolate", () => {
  it("from all: nothing in, nothing out, the rest goes on", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, all);
    expect(world.told).to.deep.equal(["injecting", "injected"]);
    expect(world.runtime.probe("east", B2)).to.equal("timeout");
    expect(world.runtime.probe("west", B2)).to.equal("connected-silent");
    expect(await dial(world, B2, B1)).to.equal("timeout");
    expect(await dial(world, B1, B2)).to.equal("timeout");
    expect(await dial(world, B1, B3)).to.equal("connected");
    expect(await fault.prove()).to.equal(
      `a dial from ${B2} to ${B1} met "timeout"; a client in east calling ${B2} met "timeout"; ` +
        `a client in east calling ${B1} met "answered"`,
    );
    expect(await fault.heal()).to.equal("every probe that was stopped gets through again");
    expect(await dial(world, B1, B2)).to.equal("connected");
  });

  it("from peers: clients and controllers still come through, in both directions", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, { ...all, from: "peers", mode: "refuse" });
    expect(await dial(world, B1, B2)).to.equal("refused");
    expect(await dial(world, B2, B3)).to.equal("refused");
    expect(await world.runtime.machine(B2).dial(B1, RAFT)).to.equal("connected");
    expect(world.runtime.probe("west", B2)).to.equal("answered");
    expect(await fault.prove()).to.contain(`a client in east calling ${B2} met "answered"`);
    await fault.heal();
    expect(await dial(world, B1, B2)).to.equal("connected");
  });

  it("one way: what the node opens, or what is opened to it", async () => {
    for (const direction of ["in", "out"] as const) {
      const world = await worldOf();
      const fault = await world.inject(brokerIsolate, { ...all, from: "peers", direction });
      const met = { in: await dial(world, B1, B2), out: await dial(world, B2, B1) };
      expect(met).to.deep.equal({
        in: direction === "in" ? "timeout" : "connected",
        out: direction === "out" ? "timeout" : "connected",
      });
      expect(await fault.prove()).to.contain('met "timeout"');
    }
  });

  it("from clients: peers come through", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, { ...all, from: "clients" });
    expect(world.runtime.probe("east", B2)).to.equal("timeout");
    expect(await dial(world, B1, B2)).to.equal("connected");
    expect(await fault.prove()).to.equal(
      `a client in east calling ${B2} met "timeout"; a dial from ${B1} to ${B2} met "connected"`,
    );
  });
});

describe("broker.isolate of a set, and of a stretched cluster", () => {
  it("several nodes are one side: they see each other", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, { ...all, brokers: [B1, B2] });
    expect(await dial(world, B1, B2)).to.equal("connected");
    expect(await dial(world, B3, B2)).to.equal("timeout");
    expect(await fault.prove()).to.contain(`a client in east calling ${B3} met "answered"`);
  });

  it("peers of a stretched cluster are stopped where they call from", () => {
    const cuts = cutsOf(stretched(2), ["stretched-east-1"], { from: "peers", direction: "in" });
    expect([...cuts.keys()]).to.deep.equal([
      "stretched-east-2",
      "stretched-west-1",
      "stretched-west-2",
    ]);
    for (const [cut] of cuts.values()) {
      expect(cut).to.deep.equal({ direction: "out", ports: [19101], except: [] });
    }
  });
});

describe("broker.isolate when things go wrong", () => {
  it("is not proven when nothing is filtered, nor when more is cut than was asked", async () => {
    const world = await worldOf();
    world.runtime.ignoreNext("filter", B2);
    const fault = await world.inject(brokerIsolate, all);
    expect(await refusal(fault.prove())).to.equal(
      `a dial from ${B2} to ${B1} met "connected", expected blackhole`,
    );
    const other = await worldOf();
    const peers = await other.inject(brokerIsolate, { ...all, from: "peers" });
    const cut = { direction: "in" as const, ports: [PORT[B2] ?? 0], except: [B1, B3] };
    await other.runtime.machine(B2).filter("too-much", [cut], "blackhole");
    expect(await refusal(peers.prove())).to.contain(`calling ${B2} met "timeout", though not cut`);
  });

  it("armed its undo before the act: the second filter fails, all are lifted", async () => {
    for (const when of ["before", "after"] as const) {
      const world = await worldOf();
      world.runtime.failNext("filter", B2, new Error("nft busy"), when);
      const both = { ...all, brokers: [B1, B2] };
      expect(await refusal(world.inject(brokerIsolate, both))).to.equal("nft busy");
      expect(await world.heals.healAll()).to.deep.equal([]);
      expect(world.runtime.probe("east", B1), when).to.equal("answered");
      expect(world.runtime.probe("east", B2), when).to.equal("answered");
    }
  });

  it("is not healed when a filter stays", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, all);
    world.runtime.ignoreNext("unfilter", B2);
    expect(await refusal(fault.heal())).to.equal(`a dial from ${B2} to ${B1} still met "timeout"`);
  });

  it("is healed beside a peer that died meanwhile, and shown by one that lives", async () => {
    const world = await worldOf();
    const fault = await world.inject(brokerIsolate, all);
    await world.runtime.kill(B1);
    expect(await fault.heal()).to.equal("every probe that was stopped gets through again");
    expect(await dial(world, B2, B3)).to.equal("connected");
    const alone = await world.inject(brokerIsolate, all);
    for (const name of [B2, B3]) await world.runtime.kill(name);
    expect(await alone.heal()).to.contain("no two nodes run that it had parted");
  });

  it("says what cannot be cut, or not be told apart", () => {
    const found = (target: object, topology = twoRegions(3)) =>
      brokerIsolate.check({ ...all, ...target }, topology).map(({ message }) => message);
    expect(found({})).to.deep.equal([]);
    expect(found({ brokers: ["nobody"] })[0]).to.contain('no node named "nobody"');
    expect(found({ from: "clients", direction: "out" })).to.deep.equal([
      "a broker opens no connection to clients",
    ]);
    expect(found({ brokers: [B1] }, twoRegions(1))[0]).to.contain("no node besides these");
    const far = { brokers: ["stretched-east-1"], from: "clients" };
    expect(found(far, stretched(2))[0]).to.contain("through one gateway");
    const set = { brokers: ["stretched-east-1", "stretched-west-1"] };
    expect(found(set, stretched(2))[0]).to.contain("cannot be told from others");
    expect(found({ ...set, from: "peers" }, stretched(2))).to.deep.equal([]);
  });
});
