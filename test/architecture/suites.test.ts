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
const MINUTES = 60_000;

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

  for (const [name, suite] of suites) {
    it(`${name} holds experiments that exist, are valid, and can be planned`, () => {
      expect(planSuite(suite, { warm: true }).length).to.be.at.least(suite.entries.length);
    });
  }

  it("all holds every file of the catalogue, and what every other suite holds but full variants", () => {
    expect(catalogueFiles().length).to.be.greaterThan(5);
    const others = [...suites.keys()].flatMap(held).filter((file) => !file.endsWith(".full.yaml"));
    expect(held("all")).to.include.members([...catalogueFiles(), ...others]);
  });

  it("smoke is short, and shares topologies", () => {
    const smoke = suites.get("smoke");
    if (!smoke) throw new Error("there is no smoke suite");
    const drills = planSuite(smoke, { warm: true });
    expect(new Set(drills.map(({ topology }) => topology)).size).to.be.lessThan(drills.length);
    const totalMs = drills.reduce((sum, { estimateMs }) => sum + estimateMs, 0);
    expect(totalMs).to.be.lessThan(8 * MINUTES);
  });

  it("are all told of in docs/suites.md", () => {
    const rows = [...read("docs/suites.md").matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, one]) => one);
    expect([...rows].sort()).to.deep.equal([...suites.keys()]);
  });
});
