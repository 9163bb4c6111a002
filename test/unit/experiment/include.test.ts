/** Files that include files: who wins, whose mistake it is, and what is kept of them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadExperiment } from "../../../src/experiment/load.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { ExperimentError, formatProblem } from "../../../src/experiment/problems.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { SAMPLE, spoil } from "./sample.ts";

const WORKLOAD = SAMPLE.slice(SAMPLE.indexOf("workload:"), SAMPLE.indexOf("steps:"));
const REST = SAMPLE.replace(WORKLOAD, "");

/** Writes the files into a folder of their own; gives the path of `drill.yaml`. */
function written(files: Record<string, string>): string {
  const folder = temporaryFolder("include");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, "drill.yaml");
}

function problemsOf(files: Record<string, string>): string[] {
  const file = written(files);
  try {
    loadExperiment(file);
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map((one) => formatProblem(one).replaceAll(join(file, "../"), ""));
  }
}

describe("include", () => {
  it("gives the keys that a file does not have, relative to that file", () => {
    const file = written({
      "drill.yaml": `${REST}include: parts/base.yaml\n`,
      "parts/base.yaml": `title: Never used\ninclude: ../more.yaml\n`,
      "more.yaml": WORKLOAD,
    });
    const loaded = loadExperiment(file);
    expect(loaded.experiment.title).to.equal("Sample");
    expect(loaded.experiment.workload.producers).to.have.length(1);
    const names = loaded.includes?.map((one) => one.file.replace(join(file, "../"), ""));
    expect(names).to.deep.equal(["parts/base.yaml", "more.yaml"]);
    const plan = planExperiment(loaded, { run: "r" });
    expect(plan.includes?.[0]?.sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it("lets the later of several win, and puts variables together", () => {
    const file = written({
      "drill.yaml": `${REST.replace("title: Sample\n", "")}include: [a.yaml, b.yaml]\nvars: { own: 1 }\n`,
      "a.yaml": `title: A\nvars: { rate: 7/s, own: 2 }\n${spoil("100/s", '"$' + '{rate}"', WORKLOAD)}`,
      "b.yaml": "title: B\nvars: { rate: 9/s }\n",
    });
    const { experiment, vars } = loadExperiment(file);
    expect(experiment.title).to.equal("B");
    expect(experiment.workload.producers[0]?.rate).to.equal(9);
    expect(vars).to.deep.equal({ own: "1", rate: "9/s" });
    expect(loadExperiment(file, { vars: { rate: "5/s" } }).vars["rate"]).to.equal("5/s");
  });

  it("tells a mistake where it stands, of every file at once", () => {
    expect(
      problemsOf({
        "drill.yaml": spoil("in: west,", "in: wets,", `${REST}include: base.yaml\n`),
        "base.yaml": `# the load\n${spoil("100/s", "100", WORKLOAD)}`,
      }),
    ).to.deep.equal([
      'drill.yaml:12:63: no region "wets"; did you mean "west"?',
      "base.yaml:6:40: expected a rate such as 2000/s or 30/m, found the number 100",
    ]);
    expect(
      problemsOf({
        "drill.yaml": `${REST}include: base.yaml\n`,
        "base.yaml": spoil("100/s", "$" + "{rat}", WORKLOAD),
      }),
    ).to.deep.equal([
      'base.yaml:5:40: no variable "rat"; there are no variables; give it under `vars:` or by --var',
    ]);
    expect(
      problemsOf({ "drill.yaml": `include: base.yaml\n${REST}`, "base.yaml": "workload: [\n" }),
    ).to.have.length.greaterThan(0);
  });

  it("refuses circles, what is not there, and what is no name", () => {
    expect(
      problemsOf({
        "drill.yaml": `include: a.yaml\n${SAMPLE}`,
        "a.yaml": "include: b.yaml\n",
        "b.yaml": "include: [a.yaml]\n",
      }),
    ).to.deep.equal(["b.yaml:1:11: these files include each other: a.yaml -> b.yaml -> a.yaml"]);
    expect(problemsOf({ "drill.yaml": `include: none.yaml\n${SAMPLE}` })).to.deep.equal([
      "drill.yaml:1:10: none.yaml: there is no such file",
    ]);
    expect(problemsOf({ "drill.yaml": `include: 7\n${SAMPLE}` })).to.deep.equal([
      "drill.yaml:1:10: expected the path of a file, relative to this one, or a list of them, found the number 7",
    ]);
    expect(
      problemsOf({ "drill.yaml": `include: a.yaml\n${SAMPLE}`, "a.yaml": "- 1\n" }),
    ).to.deep.equal(["a.yaml:1:1: expected an experiment: a mapping of keys, found a list"]);
  });
});
