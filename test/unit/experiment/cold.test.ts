/** Clusters that a step starts: what the plan makes of them, and the mistakes there are. */
import { expect } from "chai";
import { planOf, problemsOf, spoil } from "./sample.ts";

const COLD = `version: 1
name: cold
title: Cold
topology:
  regions: [east, west]
  clusters:
    primary: { brokers: { east: 3 } }
    standby: { brokers: { west: 2 }, cold: true }
workload:
  topics:
    - { name: orders, cluster: primary, partitions: 6, replication: 3, minInsync: 2 }
  producers:
    - { topic: orders, in: east, rate: 100/s, size: 512B, failover: west }
  consumers:
    - { topic: orders, group: billing, in: east, failover: west }
steps:
  - { id: loss, at: 5s, fault: region.shutdown, region: east }
  - { id: over, after: loss, runbook: failover, to: west }
`;
const withStep = (step: string) => `${COLD}  - ${step}\n`;

describe("a plan with a cold cluster", () => {
  const plan = planOf(COLD);

  it("has its nodes, its memory and an empty topic for those who fail over", () => {
    expect(plan.topology.clusters.map(({ name, cold }) => [name, cold])).to.deep.equal([
      ["primary", undefined],
      ["standby", true],
    ]);
    expect(plan.memoryMiB.byNode).to.include.keys("standby-west-1", "standby-west-2");
    expect(
      plan.topics.map(({ log, cluster, spec }) => [log, cluster, spec.replication]),
    ).to.deep.equal([
      [1, "primary", 3],
      [2, "standby", 2],
    ]);
    expect(plan.producers.map(({ log, start }) => [log, start])).to.deep.equal([
      [1, "initial"],
      [2, "failover"],
    ]);
    expect(plan.consumers.map(({ cluster, logs }) => [cluster, ...logs])).to.deep.equal([
      ["primary", 1],
      ["standby", 2],
    ]);
    expect(plan.judging.survivingCluster).to.equal("standby");
  });

  it("probes and seeds nothing there, and takes it for no control but the agent itself", () => {
    const others = plan.judging.producers.filter(({ kind }) => kind !== "application");
    expect(others.map(({ kind, log }) => [kind, log])).to.deep.equal([
      ["canary", 1],
      ["canary", 3],
      ["readiness", 1],
    ]);
    const roles = plan.judging.logs.map(({ role, region }) => `${role} ${region}`);
    expect(roles).to.deep.equal(["workload east", "workload west", "loopback west"]);
  });
});

describe("a cold cluster in a file", () => {
  it("is fine when a failover starts it", () => {
    expect(problemsOf(COLD)).to.deep.equal([]);
  });

  it("must be started by somebody", () => {
    const text = spoil("  - { id: over, after: loss, runbook: failover, to: west }\n", "", COLD);
    const kept = spoil("region: east }", "region: east, for: 5s }", text);
    expect(problemsOf(kept)).to.deep.equal([
      '8:38: no step starts "standby": it needs a `runbook: failover` to its region, of clients ' +
        "whose `failover` is that region",
    ]);
  });

  it("has no replication", () => {
    const flow = `  replication:
    - { kind: mirror-maker-2, from: primary, to: standby, in: west, topics: [orders] }
workload:`;
    expect(problemsOf(spoil("workload:", flow, COLD))).to.deep.equal([
      '10:50: "standby" is cold: nothing replicates while it is not there',
    ]);
  });

  it("has no client before it is there", () => {
    const topic =
      "\n    - { name: own, cluster: standby, partitions: 1, replication: 1, minInsync: 1 }";
    const client = "\n    - { topic: own, in: west, rate: 1/s, size: 512B }";
    const there = spoil("minInsync: 2 }", `minInsync: 2 }${topic}`, COLD);
    expect(problemsOf(there)).to.deep.equal([]);
    expect(problemsOf(spoil("failover: west }", `failover: west }${client}`, there))).to.deep.equal(
      ['15:16: topic "own" is on standby, which is cold when clients start'],
    );
  });

  it("is not broken before it runs", () => {
    const way = '; let this step come after "over", which starts it';
    const told = `19:5: "standby" is cold and does not run at that time${way}`;
    const pause = "fault: broker.pause, brokers: [standby-west-1], for: 1s }";
    expect(problemsOf(withStep(`{ id: x, at: 9s, ${pause}`))).to.deep.equal([told]);
    expect(problemsOf(withStep(`{ id: x, after: over, ${pause}`))).to.deep.equal([]);
    const region = "fault: region.shutdown, region: west, for: 1s }";
    expect(problemsOf(withStep(`{ id: x, after: loss, ${region}`))).to.deep.equal([told]);
    const link = "fault: link.partition, between: [east, west], mode: refuse, for: 1s }";
    expect(problemsOf(withStep(`{ id: x, at: 1s, ${link}`))).to.deep.equal([told]);
    expect(problemsOf(withStep(`{ id: x, after: over, ${link}`))).to.deep.equal([]);
  });
});
