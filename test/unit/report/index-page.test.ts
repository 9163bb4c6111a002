import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { packageRoot } from "../../../src/kernel/environment.ts";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { type IndexedRun, renderIndex } from "../../../src/report/index-page.ts";
import { pageView } from "../../../src/report/view-model.ts";

function frozen(name: string): Result {
  const file = join(packageRoot(), "test/golden/files", `${name}.result.json`);
  return resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}

const met = frozen("broker-kill-passed");
const missed = frozen("region-loss-failed");
const open = frozen("crash-inconclusive");

function run(name: string, result: Result | null, report = `${name}/report.html`): IndexedRun {
  return { name, report, result, exitCode: result?.exitCode ?? 4 };
}

function rowsOf(page: string): string[] {
  const rows = page.match(/<tr><th scope="row">.*<\/tr>/g) ?? [];
  return rows.map((row) => row.replaceAll("\u00a0", " "));
}

describe(renderIndex.name, () => {
  it("has a row for each run, with its verdict, its numbers and a link to its report", () => {
    const page = renderIndex({
      title: "Sweep",
      runs: [run("a", met), run("b", missed)],
      exitCode: 1,
    });
    expect(page).to.contain('<a href="a/report.html">a</a>').and.to.contain(">b</a>");
    const rows = rowsOf(page);
    expect(rows).to.have.length(2);
    expect(rows[0]).to.contain("PASSED").and.to.contain("0 records").and.to.contain("produce ");
    expect(rows[1]).to.contain("FAILED").and.to.contain('<td class="n">1</td>');
  });

  it("says the worst on top, and why each run did not pass", () => {
    const page = renderIndex({
      title: "Sweep",
      runs: [run("a", met), run("b", open)],
      exitCode: 3,
    });
    expect(page)
      .to.contain("v-inconclusive")
      .and.to.contain("1 passed, 1 inconclusive. Exit code 3.");
    expect(page).to.contain("<dt>b</dt>").and.to.not.contain("<dt>a</dt>");
    const passed = renderIndex({ title: "Sweep", runs: [run("a", met)], exitCode: 0 });
    expect(passed).to.contain("v-met").and.to.not.contain("Why not passed");
  });

  it("says of a pass beside missing records that no objective was on them", () => {
    const { rpo } = missed;
    const others = met.objectives.filter(({ metric }) => !metric.startsWith("rpo."));
    const unasked: Result = { ...met, rpo, objectives: others };
    const [bare, asked, none] = rowsOf(
      renderIndex({
        title: "Sweep",
        runs: [run("a", unasked), run("b", { ...met, rpo }), run("c", met)],
        exitCode: 0,
      }),
    );
    expect(bare).to.match(/PASSED<\/span><span class="sub">\(no objective on (loss|the RPO)\)/);
    expect(bare).to.match(/▲<\/span> 1,204 records/);
    expect(asked).to.contain("1,204 records").and.to.not.contain("no objective");
    expect(none).to.contain("PASSED").and.to.not.contain("no objective");
    expect(pageView(unasked).verdict.preface).to.contain("met; there is no objective on ");
  });

  it("counts no run that was not done as passed", () => {
    const absent: IndexedRun = { name: "c", report: null, result: null, exitCode: null };
    const broken = { ...absent, name: "d", problem: "no engine answers", exitCode: 4 };
    const page = renderIndex({ title: "Sweep", runs: [absent, broken], exitCode: 4 });
    expect(page).to.contain("2 not run. Exit code 4.").and.to.contain("No engine answers.");
    expect(page).to.contain('<th scope="row">c</th>').and.to.contain("Not begun.");
  });

  it("takes nothing that a run said for markup, and loads nothing", () => {
    const name = `<script>alert(1)</script>" onload="x`;
    const runs = [run(name, { ...open, reasons: [`{{boom}} ${name}`] }, `a b/"?#.html`)];
    const page = renderIndex({ title: name, runs, exitCode: 3 });
    expect(page).to.not.match(/<script|onload="x"|src=|@import|url\(http/);
    expect(page).to.contain('href="a%20b/%22%3F%23.html"').and.to.contain("{{boom}}");
    expect(page).to.contain("default-src 'none'");
  });
});
