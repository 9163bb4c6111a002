/** Experiments that need an image nobody gave: not run, and nobody may take that for a pass. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { catalogueFiles } from "../../../src/cli/catalogue-files.ts";
import { imagesLacking, takeImage } from "../../../src/cli/images-given.ts";
import { judgeFolder } from "../../../src/cli/judge-folder.ts";
import { runOne } from "../../../src/cli/run-one.ts";
import { loadExperiment } from "../../../src/experiment/load.ts";
import { planExperiment } from "../../../src/experiment/planner.ts";
import { setEnvironmentVariable } from "../../../src/kernel/environment.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { givenImage, imageVariable } from "../../../src/kernel/given-images.ts";
import { summarize } from "../../../src/report/summary.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const FILES = catalogueFiles().filter((file) => file.includes("/i-"));
const planOf = (file: string) => planExperiment(loadExperiment(file), { run: "r1" });
const [first = ""] = FILES;

describe("an image that was not given", () => {
  beforeEach(() => setEnvironmentVariable(imageVariable("cp-server"), ""));

  it("is needed by each of the licensed rows, which are whole plans all the same", () => {
    expect(FILES).to.have.length(6);
    for (const file of FILES) {
      const plan = planOf(file);
      expect(plan.catalogue?.row, file).to.match(/^I[1-6]$/);
      expect(plan.judging.predictions, file).to.not.deep.equal([]);
      expect(imagesLacking(plan), file).to.match(/needs the image cp-server/);
    }
  });

  it("leaves a run folder that says not run everywhere, and exits with 3", async () => {
    const dir = join(temporaryFolder("not-run"), "r1");
    const plan = planOf(first);
    const interrupt = new AbortController().signal;
    const done = await runOne({ plan, dir, interrupt, keep: false });
    expect(done.exitCode).to.equal(3);
    expect(done.error).to.equal(undefined);
    expect(done.result.verdict).to.equal("not-run");
    expect(done.result.run.outcome).to.equal("not-run");
    expect(done.result.reasons).to.deep.equal([imagesLacking(plan)]);
    const verdicts = [...done.result.objectives, ...done.result.predictions];
    expect(verdicts.length).to.be.greaterThan(3);
    for (const { verdict } of verdicts) expect(verdict).to.equal("not-run");
    expect(summarize(done.result)).to.match(/^NOT RUN/);
    const junit = readFileSync(join(dir, "junit.xml"), "utf8");
    expect(junit.match(/<skipped/g)).to.have.length(done.result.objectives.length);
    expect(junit).to.not.contain("<failure");
    expect(existsSync(done.report)).to.equal(true);
    expect(judgeFolder(dir)).to.deep.equal(done.result);
  });

  it("leaves the experiment as it was planned, whatever became of its files since", async () => {
    const folder = temporaryFolder("planned");
    const [file, base] = [join(folder, "drill.yaml"), join(folder, "base.yaml")];
    const texts = {
      [base]: readFileSync(first, "utf8"),
      [file]: "include: base.yaml\nversion: 1\n",
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(name, text);
    const plan = planOf(file);
    for (const name of Object.keys(texts)) writeFileSync(name, "another\n");
    const dir = join(folder, "r1");
    const interrupt = new AbortController().signal;
    const done = await runOne({ plan, dir, interrupt, keep: false });
    expect(done.result.verdict).to.equal("not-run");
    expect(readFileSync(join(dir, "experiment.yaml"), "utf8")).to.equal(texts[file]);
    expect(readFileSync(join(dir, "included/1-base.yaml"), "utf8")).to.equal(texts[base]);
  });

  it("is taken from --image, and from the environment", () => {
    expect(imageVariable("cp-server")).to.equal("BLACKSTART_IMAGE_CP_SERVER");
    takeImage("cp-server=confluentinc/cp-server:8.0.0");
    expect(givenImage("cp-server")).to.equal("confluentinc/cp-server:8.0.0");
    expect(imagesLacking(planOf(first))).to.equal(undefined);
    expect(() => takeImage("cp-server")).to.throw(DrillError, "expected name=reference");
  });
});
