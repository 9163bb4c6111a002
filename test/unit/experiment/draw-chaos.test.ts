import { expect } from "chai";
import type { FaultStep, Plan } from "../../../src/experiment/plan.ts";
import { planOf, problemsOf, spoil } from "./sample.ts";

const MONKEY = `version: 1
name: monkey
title: Whatever comes
seed: 7
topology:
  regions: [a, b]
  clusters:
    main: { brokers: { a: 2, b: 1 } }
workload:
  topics:
    - { name: orders, cluster: main, partitions: 3, replication: 3, minInsync: 2 }
  producers:
    - { topic: orders, in: a, rate: 100/s, size: 512B }
steps:
  - id: monkey
    at: 5s
    fault: chaos.monkey
    count: 40
    every: 4s
    choose:
      - { fault: broker.kill, weight: 3, brokers: [main-a-1], for: 2s }
      - { fault: link.flap, between: [a, b], times: 2, for: 3s }
      - { fault: client.kill, clients: producers, in: a, for: 1s }
  - { id: after, after: monkey, delay: 1s, fault: broker.pause, brokers: [main-b-1], for: 1s }
objectives: { rto: { produce: 30s } }
`;

const drawnIn = ({ steps }: Plan): FaultStep[] =>
  steps.filter((step): step is FaultStep => step.type === "fault" && step.id !== "after");
const seeded = (seed: number) => planOf(spoil("seed: 7", `seed: ${seed}`, MONKEY));

describe("chaos.monkey", () => {
  it("becomes ordinary steps, one after another, and whoever waited for it waits for the last", () => {
    const plan = seeded(7);
    const steps = drawnIn(plan);
    expect(steps).to.have.length(40);
    expect(steps[0]).to.include({ id: "monkey.1", atMs: 5000, after: null });
    for (const [index, { id, after, forMs }] of steps.entries()) {
      expect(id).to.equal(`monkey.${index + 1}`);
      expect(forMs).to.be.within(1000, 3000);
      if (index === 0) continue;
      expect(after?.steps).to.deep.equal([`monkey.${index}`]);
      expect(after?.plusMs).to.be.within(2000, 6000);
    }
    const waiting = plan.steps.find(({ id }) => id === "after");
    expect(waiting?.after).to.deep.equal({ steps: ["monkey.40"], plusMs: 1000 });
    expect(plan.judging.faultStep).to.equal("monkey.1");
  });

  it("is drawn from the seed alone: the same for the same, byte for byte", () => {
    expect(JSON.stringify(seeded(7))).to.equal(JSON.stringify(seeded(7)));
    // What the faults draw for themselves left out.
    const menu = (seed: number) => drawnIn(seeded(seed)).map(({ kind, after }) => [kind, after]);
    expect(menu(7)).to.not.deep.equal(menu(8));
  });

  it("draws by weight, and everything on the menu", () => {
    const kinds = [1, 2, 3, 4, 5].flatMap((seed) => drawnIn(seeded(seed)).map(({ kind }) => kind));
    const share = (kind: string) => kinds.filter((one) => one === kind).length / kinds.length;
    expect(share("broker.kill")).to.be.within(0.45, 0.75);
    expect(share("link.flap")).to.be.within(0.08, 0.35);
    expect(share("client.kill")).to.be.within(0.08, 0.35);
  });

  it("gives each drawn fault what chance leaves to it, and its own successors", () => {
    const plan = seeded(7);
    const flaps = drawnIn(plan).filter(({ kind }) => kind === "link.flap");
    const schedules = flaps.map(({ params }) => JSON.stringify(params));
    expect(new Set(schedules).size).to.equal(flaps.length);
    const kills = drawnIn(plan).filter(({ kind }) => kind === "client.kill").length;
    expect(plan.producers.filter(({ start }) => start === "restart")).to.have.length(kills);
    expect(JSON.stringify(plan.steps)).to.not.contain("weight");
  });

  it("has its menu checked like any step", () => {
    expect(problemsOf(MONKEY)).to.deep.equal([]);
    const told = (find: string, put: string) => problemsOf(spoil(find, put, MONKEY)).join("\n");
    expect(told("main-a-1", "main-a-9")).to.match(/^21:52: no node named "main-a-9"/);
    expect(told(", for: 2s", "")).to.contain("for");
    expect(told("count: 40", "count: 0")).to.equal(
      "18:12: expected at least 1, found the number 0",
    );
    expect(told("fault: link.flap", "fault: chaos.monkey")).to.contain("link.flap");
    expect(told("after: monkey", "after: monke")).to.contain('did you mean "monkey"');
  });
});
