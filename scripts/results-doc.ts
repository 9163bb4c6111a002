/**
 * `npm run results -- DIR…`: writes docs/results.md from the result.json of run folders. Nothing in
 * that page is typed by hand: a number there is a number of a run, with its run id.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson, runPaths } from "../src/history/run-folder.ts";
import { packageRoot } from "../src/kernel/environment.ts";
import { type Assessment, type Result, resultSchema } from "../src/reconcile/result.ts";
import { formatMeasure } from "../src/report/format.ts";
import { escapeMarkdown } from "../src/report/markdown.ts";
import { answerSentence } from "../src/report/view-model-verdict.ts";

const HEAD = [
  "# Results",
  "",
  "Measured on one machine that played all regions. Generated from the `result.json` of the runs",
  "named below by `npm run results -- DIR…`. An objective is met, missed or inconclusive; a",
  "prediction is confirmed, refuted or inconclusive, and a refuted one is a result.",
  "",
];

function withBounds(measure: Assessment["measured"], unit: string): string {
  if (measure.text !== undefined) return measure.text;
  const { main, bounds } = formatMeasure(measure, unit);
  return bounds === "" ? main : `${main} (${bounds})`;
}

function rows(kind: string, assessments: readonly Assessment[]): string[] {
  return assessments.map(({ label, target, measured, unit, verdict }) => {
    const cells = [kind, label, target, withBounds(measured, unit), verdict];
    return `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  });
}

function recoveryLine({ recoveries }: Result): string {
  if (recoveries.length === 0) return "No recovery time: nothing was broken.";
  const told = recoveries.map(
    ({ viewpoint, measure }) => `${viewpoint} ${withBounds(measure, "ms")}`,
  );
  return `Recovery times: ${told.join("; ")}.`;
}

function section(result: Result): string[] {
  const { run } = result;
  const seconds = Math.round(run.durationMs / 1000);
  const facts = [
    `run \`${run.id}\``,
    run.startedAt.slice(0, 10),
    `${seconds} s`,
    `seed ${run.seed}`,
  ];
  return [
    `## ${escapeMarkdown(run.title)}`,
    "",
    `\`${run.experimentFile}\`, ${facts.join(", ")}: **${result.verdict}**.`,
    "",
    escapeMarkdown(answerSentence(result)),
    recoveryLine(result),
    "",
    "| kind | what | target | measured | verdict |",
    "|---|---|---|---|---|",
    ...rows("objective", result.objectives),
    ...rows("prediction", result.predictions),
    "",
    ...result.reasons.map((reason) => `- ${escapeMarkdown(reason)}`),
    ...(result.reasons.length > 0 ? [""] : []),
    "<details><summary>Images</summary>",
    "",
    "```json",
    JSON.stringify(result.environment["images"] ?? null, null, 1),
    "```",
    "",
    "</details>",
    "",
  ];
}

const folders = process.argv.slice(2);
if (folders.length === 0) throw new Error("give the folders of runs");
const results = folders.map((folder) => resultSchema.parse(readJson(runPaths(folder).result)));
const page = [...HEAD, ...results.flatMap(section)].join("\n");
writeFileSync(join(packageRoot(), "docs", "results.md"), page);
process.stdout.write(`wrote docs/results.md from ${results.length} runs\n`);
