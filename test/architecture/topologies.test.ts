/** The library of topologies: each is an experiment of its own, and the README tells of each. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadExperiment } from "../../src/experiment/load.ts";
import { planExperiment } from "../../src/experiment/planner.ts";
import { packageRoot } from "../../src/kernel/environment.ts";
import { read } from "./pages.ts";

const FOLDER = "experiments/topologies";
const files = readdirSync(join(packageRoot(), FOLDER)).filter((name) => name.endsWith(".yaml"));

describe("topologies that are shipped", () => {
  it("are there", () => {
    expect(files.length).to.be.greaterThan(5);
  });

  for (const file of files) {
    it(`${file} is an experiment, named as its file`, () => {
      const loaded = loadExperiment(join(packageRoot(), FOLDER, file));
      expect(`${loaded.experiment.name}.yaml`).to.equal(file);
      const plan = planExperiment(loaded, { run: "r1" });
      expect(plan.producers).to.not.deep.equal([]);
      expect(plan.consumers).to.not.deep.equal([]);
    });
  }

  it("are in the README of their folder, all and no other", () => {
    const named = [...read(`${FOLDER}/README.md`).matchAll(/\((\S+\.yaml)\)/g)].map(
      ([, name]) => name,
    );
    expect([...named].sort()).to.deep.equal([...files].sort());
  });
});
