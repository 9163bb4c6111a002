/** Suite files: what a name with `*` matches and in which order, and every mistake with its place. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { ExperimentError, formatProblem } from "../../../src/experiment/problems.ts";
import { loadSuite } from "../../../src/experiment/suite-file.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const HEAD = "version: 1\nname: weekly\ntitle: Weekly\n";

/** A folder with three experiments (which a suite does not read) and this suite. */
function written(text: string): string {
  const folder = temporaryFolder("suite-file");
  mkdirSync(join(folder, "a"));
  for (const name of ["a/a10.yaml", "a/a02.yaml", "a/a02.full.yaml", "a/notes.md", "one.yaml"]) {
    writeFileSync(join(folder, name), "");
  }
  const file = join(folder, "weekly.yaml");
  writeFileSync(file, text);
  return file;
}

function entriesOf(experiments: string): string[] {
  const { entries } = loadSuite(written(`${HEAD}experiments:\n${experiments}`));
  return entries.map(({ file, vars }) => {
    const set = Object.entries(vars).map(([name, value]) => ` ${name}=${value}`);
    return `${basename(file)}${set.join("")}`;
  });
}

function problemsOf(text: string): string[] {
  const file = written(text);
  try {
    loadSuite(file);
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map((one) => formatProblem(one).replace(`${file}:`, ""));
  }
}

describe("suite file", () => {
  it("puts what a * matches in the order of names, beside what is listed", () => {
    expect(entriesOf("  - files: a/*.yaml\n  - files: [one.yaml, a/a02.yaml]\n")).to.deep.equal([
      "a02.full.yaml",
      "a02.yaml",
      "a10.yaml",
      "one.yaml",
    ]);
  });

  it("takes a path from the root as it is", () => {
    const file = written("");
    const one = join(file, "..", "one.yaml");
    writeFileSync(file, `${HEAD}experiments:\n  - files: ${one}\n`);
    expect(loadSuite(file).entries.map((entry) => entry.file)).to.deep.equal([one]);
  });

  it("leaves out what `except` matches, and only experiments are matched", () => {
    expect(entriesOf('  - { files: "a/*", except: [a/*.full.yaml, b/*] }\n')).to.deep.equal([
      "a02.yaml",
      "a10.yaml",
    ]);
  });

  it("runs a file once for each set of variables", () => {
    const vars = "vars: { rate: 500/s, fast: true, n: 3 }";
    expect(
      entriesOf(`  - files: one.yaml\n  - { files: one.yaml, ${vars} }\n  - files: [one.yaml]\n`),
    ).to.deep.equal(["one.yaml", "one.yaml rate=500/s fast=true n=3"]);
  });

  it("gives what it says of itself, and the hash of its bytes", () => {
    const suite = loadSuite(written(`${HEAD}experiments: [{ files: one.yaml }]\n`));
    expect(suite).to.include({ name: "weekly", title: "Weekly", description: "" });
    expect(suite.sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it("tells every mistake at once, each at its place", () => {
    const text =
      "version: 2\nname: Weekly\nexperiments:\n  - file: one.yaml\n  - { files: one.yaml, vars: [1] }\n";
    expect(problemsOf(text)).to.deep.equal([
      '1:1: the key "title" is missing: expected a text',
      "1:10: expected version: 1, found the number 2",
      '2:7: "Weekly" is not a name: lower-case letters, digits and single dashes, a letter first',
      '4:5: the key "files" is missing: expected the path of a file, relative to this one, or a list of them',
      '4:5: unknown key "file"; did you mean "files"?',
      "5:30: expected a mapping of keys, found a list",
    ]);
  });

  it("refuses names that match nothing, there and in `except`", () => {
    const entries = "  - files: [one.yaml, b/*.yaml]\n    except: c.yaml\n";
    expect(problemsOf(`${HEAD}experiments:\n${entries}`)).to.deep.equal([
      "5:23: no file matches b/*.yaml",
      "6:13: no file matches c.yaml",
    ]);
  });

  it("refuses what is no suite", () => {
    expect(problemsOf("")).to.deep.equal([
      "1:1: expected a suite: a mapping of keys, found an empty file",
    ]);
    expect(problemsOf(`${HEAD}experiments: []\n`)).to.deep.equal([
      "4:14: expected at least one entry, found an empty list",
    ]);
    const nested = `${HEAD}experiments: ${"[".repeat(500)}\n`;
    expect(problemsOf(nested)).to.deep.equal([
      "1:1: nested too deeply, or an alias (*name) refers to itself",
    ]);
  });
});
