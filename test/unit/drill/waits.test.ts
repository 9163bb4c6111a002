/** Steps that wait for the running system, guards that watch it, and steps that set it. */
import { expect } from "chai";
import type { Condition, PlannedGuard, PlannedStep } from "../../../src/experiment/plan.ts";
import type { FakeContainer } from "../../../src/runtime/fake/fake-container.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";
import { type Handlers, producerStats, sayEvent, stats } from "../../support/scripted-agents.ts";
import { ran, waitStep } from "../../support/waits.ts";

const EAST = "primary-east-1";

const never: Condition = { what: "topic", cluster: "primary", topic: "orders", above: 10 };
const always: Condition = { ...never, above: 9 };
const until = (condition: Condition, changes: object = {}) => ({
  until: { condition, words: "the words", withinMs: 1, forMs: 0, ...changes },
});
const pause = (changes: object) =>
  faultStep("broker.pause", { brokers: [EAST] }, { forMs: 0, ...changes });

describe("a step that waits", () => {
  it("acts when its condition is met, and not before", async () => {
    let records = 0;
    const growing: Handlers = {
      "log.bounds": () => {
        records += 4;
        return [{ partition: 0, start: 0, end: records }];
      },
    };
    const { world, outcome } = await ran([pause(until(never, { withinMs: 60_000 }))], growing);
    expect(outcome).to.equal("completed");
    const types = world
      .events()
      .map(({ type }) => type)
      .filter((type) => /^(condition|step|fault\.inject)/.test(type));
    expect(types).to.deep.equal([
      "step.started",
      "condition.waiting",
      "condition.met",
      "fault.injecting",
      "fault.injected",
      "step.ended",
    ]);
    const [met] = world.eventsOf("condition.met");
    expect(met).to.include({ step: "disaster", condition: "the words", seen: "12 records" });
  });

  it("ends the run, inconclusive, when its time is over: nothing is broken", async () => {
    const { world, outcome, error } = await ran([pause(until(never))]);
    expect(outcome).to.equal("failed");
    expect(error?.code).to.equal("E_CONDITION_UNMET");
    expect(error?.exit).to.equal(3);
    expect(error?.message).to.equal("disaster waited 1 ms until the words; last seen: 10 records");
    expect(world.eventsOf("fault.injecting")).to.deep.equal([]);
    expect(world.eventsOf("condition.missed")[0]?.seen).to.equal("10 records");
    expect(world.eventsOf("step.ended")[0]?.outcome).to.equal("timeout");
  });

  it("must see it hold without a break when it says for how long", async () => {
    const ends = [11, 11, 0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11];
    let looks = 0;
    const flapping: Handlers = {
      "log.bounds": () => [{ partition: 0, start: 0, end: ends[looks++] ?? 11 }],
    };
    const step = pause(until(never, { withinMs: 60_000, forMs: 500 }));
    const { world } = await ran([step], flapping);
    const [waiting] = world.eventsOf("condition.waiting");
    const [met] = world.eventsOf("condition.met");
    // Looks 1 and 2 hold, look 3 does not: what counts began at look 4.
    expect((met?.sinceUs ?? 0) - (waiting?.tUs ?? 0)).to.be.at.least(3 * 200_000 - 5000);
    expect((met?.tUs ?? 0) - (met?.sinceUs ?? 0)).to.be.at.least(500_000);
  });
});

describe("a wait", () => {
  it("counts acks from the end of the step it names", async () => {
    const following = (step: string) => ({ atMs: null, after: { steps: [step], plusMs: 0 } });
    const gap = { ...waitStep(always), id: "gap", ...following("disaster") };
    const acked = { what: "acked", records: 5, after: ["disaster"] } as const;
    const wait = waitStep({ ...acked, after: [...acked.after] }, { withinMs: 1000 });
    const steps = [pause({}), gap, { ...wait, ...following("gap") }];
    let agent: FakeContainer | undefined;
    const world = new DrillWorld(drillPlan({ steps }), {
      "health.begin": (_ask, asked) => {
        if (asked.name === "agent-east-producers") agent = asked;
        return {};
      },
    });
    // Between the end of the one step and the beginning of the other.
    world.onNote = (text) => {
      if (agent && text.startsWith("gap: waits")) {
        sayEvent(agent, stats({ producers: [producerStats(1, 205)] }));
      }
    };
    await world.run();
    expect(world.eventsOf("condition.met").at(-1)?.seen).to.equal("5 records acked");
  });

  it("is told in the history when it only waits", async () => {
    const { world, outcome } = await ran([waitStep(always)]);
    expect(outcome).to.equal("completed");
    expect(world.eventsOf("step.ended")[0]?.outcome).to.equal("done");
  });
});

describe("guards", () => {
  const guard = (above: number, forMs = 0): PlannedGuard => ({
    condition: { what: "topic", cluster: "primary", topic: "orders", above },
    words: "orders grows",
    forMs,
  });
  const longStep = faultStep("broker.pause", { brokers: [EAST] }, { forMs: 60_000 });

  it("end the run with heals when they come true, inconclusive", async () => {
    const { world, outcome, error } = await ran([longStep], {}, [guard(9)]);
    expect(outcome).to.equal("failed");
    expect(error?.code).to.equal("E_ABORTED");
    expect(error?.exit).to.equal(3);
    expect(error?.message).to.equal('the guard "orders grows" came true: 10 records');
    expect(world.eventsOf("guard.tripped")[0]?.seen).to.equal("10 records");
    expect(world.eventsOf("fault.injecting").length).to.equal(
      world.eventsOf("fault.healed").length,
    );
  });

  it("leave how often they looked, and how often nobody answered", async () => {
    const { world, outcome } = await ran([waitStep({ what: "disk", belowBytes: 2 ** 60 })], {}, [
      guard(10),
    ]);
    expect(outcome).to.equal("completed");
    const [watched] = world.eventsOf("guard.watched");
    expect(watched).to.include({ blind: 0, seen: "10 records" });
    expect(watched?.looks).to.be.at.least(1);
  });
});

describe("a config step", () => {
  const step: PlannedStep = {
    type: "config",
    id: "relax",
    label: "relax",
    atMs: 0,
    after: null,
    cluster: "primary",
    topic: "orders",
    set: { "min.insync.replicas": "1" },
  };

  it("ends when the settings were read back, and keeps what they were", async () => {
    let reads = 0;
    let set = {};
    const { world, outcome } = await ran([step], {
      "topic.configs": () => {
        reads += 1;
        return { "min.insync.replicas": reads < 4 ? "2" : "1", other: "x" };
      },
      "topic.alter": (ask) => {
        set = ask.set;
        return {};
      },
    });
    expect(outcome).to.equal("completed");
    expect(set).to.deep.equal({ "min.insync.replicas": "1" });
    const [altered] = world.eventsOf("config.altered");
    expect(altered?.before).to.deep.equal({ "min.insync.replicas": "2" });
    expect(altered?.after).to.deep.equal({ "min.insync.replicas": "1" });
  });

  it("ends the run, inconclusive, when the cluster refuses", async () => {
    const { world, error } = await ran([step], {
      "topic.configs": () => ({ "min.insync.replicas": "2" }),
      "topic.alter": () => {
        throw new Error("broker error 44");
      },
    });
    expect(error?.code).to.equal("E_CONFIG_UNPROVEN");
    expect(error?.exit).to.equal(3);
    expect(error?.message).to.contain("broker error 44");
    expect(world.eventsOf("config.altered")).to.deep.equal([]);
  });
});

describe("the pace of repeated steps", () => {
  it("keeps a step from beginning before its time after another's beginning", async () => {
    const first = faultStep("broker.pause", { brokers: [EAST] }, { id: "one", forMs: 0 });
    const second: PlannedStep = {
      ...first,
      id: "two",
      atMs: null,
      after: { steps: ["one"], plusMs: 0 },
      notBefore: { step: "one", plusMs: 300 },
    };
    const { world } = await ran([first, second]);
    const [one, two] = world.eventsOf("step.started");
    expect((two?.tUs ?? 0) - (one?.tUs ?? 0)).to.be.at.least(298_000);
  });
});
