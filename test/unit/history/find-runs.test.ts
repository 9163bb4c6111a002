/** Runs are found however deep sets, matrices and suites put them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import { findRunFolders } from "../../../src/history/find-runs.ts";
import { DrillError } from "../../../src/kernel/errors.ts";

describe(findRunFolders.name, () => {
  const root = mkdtempSync(join(tmpdir(), "blackstart-runs-"));
  after(() => rmSync(root, { recursive: true }));

  const write = (...names: string[]) => {
    const file = join(root, ...names);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "{}");
  };

  it("finds judged runs in nested folders, in order, and nothing inside of a run", () => {
    for (const folder of ["b", "a-suite/01-x", "a-suite/02-y-set/01", "c-matrix/cell"]) {
      write(folder, "plan.json");
      write(folder, "result.json");
    }
    write("a-suite/02-y-set/result.json");
    write("unjudged/plan.json");
    write("b/logs/plan.json");
    write("b/logs/result.json");
    expect(findRunFolders(root).map((folder) => relative(root, folder))).to.deep.equal([
      "a-suite/01-x",
      "a-suite/02-y-set/01",
      "b",
      "c-matrix/cell",
    ]);
    expect(findRunFolders(join(root, "b"))).to.deep.equal([join(root, "b")]);
  });

  it("refuses what there is no such folder", () => {
    expect(() => findRunFolders(join(root, "absent"))).to.throw(
      DrillError,
      "there is no such folder",
    );
  });
});
