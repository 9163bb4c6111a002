/**
 * The judge's and the report's stage over a run folder: files in, files out, no Docker. `run` ends
 * with both; `blackstart judge` and `blackstart report` redo them and give the same bytes.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import { AtomicLines } from "../history/atomic-lines.ts";
import { catalogueSchema } from "../history/catalogue.ts";
import { judgingSchema } from "../history/judging.ts";
import {
  openRunFolder,
  readJson,
  runPaths,
  writeAtomic,
  writeJson,
} from "../history/run-folder.ts";
import { DrillError } from "../kernel/errors.ts";
import { judge, type PlanSummary } from "../reconcile/judge.ts";
import { type Result, resultSchema } from "../reconcile/result.ts";
import { runInput } from "../reconcile/run-input.ts";
import { renderJunit } from "../report/junit.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderPrometheus } from "../report/prometheus.ts";
import { renderReport } from "../report/render.ts";
import { toolVersion } from "./tool-version.ts";

/** What the judge takes of plan.json, checked on read; the rest of the plan is passed through. */
const planSchema = z.looseObject({
  schema: z.literal("blackstart/plan.v1"),
  run: z.string(),
  name: z.string(),
  title: z.string(),
  seed: z.number(),
  experimentFile: z.string(),
  experimentSha256: z.string(),
  catalogue: catalogueSchema.optional(),
  judging: judgingSchema,
  topology: z.record(z.string(), z.unknown()),
});

/** Judges a run folder and writes its result.json, and every finding into findings.ndjson. */
export function judgeFolder(dir: string): Result {
  const paths = openRunFolder(dir);
  const plan = parse(planSchema, readJson(paths.plan), paths.plan) as PlanSummary;
  const input = runInput(paths, plan, { name: "blackstart", version: toolVersion() });
  const findings = new AtomicLines(paths.findings);
  try {
    const result = judge({
      ...input,
      onFinding: (kind, example, count) => findings.add({ ...kind, count, ...example }),
    });
    findings.finish();
    writeJson(paths.result, result);
    return result;
  } catch (error) {
    findings.discard();
    throw error;
  }
}

/** Renders a run folder's result.json; gives the report's path. */
export function renderFolder(dir: string): string {
  const paths = openRunFolder(dir);
  const result = readResult(dir, resultSchema);
  writeAtomic(paths.report, renderReport(result));
  writeAtomic(paths.junit, renderJunit(result));
  writeAtomic(paths.summary, renderMarkdown(result));
  writeAtomic(paths.metrics, renderPrometheus(result));
  return paths.report;
}

/**
 * The result.json of a run or of a set. Throws `E_RUN_FOLDER` with the way out when there is none, or
 * one that this version cannot read: judging makes it anew.
 */
export function readResult<T>(dir: string, schema: z.ZodType<T>): T {
  const { result: file } = runPaths(dir);
  const anew = `\`blackstart judge ${dir}\` makes it from the evidence`;
  if (!existsSync(file)) {
    throw new DrillError("E_RUN_FOLDER", `${dir} has no result.json: it was not judged; ${anew}`);
  }
  const read = schema.safeParse(readJson(file));
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const where = first?.path.join(".") || "the whole file";
  const count = read.error.issues.length;
  const places = count === 1 ? "1 place differs" : `${count} places differ`;
  throw new DrillError(
    "E_RUN_FOLDER",
    `${file} is no result of this version (${places}, the first: ${where}); ${anew}`,
  );
}

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new DrillError("E_RUN_FOLDER", `${file}: ${z.prettifyError(read.error)}`);
}
