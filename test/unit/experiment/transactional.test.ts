/** Producers with transactions in a plan. */
import { expect } from "chai";
import { describePlan } from "../../../src/experiment/describe.ts";
import { planOf, SAMPLE, spoil } from "./sample.ts";

const STRETCHED = `version: 1
name: stretched
title: Stretched
topology:
  regions: [a, b, c]
  clusters:
    main: { brokers: { a: 1, b: 1, c: 1 } }
workload:
  topics:
    - { name: orders, cluster: main, partitions: 3, replication: 3, minInsync: 2 }
  producers:
    - { topic: orders, in: a, rate: 100/s, size: 512B, failover: b }
steps:
  - { id: loss, at: 5s, fault: region.shutdown, region: a }
  - { id: over, after: loss, runbook: failover, to: b, delay: 2s }
`;

const planned = (text: string) =>
  planOf(spoil("size: 512B,", "size: 512B, transactional: { aborted: 20% },", text));

describe("a producer with transactions", () => {
  it("gives who takes over on the same log its transactional id, so that it is fenced", () => {
    const ids = (text: string) => planned(text).producers.map((one) => one.transactional);
    const like = { commitEveryMs: 200, abortedShare: 0.2 };
    expect(ids(STRETCHED)).to.deep.equal([
      { id: "orders-a", ...like },
      { id: "orders-a", ...like },
    ]);
    expect(ids(SAMPLE)).to.deep.equal([
      { id: "orders-east", ...like },
      { id: "orders-west", ...like },
    ]);
  });

  it("is told by the plan", () => {
    expect(describePlan(planned(SAMPLE))).to.contain("in transactions of 200 ms, 20% aborted");
  });
});
