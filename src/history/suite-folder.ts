/**
 * The folder of a suite: several experiments, run one after another. `suite.json` says what was to be
 * run and what became of each; it is written anew whenever something changed, so that a suite that
 * was interrupted, or whose harness died, can be gone on with.
 *
 * ```
 *  reports/<id>-suite/  suite.json  index.html  junit.xml
 *                       broker-crash/  region-partition/  …    a run folder each
 *                       broker-crash.2/                        of its second attempt
 * ```
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { DrillError } from "../kernel/errors.ts";
import { makeEmptyFolder } from "./new-folder.ts";
import { readJson, requireFolder, writeJson } from "./run-folder.ts";

const attemptSchema = z.object({
  folder: z.string().describe("The run's folder, beside suite.json."),
  run: z.string(),
  startedAt: z.string(),
  durationMs: z.number().describe("Boot or proof, clean-up and judgement included."),
  overheadMs: z
    .number()
    .describe("Of it, what lay outside of workload, steps, recovery and heals."),
  outcome: z
    .enum(["unfinished", "completed", "interrupted", "failed", "refused"])
    .describe(
      "unfinished: nobody wrote down its end. refused: nothing booted, and there may be no folder.",
    ),
  exitCode: z.number().nullable().describe("Null while it is unfinished."),
  error: z.object({ code: z.string(), message: z.string(), exit: z.number() }).optional(),
  world: z
    .object({ id: z.string(), warm: z.boolean(), note: z.string().optional() })
    .describe("Which containers it ran on; with the reason why those before were not used again."),
});

const suiteRunSchema = z.object({
  index: z.number().int().describe("From 1, in the order of running."),
  name: z.string(),
  title: z.string(),
  folder: z.string().describe("Of its first attempt; the ones after it add their number."),
  experimentFile: z.string(),
  experimentSha256: z.string(),
  vars: z.record(z.string(), z.string()).describe("As the suite sets them."),
  cell: z.string().optional(),
  identity: z
    .string()
    .describe("Hash of the experiment with its included files, variables, cell and seed."),
  topology: z.string().describe("A letter; drills with the same one can share their nodes."),
  estimateMs: z.number(),
  verdict: z.enum(["met", "missed", "inconclusive", "not-run"]),
  exitCode: z.number().nullable().describe("Of the attempt that counts; null when none ended."),
  reasons: z.array(z.string()).describe("Why it is not met, the weightiest first."),
  predictions: z.object({
    confirmed: z.number().int(),
    refuted: z.number().int(),
    inconclusive: z.number().int(),
  }),
  attempts: z
    .array(attemptSchema)
    .describe("The last one counts. One that failed for the environment is tried once more."),
});

export const suiteSchema = z.object({
  schema: z.literal("blackstart/suite.v1"),
  tool: z.object({ name: z.string(), version: z.string() }),
  suite: z.string().describe("Id of this suite's folder."),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  suiteFile: z.string(),
  suiteSha256: z.string(),
  warm: z.boolean().describe("Nodes were to be used again where that was possible."),
  sittings: z
    .array(z.object({ startedAt: z.string(), durationMs: z.number(), interrupted: z.boolean() }))
    .describe("More than one when it was gone on with after an interruption."),
  verdict: z.enum(["met", "missed", "inconclusive"]),
  exitCode: z.number().describe("The weightiest of its runs; one that was not begun is open."),
  runs: z.array(suiteRunSchema),
});
export type Suite = z.infer<typeof suiteSchema>;
export type SuiteRun = z.infer<typeof suiteRunSchema>;
export type SuiteAttempt = z.infer<typeof attemptSchema>;

export interface SuitePaths {
  dir: string;
  suite: string;
  index: string;
  junit: string;
}

export function suitePaths(dir: string): SuitePaths {
  const root = resolve(dir);
  return {
    dir: root,
    suite: join(root, "suite.json"),
    index: join(root, "index.html"),
    junit: join(root, "junit.xml"),
  };
}

/** Whether a folder is that of a suite. */
export function isSuiteFolder(dir: string): boolean {
  return existsSync(suitePaths(dir).suite);
}

/** Makes the folder; throws as `makeEmptyFolder` does. */
export function createSuiteFolder(dir: string): SuitePaths {
  const paths = suitePaths(dir);
  makeEmptyFolder(paths.dir);
  return paths;
}

/** In the order of the schema's keys, however the value was put together. */
export function writeSuite({ suite: file }: SuitePaths, suite: Suite): void {
  writeJson(file, suiteSchema.parse(suite));
}

/** Reads suite.json; `E_RUN_FOLDER` when it is absent or is none. */
export function readSuite(dir: string): Suite {
  const { suite } = suitePaths(dir);
  requireFolder(dir);
  if (!existsSync(suite)) {
    throw new DrillError("E_RUN_FOLDER", `${dir} is not the folder of a suite: no suite.json`);
  }
  const read = suiteSchema.safeParse(readJson(suite));
  if (read.success) return read.data;
  throw new DrillError("E_RUN_FOLDER", `${suite}: ${z.prettifyError(read.error)}`);
}

/** The attempt that counts; undefined when none was begun. */
export function lastAttempt({ attempts }: Pick<SuiteRun, "attempts">): SuiteAttempt | undefined {
  return attempts.at(-1);
}
