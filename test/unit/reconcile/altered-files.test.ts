/** Goal: a run folder whose plan or experiment was changed afterwards is never judged as if it were whole. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { expect } from "chai";
import { includedFile } from "../../../src/history/run-folder.ts";
import { runInput } from "../../../src/reconcile/run-input.ts";
import { useTemporaryFolder } from "../history/journal-builder.ts";
import { writeRunFolder } from "./synthetic-folder.ts";
import { SyntheticRun } from "./synthetic-run.ts";

const tool = { name: "blackstart", version: "0" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("files of a run folder that hold the experiment", () => {
  const folder = useTemporaryFolder();

  function written() {
    const run = new SyntheticRun({});
    const paths = writeRunFolder(run, folder.dir);
    const included = "steps: []\n";
    const plan = { ...run.plan(), includes: [{ file: "base/a.yaml", sha256: sha256(included) }] };
    fs.mkdirSync(paths.includes);
    fs.writeFileSync(includedFile(paths, 0, "base/a.yaml"), included);
    return { paths, altered: () => runInput(paths, plan, tool).altered };
  }

  it("are those the run was started with", () => {
    expect(written().altered()).to.deep.equal([]);
  });

  it("are named when they are not, and when they are gone", () => {
    const { paths, altered } = written();
    fs.appendFileSync(paths.plan, " ");
    fs.appendFileSync(includedFile(paths, 0, "a.yaml"), "#");
    fs.rmSync(paths.experiment);
    const words = "is not what the run was started with";
    expect(altered()).to.deep.equal([
      `plan.json ${words}`,
      `experiment.yaml ${words}`,
      `included/1-a.yaml ${words}`,
    ]);
  });
});
