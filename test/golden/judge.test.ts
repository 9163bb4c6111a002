/**
 * Simulated runs → what the judge says of them, every number and every sentence. The clean runs are
 * kept in full; of a run with a planted defect, only what the defect changed against its clean run.
 *
 * Whether the numbers are *right* is for `test/calibration` and the oracle. Here a change of any of
 * them is seen in the diff of a file and agreed to by rewriting it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { judge } from "../../src/reconcile/judge.ts";
import type { Result } from "../../src/reconcile/result.ts";
import { cases } from "../calibration/reconcile/cases.ts";
import { SyntheticRun } from "../unit/reconcile/synthetic-run.ts";
import { mixedRuns } from "./mixed-runs.ts";

const COMMAND = "UPDATE_GOLDEN=1 npm run test:golden";
// biome-ignore lint/style/noProcessEnv: a switch of this test alone.
const update = process.env["UPDATE_GOLDEN"] === "1";
const scenarios = ["calm", "outage", "region-loss"] as const;

const LEAF_LENGTH_MAX = 240;

type Leaves = Map<string, string>;

/** Every leaf by its path; what fits in a line is one leaf, and a curve is its sums. */
function leavesOf(value: unknown, path: string, leaves: Leaves = new Map()): Leaves {
  if (path.endsWith(".points")) return leaves.set(path, sumsOf(value as [number, number][]));
  const text = JSON.stringify(value);
  if (typeof value !== "object" || value === null || text.length <= LEAF_LENGTH_MAX) {
    return leaves.set(path, text);
  }
  for (const [key, inner] of Object.entries(value)) {
    leavesOf(inner, path === "" ? key : `${path}.${key}`, leaves);
  }
  return leaves;
}

function sumsOf(points: readonly [number, number][]): string {
  const sum = (values: number[]) => values.reduce((all, one) => all + one, 0).toFixed(3);
  const [x, y] = [points.map(([at]) => at), points.map(([, value]) => value)];
  return `${points.length} points, sums ${sum(x)} and ${sum(y)}, peak ${Math.max(0, ...y)}`;
}

function changesOf(before: Leaves, after: Leaves): string[] {
  const changed = [...after].filter(([path, leaf]) => before.get(path) !== leaf);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  return [
    ...changed.map(([path, leaf]) => `${path} = ${leaf}`),
    ...gone.map((path) => `${path} -`),
  ];
}

const leaves = (result: Result) => leavesOf(result, "");
const cleanLeaves = new Map<string, Leaves>();

function cleanOf(scenario: (typeof scenarios)[number]): Leaves {
  const held = cleanLeaves.get(scenario) ?? leaves(judge(new SyntheticRun({ scenario }).input()));
  cleanLeaves.set(scenario, held);
  return held;
}

function checkFile(name: string, actual: string): void {
  const file = new URL(`./files/judge/${name}.txt`, import.meta.url);
  if (update) writeFileSync(file, actual);
  const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (actual === golden) return;
  const before = golden.split("\n");
  const now = actual.split("\n");
  const line = Math.max(
    now.findIndex((text, at) => text !== before[at]),
    0,
  );
  expect.fail(`line ${line + 1}\n  golden: ${before[line]}\n  now:    ${now[line]}\n${COMMAND}`);
}

const slug = (text: string) => text.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "");

describe("golden judgement", () => {
  for (const scenario of scenarios) {
    it(`clean ${scenario}`, () => {
      const lines = [...cleanOf(scenario)].map(([path, leaf]) => `${path} = ${leaf}`);
      checkFile(`clean-${scenario}`, `${lines.join("\n")}\n`);
    });
  }

  const planted = cases
    .filter(({ name, damage }) => name !== "clean run" && !damage)
    .map(({ name, planted: what, run }) => ({ name: `${name}: ${what}`, file: slug(name), run }));
  const names = planted.map(({ file }) => file);
  for (const [at, { name, file, run }] of [...planted, ...mixedRuns].entries()) {
    const again = names.slice(0, at).filter((other) => other === file).length;
    it(name, () => {
      const one = run();
      const lines = changesOf(cleanOf(one.options.scenario), leaves(judge(one.input())));
      checkFile(again > 0 ? `${file}-${again + 1}` : file, `# ${name}\n${lines.join("\n")}\n`);
    });
  }
});
