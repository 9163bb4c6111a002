/** Rules about the repository itself: sizes, names, leftovers, one fault per file. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect } from "chai";
import { faults } from "../../src/fault/catalogue.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LINES_MAX = 300;
const BYTES_MAX = 512 * 1024;
/** Longer on purpose, with the reason. */
const LONGER: Record<string, string> = {
  "src/history/journal-writer.ts": "one writer; a method a line or two long for each kind of row",
  "src/runtime/docker/docker-runtime.ts": "one class per runtime; its verbs are a line or two each",
  "src/runtime/fake/fake-runtime.ts": "it has the verbs of the runtime it stands in for",
  "src/workload/protocol.ts": "one table: every operation of an agent with its question and answer",
  "test/integration/runtime-contract.ts": "one contract, which every runtime has to keep",
  "test/unit/experiment/bad-topology.ts": "one table of mistakes, each with its message",
  "src/reconcile/result.ts": "one schema, one file: the contract of result.json",
};

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)));
const sources = files.filter((file) => /^(src|test|scripts)\/.*\.(ts|mjs)$/.test(file));
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Lines as `wc -l` counts them: the newline at the end begins no further one. */
const linesOf = (file: string) => read(file).split("\n").length - 1;

describe("tidy", () => {
  it("saw the repository", () => {
    expect(sources.length).to.be.greaterThan(80);
  });

  it("no source file grows past its limit without a reason", () => {
    const long = sources.filter((file) => linesOf(file) > LINES_MAX);
    // Equal, not included: a file that has shrunk gives its exception back.
    expect(long).to.have.members(Object.keys(LONGER));
  });

  it("nothing large is kept in git", () => {
    const large = files.filter((file) => statSync(join(ROOT, file)).size > BYTES_MAX);
    expect(large).to.deep.equal([]);
  });

  it("what is executable says what runs it, and the other way round", () => {
    const listed = execFileSync("git", ["ls-files", "--stage"], { cwd: ROOT, encoding: "utf8" });
    const odd = listed
      .split("\n")
      .map((line) => /^(\d+) \S+ \d\t(.*)$/.exec(line))
      .map((match) => ({ mode: match?.[1], file: match?.[2] ?? "" }))
      .filter(({ file }) => files.includes(file) && !/\.(ts|mjs)$/.test(file))
      .filter(({ mode, file }) => (mode === "100755") !== read(file).startsWith("#!"));
    expect(odd).to.deep.equal([]);
  });

  it("text ends in a newline and has no blanks at the ends of lines", () => {
    const text = files.filter((file) => /\.(md|yaml|grit|json|xml)$|\/bin\/|Dockerfile/.test(file));
    const odd = text
      .filter((file) => !file.startsWith("test/golden/"))
      .filter((file) => /[ \t]$|\r/m.test(read(file)) || !read(file).endsWith("\n"));
    expect(odd).to.deep.equal([]);
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

  it("CHANGELOG has an Unreleased section on top, and sentences", () => {
    const text = read("CHANGELOG.md");
    expect(text).to.match(/^# Changelog\n\n[^#]*?## Unreleased\n/);
    const entries = text.split(/^- /m).slice(1);
    expect(entries).to.have.length.greaterThan(0);
    const fragments = entries.map((entry) => entry.split(/\n(?! {2})/)[0] ?? "");
    expect(fragments.filter((entry) => !/\.$/.test(entry.trim()))).to.deep.equal([]);
  });
});
