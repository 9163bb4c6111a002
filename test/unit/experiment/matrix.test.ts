/** A matrix: its cells, what each of them is, and mistakes that only some of them make. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describeMatrix } from "../../../src/experiment/describe.ts";
import { loadCells, loadExperiment, parseCells } from "../../../src/experiment/load.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { problemsOf, SAMPLE, spoil } from "./sample.ts";

const SWEPT = spoil(
  "latency: 20ms",
  "latency: $" + "{latency}",
  spoil("size: 512B,", `size: 512B, idempotent: false, acks: "$` + `{acks}",`),
);
const MATRIX = `${SWEPT}matrix: { latency: [5ms, 50ms], acks: [all, 1] }\n`;

function saved(text: string): string {
  const file = join(temporaryFolder("matrix"), "drill.yaml");
  writeFileSync(file, text);
  return file;
}

describe("a matrix", () => {
  it("is one experiment for every combination, in the order of the file", () => {
    const cells = parseCells(MATRIX, "f.yaml");
    expect(cells.map(({ cell }) => cell?.name)).to.deep.equal([
      "latency=5ms,acks=all",
      "latency=5ms,acks=1",
      "latency=50ms,acks=all",
      "latency=50ms,acks=1",
    ]);
    expect(cells.map(({ cell }) => cell?.folder)[3]).to.equal("latency-50ms-acks-1");
    const last = cells[3]?.experiment;
    expect(last?.topology.links[0]?.latency).to.equal(50);
    expect(last?.workload.producers[0]?.acks).to.equal("1");
    expect(cells[3]?.vars).to.deep.equal({ acks: "1", latency: "50ms" });
  });

  it("gives each cell a plan that says which it is", () => {
    const [first] = loadCells(saved(MATRIX));
    if (!first) throw new Error("there is no cell");
    const plan = planExperiment(first, { run: "r" });
    expect(plan.cell).to.equal("latency=5ms,acks=all");
    expect(plan.title).to.equal("Sample (latency=5ms,acks=all)");
    expect(planExperiment(loadExperiment(saved(SAMPLE)), { run: "r" })).to.not.have.property(
      "cell",
    );
  });

  it("is listed by the plan, with the plan of its first cell", () => {
    const plans = loadCells(saved(MATRIX)).map((cell) => planExperiment(cell, { run: "r" }));
    const text = describeMatrix(plans);
    expect(text).to.match(/^A matrix of 4 cells, one run each; --cell NAME picks one\n/);
    expect(text).to.contain("  latency=50ms,acks=1 ");
    expect(text).to.contain("Sample (latency=5ms,acks=all)");
    expect(describeMatrix(plans.slice(0, 1))).to.not.contain("A matrix");
  });

  it("has one cell picked by its name, or by its folder", () => {
    const file = saved(MATRIX);
    for (const cell of ["latency=50ms,acks=1", "latency-50ms-acks-1"]) {
      const picked = loadCells(file, { cell });
      expect(picked.map((one) => one.cell?.folder)).to.deep.equal(["latency-50ms-acks-1"]);
    }
    expect(() => loadCells(file, { cell: "latency=50ms,acks=2" })).to.throw(
      'has no cell "latency=50ms,acks=2"; did you mean "latency=50ms,acks=1"?',
    );
    expect(() => loadExperiment(file)).to.throw("is a matrix of 4 cells: name one by --cell");
    expect(() => loadCells(saved(SAMPLE), { cell: "x" })).to.throw("there are no cells");
  });

  it("gives way to a variable of the command line", () => {
    const cells = parseCells(MATRIX, "f.yaml", { vars: { latency: "1ms" } });
    expect(cells.map(({ cell }) => cell?.name)).to.deep.equal([
      "latency=1ms,acks=all",
      "latency=1ms,acks=1",
    ]);
  });
});

describe("a matrix with a mistake", () => {
  it("is told once when every cell has it, and with its cells when some have", () => {
    expect(problemsOf(spoil("in: west,", "in: wets,", MATRIX))).to.deep.equal([
      '12:63: no region "wets"; did you mean "west"?',
    ]);
    expect(problemsOf(spoil("[all, 1]", "[all, 1, most]", MATRIX))).to.deep.equal([
      '17:84: expected acks: all, "1" or "0", found "most" (in latency=5ms,acks=most; latency=50ms,acks=most)',
    ]);
  });

  it("may name nothing that is used, or nothing at all", () => {
    const unused = `${SAMPLE}matrix: { latency: [5ms] }\n`;
    expect(problemsOf(unused)).to.deep.equal([
      "25:11: nothing refers to $" + "{latency}: every cell would be the same",
    ]);
    expect(problemsOf(`${SAMPLE}matrix: {}\n`)).to.deep.equal([
      "25:9: expected at least one variable, found a mapping",
    ]);
    expect(problemsOf(`${SAMPLE}matrix: { latency: 5ms }\n`)).to.deep.equal([
      '25:20: expected a list of values, found "5ms"',
    ]);
  });

  it("is refused when it is too large, or two cells would share a folder", () => {
    const many = Array.from({ length: 33 }, (_, at) => `${at}ms`).join(", ");
    expect(problemsOf(spoil("[5ms, 50ms]", `[${many}]`, MATRIX))).to.deep.equal([
      "25:1: expected at most 64 cells, found 66",
    ]);
    expect(problemsOf(spoil("[5ms, 50ms]", `["5ms", "5ms "]`, MATRIX))).to.deep.include(
      "25:1: latency=5ms,acks=all and latency=5ms ,acks=all would have one folder, latency-5ms-acks-all",
    );
  });
});
