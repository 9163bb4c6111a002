/** What ends the workload: who counts as recovered, and in which order things stop. */
import { expect } from "chai";
import type { Plan } from "../../../src/experiment/plan.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { DrillWorld, sayHistory } from "../../support/drill-world.ts";
import { drillPlan, regionLossPlan } from "../../support/plans.ts";
import {
  type Handlers,
  producerStats,
  readerStats,
  sayEvent,
  stats,
} from "../../support/scripted-agents.ts";

const NOTHING_STEADY: Partial<Plan> = { steadyState: [] };
const start = { journal: "journal.bin" };

/** Runs with agents that report what is given, and gives what was noted about the recovery. */
async function verdictOf(handlers: Handlers): Promise<string> {
  const world = new DrillWorld(drillPlan(NOTHING_STEADY), handlers);
  expect(await world.run()).to.deep.equal({ outcome: "completed" });
  return world.notes.find((text) => /^(every client|not recovered)/.test(text)) ?? "";
}

const producerSaying = (oldestDueUs: () => number): Handlers => ({
  "producer.start": ({ producer }, agent) => {
    const producers = [producerStats(producer, 5, oldestDueUs())];
    sayEvent(agent, stats({ producers }));
    return start;
  },
});

const consumerSaying = (lagUs: number): Handlers => ({
  "consumer.start": ({ reader }, agent) => {
    sayHistory(agent, (seen) => ({ readers: [readerStats(reader, seen, lagUs)] }));
    return start;
  },
});

describe("recovery", () => {
  it("is when every client is served", async () => {
    expect(await verdictOf({})).to.equal("every client sound for 0 ms");
  });

  it("is not while a producer waits for an ack, or does not report", async () => {
    const waiting = await verdictOf(producerSaying(() => monotonicUs() - 3_000_000));
    expect(waiting).to.match(/^not recovered after .*: app-east waits 3\.0\d s for an ack$/);
    expect(await verdictOf({ "producer.start": () => start })).to.contain(
      "app-east does not report",
    );
  });

  it("is not while the last report of a producer is old", async () => {
    const handlers: Handlers = {
      "producer.start": ({ producer }, agent) => {
        const tUs = monotonicUs() - 10_000_000;
        sayEvent(agent, stats({ tUs, producers: [producerStats(producer, 5)] }));
        return start;
      },
    };
    expect(await verdictOf(handlers)).to.contain("app-east does not report");
  });

  it("is not while a consumer is behind, or gets nothing", async () => {
    expect(await verdictOf(consumerSaying(4_000_000))).to.contain("billing-east is 4.00 s behind");
    expect(await verdictOf({ "consumer.start": () => start })).to.contain(
      "billing-east gets nothing",
    );
  });

  it("asks nothing of clients whose agent is gone", async () => {
    const world = new DrillWorld(drillPlan(NOTHING_STEADY), { "consumer.start": () => start });
    world.onStage = (name) => {
      if (name !== "steps") return;
      // An agent that a fault took: dead, and expected to be.
      world.runtime.container("agent-east-consumers").end(137);
    };
    await world.run();
    expect(world.notes).to.include("every client sound for 0 ms");
    expect(world.asked).to.not.include("agent-east-consumers consumer.stop");
  });

  it("must last for the whole sustained window", async () => {
    const plan = drillPlan(NOTHING_STEADY);
    plan.judging.policy = { ...plan.judging.policy, sustainedMs: 40 };
    const world = new DrillWorld(plan);
    await world.run();
    const [steps, settled] = ["stage.started", "workload.stopped"].map(
      (type) =>
        world.events().findLast((event) => {
          const stage = "stage" in event ? event.stage : "recovery and drain";
          return event.type === type && stage === "recovery and drain";
        })?.tUs ?? 0,
    );
    expect((settled ?? 0) - (steps ?? 0)).to.be.greaterThan(40_000);
    expect(world.notes).to.include("every client sound for 40 ms");
  });
});

describe("recovery, as new clients see it", () => {
  it("is not while new clients are not served, or are not heard of", async () => {
    const plan = drillPlan(NOTHING_STEADY);
    const place = { region: "east", log: 0, intervalMs: 1000, recordBytes: 64, timeoutMs: 1000 };
    const fresh = { ref: 9, name: "fresh-orders", ...place, fresh: { client: {} } };
    const noted = async (handler: Handlers["canary.start"]) => {
      const world = new DrillWorld(
        { ...plan, canaries: [fresh] },
        handler ? { "canary.start": handler } : {},
      );
      expect(await world.run()).to.deep.equal({ outcome: "completed" });
      // In the observer: what they cost must not hold up a probe.
      expect(world.asked).to.include("agent-east-observer canary.start");
      return world.notes.find((text) => /^(every client|not recovered)/.test(text));
    };
    const saying =
      (oldestDueUs: number): Handlers["canary.start"] =>
      (ask, agent) => {
        expect(ask.fresh).to.deep.equal({ client: {} });
        sayEvent(agent, stats({ producers: [producerStats(ask.producer, 5, oldestDueUs)] }));
        return start;
      };
    expect(await noted(saying(0))).to.match(/^every client sound/);
    expect(await noted(saying(monotonicUs() - 3_000_000))).to.match(
      /: new clients wait 3\.0\d s \(fresh-orders\)$/,
    );
    expect(await noted(() => start)).to.contain("fresh-orders does not report");
  });
});

describe("the end of the workload", () => {
  it("stops producers, lets consumers read to the end, and only then stops readers", async () => {
    const world = new DrillWorld(regionLossPlan([]));
    await world.run();
    const order = world.asked.map((request) => request.split(" ")[1] ?? "");
    const last = (op: string) => order.lastIndexOf(op);
    const audit = order.indexOf("audit");
    expect(last("producer.stop")).to.be.lessThan(order.indexOf("consumer.stop"));
    expect(last("canary.stop")).to.be.lessThan(order.indexOf("consumer.stop"));
    for (const op of ["consumer.stop", "watch.stop"]) {
      expect(last(op), op).to.be.within(0, audit);
    }
    const drained = order.slice(last("producer.stop"), order.indexOf("consumer.stop"));
    expect(drained).to.include("group.offsets");
  });

  it("waits until the group has committed the end, and no longer than the drain", async () => {
    const offsets = [[4], [7], [10]];
    let asked = 0;
    const plan = drillPlan({
      ...NOTHING_STEADY,
      end: { settleMs: 0, horizonMs: 60, drainMs: 5000 },
    });
    const world = new DrillWorld(plan, {
      "group.offsets": () => {
        asked += 1;
        return offsets.shift() ?? [10];
      },
    });
    await world.run();
    expect(asked).to.equal(3);
    const late = new DrillWorld(drillPlan(NOTHING_STEADY), { "group.offsets": () => [4] });
    expect(await late.run()).to.deep.equal({ outcome: "completed" });
    expect(late.asked).to.include("agent-east-consumers consumer.stop");
  });

  it("fails when a producer cannot be stopped: its journal would not be whole", async () => {
    const world = new DrillWorld(drillPlan(NOTHING_STEADY), {
      "producer.stop": () => {
        throw new Error("stuck");
      },
    });
    const { error } = await world.run();
    expect(error?.code).to.equal("E_AGENT_REFUSED");
    expect(error?.message).to.contain("stuck");
  });
});
