import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { loadExperiment, parseExperiment } from "../../../src/experiment/load.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { problemsOf, SAMPLE, spoil } from "./sample.ts";

function errorOf(act: () => unknown): DrillError {
  try {
    act();
  } catch (error) {
    if (error instanceof DrillError) return error;
    throw error;
  }
  throw new Error("expected an error");
}

describe(loadExperiment.name, () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "blackstart-load-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Uint8Array): string {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  it("reads a file, and keeps its name and the hash of its bytes", () => {
    const file = write("good.yaml", SAMPLE);
    const loaded = loadExperiment(file);
    expect(loaded.experiment.name).to.equal("sample");
    expect(loaded.file).to.equal(file);
    expect(loaded.sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it("reads CRLF line ends and a byte order mark as if they were not there", () => {
    const file = write("crlf.yaml", `\uFEFF${SAMPLE.replaceAll("\n", "\r\n")}`);
    expect(loadExperiment(file).experiment.name).to.equal("sample");
  });

  const unreadable: [string, () => string, string][] = [
    ["a missing file", () => join(folder, "none.yaml"), "there is no such file"],
    ["a folder", () => folder, "expected a file, found a directory"],
    ["a device", () => "/dev/null", "expected a file, found a device"],
    ["NUL bytes", () => write("nul.yaml", "a: \0"), "expected a text in UTF-8, found binary"],
    [
      "bytes that are not UTF-8",
      () => write("latin.yaml", Uint8Array.of(97, 58, 32, 0xe9)),
      "expected a text in UTF-8, found binary",
    ],
    [
      "10 MiB",
      () => write("big.yaml", new Uint8Array(10 * 1024 * 1024)),
      "expected at most 1 MiB, found 10485760 bytes",
    ],
  ];
  for (const [name, make, reason] of unreadable) {
    it(`refuses ${name}`, () => {
      const file = make();
      const error = errorOf(() => loadExperiment(file));
      expect(error.code).to.equal("E_EXPERIMENT_UNREADABLE");
      expect(error.message).to.equal(`${file}: ${reason}`);
      expect(error.exit).to.equal(2);
    });
  }
});

describe(parseExperiment.name, () => {
  it("says how many problems there are, and gives them as a list, too", () => {
    const error = errorOf(() => parseExperiment("version: 1\n", "f.yaml"));
    expect(error.code).to.equal("E_EXPERIMENT_INVALID");
    expect(error.message.split("\n")).to.have.length(5);
    expect(error.message).to.match(/^4 problems\nf\.yaml:1:1: the key "name" is missing/);
    expect(error).to.have.property("problems").with.length(4);
  });

  it("stops at aliases that would make gigabytes", () => {
    const levels = ["x-a: &a [1,2,3,4,5,6,7,8,9]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
      levels.push(`x-${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
    }
    const started = performance.now();
    expect(problemsOf(`${levels.join("\n")}\n${SAMPLE}`)).to.deep.equal([
      "1:1: aliases (*name) make it too large",
    ]);
    expect(performance.now() - started).to.be.lessThan(15_000);
  });

  it("stops at nesting without end", () => {
    for (const deep of ["[".repeat(300_000), "- ".repeat(300_000), "a: {".repeat(100_000)]) {
      expect(problemsOf(deep)).to.deep.equal([
        "1:1: nested too deeply, or an alias (*name) refers to itself",
      ]);
    }
  });

  it("ignores x- keys everywhere but in Kafka's own settings", () => {
    const text = spoil(
      "{ brokers: { west: 3 } }",
      "{ x-why: 1, brokers: { west: 3 }, config: { x-mine: 2 } }",
      `x-note: anything\n${SAMPLE}`,
    );
    const { experiment } = parseExperiment(text, "f.yaml");
    expect(experiment.topology.clusters["standby"]).to.deep.include({ config: { "x-mine": 2 } });
    expect(experiment.topology.clusters["standby"]).not.to.have.property("x-why");
  });

  it("fills defaults in, in the units of the plan", () => {
    const { experiment } = parseExperiment(SAMPLE, "f.yaml");
    expect(experiment.workload.canary).to.deep.equal({
      enabled: true,
      every: 20,
      timeout: 1000,
      size: 64,
    });
    expect(experiment.policy).to.deep.equal({
      sustained: 5000,
      stall: 1000,
      throughputShare: 0.95,
    });
    expect(experiment.steadyState).to.deep.equal([
      { check: "acked-rate", atLeast: 0.95, for: 5000 },
    ]);
  });
});
