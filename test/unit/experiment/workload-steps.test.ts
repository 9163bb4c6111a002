/** Steps that act on the application's side: what they come to in a plan, and their mistakes. */
import { expect } from "chai";
import { describePlan } from "../../../src/experiment/describe.ts";
import type { PlannedStep } from "../../../src/experiment/plan.ts";
import { planOf, problemsOf, SAMPLE, spoil } from "./sample.ts";

/** The sample with a second topic, of its own clients, that a step makes. */
const LATE = spoil(
  "steps:\n",
  "steps:\n  - { id: late, at: 1s, create: { topic: invoices } }\n",
  spoil(
    "  producers:\n",
    "  producers:\n    - { topic: invoices, in: east, rate: 50/s, size: 512B, failover: west }\n",
    spoil(
      "minInsync: 2 }\n",
      "minInsync: 2 }\n    - { name: invoices, cluster: primary, partitions: 3, replication: 3, minInsync: 2 }\n",
      spoil(
        "  consumers:\n",
        "  consumers:\n    - { topic: invoices, group: books, in: east }\n",
        spoil("topics: [orders]", 'topics: [".*"], config: { sync.group.offsets.enabled: true }'),
      ),
    ),
  ),
);

describe("a step that makes a topic", () => {
  it("is planned, and what uses the topic starts with it", () => {
    const plan = planOf(LATE);
    const log = plan.judging.logs.find(
      ({ cluster, topic }) => cluster === "primary" && topic === "invoices",
    );
    const [step] = plan.steps;
    expect(step).to.deep.include({ type: "create", cluster: "primary", topic: "invoices" });
    expect((step as PlannedStep & { log: number }).log).to.equal(log?.id);
    const made = plan.topics.map(({ cluster, spec, madeBy }) => [cluster, spec.topic, madeBy]);
    expect(made.filter(([, , by]) => by !== undefined)).to.deep.equal([
      ["primary", "invoices", "late"],
    ]);
    const starts = [...plan.producers, ...plan.consumers].map(({ name, start }) => [name, start]);
    expect(starts).to.deep.equal([
      ["invoices-east", "created"],
      ["invoices-west", "failover"],
      ["orders-east", "initial"],
      ["orders-west", "failover"],
      ["books-east", "created"],
      ["billing-east", "initial"],
      ["billing-west", "failover"],
    ]);
  });

  it("leaves its topic and its groups out of what replication must prove before", () => {
    const [replication] = planOf(LATE).replications;
    expect(replication?.expectLogs).to.have.length(1);
    expect(replication?.expectGroups).to.deep.equal(["billing"]);
    expect(planOf(LATE).judging.logs.map(({ topic }) => topic)).to.include("primary.invoices");
  });

  it("is told by the plan", () => {
    const text = describePlan(planOf(LATE));
    expect(text).to.match(
      /steady \+ 1 s +late +create topic invoices +on primary; then its clients/,
    );
    expect(text).to.match(/invoices-east .* with its topic/);
    expect(text).to.match(/canary-primary-invoices .* with its topic/);
  });
});

describe("a step that makes a topic, with a mistake", () => {
  it("must mean one topic of the workload, that no other step makes", () => {
    expect(problemsOf(spoil("create: { topic: invoices }", "create: { topic: invoice }", LATE)))
      .to //
      .deep.equal(['24:42: no topic "invoice"; did you mean "invoices"?']);
    const mirror = "create: { topic: primary.orders, cluster: standby }";
    expect(problemsOf(spoil("create: { topic: invoices }", mirror, LATE))).to.deep.equal([
      '24:42: the workload has no topic "primary.orders" on standby',
    ]);
    const twice = spoil(
      "steps:\n",
      "steps:\n  - { id: first, at: 1s, create: { topic: invoices } }\n",
      LATE,
    );
    expect(problemsOf(twice)).to.deep.equal([
      '25:33: step "first" makes the topic "invoices" already',
    ]);
  });

  it("cannot be what the steady state waits for", () => {
    const all = spoil(
      "steps:\n",
      "steadyState: [{ check: acked-rate, atLeast: 90%, for: 5s }]\nsteps:\n" +
        "  - { id: late, at: 1s, create: { topic: orders } }\n",
    );
    expect(problemsOf(all)).to.deep.equal([
      "20:24: every producer waits for a topic that a step makes, so this would never hold",
    ]);
    expect(problemsOf(SAMPLE)).to.deep.equal([]);
  });

  it("is refused on a cluster that is cold", () => {
    const cold = spoil(
      "standby: { brokers: { west: 3 } }",
      "standby: { brokers: { west: 3 }, cold: true }",
    );
    const text = spoil(
      "steps:\n",
      "steps:\n  - { id: late, at: 1s, create: { topic: spare } }\n",
      spoil(
        "minInsync: 2 }\n",
        "minInsync: 2 }\n    - { name: spare, cluster: standby, partitions: 1, replication: 1, minInsync: 1 }\n",
        cold,
      ),
    );
    const told = problemsOf(text).filter((problem) => problem.includes("is cold: its topics"));
    expect(told).to.deep.equal(["22:33: standby is cold: its topics are made when it is booted"]);
  });
});

const step = (text: string) => spoil("steps:\n", `steps:\n  - { id: more, at: 1s, ${text} }\n`);

describe("a step that changes the load", () => {
  it("means the producers of a topic, and who takes over from them", () => {
    const plan = planOf(step("load: { topic: orders, rate: 5000/s, over: 30s }"));
    expect(plan.steps[0]).to.deep.include({
      type: "load",
      label: "load on orders: 5,000/s",
      producers: [1, 2],
      ratePerSecond: 5000,
      overMs: 30_000,
    });
    expect(describePlan(plan)).to.match(/5,000\/s +orders-east, orders-west; evenly over 30 s/);
    expect(planOf(step("load: { topic: orders, in: east, rate: 9/s }")).steps[0]).to.deep.include({
      producers: [1, 2],
      overMs: 0,
    });
  });

  it("must find producers, and a rate", () => {
    expect(problemsOf(step("load: { topic: orders, in: west, rate: 9/s }"))).to.deep.equal([
      '21:40: no producer in west writes to "orders"',
    ]);
    expect(problemsOf(step("load: { topic: orders, rate: 0/s }"))).to.deep.equal([
      '21:54: expected a rate above 0, up to 1000000/s, found "0/s"',
    ]);
    expect(problemsOf(step("load: { topic: order, in: est, rate: 9/s }"))).to.deep.equal([
      '21:40: no topic "order"; did you mean "orders"?',
      '21:51: no region "est"; did you mean "east"?',
    ]);
  });
});

describe("a step that sends one record of another size", () => {
  it("means one producer, or who took over from it", () => {
    const plan = planOf(step("send: { topic: orders, partition: 2, size: 2MiB }"));
    expect(plan.steps[0]).to.deep.include({
      type: "send",
      label: "one record of 2.0 MiB to orders/2",
      producers: [1, 2],
      partition: 2,
      bytes: 2_097_152,
    });
    expect(describePlan(plan)).to.match(/orders-east, orders-west; answered/);
  });

  it("must find its partition and one producer, and has a largest size", () => {
    expect(problemsOf(step("send: { topic: orders, partition: 6, size: 9MB }"))).to.deep.equal([
      '21:68: expected a size from 40B to 8MiB, found "9MB"',
    ]);
    expect(problemsOf(step("send: { topic: orders, partition: 6, size: 1MB }"))).to.deep.equal([
      '21:59: "orders" has partitions 0 to 5, found 6',
    ]);
    const two = spoil(
      "  consumers:\n",
      "    - { topic: orders, in: west, rate: 1/s, size: 64B }\n  consumers:\n",
      step("send: { topic: orders, partition: 0, size: 1MB }"),
    );
    expect(problemsOf(two)).to.deep.equal([
      '22:31: 2 producers write to "orders": say which by `in`',
    ]);
  });
});
