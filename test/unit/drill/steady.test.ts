import { expect } from "chai";
import type { Plan, SteadyCheck } from "../../../src/experiment/plan.ts";
import { DrillWorld, sayHistory } from "../../support/drill-world.ts";
import { drillPlan, regionLossPlan } from "../../support/plans.ts";
import { type Handlers, producerStats, readerStats } from "../../support/scripted-agents.ts";

const FOR = { forMs: 1000 };
const start = { journal: "journal.bin" };

/** What the checks said in the end, and whether the state was reached. */
async function checked(plan: Plan, handlers: Handlers = {}) {
  const world = new DrillWorld(plan, handlers);
  await world.run();
  const [event] = world.eventsOf("steady.reached", "steady.missed");
  return {
    reached: event?.type === "steady.reached",
    details: event?.checks.map(({ detail }) => detail) ?? [],
  };
}

const having = (...steadyState: SteadyCheck[]) => drillPlan({ steadyState });

describe("the steady state", () => {
  it("is reached when every check holds, with what was measured", async () => {
    const plan = regionLossPlan([]);
    expect(await checked(plan)).to.deep.equal({
      reached: true,
      details: [
        "acked-rate 100/s of 100/s",
        "delivered-rate 100/s of 100/s",
        "replication-lag p99 5 ms",
        "consumer-lag p99 5 ms",
      ],
    });
  });

  it("is where the agents begin to count their own health", async () => {
    let begun = 0;
    const count: Handlers = {
      "health.begin": () => {
        begun += 1;
        return {};
      },
    };
    expect((await checked(regionLossPlan([]), count)).reached).to.equal(true);
    expect(begun).to.be.greaterThan(2);
    begun = 0;
    const acked = { check: "acked-rate", atLeast: 1.1, ...FOR } as const;
    expect((await checked(having(acked), count)).reached).to.equal(false);
    expect(begun).to.equal(0);
  });

  it("is missed by one check that does not hold", async () => {
    const acked = { check: "acked-rate", atLeast: 0.9, ...FOR } as const;
    const lag = { check: "consumer-lag", atMostMs: 4, ...FOR } as const;
    expect(await checked(having(acked, lag))).to.deep.equal({
      reached: false,
      details: ["acked-rate 100/s of 100/s", "consumer-lag p99 5 ms"],
    });
    expect((await checked(having({ ...acked, atLeast: 1.1 }))).reached).to.equal(false);
  });

  it("is missed by a check that saw no data", async () => {
    const none: Handlers = { "producer.start": () => start, "consumer.start": () => start };
    const checks = [
      { check: "acked-rate", atLeast: 0, ...FOR },
      { check: "delivered-rate", atLeast: 0, ...FOR },
      { check: "replication-lag", atMostMs: 1000, ...FOR },
      { check: "consumer-lag", atMostMs: 1000, ...FOR },
    ] as const;
    for (const check of checks) {
      const found = await checked(having(check), none);
      expect(found, check.check).to.deep.equal({
        reached: false,
        details: [`${check.check}: no data yet`],
      });
    }
  });

  it("is missed by one producer without data, whatever the others do", async () => {
    const plan = having({ check: "acked-rate", atLeast: 0.1, ...FOR });
    const [first] = plan.producers;
    if (first) plan.producers.push({ ...first, ref: 2, name: "app-east-2" });
    const found = await checked(plan, {
      "producer.start": ({ producer }, agent) => {
        const said = (acked: number) => ({ producers: [producerStats(producer, acked)] });
        if (producer === 1) sayHistory(agent, said);
        return start;
      },
    });
    expect(found).to.deep.equal({ reached: false, details: ["acked-rate: no data yet"] });
  });
});

describe("delivery in the steady state", () => {
  const half: Handlers = {
    "consumer.start": ({ reader }, agent) => {
      sayHistory(agent, (seen) => ({ readers: [readerStats(reader, seen / 2)] }));
      return start;
    },
  };
  const check = { check: "delivered-rate", atLeast: 0.9, ...FOR } as const;

  it("is each group's own: two that get half do not make a whole", async () => {
    const plan = having(check);
    const [first] = plan.consumers;
    if (first) plan.consumers.push({ ...first, ref: 2, name: "audit-east", group: "audit" });
    expect(await checked(plan, half)).to.deep.equal({
      reached: false,
      details: ["delivered-rate 50/s of 100/s"],
    });
  });

  it("is the sum over a group's members", async () => {
    const plan = having(check);
    const [first] = plan.consumers;
    if (first) plan.consumers.push({ ...first, ref: 2, name: "billing-east-2" });
    expect(await checked(plan, half)).to.deep.equal({
      reached: true,
      details: ["delivered-rate 100/s of 100/s"],
    });
  });
});
