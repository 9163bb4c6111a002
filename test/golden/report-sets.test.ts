/** The report of a set, byte for byte: made from results that are computed here, not recorded. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { SetResult } from "../../src/reconcile/repetition/set-result.ts";
import { renderSetJunit } from "../../src/report/set/junit.ts";
import { renderSetMarkdown } from "../../src/report/set/markdown.ts";
import { renderSetPrometheus } from "../../src/report/set/prometheus.ts";
import { renderSetReport } from "../../src/report/set/render.ts";
import { summarizeSet } from "../../src/report/set/summary.ts";
import { judgedSet, times } from "../unit/reconcile/repetition/sets.ts";

const RENDERERS: Record<string, (result: SetResult) => string> = {
  html: renderSetReport,
  "junit.xml": renderSetJunit,
  "summary.md": renderSetMarkdown,
  prom: renderSetPrometheus,
  "summary.txt": summarizeSet,
};
const COMMAND = "UPDATE_GOLDEN=1 npm run test:golden";
// biome-ignore lint/style/noProcessEnv: a switch of this test alone.
const update = process.env["UPDATE_GOLDEN"] === "1";

const broken = { code: "E_NODE_NOT_READY", message: "main-east-1 ended by itself", exit: 4 };

const CASES: Record<string, SetResult> = {
  // Twelve runs, spread over a cycle that explains how much is read again; one of them is in doubt.
  "set-stratified-passed": judgedSet(
    times(12, (n) => ({
      phase: ((n * 5) % 12) / 12 + 0.03,
      redelivered: Math.round(1200 * (((n * 5) % 12) / 12 + 0.03)),
      rtoMs: 7000 + ((n * 37) % 11) * 90,
      ...(n === 7 ? { verdict: "inconclusive" as const } : {}),
    })),
  ),
  // Interrupted after ten of sixteen: losses, a miss, runs that never recovered, one that broke.
  "set-interrupted-failed": judgedSet(
    times(10, (n) => ({
      lost: n % 4 === 0 ? 12 * n : 0,
      rtoMs: n > 8 ? 60_000 : 8000 + 300 * n,
      censored: n > 8,
      ...(n > 6 ? { verdict: "missed" as const, objective: "missed" as const } : {}),
      ...(n === 3 ? { error: broken } : {}),
    })),
    { planned: 16, interrupted: true, warm: false },
  ),
};

function fileOf(name: string): URL {
  return new URL(`./files/${name}`, import.meta.url);
}

describe("golden report of a set", () => {
  for (const [name, result] of Object.entries(CASES)) {
    for (const [extension, render] of Object.entries(RENDERERS)) {
      it(`${name}.${extension}`, () => {
        const actual = render(result);
        const file = fileOf(`${name}.${extension}`);
        if (update) writeFileSync(file, actual);
        const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
        const before = golden.split("\n");
        const at = actual.split("\n").findIndex((line, row) => line !== before[row]);
        const line = actual.split("\n")[at]?.slice(0, 300);
        expect(
          actual === golden,
          `line ${at + 1} is now: ${line}\nIf it should be: ${COMMAND}`,
        ).to.equal(true);
      });
    }
  }
});
