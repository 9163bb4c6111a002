import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Command } from "commander";
import { planCommand } from "../../../src/cli/plan.ts";
import { validateCommand } from "../../../src/cli/validate.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { SAMPLE, spoil } from "../experiment/sample.ts";

/** What a command wrote to stdout and stderr, and what it threw. */
function run(command: Command, ...argv: string[]): { out: string; told: string; error: unknown } {
  const written: string[] = [];
  const told: string[] = [];
  const { write } = process.stdout;
  const { write: tell } = process.stderr;
  process.stdout.write = ((text: string) => written.push(text) > 0) as typeof write;
  process.stderr.write = ((text: string) => told.push(text) > 0) as typeof tell;
  let error: unknown;
  try {
    command.exitOverride().parse(argv, { from: "user" });
  } catch (thrown) {
    error = thrown;
  } finally {
    process.stdout.write = write;
    process.stderr.write = tell;
  }
  return { out: written.join(""), told: told.join(""), error };
}

describe("commands that boot nothing", () => {
  let folder = "";
  let good = "";
  let bad = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "blackstart-cli-"));
    good = join(folder, "good.yaml");
    bad = join(folder, "bad.yaml");
    writeFileSync(good, SAMPLE);
    writeFileSync(bad, spoil("region: east }", "region: esat }"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("validate says ok per file on stdout", () => {
    expect(run(validateCommand(), good, good)).to.deep.equal({
      out: `${good}: ok\n${good}: ok\n`,
      told: "",
      error: undefined,
    });
  });

  it("validate throws the problems of all files, the unreadable ones included", () => {
    const missing = join(folder, "missing.yaml");
    const { out, error } = run(validateCommand(), bad, good, missing);
    expect(out).to.equal(`${good}: ok\n`);
    expect(error).to.be.instanceOf(DrillError);
    expect((error as DrillError).exit).to.equal(2);
    expect((error as DrillError).message.split("\n")).to.deep.equal([
      "2 problems",
      `${bad}:21:57: no region named "esat"; did you mean "east"?`,
      `${missing}:1:1: there is no such file`,
    ]);
  });

  it("validate --json is one document, whatever it finds", () => {
    const { out, error } = run(validateCommand(), bad, good, "--json");
    const document = JSON.parse(out);
    expect(document.files.map(({ ok }: { ok: boolean }) => ok)).to.deep.equal([false, true]);
    expect(document.files[0].problems[0]).to.include({ line: 21, column: 57 });
    expect(error).to.be.instanceOf(DrillError);
  });

  it("plan prints text, or the plan as JSON", () => {
    expect(run(planCommand(), good).out).to.match(/^Sample\nsample · seed 1 · /);
    expect(JSON.parse(run(planCommand(), good, "--json").out)).to.include({ name: "sample" });
    expect(JSON.parse(run(planCommand(), good, good, "--json").out)).to.have.length(2);
  });

  it("plan refuses a bad file as run would", () => {
    expect(run(planCommand(), bad).error).to.include({ code: "E_EXPERIMENT_INVALID" });
  });

  it("plan says beside the plan what it needs and what this machine has", () => {
    const { out, told, error } = run(planCommand(), good);
    expect(error).to.equal(undefined);
    expect(told).to.match(
      /^sample needs about ([\d.]+ GiB) for 7 Kafka .* has [\d.]+ [GM]iB free\n$/,
    );
    const need = /about ([\d.]+ GiB) for/.exec(told)?.[1] ?? "no sum";
    // One sum, wherever it is said.
    expect(out).to.contain(`about ${need} with gateways`).and.to.not.contain("iB free");
  });

  it("plan refuses what this machine cannot hold, after the whole plan, with the numbers", () => {
    const huge = join(folder, "huge.yaml");
    writeFileSync(huge, spoil("{ east: 3 } }", "{ east: 3 }, disk: 900GiB }"));
    const { out, error } = run(planCommand(), good, huge, "--json");
    expect(JSON.parse(out)).to.have.length(2);
    expect(error).to.include({ code: "E_CAPACITY", exit: 4 });
    const numbers = /needs about ([\d.]+) GiB .* has ([\d.]+) GiB free/.exec(
      (error as Error).message,
    );
    expect(Number(numbers?.[1])).to.be.greaterThan(900);
    expect(Number(numbers?.[2])).to.be.lessThan(900);
  });

  it("take variables", () => {
    const { error } = run(validateCommand(), good, "--var", "rte=5");
    expect((error as Error).message).to.contain("--var rte: no such variable");
  });
});
