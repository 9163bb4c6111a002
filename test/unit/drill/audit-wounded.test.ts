/**
 * Goal: a cluster that has lost a part of itself is read twice, before the heal for what the living
 * hold and after it for what there is, and an unread half never stops the drill.
 *
 * Method: one cluster over east and west on the fake runtime; east is shut down to the end.
 */
import { expect } from "chai";
import type { PartitionState } from "../../../src/workload/protocol.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep, ORDERS } from "../../support/plans.ts";
import type { Handlers } from "../../support/scripted-agents.ts";
import { stretched } from "../../support/topologies.ts";

const LOG = { ...ORDERS, cluster: "stretched" };
const LOSS = faultStep("region.shutdown", { region: "east", mode: "kill" });
const [EAST, WEST] = stretched().nodes.map(({ id }) => id) as [number, number];
const led = (leader: number): PartitionState[] => [
  { partition: 0, leader, leaderEpoch: 1, replicas: [EAST, WEST], isr: [EAST, WEST] },
];
const HELD = { broker: WEST, end: 7, records: 7, complete: true };

function worldOf(handlers: Handlers, steps = [LOSS]): DrillWorld {
  const { judging, producers, consumers, topics } = drillPlan();
  const audits = [1, 2].map((pass) => ({
    id: 8 + pass,
    name: `audit-${pass}`,
    kind: "audit" as const,
    region: "east",
    logs: [LOG.id],
    ...(pass === 1 ? { beforeHeal: true } : {}),
  }));
  const readers = judging.readers.filter(({ kind }) => kind !== "audit");
  const plan = drillPlan({
    topology: stretched(),
    steadyState: [],
    steps,
    producers: producers.map((one) => ({ ...one, region: "west" })),
    consumers: consumers.map((one) => ({ ...one, region: "west", cluster: "stretched" })),
    topics: topics.map((one) => ({ ...one, cluster: "stretched" })),
    judging: {
      ...judging,
      logs: [LOG],
      readers: [...readers, ...audits],
      survivingCluster: "stretched",
    },
  });
  return new DrillWorld(plan, { "topic.describe": () => led(WEST), ...handlers });
}

/** Audits and heals of a run, in their order. */
function order(world: DrillWorld): string[] {
  return world
    .eventsOf("audit.started", "fault.healed")
    .map((event) => (event.type === "audit.started" ? `audit ${event.pass}` : "healed"));
}

describe("the audit of a cluster that has lost a part of itself", () => {
  it("reads what the living lead before the heal, and the whole log after it", async () => {
    const readers: number[] = [];
    const world = worldOf({
      audit: ({ reader, logs }) => {
        readers.push(reader);
        const read = { start: 0, end: 10, records: 10, complete: true };
        return {
          journal: "audit.bin",
          logs: logs.map(({ id }) => ({ log: id, partition: 0, ...read })),
        };
      },
    });
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(order(world)).to.deep.equal(["audit 1", "healed", "audit 2"]);
    expect(readers).to.deep.equal([9, 10]);
    expect(world.eventsOf("audit.replicas")).to.deep.equal([]);
    const bounds = world.eventsOf("audit.bounds").map(({ pass, by }) => `${pass} ${by}`);
    expect(bounds).to.deep.equal(["1 platformatic", "1 kafkajs", "2 platformatic", "2 kafkajs"]);
  });

  for (const [words, leader] of [
    ["is dead, and nobody has said so", EAST],
    ["is nobody", -1],
  ] as const) {
    it(`reads the living replicas where the leader ${words}`, async () => {
      const asked: unknown[] = [];
      const world = worldOf({
        "topic.describe": () => led(leader),
        "audit.replicas": ({ reader, log, brokers }) => {
          asked.push({ reader, log: log.id, brokers });
          return { journal: "held.bin", partitions: [{ partition: 0, leader, read: [HELD] }] };
        },
      });
      expect(await world.run()).to.deep.equal({ outcome: "completed" });
      const address = stretched().nodes.find(({ id }) => id === WEST);
      const brokers = [{ id: WEST, address: `stretched-west-1:${address?.clientPort}` }];
      expect(asked).to.deep.equal([{ reader: 9, log: LOG.id, brokers }]);
      const [held] = world.eventsOf("audit.replicas");
      expect(held).to.deep.include({ log: LOG.id, gone: ["stretched-east-1"] });
      expect(held?.partitions).to.deep.equal([{ partition: 0, leader, read: [HELD] }]);
      expect(order(world)).to.deep.equal(["audit 1", "healed", "audit 2"]);
      expect(world.notes).to.include(
        "orders of stretched is not served by who lives: 1 living replicas hold 7 records",
      );
    });
  }

  it("says what of the living could not be read, heals, and reads the whole", async () => {
    const world = worldOf({
      "topic.describe": () => led(-1),
      "audit.replicas": () => ({
        journal: "held.bin",
        partitions: [
          { partition: 0, leader: -1, read: [{ ...HELD, records: 3, complete: false }] },
        ],
      }),
    });
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.notes.join()).to.contain("hold 3 records, 1 of them NOT read to their end");
    expect(order(world)).to.deep.equal(["audit 1", "healed", "audit 2"]);
  });

  it("reads once what was healed before", async () => {
    const world = worldOf({}, [{ ...LOSS, forMs: 1 }]);
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(order(world)).to.deep.equal(["healed", "audit 2"]);
  });
});

describe("the living and the gone", () => {
  it("counts a broker that a fault names and that answers among the living", async () => {
    const asked: string[][] = [];
    const world = worldOf({
      "topic.describe": () => led(-1),
      "probe.connect": () => ({ outcome: "answered", tookMs: 1 }),
      "audit.replicas": ({ brokers }) => {
        asked.push(brokers.map(({ address }) => address.split(":")[0] ?? ""));
        return { journal: "held.bin", partitions: [] };
      },
    });
    // Its own proof is void then; what counts here is who is read.
    await world.run();
    expect(asked).to.deep.equal([["stretched-east-1", "stretched-west-1"]]);
    expect(world.eventsOf("audit.replicas")[0]?.gone).to.deep.equal([]);
  });

  it("looks from everywhere when it proves the heals of several faults", async () => {
    const cut = faultStep("link.partition", { between: ["east", "west"], mode: "blackhole" });
    const after = { atMs: null, after: { steps: ["disaster"], plusMs: 0 } };
    const world = worldOf({}, [cut, { ...LOSS, ...after, id: "loss" }]);
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.eventsOf("heal.failed")).to.deep.equal([]);
    const healed = world.eventsOf("fault.healed").map(({ step }) => step);
    expect(healed).to.deep.equal(["loss", "disaster"]);
  });

  it("heals a link between its halves before it reads: no half is the log", async () => {
    const cut = faultStep("link.partition", { between: ["east", "west"], mode: "blackhole" });
    const world = worldOf({}, [cut]);
    for (const reader of world.plan.judging.readers) delete reader.beforeHeal;
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(order(world)).to.deep.equal(["healed", "audit 2"]);
  });
});
