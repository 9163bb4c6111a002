/** A suite's page, junit.xml and lines for a terminal. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Suite, SuiteRun } from "../../../../src/history/suite-folder.ts";
import { packageRoot } from "../../../../src/kernel/environment.ts";
import { judgeSuite } from "../../../../src/reconcile/judge-suite.ts";
import { type Result, resultSchema } from "../../../../src/reconcile/result.ts";
import { renderIndex } from "../../../../src/report/index-page.ts";
import { suiteIndex } from "../../../../src/report/suite/index.ts";
import { renderSuiteJunit } from "../../../../src/report/suite/junit.ts";
import { summarizeRun, summarizeSuite } from "../../../../src/report/suite/summary.ts";

function frozen(name: string): Result {
  const file = join(packageRoot(), "test/golden/files", `${name}.result.json`);
  return resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}

const results = new Map([
  ["one", frozen("broker-kill-passed")],
  ["two", frozen("region-loss-failed")],
]);

function run(
  index: number,
  name: string,
  exitCode: number | null,
  more: Partial<SuiteRun> = {},
): SuiteRun {
  const attempt = {
    folder: name,
    run: `r${index}`,
    startedAt: "2026-11-21T10:15:00.000Z",
    durationMs: 61_000,
    overheadMs: 9000,
    outcome: "completed" as const,
    exitCode,
    world: { id: "w", warm: index > 1 },
  };
  return {
    index,
    name,
    title: `Drill ${name}`,
    folder: name,
    experimentFile: `${name}.yaml`,
    experimentSha256: "0",
    vars: {},
    identity: "i",
    topology: "A",
    estimateMs: 1000,
    verdict: "not-run",
    exitCode: null,
    reasons: [],
    predictions: { confirmed: 0, refuted: 0, inconclusive: 0 },
    attempts: exitCode === null ? [] : [attempt],
    ...more,
  };
}

function suite(runs: SuiteRun[]): Suite {
  const facts = {
    schema: "blackstart/suite.v1" as const,
    tool: { name: "blackstart", version: "1" },
    suite: "s1",
    name: "s",
    title: "Played <suite>",
    description: "Two & three.",
    suiteFile: "s.yaml",
    suiteSha256: "0",
    warm: true,
    sittings: [{ startedAt: "2026-11-21T10:15:00.000Z", durationMs: 130_000, interrupted: false }],
    verdict: "met" as const,
    exitCode: 0,
    runs,
  };
  return judgeSuite(facts, results);
}

const judged = suite([run(1, "one", 0), run(2, "two", 1), run(3, "three", null)]);

describe("a suite's page", () => {
  const page = renderIndex(suiteIndex(judged, results)).replaceAll("\u00a0", " ");

  it("shows verdict, predictions, numbers and time of each run, and leads to its report", () => {
    const rows = page.match(/<tr><th scope="row">.*<\/tr>/g) ?? [];
    expect(rows).to.have.length(3);
    expect(rows[0]).to.contain('<a href="one/report.html">one</a>').and.to.contain("Drill one");
    expect(rows[0]).to.contain("PASSED").and.to.contain("confirmed").and.to.contain("1 m 01 s");
    expect(rows[1]).to.contain("FAILED");
    expect(rows[2]).to.contain("NOT RUN").and.to.not.contain("report.html");
  });

  it("says the worst on top, why runs did not pass, and what it took", () => {
    expect(page).to.contain("1 passed, 1 failed, 1 not run. Exit code 1.");
    expect(page).to.contain("<dt>three</dt><dd>Not begun.<br></dd>");
    expect(page).to.contain("2 m 10 s").and.to.contain("1; 1 of 2 runs on nodes that were there");
  });

  it("tells predictions that were refuted apart from failures", () => {
    const refuted = frozen("broker-kill-passed");
    const [first] = refuted.predictions;
    if (!first) throw new Error("a prediction");
    const changed = { ...refuted, predictions: [{ ...first, verdict: "refuted" as const }] };
    const only = new Map([["one", changed]]);
    const told = judgeSuite(suite([run(1, "one", 0)]), only);
    expect(told.exitCode).to.equal(0);
    const shown = renderIndex(suiteIndex(told, only));
    expect(shown).to.contain("Predictions refuted").and.to.contain(first.label);
    const held = new Map([["one", refuted]]);
    const page = renderIndex(suiteIndex(judgeSuite(told, held), held));
    expect(page).to.not.contain("Predictions refuted");
  });

  it("takes nothing for markup", () => {
    expect(page).to.contain("Played &lt;suite&gt;").and.to.contain("Two &amp; three.");
  });
});

describe(renderSuiteJunit.name, () => {
  it("has a testsuite for each run, and an error for one that has no answer", () => {
    const xml = renderSuiteJunit(judged, results);
    expect(xml.match(/<testsuite /g)).to.have.length(3);
    const [head = ""] = xml.match(/<testsuites .*>/) ?? [];
    expect(head)
      .to.match(/failures="[1-9]/)
      .and.to.contain('errors="1"');
    expect(xml).to.contain('<error message="not begun" type="not-run"/>');
    const tests = [...xml.matchAll(/<testcase /g)].length;
    expect(head).to.contain(`tests="${tests}"`);
  });
});

describe("a suite on a terminal", () => {
  it("is a line for each run, and one for all", () => {
    const [one, two, three] = judged.runs;
    if (!one || !two || !three) throw new Error("three runs");
    expect(summarizeRun(one, results.get("one"))).to.match(/^PASSED {8}one · RPO 0 records/);
    expect(summarizeRun(two, results.get("two")).split("\n").length).to.be.greaterThan(1);
    expect(summarizeRun(three, undefined)).to.match(
      /^NOT RUN {7}three · no result\n {14}Not begun\.$/,
    );
    expect(summarizeSuite(judged)).to.contain("1 passed, 1 failed, 1 not run of 3 runs");
  });
});
