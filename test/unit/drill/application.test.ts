import { expect } from "chai";
import type { FaultStep, Plan } from "../../../src/experiment/plan.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { DrillWorld, sayHistory } from "../../support/drill-world.ts";
import { drillPlan, faultStep } from "../../support/plans.ts";
import { type Handlers, readerStats } from "../../support/scripted-agents.ts";

const PRODUCERS = "agent-east-producers";
const CONSUMERS = "agent-east-consumers";
const on = (clients: "producers" | "consumers") => ({ clients, in: "east", restart: true });
const healed = { forMs: 0 };

/** The plan, with a successor for its producer, as the planner gives it for a kill. */
function planOf(steps: FaultStep[]): Plan {
  const plan = drillPlan({ steps });
  const [producer] = plan.producers;
  const elder = plan.judging.producers.find(({ id }) => id === producer?.ref);
  if (!producer || !elder) throw new Error("the plan has a producer");
  const name = "app-east-restarted";
  return {
    ...plan,
    producers: [producer, { ...producer, ref: 7, name, start: "restart" }],
    judging: {
      ...plan.judging,
      producers: [...plan.judging.producers, { ...elder, id: 7, name, takesOverFrom: elder.id }],
    },
  };
}

async function ran(steps: FaultStep[], handlers: Handlers = {}) {
  const world = new DrillWorld(planOf(steps), handlers);
  const ending = await world.run();
  const proof = world.eventsOf("fault.healed")[0]?.proof;
  return { world, ending, proof };
}

describe("client.kill in a drill", () => {
  it("starts the producers' successors in a process of their own", async () => {
    const asked: number[] = [];
    const { world, ending, proof } = await ran(
      [faultStep("client.kill", on("producers"), healed)],
      {
        "producer.stop": ({ producer }) => {
          asked.push(producer);
          return { unsent: 0, unanswered: 0 };
        },
      },
    );
    expect(ending).to.deep.equal({ outcome: "completed" });
    expect(proof).to.equal("app-east-restarted started and served");
    const started = world.eventsOf("client.started").filter(({ origin }) => origin === "restore");
    expect(started.map(({ client }) => client)).to.deep.equal(["app-east-restarted"]);
    expect(world.eventsOf("agent.started").map(({ agent }) => agent)).to.include(
      `${PRODUCERS}-restore`,
    );
    // Who died is asked nothing any more.
    expect(asked).to.deep.equal([7]);
  });

  it("starts consumers as who they were, and their totals anew", async () => {
    const { world, ending, proof } = await ran([faultStep("client.kill", on("consumers"), healed)]);
    expect(ending).to.deep.equal({ outcome: "completed" });
    expect(proof).to.equal("billing-east started and served");
    const starts = world.eventsOf("client.started").filter(({ kind }) => kind === "consumer");
    expect(starts.map(({ client, origin }) => `${client} ${origin}`)).to.deep.equal([
      "billing-east initial",
      "billing-east restore",
    ]);
  });

  it("waits for the new process to serve: what the dead one had got says nothing", async () => {
    let starts = 0;
    let saidUs = 0;
    const { world } = await ran([faultStep("client.kill", on("consumers"), healed)], {
      "consumer.start": ({ reader }, agent) => {
        starts += 1;
        const say = () =>
          sayHistory(agent, (seen) => ({ readers: [readerStats(reader, seen, 5)] }));
        if (starts === 1) say();
        else {
          setTimeout(() => {
            saidUs = monotonicUs();
            say();
          }, 60);
        }
        return { journal: "journal.bin" };
      },
    });
    expect(world.eventsOf("fault.healed")[0]?.tUs ?? 0).to.be.at.least(saidUs);
    expect(saidUs).to.be.greaterThan(0);
  });

  it("takes a wanted death for none of an accident, and starts nothing at the end", async () => {
    const { world, ending, proof } = await ran([faultStep("client.kill", on("producers"))]);
    expect(ending).to.deep.equal({ outcome: "completed" });
    const died = world.eventsOf("node.state").find(({ node }) => node === PRODUCERS);
    expect(died).to.include({ state: "died", expected: true });
    expect(proof).to.equal("the workload is over: nothing was started any more");
    expect(world.eventsOf("client.started").map(({ origin }) => origin)).to.not.include("restore");
  });

  it("names a second process in the place of the first by a number", async () => {
    const second = faultStep("client.kill", on("consumers"), {
      ...healed,
      id: "again",
      atMs: null,
      after: { steps: ["disaster"], plusMs: 0 },
    });
    const { world, ending } = await ran([
      faultStep("client.kill", on("consumers"), healed),
      second,
    ]);
    expect(ending).to.deep.equal({ outcome: "completed" });
    const agents = world.eventsOf("agent.started").map(({ agent }) => agent);
    expect(agents.filter((agent) => agent.startsWith(CONSUMERS))).to.deep.equal([
      CONSUMERS,
      `${CONSUMERS}-restore`,
      `${CONSUMERS}-restore-2`,
    ]);
  });
});

describe("client.pause in a drill", () => {
  it("tells the judge when the process was frozen, and has its percentiles begin anew", async () => {
    const { world, ending } = await ran([faultStep("client.pause", on("producers"), healed)]);
    expect(ending).to.deep.equal({ outcome: "completed" });
    const states = world.eventsOf("node.state").filter(({ node }) => node === PRODUCERS);
    expect(states.slice(0, 2).map(({ state, expected }) => ({ state, expected }))).to.deep.equal([
      { state: "paused", expected: true },
      { state: "resumed", expected: true },
    ]);
    const begins = world.asked.filter((asked) => asked === `${PRODUCERS} health.begin`);
    expect(begins).to.have.length(2);
  });
});

describe("group.move in a drill", () => {
  const move = { group: "billing", topic: "orders", cluster: "primary", by: 4 };

  it("ends the group's members, commits, and starts them on their own agents", async () => {
    const committed: number[][] = [];
    let offset = 10;
    const { world, ending, proof } = await ran([faultStep("group.move", move, healed)], {
      "group.offsets": () => [offset],
      "group.commit": ({ offsets }) => {
        committed.push(offsets);
        offset = offsets[0] ?? 0;
        return {};
      },
    });
    expect(ending.outcome).to.equal("completed");
    expect(committed).to.deep.equal([[1], [5]]);
    expect(proof).to.equal("billing-east started and served");
    const ops = world.asked
      .filter((asked) => asked.startsWith(`${CONSUMERS} consumer.`))
      .map((asked) => asked.split(" ")[1]);
    expect(ops).to.deep.equal([
      "consumer.start",
      "consumer.stop",
      "consumer.start",
      "consumer.stop",
    ]);
    const last = world.eventsOf("client.started").findLast(({ kind }) => kind === "consumer");
    expect(last).to.include({ client: "billing-east", origin: "initial" });
  });

  it("starts a member again whose stop was not answered, and leaves one alone that runs", async () => {
    let refusals = 0;
    const { world, ending } = await ran([faultStep("group.move", move, healed)], {
      "consumer.stop": () => {
        refusals += 1;
        throw new Error("busy");
      },
    });
    expect(refusals).to.be.greaterThan(0);
    expect(ending.error?.code).to.equal("E_FAULT_FAILED");
    const starts = world.asked.filter((asked) => asked === `${CONSUMERS} consumer.start`);
    // After the failure the run is over: nothing is started that nobody will stop.
    expect(starts).to.have.length(1);
  });
});
