/** The order of a suite: neighbours share a world, and otherwise the file's order holds. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { planSuite } from "../../../src/cli/suite-plan.ts";
import { ExperimentError } from "../../../src/experiment/problems.ts";
import type { LoadedSuite } from "../../../src/experiment/suite-file.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { SAMPLE, spoil } from "../experiment/sample.ts";

const one = spoil("name: sample", "name: one");
const other = [
  ["name: sample", "name: other"],
  ["east: 3", "east: 1"],
  ["replication: 3, minInsync: 2", "replication: 1, minInsync: 1"],
].reduce((text, [find = "", put = ""]) => spoil(find, put, text), SAMPLE);

/** A suite of experiments by file name; `vars` belong to all of them. */
function suite(files: Record<string, string>, vars: Record<string, string> = {}): LoadedSuite {
  const folder = temporaryFolder("suite-plan");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const entries = Object.keys(files).map((name) => ({ file: join(folder, name), vars }));
  return { name: "s", title: "S", description: "", file: "s.yaml", sha256: "0", entries };
}

const files = {
  "a.yaml": one,
  "b.yaml": other,
  "c.yaml": spoil("name: one", "name: again", one),
  "d.yaml": spoil("name: other", "name: fourth", other),
};

describe(planSuite.name, () => {
  it("puts drills of one topology side by side, in the order of the file", () => {
    const drills = planSuite(suite(files), { warm: true });
    expect(drills.map(({ index, name, topology }) => `${index} ${name} ${topology}`)).to.deep.equal(
      ["1 one A", "2 again A", "3 other B", "4 fourth B"],
    );
    const [first, second] = drills;
    expect(second?.estimateMs).to.be.lessThan(first?.estimateMs ?? 0);
  });

  it("puts drills that leave their world spoilt behind those that share it", () => {
    const unclean =
      "{ id: loss, at: 5s, fault: election.unclean, cluster: primary, topic: orders }";
    const lasting = [
      ["name: one", "name: lasting"],
      ["{ id: loss, at: 5s, fault: region.shutdown, region: east }", unclean],
      ["  - { id: over, after: loss, runbook: failover, to: west }\n", ""],
    ].reduce((text, [find = "", put = ""]) => spoil(find, put, text), one);
    const first = suite({ "0.yaml": lasting, ...files });
    const names = (warm: boolean) => planSuite(first, { warm }).map(({ name }) => name);
    expect(names(true)).to.deep.equal(["one", "again", "lasting", "other", "fourth"]);
    expect(names(false)[0]).to.equal("lasting");
  });

  it("keeps the file's order where every drill boots anew", () => {
    const drills = planSuite(suite(files), { warm: false });
    expect(drills.map(({ name }) => name)).to.deep.equal(["one", "other", "again", "fourth"]);
  });

  it("has a drill for each cell of a matrix, and a folder of its own for each", () => {
    const swept = `${spoil("rate: 100/s", `rate: "\${rate}"`, one)}matrix: { rate: [100/s, 200/s] }\n`;
    const drills = planSuite(suite({ "a.yaml": swept, "b.yaml": one, "c.yaml": one }), {
      warm: true,
    });
    expect(drills.map(({ folder }) => folder)).to.deep.equal([
      "one-rate-100-s",
      "one-rate-200-s",
      "one",
      "one-v2",
    ]);
  });

  it("knows a drill by all that decides it", () => {
    const identity = (text: string, vars: Record<string, string> = {}) =>
      planSuite(suite({ "a.yaml": text }, vars), { warm: true })[0]?.identity;
    const variable = `${spoil("rate: 100/s", `rate: "\${rate}"`, one)}vars: { rate: 100/s }\n`;
    expect(identity(one)).to.equal(identity(one));
    expect(identity(variable)).to.not.equal(identity(variable, { rate: "200/s" }));
    expect(identity(one)).to.not.equal(identity(`${one}seed: 9\n`));
  });

  it("tells the mistakes of all files at once", () => {
    const wrong = { "a.yaml": spoil("at: 5s", "at: 5", one), "b.yaml": `${other}extra: 1\n` };
    const broken = suite(wrong);
    broken.entries.push({ file: "nowhere.yaml", vars: {} });
    let problems: string[] = [];
    try {
      planSuite(broken, { warm: true });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      problems = error.problems.map(({ message }) => message);
    }
    expect(problems).to.have.length(3);
    expect(problems[1]).to.contain('unknown key "extra"');
    expect(problems[2]).to.equal("there is no such file");
  });
});
