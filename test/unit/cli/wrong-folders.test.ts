/** Files and folders that are none, or not what was meant: plain words, and the way out. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Command } from "commander";
import { judgeCommand } from "../../../src/cli/judge.ts";
import { planCommand } from "../../../src/cli/plan.ts";
import { reportCommand } from "../../../src/cli/report.ts";
import { resultsCommand } from "../../../src/cli/results.ts";
import { suiteCommand } from "../../../src/cli/suite.ts";
import { validateCommand } from "../../../src/cli/validate.ts";
import { DrillError } from "../../../src/kernel/errors.ts";

async function refused(command: Command, ...argv: string[]): Promise<DrillError> {
  try {
    await command.exitOverride().parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof DrillError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("what is not there", () => {
  let folder = "";
  let absent = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "blackstart-folders-"));
    absent = join(folder, "absent");
    mkdirSync(join(folder, "run", "journals"), { recursive: true });
    for (const name of ["plan.json", "history.ndjson"]) {
      writeFileSync(join(folder, "run", name), "{}");
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  it("judge says that there is no such folder, or that it is a file", async () => {
    expect((await refused(judgeCommand(), absent)).message).to.equal(
      `${absent}: there is no such folder`,
    );
    const file = join(folder, "run", "plan.json");
    expect((await refused(judgeCommand(), file)).message).to.equal(
      `${file}: expected a folder, found a file`,
    );
  });

  it("report sends to judge, where there is no result, or one of another version", async () => {
    const run = join(folder, "run");
    const { message: bare } = await refused(reportCommand(), run);
    expect(bare).to.contain("has no result.json").and.to.contain(`blackstart judge ${run}`);
    writeFileSync(join(run, "result.json"), JSON.stringify({ schema: "of/another.v9" }));
    const { code, message } = await refused(reportCommand(), run);
    expect(code).to.equal("E_RUN_FOLDER");
    expect(message).to.contain("is no result of this version").and.to.contain("first: schema");
    expect(message.split("\n")).to.have.length(1);
  });

  it("suite goes on with the folder of a suite only, and not without beginning", async () => {
    const resume = (...more: string[]) => refused(suiteCommand(), "smoke", "--resume", ...more);
    expect((await resume(absent)).message).to.contain("there is no such folder");
    expect((await resume(folder)).message).to.contain("is not the folder of a suite");
    expect(await resume(absent, "--dry-run")).to.include({ code: "E_USAGE" });
  });

  it("validate says of files that cannot be read what plan and run say", async () => {
    const missing = join(folder, "missing.yaml");
    const { code, message } = await refused(validateCommand(), missing);
    expect(code).to.equal("E_EXPERIMENT_UNREADABLE");
    expect(message).to.equal((await refused(planCommand(), missing)).message);
    const both = await refused(validateCommand(), missing, folder);
    expect(both.code).to.equal(code);
    expect(both.message.split("\n")).to.deep.equal([
      "2 files",
      `${missing}: there is no such file`,
      `${folder}: expected a file, found a directory`,
    ]);
  });

  it("results writes no page over one that has runs, out of none", async () => {
    mkdirSync(join(folder, "empty"));
    const { message } = await refused(resultsCommand(), join(folder, "empty"), "--write");
    expect(message).to.contain("no judged run lies in").and.to.contain("left as it is");
  });
});
