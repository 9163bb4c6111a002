/** Rules about the repository itself: sizes, names, leftovers, one fault per file. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect } from "chai";
import { faults } from "../../src/fault/catalogue.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LINES_MAX = 300;
/** Longer on purpose, with the reason. */
const LONGER: Record<string, string> = {
  "src/runtime/docker/docker-runtime.ts": "one class per runtime; its verbs are a line or two each",
  "src/reconcile/result.ts": "one schema, one file: the contract of result.json",
};

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "");
const sources = files.filter((file) => /^(src|test|scripts)\/.*\.(ts|mjs)$/.test(file));
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("tidy", () => {
  it("saw the repository", () => {
    expect(sources.length).to.be.greaterThan(80);
  });

  it("no source file grows past its limit without a reason", () => {
    const long = sources
      .filter((file) => file.startsWith("src/") && !(file in LONGER))
      .map((file) => ({ file, lines: read(file).split("\n").length }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).to.deep.equal([]);
  });

  it("every source opens with what it is", () => {
    const mute = sources
      .filter((file) => file.startsWith("src/"))
      .filter((file) => !/^(#!.*\n)?\/\*\*/.test(read(file)));
    expect(mute).to.deep.equal([]);
  });

  it("nothing is left over", () => {
    // Spelled in two parts, so that this file does not find itself.
    const banned = new RegExp(["FIX" + "ME", "TO" + "DO", "XX" + "X", "\\.only\\("].join("|"));
    expect(sources.filter((file) => banned.test(read(file)))).to.deep.equal([]);
  });

  it("no path of one machine is in the repository", () => {
    const banned = new RegExp(["/wo" + "rk/", "/ho" + "me/[a-z]"].join("|"));
    const text = files.filter((file) => /\.(ts|mjs|md|json|yaml|yml|hbs)$|^\.ci/.test(file));
    expect(
      text.filter((file) => file !== "package-lock.json" && banned.test(read(file))),
    ).to.deep.equal([]);
  });

  it("a fault's file bears its kind's name", () => {
    const names = new Set(files.map((file) => basename(file)));
    const missing = faults
      .map(({ kind }) => `${kind.replace(".", "-")}.ts`)
      .filter((name) => !names.has(name));
    expect(missing).to.deep.equal([]);
  });

  it("CHANGELOG has an Unreleased section on top", () => {
    expect(read("CHANGELOG.md")).to.match(/^# Changelog\n[\s\S]*?## Unreleased\n/);
  });
});
