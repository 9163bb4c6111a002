/** What a plan says of clusters that faults reach: which part is gone, and what recovery is measured from. */
import { expect } from "chai";
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

describe("the outlook of a plan", () => {
  it("reads what the living hold before the heal, where a part of a cluster is gone to the end", () => {
    const early = (text: string) =>
      planOf(text).judging.readers.filter(({ beforeHeal }) => beforeHeal);
    const [reader, ...others] = early(STRETCHED);
    expect(others).to.deep.equal([]);
    expect(reader).to.include({ name: "audit-1-main-orders", kind: "audit" });
    const loss = "fault: region.shutdown, region: a";
    const instead = (step: string) => early(spoil(loss, step, STRETCHED)).length;
    const leader = "leaderOf: { topic: orders, cluster: main }";
    expect(instead(`fault: broker.kill, ${leader}`), "whoever leads").to.equal(1);
    expect(instead("fault: controller.kill, cluster: main, target: majority")).to.equal(1);
    expect(instead(`${loss}, for: 20s`), "it comes back before").to.equal(0);
    expect(instead("fault: link.partition, between: [a, b], mode: refuse")).to.equal(0);
    expect(early(SAMPLE), "all of it is gone").to.deep.equal([]);
  });

  it("measures recovery from the fault that is declared the disaster, else from the first", () => {
    const two = (disaster: string) =>
      spoil(
        "fault: region.shutdown, region: a }\n",
        "fault: broker.kill, brokers: [main-a-1], for: 1s }\n" +
          "  - { id: later, at: 9s, fault: region.shutdown, region: a }\n",
        STRETCHED + disaster,
      );
    const firstOf = (text: string) => planOf(text).judging.faultStep;
    expect(firstOf(two(""))).to.equal("loss");
    expect(firstOf(two("policy: { t0: later }\n"))).to.equal("later");
  });

  it("lets everything be lost when a producer lives to tell", () => {
    const text = spoil("brokers: { a: 1, b: 1, c: 1 }", "brokers: { a: 3 }", STRETCHED)
      .replace("in: a, rate: 100/s, size: 512B, failover: b", "in: b, rate: 100/s, size: 512B")
      .replace("  - { id: over, after: loss, runbook: failover, to: b, delay: 2s }\n", "");
    const { judging } = planOf(text);
    expect(judging).to.deep.include({ survivingCluster: "main", failedClusters: ["main"] });
  });
});
