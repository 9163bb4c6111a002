/** Replicas placed by hand, as the plan has them. */
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
    - { topic: orders, in: a, rate: 100/s, size: 512B }
`;

describe("placement in a plan", () => {
  const placed = (text: string) => planOf(text).topics.map(({ spec }) => spec.placement);

  it("is by node ids of the topic's own cluster", () => {
    const byRegion = spoil(
      "minInsync: 2 }",
      "minInsync: 2, placement: { a: 1, b: 1, c: 1 } }",
      STRETCHED,
    );
    expect(placed(byRegion)).to.deep.equal([
      [
        [1, 2, 3],
        [2, 3, 1],
        [3, 1, 2],
      ],
    ]);
  });

  it("is left to Kafka for a topic that is made for a failover", () => {
    const text = spoil("minInsync: 2 }", "minInsync: 2, placement: { east: 3 }, leaders: east }");
    const [own, ...others] = placed(text);
    expect(own).to.have.length(6);
    expect(others).to.deep.equal([undefined, undefined]);
    expect(placed(SAMPLE)).to.deep.equal([undefined, undefined, undefined]);
  });
});
