/** Producers of partitions that a step adds: what they come to in a plan, and their mistakes. */
import { expect } from "chai";
import { describePlan } from "../../../src/experiment/describe.ts";
import { planOf, problemsOf, spoil } from "./sample.ts";

const WIDEN =
  "  - { id: wide, at: 1s, fault: topic.add-partitions, topic: orders, cluster: primary, to: 20 }";
const ADDED =
  "    - { topic: orders, partitions: added, in: east, rate: 50/s, size: 512B, failover: west }";
const PLAIN = spoil("steps:\n", `steps:\n${WIDEN}\n`);
const GROWN = spoil("  producers:\n", `  producers:\n${ADDED}\n`, PLAIN);

describe("partitions that a step adds", () => {
  it("belong to the log and its mirror where somebody writes to them", () => {
    const { judging, topics, producers } = planOf(GROWN);
    const widths = judging.logs.map(({ cluster, topic, partitions, partitionsAtStart }) => [
      `${cluster}/${topic}`,
      partitions,
      partitionsAtStart,
    ]);
    const [log] = topics;
    const atStart = log?.spec.partitions;
    expect(widths).to.deep.include.members([
      ["primary/orders", 20, atStart],
      ["standby/primary.orders", 20, atStart],
      ["standby/orders", atStart, undefined],
    ]);
    expect(producers.map(({ name, start }) => [name, start])).to.deep.equal([
      ["orders-east", "added"],
      ["orders-west", "failover"],
      ["orders-east-2", "initial"],
      ["orders-west-2", "failover"],
    ]);
    const text = describePlan(planOf(GROWN));
    expect(text).to.contain(`${atStart}, then 20`);
    expect(text).to.match(/orders-east .* with its partitions/);
  });

  it("are no part of the run where nobody does", () => {
    for (const { partitionsAtStart } of planOf(PLAIN).judging.logs) {
      expect(partitionsAtStart).to.equal(undefined);
    }
  });

  it("need exactly one step that makes them", () => {
    const never = spoil("  producers:\n", `  producers:\n${ADDED}\n`);
    const [problem] = problemsOf(never);
    expect(problem).to.match(/^\d+:\d+: no step adds partitions to "orders" on primary$/);
    const again = spoil(WIDEN, `${WIDEN}\n${WIDEN.replace("wide", "wider")}`, GROWN);
    expect(problemsOf(again)[0]).to.match(
      /several steps add partitions to "orders" on primary: wide, wider$/,
    );
    expect(problemsOf(spoil("partitions: added", "partitions: 4", GROWN))[0]).to.contain(
      "expected `added`, or leave it out",
    );
  });
});
