/** A set beside its runs: that it says so when they are not those it was judged from. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { judgeSetFolder, strayedMembers } from "../../../src/cli/judge-set-folder.ts";
import { readJson, runPaths, writeJson } from "../../../src/history/run-folder.ts";
import { setPaths, writeSet } from "../../../src/history/set-folder.ts";
import { setResultSchema } from "../../../src/reconcile/repetition/set-result.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { resultOf, setOf, type Told, times } from "../reconcile/repetition/sets.ts";

function member(dir: string, index: number, told: Told): void {
  const paths = runPaths(join(dir, String(index).padStart(2, "0")));
  mkdirSync(paths.dir, { recursive: true });
  writeJson(paths.plan, {});
  writeJson(paths.result, resultOf(told, index));
}

describe(strayedMembers.name, () => {
  const dir = temporaryFolder("set");
  const told = times(3);

  before(() => {
    writeSet(setPaths(dir), setOf(told));
    for (const [at, one] of told.entries()) member(dir, at + 1, one);
    judgeSetFolder(dir);
  });

  const strayed = () => strayedMembers(dir, setResultSchema.parse(readJson(setPaths(dir).result)));

  it("names none while every result is the one that the set was judged from", () => {
    expect(strayed()).to.deep.equal([]);
  });

  it("names a run that was judged anew without its set, until the set is, too", () => {
    member(dir, 2, { rtoMs: 14_100 });
    expect(strayed()).to.deep.equal(["02/result.json is another one than the set was judged from"]);
    judgeSetFolder(dir);
    expect(strayed()).to.deep.equal([]);
  });

  it("names a run whose result is gone", () => {
    rmSync(runPaths(join(dir, "03")).result);
    expect(strayed()).to.deep.equal(["03/result.json is gone, and the set was judged from it"]);
  });

  it("says when a set of before kept nothing to compare with", () => {
    const result = judgeSetFolder(dir);
    for (const one of result.repetitions) delete one.resultSha256;
    expect(strayedMembers(dir, result)).to.deep.equal([
      "result.json of the set does not say which results of its runs it was judged from",
    ]);
  });
});
