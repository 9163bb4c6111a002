import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { labelsFor, ownerAlive, ownerOf } from "../../../../src/runtime/docker/labels.ts";

describe(ownerAlive.name, () => {
  it("knows a process that runs", () => {
    expect(ownerAlive(ownerOf(process.pid))).to.equal(true);
    expect(ownerAlive(ownerOf(process.ppid))).to.equal(true);
  });

  it("does not take another process with the same pid for it", () => {
    const [pid, ticks] = ownerOf(process.pid).split(":");
    expect(ticks).to.match(/^\d+$/);
    expect(ownerAlive(`${pid}:${Number(ticks) + 1}`)).to.equal(false);
  });

  it("knows that a process is gone", () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    expect(ownerAlive(`${pid}:1`)).to.equal(false);
    expect(ownerAlive(ownerOf(pid))).to.equal(false);
  });

  it("takes a label that names nobody for nobody's", () => {
    for (const owner of ["", ":", "0:0", "-1:0", "x:1"]) {
      expect(ownerAlive(owner), owner).to.equal(false);
    }
  });
});

describe(labelsFor.name, () => {
  it("says the run, the name and the owner", () => {
    expect(labelsFor("run-1", "primary-east-1")).to.deep.equal({
      "blackstart.run": "run-1",
      "blackstart.name": "primary-east-1",
      "blackstart.owner": ownerOf(process.pid),
    });
  });
});
