import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  codeFolder,
  environmentVariable,
  packageRoot,
  setEnvironmentVariable,
} from "../../../src/kernel/environment.ts";

describe("the environment", () => {
  it("knows where the package lies, and that it runs from sources here", () => {
    expect(existsSync(join(packageRoot(), "package.json"))).to.equal(true);
    expect(codeFolder()).to.deep.equal({ folder: "src", extension: "ts" });
    const { folder, extension } = codeFolder();
    const agent = join(packageRoot(), folder, "workload", `agent.${extension}`);
    expect(existsSync(agent), agent).to.equal(true);
  });

  it("reads and sets variables", () => {
    const name = `BLACKSTART_TEST_${process.pid}`;
    expect(environmentVariable(name)).to.equal(undefined);
    setEnvironmentVariable(name, "yes");
    expect(environmentVariable(name)).to.equal("yes");
  });
});
