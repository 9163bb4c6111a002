import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { MatrixIndex } from "../../../src/cli/matrix-index.ts";
import { packageRoot } from "../../../src/kernel/environment.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import { resultSchema } from "../../../src/reconcile/result.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const golden = join(packageRoot(), "test/golden/files/broker-kill-passed.result.json");
const result = resultSchema.parse(JSON.parse(readFileSync(golden, "utf8")));

function matrix() {
  const set = join(temporaryFolder("matrix-index"), "set");
  const cells = ["a", "b"].map((cell) => ({
    dir: join(set, cell),
    matrix: { set, title: "Sweep", cell },
  }));
  const index = new MatrixIndex(cells);
  const done = (cell: string) => ({
    result,
    report: join(set, cell, "report.html"),
    exitCode: 0,
  });
  const page = () => readFileSync(join(set, "index.html"), "utf8");
  return { set, index, cells, done, page };
}

describe(MatrixIndex.name, () => {
  it("writes the page anew after every cell; what was not begun is no pass", async () => {
    const { set, index, cells, done, page } = matrix();
    expect(index.pages).to.deep.equal([]);
    const [a, b] = cells;
    if (!a || !b) throw new Error("two cells");
    await index.include(a, async () => done("a"));
    expect(page())
      .to.contain('href="a/report.html"')
      .and.to.contain("1 passed, 1 not run. Exit code 3.");
    await index.include(b, async () => done("b"));
    expect(page()).to.contain("2 passed. Exit code 0.");
    expect(index.pages).to.deep.equal([join(set, "index.html")]);
  });

  it("keeps why a cell could not be run, and throws it on", async () => {
    const { index, cells, page } = matrix();
    const [a] = cells;
    if (!a) throw new Error("two cells");
    const failing = index.include(a, () => {
      throw new DrillError("E_ENGINE_ABSENT", "no engine answers");
    });
    expect(await failing.catch((error: unknown) => error)).to.be.instanceOf(DrillError);
    expect(page()).to.contain("No engine answers.").and.to.contain("Exit code 4.");
  });

  it("has no page for a run that is no cell", async () => {
    const { set, done } = matrix();
    const index = new MatrixIndex([{ dir: set }]);
    await index.include({ dir: set }, async () => done("a"));
    expect(index.pages).to.deep.equal([]);
    expect(existsSync(set)).to.equal(false);
  });
});
