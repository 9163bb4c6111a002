/** The suites that are shipped: they load, hold what they say, and `all` leaves nothing out. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { shippedSuites } from "../../src/cli/shipped-suites.ts";
import { planSuite } from "../../src/cli/suite-plan.ts";
import { loadSuite } from "../../src/experiment/suite-file.ts";
import { packageRoot } from "../../src/kernel/environment.ts";
import { read } from "./pages.ts";

const suites = new Map(shippedSuites().map(({ name, file }) => [name, loadSuite(file)]));
const GROUPS = /^[a-h]-/;
const MINUTE_MS = 60_000;

/** Quick variants, and files that have one variant, of the groups that need no licensed image. */
function catalogueFiles(): string[] {
  const root = join(packageRoot(), "experiments");
  const groups = readdirSync(root).filter((name) => GROUPS.test(name));
  return groups.flatMap((group) =>
    readdirSync(join(root, group)).filter((name) => /(?<!\.full)\.yaml$/.test(name)),
  );
}

const held = (name: string) => suites.get(name)?.entries.map(({ file }) => basename(file)) ?? [];

describe("suites that are shipped", () => {
  it("are the six, each named as its file", () => {
    const names = ["all", "disruptive", "full-scale", "partial", "quarterly", "smoke"];
    expect([...suites.keys()]).to.deep.equal(names);
    for (const [name, suite] of suites) expect(suite.name).to.equal(name);
  });

  it("hold experiments, and all of them can be planned", function () {
    // Every file of every suite, each once.
    this.timeout(180_000);
    const all = suites.get("all");
    if (!all) throw new Error("there is no suite of all drills");
    expect(planSuite(all, { warm: true }).length).to.be.at.least(all.entries.length);
    for (const [name, { entries }] of suites) expect(entries, name).to.not.have.length(0);
  });

  it("all holds every file of the catalogue, and what every other suite holds but full variants", () => {
    expect(catalogueFiles().length).to.be.greaterThan(5);
    const others = [...suites.keys()].flatMap(held).filter((file) => !file.endsWith(".full.yaml"));
    expect(held("all")).to.include.members([...catalogueFiles(), ...others]);
  });

  it("smoke is short, and on two topologies", () => {
    const smoke = suites.get("smoke");
    if (!smoke) throw new Error("there is no smoke suite");
    const drills = planSuite(smoke, { warm: true });
    expect(new Set(drills.map(({ topology }) => topology)).size).to.equal(2);
    const totalMs = drills.reduce((sum, { estimateMs }) => sum + estimateMs, 0);
    expect(totalMs).to.be.lessThan(8 * MINUTE_MS);
  });

  it("are all told of in docs/suites.md", () => {
    const rows = [...read("docs/suites.md").matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, one]) => one);
    expect([...rows].sort()).to.deep.equal([...suites.keys()]);
  });
});
