/**
 * result.json → report.html, byte for byte. A change of the page is seen in the diff of a file and
 * agreed to by rewriting it; the same goes for the small formats.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../src/reconcile/result.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { renderPrometheus } from "../../src/report/prometheus.ts";
import { renderReport } from "../../src/report/render.ts";
import { summarize } from "../../src/report/summary.ts";

const CASES = ["broker-kill-passed", "region-loss-failed", "crash-inconclusive"];
const RENDERERS: Record<string, (result: Result) => string> = {
  html: renderReport,
  "junit.xml": renderJunit,
  "summary.md": renderMarkdown,
  prom: renderPrometheus,
  "summary.txt": summarize,
};
const COMMAND = "UPDATE_GOLDEN=1 npm run test:golden";
// biome-ignore lint/style/noProcessEnv: a switch of this test alone.
const update = process.env["UPDATE_GOLDEN"] === "1";

function fileOf(name: string): URL {
  return new URL(`./files/${name}`, import.meta.url);
}

function load(name: string): Result {
  return resultSchema.parse(JSON.parse(readFileSync(fileOf(`${name}.result.json`), "utf8")));
}

/** The first line that differs, because a diff of a whole page helps nobody. */
function firstDifference(actual: string, golden: string): string {
  const before = golden.split("\n");
  const after = actual.split("\n");
  const line = after.findIndex((text, index) => text !== before[index]);
  const at = line === -1 ? after.length : line;
  const show = (text: string | undefined) => (text ?? "(end of file)").slice(0, 300);
  return `line ${at + 1}\n  golden: ${show(before[at])}\n  now:    ${show(after[at])}`;
}

describe("golden report", () => {
  for (const name of CASES) {
    for (const [extension, render] of Object.entries(RENDERERS)) {
      it(`${name}.${extension}`, () => {
        const actual = render(load(name));
        const file = fileOf(`${name}.${extension}`);
        if (update) writeFileSync(file, actual);
        const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
        if (actual !== golden) {
          const where = firstDifference(actual, golden);
          expect.fail(`${name}.${extension} changed: ${where}\nIf it should have: ${COMMAND}`);
        }
      });
    }
  }

  it("gives the same bytes from a frozen result, twice", () => {
    const result = deepFreeze(load("region-loss-failed"));
    expect(renderReport(result)).to.equal(renderReport(result));
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) deepFreeze(item);
    Object.freeze(value);
  }
  return value;
}
