/** Steps that change what producers send: who is asked, who is told later, what the history keeps. */
import { expect } from "chai";
import type { LoadStep, SendStep } from "../../../src/experiment/plan.ts";
import type { RateChange } from "../../../src/workload/schedule.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, failoverStep, faultStep, regionLossPlan } from "../../support/plans.ts";

const load: LoadStep = {
  type: "load",
  id: "ramp",
  label: "load on orders",
  atMs: 0,
  after: null,
  producers: [1, 2],
  ratePerSecond: 500,
  overMs: 40,
};
const send: SendStep = {
  type: "send",
  id: "big",
  label: "one record",
  atMs: 0,
  after: null,
  producers: [1],
  partition: 0,
  bytes: 2_000_000,
};

describe("a load step", () => {
  it("changes the producers that run, and ends when they have come to the rate", async () => {
    const changes: RateChange[] = [];
    const world = new DrillWorld(drillPlan({ steps: [load] }), {
      "producer.load": ({ producer, change }) => {
        expect(producer).to.equal(1);
        changes.push(change);
        return { fromUs: change.fromUs };
      },
    });
    expect((await world.run()).outcome).to.equal("completed");
    expect(changes).to.have.length(1);
    expect(changes[0]).to.deep.include({ ratePerSecond: 500, overUs: 40_000 });
    const [changed] = world.eventsOf("load.changed");
    expect(changed).to.deep.include({ step: "ramp", client: "app-east", ratePerSecond: 500 });
    expect(changed?.tUs).to.equal(changes[0]?.fromUs);
    const [ended] = world.eventsOf("step.ended");
    expect((ended?.tUs ?? 0) - (changed?.tUs ?? 0)).to.be.at.least(38_000);
  });

  it("is known to who takes over", async () => {
    const started = new Map<number, RateChange[] | undefined>();
    const shutdown = faultStep(
      "region.shutdown",
      { region: "east", mode: "kill" },
      { atMs: null, after: { steps: ["ramp"], plusMs: 0 } },
    );
    const world = new DrillWorld(regionLossPlan([load, shutdown, failoverStep()]), {
      "producer.load": ({ change }) => ({ fromUs: change.fromUs }),
      "producer.start": ({ producer, changes }) => {
        started.set(producer, changes);
        return { journal: "journal.bin" };
      },
    });
    world.plan.steadyState = [];
    await world.run();
    expect(started.get(1)).to.deep.equal([]);
    expect(started.get(2)?.[0]).to.deep.include({ ratePerSecond: 500, overUs: 40_000 });
  });

  it("ends the run, inconclusive, when none of its producers runs", async () => {
    const world = new DrillWorld(drillPlan({ steps: [{ ...load, producers: [2] }] }));
    const { error } = await world.run();
    expect(error?.code).to.equal("E_CONDITION_UNMET");
    expect(error?.message).to.equal("ramp: none of its producers runs");
  });
});

describe("a send step", () => {
  it("ends with the record's outcome, which the history keeps", async () => {
    const world = new DrillWorld(drillPlan({ steps: [send] }), {
      "producer.single": ({ producer, partition, bytes }) => {
        expect([producer, partition, bytes]).to.deep.equal([1, 0, 2_000_000]);
        return { seq: 31, outcome: "failed", offset: 0 };
      },
    });
    expect((await world.run()).outcome).to.equal("completed");
    expect(world.eventsOf("record.sent")[0]).to.deep.include({
      step: "big",
      producer: 1,
      partition: 0,
      recordSeq: 31,
      bytes: 2_000_000,
      outcome: "failed",
    });
    expect(world.notes).to.include("big: 1.9 MiB by app-east to partition 0: failed");
  });

  it("ends the run, inconclusive, when the producer cannot", async () => {
    const world = new DrillWorld(drillPlan({ steps: [send] }), {
      "producer.single": () => {
        throw new Error("no such partition");
      },
    });
    const { error } = await world.run();
    expect(error?.code).to.equal("E_CONDITION_UNMET");
    expect(error?.message).to.contain("big: ").and.contain("no such partition");
  });
});
