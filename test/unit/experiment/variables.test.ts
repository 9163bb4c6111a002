import { expect } from "chai";
import fc from "fast-check";
import { parseExperiment } from "../../../src/experiment/load.ts";
import { maskVariables, unmaskVariables } from "../../../src/experiment/variables.ts";
import { problemsOf, SAMPLE, spoil } from "./sample.ts";

/** A reference, spelt so that nobody takes it for a template. */
const ref = (name: string) => `$\{${name}}`;

function withVars(vars: string, text = SAMPLE): string {
  return spoil("title: Sample", `title: Sample\nvars: ${vars}`, text);
}

describe("variables", () => {
  it("take their defaults, and --var before them", () => {
    const text = withVars("{ rate: 100/s }", spoil("rate: 100/s", `rate: ${ref("rate")}`));
    const rateOf = (vars: Record<string, string>) =>
      parseExperiment(text, "f.yaml", { vars }).experiment.workload.producers[0]?.rate;
    expect(rateOf({})).to.equal(100);
    expect(rateOf({ rate: "30/m" })).to.equal(0.5);
    expect(parseExperiment(text, "f.yaml").vars).to.deep.equal({ rate: "100/s" });
  });

  it("may be part of a text, or need no default", () => {
    const text = spoil("rate: 100/s", `rate: ${ref("n")}/s`);
    const { experiment, vars } = parseExperiment(text, "f.yaml", { vars: { n: "7" } });
    expect(experiment.workload.producers[0]?.rate).to.equal(7);
    expect(vars).to.deep.equal({ n: "7" });
  });

  it("keep their type when they are all of an unquoted value", () => {
    const number = spoil("partitions: 6", `partitions: ${ref("n")}`);
    const { experiment } = parseExperiment(number, "f.yaml", { vars: { n: "12" } });
    expect(experiment.workload.topics[0]?.partitions).to.equal(12);
    expect(
      problemsOf(spoil("partitions: 6", `partitions: "${ref("n")}"`), { n: "12" }),
    ).to.deep.equal(['15:53: expected a number of partitions, found "12"']);
  });

  it("are told by place and with a suggestion when nobody gave them", () => {
    const text = withVars("{ rate: 100/s }", spoil("rate: 100/s", `rate: ${ref("rat")}`));
    expect(problemsOf(text)).to.deep.equal([
      '18:40: no variable "rat"; did you mean "rate"?; give it under `vars:` or by --var',
    ]);
  });

  it("are refused by --var when the file knows none of the name", () => {
    expect(problemsOf(withVars("{ rate: 1/s }"), { rte: "2/s" })).to.deep.equal([
      '1:1: --var rte: no such variable; did you mean "rate"?',
    ]);
  });

  it("do not refer to each other", () => {
    expect(problemsOf(withVars(`{ a: 1/s, b: "${ref("a")}" }`))).to.deep.equal([
      "4:20: a variable cannot refer to another",
    ]);
  });

  it("do not move columns of what stands right of them", () => {
    const text = spoil("rate: 100/s, size: 512B", `rate: ${ref("rate")}, size: 7`);
    expect(problemsOf(text, { rate: "1000000/s" })).to.deep.equal([
      "17:55: expected a size such as 512B, 10kB or 1MiB, found the number 7",
    ]);
  });

  it("leave a doubled dollar alone", () => {
    const { experiment } = parseExperiment(spoil("title: Sample", "title: a $${b} c"), "f.yaml");
    expect(experiment.title).to.equal(`a ${ref("b")} c`);
  });

  it("mask and unmask to the same text, of the same length", () => {
    const parts = fc.constantFrom("$", "{", "}", "a", "-", `$\{a}`, `$$\{`, " ", "ä");
    fc.assert(
      fc.property(fc.array(parts), (texts) => {
        const text = texts.join("");
        expect(unmaskVariables(maskVariables(text))).to.equal(text);
        expect(maskVariables(text)).to.have.length(text.length);
      }),
    );
  });
});
