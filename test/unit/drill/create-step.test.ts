/** A topic that a step makes: what happens at the boot, and what only then. */
import { expect } from "chai";
import type { CreateStep, Plan } from "../../../src/experiment/plan.ts";
import type { LogRef } from "../../../src/history/judging.ts";
import { DrillWorld } from "../../support/drill-world.ts";
import { drillPlan, ORDERS } from "../../support/plans.ts";

const LATE: LogRef = { ...ORDERS, id: 5, topic: "late" };
const step: CreateStep = {
  type: "create",
  id: "make",
  label: "create topic late",
  atMs: 20,
  after: null,
  cluster: "primary",
  topic: "late",
  log: LATE.id,
};

function latePlan(): Plan {
  const plan = drillPlan({ steps: [step] });
  const [topic] = plan.topics;
  const [producer] = plan.producers;
  const [consumer] = plan.consumers;
  const [ready] = plan.judging.producers;
  if (!topic || !producer || !consumer || !ready) throw new Error("the plan has clients");
  const spec = { ...topic.spec, topic: "late" };
  const canary = { region: "east", intervalMs: 10, recordBytes: 64, timeoutMs: 10 };
  return {
    ...plan,
    topics: [topic, { log: LATE.id, cluster: "primary", spec, madeBy: "make" }],
    producers: [producer, { ...producer, ref: 8, name: "new", log: LATE.id, start: "created" }],
    consumers: [
      consumer,
      { ...consumer, ref: 6, name: "books", group: "books", logs: [LATE.id], start: "created" },
    ],
    canaries: [{ ...canary, ref: 7, name: "canary-late", log: LATE.id }],
    judging: {
      ...plan.judging,
      logs: [ORDERS, LATE],
      producers: [...plan.judging.producers, { ...ready, id: 4, name: "ready-late", log: LATE.id }],
    },
  };
}

describe("a create step", () => {
  it("makes the topic, seeds it, commits, and starts its clients; none of it before", async () => {
    const told: string[] = [];
    const note = (what: string) => void told.push(what);
    const world = new DrillWorld(latePlan(), {
      "topics.create": ({ topics }) => {
        note(`topics ${topics.map(({ topic }) => topic).join(",")}`);
        return {};
      },
      "canary.seed": ({ log }) => {
        note(`seed ${log.topic}`);
        return { offsets: [0] };
      },
      "group.commit": ({ group, topic, offsets }) => {
        note(`commit ${group} ${topic} ${offsets.join(",")}`);
        return {};
      },
      "canary.start": ({ name }) => {
        note(name);
        return { journal: "canary.bin" };
      },
    });
    world.onStage = note;
    const { outcome } = await world.run();
    expect(outcome).to.equal("completed");
    const steps = told.indexOf("steps");
    expect(told.slice(0, steps)).to.include.members(["topics orders", "seed orders"]);
    expect(told.slice(0, steps).join()).to.not.contain("late").and.not.contain("books");
    expect(told.slice(steps + 1, steps + 5)).to.deep.equal([
      "topics late",
      "seed late",
      "commit books late 1",
      "canary-late",
    ]);
    const started = world.eventsOf("client.started").map(({ client }) => client);
    expect(started.slice(-4).sort()).to.deep.equal(
      ["app-east", "books", "canary-late", "new"].sort(),
    );
    expect(world.eventsOf("topic.created")[0]).to.deep.include({
      step: "make",
      cluster: "primary",
      topic: "late",
    });
    const [created, ended] = [...world.eventsOf("topic.created"), ...world.eventsOf("step.ended")];
    const clients = world.eventsOf("client.started").filter(({ client }) => client === "new");
    expect(clients[0]?.tUs).to.be.within(created?.tUs ?? 0, ended?.tUs ?? 0);
  });

  it("ends the run when the cluster refuses the topic", async () => {
    const world = new DrillWorld(latePlan(), {
      "topics.create": ({ topics }) => {
        if (topics.some(({ topic }) => topic === "late")) throw new Error("POLICY_VIOLATION");
        return {};
      },
    });
    const { outcome, error } = await world.run();
    expect(outcome).to.equal("failed");
    expect(error?.message).to.contain("POLICY_VIOLATION");
    expect(world.eventsOf("step.ended")[0]).to.deep.include({ step: "make", outcome: "failed" });
    expect(world.eventsOf("client.started").map(({ client }) => client)).to.not.include("new");
  });
});
