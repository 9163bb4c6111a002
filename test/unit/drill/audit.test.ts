import { expect } from "chai";
import type { LogRef } from "../../../src/history/judging.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep, healStep } from "../../support/plans.ts";
import type { Handlers } from "../../support/scripted-agents.ts";

async function audited(handlers: Handlers): Promise<DrillWorld> {
  const world = new DrillWorld(drillPlan({ steadyState: [] }), handlers);
  expect(await world.run()).to.deep.equal({ outcome: "completed" });
  return world;
}

describe("the ends of a log", () => {
  it("are noted for every log, by two clients that know nothing of each other", async () => {
    const world = await audited({});
    const bounds = world.eventsOf("audit.bounds").map(({ by, log, pass }) => [by, log, pass]);
    expect(bounds).to.deep.equal([
      ["platformatic", 0, 1],
      ["kafkajs", 0, 1],
    ]);
    expect(world.eventsOf("audit.disagreement")).to.deep.equal([]);
    expect(world.notes).to.include("audited primary: 10 records");
  });

  it("are asked for again while a leader does not know its high watermark", async () => {
    let asked = 0;
    const world = await audited({
      "log.bounds": ({ by }) => {
        if (by === "platformatic") asked += 1;
        if (by === "platformatic" && asked === 1) throw new Error("broker error 78");
        return [{ partition: 0, start: 0, end: 10 }];
      },
    });
    expect(asked).to.equal(2);
    expect(world.eventsOf("audit.bounds")).to.have.length(2);
  });

  it("are those of an empty log when neither client knows the topic", async () => {
    const world = await audited({ "log.bounds": () => null });
    const [first] = world.eventsOf("audit.bounds");
    expect(first?.bounds.every(({ start, end }) => start === 0 && end === 0)).to.equal(true);
    expect(first?.bounds.length).to.be.greaterThan(0);
    expect(world.eventsOf("audit.disagreement")).to.deep.equal([]);
    expect(world.eventsOf("warning").map(({ code }) => code)).to.deep.equal(["W_TOPIC_ABSENT"]);
  });

  it("differ when one client knows the topic and the other does not", async () => {
    const world = await audited({
      "log.bounds": ({ by }) => (by === "kafkajs" ? null : [{ partition: 0, start: 0, end: 0 }]),
    });
    const told = world.eventsOf("audit.disagreement").map(({ detail }) => detail);
    expect(told).to.deep.equal(["platformatic says 0..0, kafkajs no such topic"]);
  });

  it("are told where the two disagree, partition by partition", async () => {
    const world = await audited({
      "log.bounds": ({ by }) => {
        const same = { partition: 0, start: 0, end: 10 };
        const other = { partition: 1, start: 0, end: by === "kafkajs" ? 12 : 10 };
        return by === "kafkajs" ? [same, other] : [same, other, { ...same, partition: 2 }];
      },
    });
    const told = world.eventsOf("audit.disagreement").map(({ log, partition, detail }) => ({
      log,
      partition,
      detail,
    }));
    expect(told).to.deep.equal([
      { log: 0, partition: 1, detail: "platformatic says 0..10, kafkajs 0..12" },
      { log: 0, partition: 2, detail: "platformatic says 0..10, kafkajs undefined..undefined" },
    ]);
  });

  it("are asked of both again while an open transaction may hide one", async () => {
    let asked = 0;
    const plan = drillPlan({ steadyState: [] });
    for (const producer of plan.producers) {
      producer.transactional = { id: "t", commitEveryMs: 100, abortedShare: 0 };
    }
    const world = new DrillWorld(plan, {
      "log.bounds": ({ by }) => {
        // The drain before it is the other client alone.
        if (by === "platformatic") asked += 1;
        return [{ partition: 0, start: 0, end: by === "kafkajs" && asked < 3 ? 7 : 10 }];
      },
    });
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(asked).to.equal(3);
    expect(world.eventsOf("audit.disagreement")).to.deep.equal([]);
    expect(world.eventsOf("audit.bounds").map(({ bounds }) => bounds[0]?.end)).to.deep.equal([
      10, 10,
    ]);
  });
});

describe("the audit", () => {
  it("says how many partitions were not read to their end", async () => {
    const part = { log: 0, start: 0, end: 10 };
    const world = await audited({
      audit: () => ({
        journal: "audit.bin",
        logs: [
          { ...part, partition: 0, records: 10, complete: true },
          { ...part, partition: 1, records: 4, complete: false },
        ],
      }),
    });
    expect(world.notes).to.include(
      "audited primary: 14 records, 1 partitions NOT read to their end",
    );
  });

  it("comes once when everything was healed before", async () => {
    const steps = [faultStep("broker.kill", { brokers: ["primary-east-1"] }), healStep("disaster")];
    const world = new DrillWorld(drillPlan({ steadyState: [], steps }));
    await world.run();
    expect(world.eventsOf("audit.started").map(({ pass }) => pass)).to.deep.equal([1]);
  });
});

describe("the audit and an agent's own log", () => {
  it("does not ask for it: no cluster has it", async () => {
    const plan = drillPlan({ steadyState: [] });
    const own: LogRef = {
      id: 5,
      cluster: "loopback:west",
      topic: "own",
      partitions: 1,
      role: "loopback",
      region: "west",
    };
    const logs = [...plan.judging.logs, own];
    const world = new DrillWorld({ ...plan, judging: { ...plan.judging, logs } }, {});
    expect(await world.run()).to.deep.equal({ outcome: "completed" });
    expect(world.eventsOf("audit.started").map(({ log }) => log)).to.deep.equal([0]);
  });
});
