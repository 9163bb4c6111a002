/**
 * The shipped experiments → their plans, byte for byte, and as text. Whatever changes a plan (a
 * default, an id, a Kafka setting) is seen in the diff of a file and agreed to by rewriting it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { describePlan } from "../../src/experiment/describe.ts";
import { loadExperiment } from "../../src/experiment/load.ts";
import { planExperiment } from "../../src/experiment/planner.ts";
import { packageRoot } from "../../src/kernel/environment.ts";

const EXPERIMENTS = [
  "active-passive-region-loss",
  "broker-crash",
  "isr-shrink-then-kill",
  "region-partition",
];
const COMMAND = "UPDATE_GOLDEN=1 npm run test:golden";
// biome-ignore lint/style/noProcessEnv: a switch of this test alone.
const update = process.env["UPDATE_GOLDEN"] === "1";

function planOf(name: string) {
  const loaded = loadExperiment(join(packageRoot(), "experiments", `${name}.yaml`));
  // Comments of the file may change without a change of the plan.
  const file = `experiments/${name}.yaml`;
  return planExperiment({ ...loaded, file, sha256: "of-the-file" }, { run: "golden" });
}

const FORMS = {
  json: (name: string) => `${JSON.stringify(planOf(name), null, 2)}\n`,
  txt: (name: string) => `${describePlan(planOf(name))}\n`,
};

describe("golden plan", () => {
  for (const name of EXPERIMENTS) {
    for (const [extension, render] of Object.entries(FORMS)) {
      it(`plan-${name}.${extension}`, () => {
        const actual = render(name);
        const file = new URL(`./files/plan-${name}.${extension}`, import.meta.url);
        if (update) writeFileSync(file, actual);
        const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
        const before = golden.split("\n");
        const line = actual.split("\n").findIndex((text, at) => text !== before[at]);
        const now = actual.split("\n")[line];
        if (actual !== golden) {
          expect.fail(`line ${line + 1}\n  golden: ${before[line]}\n  now:    ${now}\n${COMMAND}`);
        }
      });
    }
  }
});
