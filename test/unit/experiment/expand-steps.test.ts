/** Blocks of the timeline become plain steps: their ids, their times, and what names in them mean. */
import { expect } from "chai";
import type { PlannedStep } from "../../../src/experiment/plan.ts";
import { planOf, SAMPLE, spoil } from "./sample.ts";

const LOSS = "- { id: loss, at: 5s, fault: region.shutdown, region: east }";
const CUT = "fault: link.partition, between: [east, west], mode: refuse";

function stepsOf(steps: string, after = ""): Map<string, PlannedStep> {
  const text = spoil("- { id: over, after: loss", `${after}- { id: over, after: loss`);
  const plan = planOf(spoil(LOSS, `${steps}\n  ${LOSS}`, text));
  return new Map(plan.steps.map((step) => [step.id, step]));
}

describe("a parallel block", () => {
  it("starts its steps at its own time, each after a delay of its own", () => {
    const steps = stepsOf(
      `- { id: storm, at: 3s, parallel: [{ id: cut, ${CUT}, for: 1s }, { id: die, delay: 2s, fault: broker.kill, brokers: [primary-east-1] }] }`,
    );
    expect([...steps.keys()]).to.deep.equal(["storm.cut", "storm.die", "loss", "over"]);
    expect(steps.get("storm.cut")?.atMs).to.equal(3000);
    expect(steps.get("storm.die")?.atMs).to.equal(5000);
  });

  it("ends when all of them have ended: whoever names it waits for all", () => {
    const steps = stepsOf(
      `- { id: storm, after: loss, delay: 1s, parallel: [{ id: a, ${CUT}, for: 1s }, { id: b, delay: 2s, ${CUT}, for: 1s }] }\n` +
        `  - { id: then, after: [storm, loss], heal: loss }`,
    );
    expect(steps.get("storm.a")?.after).to.deep.equal({ steps: ["loss"], plusMs: 1000 });
    expect(steps.get("storm.b")?.after).to.deep.equal({ steps: ["loss"], plusMs: 3000 });
    expect(steps.get("then")?.after?.steps).to.deep.equal(["storm.a", "storm.b", "loss"]);
  });
});

describe("a repeated block", () => {
  const flap = `- { id: flap, at: 1s, repeat: 3, every: 10s, steps: [{ id: cut, ${CUT} }, { id: mend, delay: 2s, heal: cut }] }`;

  it("does its steps one after another, and keeps its pace", () => {
    const steps = stepsOf(flap);
    const times = [1, 2, 3].flatMap((time) => [`flap.${time}.cut`, `flap.${time}.mend`]);
    expect([...steps.keys()]).to.deep.equal([...times, "loss", "over"]);
    expect(steps.get("flap.1.cut")).to.include({ atMs: 1000, after: null });
    expect(steps.get("flap.1.cut")).to.not.have.property("notBefore");
    expect(steps.get("flap.1.mend")?.after).to.deep.equal({ steps: ["flap.1.cut"], plusMs: 2000 });
    expect(steps.get("flap.2.cut")?.after).to.deep.equal({ steps: ["flap.1.mend"], plusMs: 0 });
    expect(steps.get("flap.2.cut")?.notBefore).to.deep.equal({
      step: "flap.1.cut",
      plusMs: 10_000,
    });
    expect(steps.get("flap.3.cut")?.notBefore?.step).to.equal("flap.2.cut");
  });

  it("means by a name what is beside it, of the same time", () => {
    const steps = stepsOf(flap);
    expect(steps.get("flap.2.mend")).to.include({ type: "heal", heals: "flap.2.cut" });
  });

  it("means what is nearest when two blocks have the name", () => {
    const inner = `{ id: both, parallel: [{ id: cut, ${CUT} }, { id: mend, delay: 1s, heal: cut }] }`;
    const steps = stepsOf(
      `- { id: flap, at: 1s, repeat: 2, steps: [{ id: cut, ${CUT}, for: 1s }, ${inner}] }`,
    );
    expect(steps.get("flap.2.both.mend")).to.include({ heals: "flap.2.both.cut" });
  });

  it("has an end, and so has each of its times", () => {
    const steps = stepsOf(
      `${flap}\n  - { id: a, after: flap, wait: { disk: { below: 1GiB }, within: 1s } }\n` +
        "  - { id: b, after: flap.2, wait: { acked: { after: flap.2 }, within: 1s } }",
    );
    expect(steps.get("a")?.after?.steps).to.deep.equal(["flap.3.mend"]);
    expect(steps.get("b")?.after?.steps).to.deep.equal(["flap.2.mend"]);
    expect(steps.get("b")?.until?.condition).to.deep.include({ after: ["flap.2.mend"] });
  });

  it("may hold another block", () => {
    const steps = stepsOf(
      `- { id: flap, at: 1s, repeat: 2, steps: [{ id: both, parallel: [{ id: a, ${CUT}, for: 1s }, { id: b, ${CUT}, for: 1s }] }] }`,
    );
    const names = [1, 2].flatMap((time) => [`flap.${time}.both.a`, `flap.${time}.both.b`]);
    expect([...steps.keys()].slice(0, 4)).to.deep.equal(names);
    expect(steps.get("flap.2.both.b")?.after?.steps).to.deep.equal([
      "flap.1.both.a",
      "flap.1.both.b",
    ]);
  });

  it("of blocks of blocks is refused before it fills the memory", () => {
    const inner = `[{ id: a, repeat: 100, steps: [{ id: b, ${CUT}, for: 1s }] }]`;
    const text = spoil(LOSS, `- { id: x, at: 1s, repeat: 100, steps: ${inner} }\n  ${LOSS}`);
    expect(() => planOf(text)).to.throw(/the blocks make more than 500 steps/);
  });
});

describe("conditions of a plan", () => {
  const planned = (until: string) => {
    const plan = planOf(spoil("region: east }", `region: east, until: ${until} }`));
    const wait = plan.steps[0]?.until;
    return [wait?.condition, wait?.words] as const;
  };

  it("know where their topic is, and speak of it", () => {
    const [condition, words] = planned(
      "{ isr: { topic: orders, atMost: 1 }, within: 1m, for: 2s }",
    );
    const place = { cluster: "primary", topic: "orders", partitions: null };
    expect(condition).to.deep.equal({ what: "isr", ...place, wants: { atMost: 1 } });
    expect(words).to.equal("orders on primary: at most 1 in-sync replica");
    const plan = planOf(SAMPLE);
    expect(plan.steps[0]).to.not.have.property("until");
    expect(plan).to.not.have.property("abortIf");
  });

  it("know the logs and readers of a group and of a mirror", () => {
    const [group] = planned("{ lag: { group: billing, above: 1000 }, within: 1s }");
    expect(group).to.deep.include({ what: "group-lag", logs: [1], readers: [1] });
    const [mirror, words] = planned("{ lag: { mirror: orders, above: 5s }, within: 1s }");
    expect(mirror).to.deep.include({ what: "mirror-lag", source: 1, mirror: 3 });
    expect(words).to.equal("lag of the mirror of orders above 5 s");
  });

  it("are said in words, all of them", () => {
    const said = [
      "{ isr: { topic: orders, in: east, partitions: [0, 2] }, within: 1s }",
      "{ isr: { topic: orders, full: true }, within: 1s }",
      "{ isr: { topic: orders, atLeast: 2 }, within: 1s }",
      "{ leader: { topic: orders, none: true }, within: 1s }",
      "{ leader: { topic: primary.orders, cluster: standby, in: west }, within: 1s }",
      "{ group: { name: billing, is: stable }, within: 1s }",
      "{ controller: { cluster: standby, in: west }, within: 1s }",
      "{ acked: { records: 1000 }, within: 1s }",
      "{ topic: { name: orders, above: 1000 }, within: 1s }",
      "{ region: { name: west, is: lost }, within: 1s }",
      "{ errors: { above: 5% }, within: 1s }",
      "{ disk: { below: 1GiB }, within: 1s }",
      "{ memory: { below: 1GiB }, within: 1s }",
    ].map((until) => planned(until)[1]);
    expect(said).to.deep.equal([
      "orders on primary, partitions 0, 2: in-sync replicas in east only",
      "orders on primary: every replica in sync",
      "orders on primary: at least 2 in-sync replicas",
      "orders on primary: no leader",
      "primary.orders on standby: led from west",
      "group billing on primary is stable",
      "the active controller of standby is in west",
      "1,000 records acked since the wait began",
      "orders on primary holds more than 1,000 records",
      "no broker of west answers inside it",
      "more than 5% of sends failed in 10 s",
      "less than 1.00 GiB of disk left",
      "less than 1.00 GiB of memory left",
    ]);
  });

  it("guard the run from the top of the file", () => {
    const put = "abortIf: [{ topic: { name: orders, above: 5 }, for: 1s }]\nobjectives:";
    expect(planOf(spoil("objectives:", put)).abortIf).to.deep.equal([
      {
        condition: { what: "topic", cluster: "primary", topic: "orders", above: 5 },
        words: "orders on primary holds more than 5 records",
        forMs: 1000,
      },
    ]);
  });
});
