/** Goal: every drill that leaves something alone has a control there, and no other has one. */
import { expect } from "chai";
import { parseExperiment } from "../../../src/experiment/load.ts";
import { loopbackRegions } from "../../../src/experiment/plan-observers.ts";
import { planOf, problemsOf, SAMPLE, spoil } from "./sample.ts";

const controls = (text: string) =>
  planOf(text)
    .judging.producers.filter(({ control }) => control)
    .map(({ name }) => name);

describe("controls of a plan", () => {
  it("puts a control only where nothing in the plan breaks", () => {
    expect(controls(SAMPLE)).to.deep.equal(["control-standby"]);
    const both = spoil(
      "region: east }",
      "region: east }\n  - { id: more, at: 9s, fault: broker.kill, brokers: [standby-west-1], for: 5s }",
    );
    expect(controls(both)).to.deep.equal(["control-loopback-west"]);
    const link = spoil(
      "region.shutdown, region: east",
      "link.partition, between: [east, west], for: 5s",
      spoil("  - { id: over, after: loss, runbook: failover, to: west }\n", ""),
    );
    expect(problemsOf(link)).to.deep.equal([]);
    // The canary of the primary lives on, and so does the agent it runs in.
    expect(controls(link)).to.deep.equal(["control-standby", "control-loopback-east"]);
  });

  it("has nobody read what an agent writes to itself, and no cluster make it", () => {
    const kill = spoil(
      "region.shutdown, region: east",
      "broker.kill, brokers: [primary-east-1], for: 5s",
      spoil("  - { id: over, after: loss, runbook: failover, to: west }\n", ""),
    );
    const plan = planOf(kill);
    const own = plan.judging.logs.filter(({ role }) => role === "loopback");
    expect(own.map(({ cluster, region }) => [cluster, region])).to.deep.equal([
      ["loopback:east", "east"],
    ]);
    const ids = own.map(({ id }) => id);
    expect(plan.topics.filter(({ log }) => ids.includes(log))).to.deep.equal([]);
    const readers = plan.judging.readers.filter(({ logs }) => logs.some((id) => ids.includes(id)));
    expect(readers).to.deep.equal([]);
  });
});

describe(loopbackRegions.name, () => {
  const { topology } = parseExperiment(SAMPLE, "f").experiment;
  const faults = (affected: string[], control?: string) => ({
    affected: new Set(affected),
    wounded: new Set<string>(),
    control,
  });

  it("are those of the agents that measure and live on, each once", () => {
    expect(loopbackRegions(topology, ["east", "east", "west"], faults([]))).to.deep.equal([
      "east",
      "west",
    ]);
    expect(loopbackRegions(topology, ["east", "west"], faults(["east"]))).to.deep.equal(["west"]);
  });

  it("are any region that lives on when no such agent does and nothing else is a control", () => {
    expect(loopbackRegions(topology, ["east"], faults(["east"]))).to.deep.equal(["west"]);
    expect(loopbackRegions(topology, ["east"], faults(["east"], "standby"))).to.deep.equal([]);
    expect(loopbackRegions(topology, ["east"], faults(["east", "west"]))).to.deep.equal([]);
  });
});
