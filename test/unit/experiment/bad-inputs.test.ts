/** Every mistake a file can have: where it is told, in which words, and that nothing else is told. */
import { expect } from "chai";
import { FAULT_KINDS } from "../../../src/experiment/schema-steps.ts";
import { badConditions } from "./bad-conditions.ts";
import { badSteps } from "./bad-steps.ts";
import { badTopology } from "./bad-topology.ts";
import { badWorkload } from "./bad-workload.ts";
import { problemsOf, SAMPLE, spoil, textOf } from "./sample.ts";

const all = [...badTopology, ...badWorkload, ...badSteps, ...badConditions];

describe("bad experiment files", () => {
  it("start from a sample that is good", () => {
    expect(problemsOf(SAMPLE)).to.deep.equal([]);
    expect(all.length).to.be.greaterThan(80);
  });

  for (const bad of all) {
    it(bad.name, () => {
      const kinds = FAULT_KINDS.join(", ");
      const expected = bad.problems.map((problem) => problem.replace("<kinds>", kinds));
      expect(problemsOf(textOf(bad))).to.deep.equal(expected);
    });
  }

  it("are told all mistakes at once, in the order of the file", () => {
    const text = spoil("latency: 20ms", "latency: 20", spoil("in: west", "in: wets"));
    const spoilt = spoil("id: over", "id: loss", spoil("title: Sample", "title: 7", text));
    const lines = problemsOf(spoilt).map((problem) => Number(problem.split(":")[0]));
    expect(lines).to.include.members([3, 10, 12, 22]);
    expect(lines).to.deep.equal([...lines].sort((a, b) => a - b));
  });

  it("are told of a merged key where it was written", () => {
    const text = spoil(
      "- { topic: orders, in: east, rate: 100/s,",
      "- { <<: *base, topic: orders, in: east,",
      `x-base: &base\n  rate: 7\n${SAMPLE}`,
    );
    expect(problemsOf(text)).to.deep.equal([
      "2:9: expected a rate such as 2000/s or 30/m, found the number 7",
    ]);
  });

  it("say what is missing for a measurement", () => {
    const text = spoil(
      "    - { kind: mirror-maker-2, from: primary, to: standby, in: west, topics: [orders] }\n",
      "",
      spoil(
        "  replication:\n",
        "",
        spoil("{ records: 100 } }", "{ records: 1 }, mirror: { missing: 0 } }"),
      ),
    );
    expect(problemsOf(text)).to.include(
      "21:46: mirror.missing needs replication, and the topology has none",
    );
  });

  it("say what acks=0 leaves nothing to measure of", () => {
    const silent = spoil("size: 512B,", 'size: 512B, acks: "0", idempotent: false,');
    const measured = 'is about acked records, and every producer has acks: "0"; see unconfirmed';
    const steady = (check: string) =>
      problemsOf(spoil("steps:", `steadyState: [{ check: ${check}, for: 5s }]\nsteps:`, silent));
    expect(problemsOf(silent)).to.deep.equal([
      "17:65: nothing is acked, so say `steadyState` with another check than acked-rate",
      `23:22: rpo.records ${measured}`,
      `24:19: rpo.shape ${measured}`,
    ]);
    expect(steady("acked-rate, atLeast: 95%")).to.include(
      '20:24: every producer has acks: "0", so this would never hold',
    );
    expect(steady("delivered-rate, atLeast: 95%")).to.have.length(2);
    const unconfirmed = "predict: { unconfirmed: 1 }";
    expect(problemsOf(spoil("predict: { rpo: { shape: tail } }", unconfirmed))).to.deep.equal([
      '24:12: unconfirmed counts what is sent with acks: "0", and no producer sends so',
    ]);
  });

  it("never make the loader throw anything but its own errors", () => {
    // Every line removed, doubled and emptied in turn: no text of this kind may crash it.
    const lines = SAMPLE.split("\n");
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] as string;
      for (const put of [[], [line, line], [line.replace(/:.*/, ":")], [`${line} {`]]) {
        problemsOf([...lines.slice(0, at), ...put, ...lines.slice(at + 1)].join("\n"));
      }
    }
  });
});
