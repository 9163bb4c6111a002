/** The small formats: what a build, a dashboard and a terminal read. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { renderJunit } from "../../../src/report/junit.ts";
import { escapeMarkdown, renderMarkdown } from "../../../src/report/markdown.ts";
import { stripControls } from "../../../src/report/plain-text.ts";
import { renderPrometheus } from "../../../src/report/prometheus.ts";
import { summarize } from "../../../src/report/summary.ts";

function load(name: string): Result {
  const file = new URL(`../../golden/files/${name}.result.json`, import.meta.url);
  return resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
const failed = load("region-loss-failed");
const crashed = load("crash-inconclusive");

describe(renderJunit.name, () => {
  it("counts a miss as a failure and no decision as an error", () => {
    expect(renderJunit(failed)).to.match(/<testsuite [^>]*tests="6" failures="2" errors="0"/);
    expect(renderJunit(crashed)).to.match(/<testsuite [^>]*tests="2" failures="0" errors="2"/);
  });

  it("skips what was not run", () => {
    const [first] = failed.objectives;
    if (!first) throw new Error("the fixture has objectives");
    const notRun: Result = {
      ...failed,
      verdict: "not-run",
      objectives: [{ ...first, verdict: "not-run" }],
    };
    expect(renderJunit(notRun)).to.match(/skipped="1"/);
    expect(renderJunit(notRun)).to.match(/<skipped message="/);
  });

  it("never has nothing in it: a verdict that no objective carries is a case of its own", () => {
    const bare = renderJunit({ ...crashed, objectives: [] });
    expect(bare).to.match(/tests="1" failures="0" errors="1"/);
    const violated: Result = {
      ...failed,
      objectives: failed.objectives.filter((o) => o.verdict === "met"),
      reasons: ["phantom: 3 records"],
    };
    expect(renderJunit(violated)).to.match(/name="verdict".*message="phantom: 3 records"/);
  });

  it("leaves out the properties that have no number", () => {
    expect(renderJunit(crashed)).to.not.match(/rpo\.records"/);
    expect(renderJunit(failed)).to.match(/name="rpo.records" value="1204"/);
  });
});

describe(renderPrometheus.name, () => {
  const lines = renderPrometheus(failed).trimEnd().split("\n");

  it("is text that a collector can parse", () => {
    const sample =
      /^kafka_dr_[a-z_]+\{[a-z_]+="(?:[^"\\\n]|\\.)*"(?:,[a-z_]+="(?:[^"\\\n]|\\.)*")*\} -?[\d.e+-]+$/;
    for (const line of lines.filter((one) => !one.startsWith("#"))) expect(line).to.match(sample);
    expect(lines.at(-1)).to.equal("# EOF");
  });

  it("writes no series twice and types every family once", () => {
    const series = lines.filter((l) => !l.startsWith("#")).map((l) => l.replace(/ [^ ]+$/, ""));
    expect(new Set(series).size).to.equal(series.length);
    const types = lines.filter((line) => line.startsWith("# TYPE"));
    expect(new Set(types).size).to.equal(types.length);
    const names = new Set(series.map((one) => one.replace(/\{.*/, "")));
    expect(types).to.have.length(names.size);
  });

  it("is in seconds, and silent about what was not measured", () => {
    expect(lines).to.include(
      'kafka_dr_rto_seconds{experiment="active-passive-region-loss",kind="produce"} 9.087',
    );
    expect(renderPrometheus(crashed)).to.not.match(/kafka_dr_rpo_records|kafka_dr_rto_seconds/);
  });

  it("has no digits finer than the clock", () => {
    const [first, ...others] = failed.recoveries;
    if (!first) throw new Error("the fixture has recoveries");
    const measure = { value: 18_608.7, low: 18_608.7, high: null, censored: true };
    const text = renderPrometheus({ ...failed, recoveries: [{ ...first, measure }, ...others] });
    expect(text).to.match(/kafka_dr_rto_seconds\{.*\} 18\.6087\n/);
  });

  it("marks a lower bound as one", () => {
    expect(
      lines.filter((l) => l.startsWith("kafka_dr_rto_censored") && l.endsWith(" 1")),
    ).to.have.length(1);
  });
});

describe(renderMarkdown.name, () => {
  it("starts at the third level with the verdict", () => {
    expect(renderMarkdown(failed)).to.match(/^### ❌ FAILED: Sudden loss/);
    expect(renderMarkdown(crashed)).to.match(/^### ⚠️ INCONCLUSIVE: /);
  });

  it("stays below what GitHub accepts, whatever the run says", () => {
    const long = "x|".repeat(100_000);
    const huge: Result = {
      ...failed,
      warnings: Array.from({ length: 5000 }, () => long),
      reasons: Array.from({ length: 5000 }, () => long),
    };
    expect(Buffer.byteLength(renderMarkdown(huge))).to.be.below(1024 * 1000);
  });

  it("keeps a string of the run one plain line", () => {
    expect(escapeMarkdown("a|b\n<i>*c*")).to.equal("a\\|b &lt;i&gt;\\*c\\*");
  });
});

describe("a recovery time in doubt", () => {
  const doubtful: Result = {
    ...failed,
    recoveries: failed.recoveries.map((one) => ({
      ...one,
      measure: { ...one.measure, inconclusive: "the probe was in its own way" },
    })),
  };

  it("is said to be in doubt, and is no number of a gauge", () => {
    expect(summarize(failed)).to.not.contain("in doubt");
    expect(summarize(doubtful)).to.match(/RTO +produce .*, in doubt\)/);
    expect(renderPrometheus(failed)).to.contain("kafka_dr_rto_seconds");
    expect(renderPrometheus(doubtful)).to.not.contain("kafka_dr_rto_seconds");
  });
});

describe(summarize.name, () => {
  it("says whose recovery the cluster's is, where the application left it", () => {
    expect(summarize(failed)).to.contain(
      "cluster (of primary, which the application left for standby) ≥",
    );
    const stayed = { ...failed, rpo: { ...failed.rpo, survivingCluster: "primary" } };
    expect(summarize(stayed)).to.contain("; cluster ≥");
  });

  it("is a few lines, the verdict first", () => {
    const lines = summarize(failed).split("\n");
    expect(lines[0]).to.equal("FAILED  Sudden loss of the primary region under load");
    expect(lines.length).to.be.below(20);
    expect(summarize(crashed)).to.match(/^INCONCLUSIVE {2}/);
    expect(summarize(failed).endsWith("\n")).to.equal(false);
  });
});

describe(stripControls.name, () => {
  it("drops terminal colours and what XML forbids, and keeps the words", () => {
    const esc = String.fromCharCode(27);
    const text = `${esc}[1;31mred${esc}[0m\ttab\nline${String.fromCharCode(0, 7, 0x9b, 0xffff)}é😀`;
    expect(stripControls(text)).to.equal("red\ttab\nlineé😀");
    expect(stripControls(`lone ${"😀".slice(0, 1)}`)).to.equal("lone �");
  });
});
