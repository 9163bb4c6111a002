/**
 * The folder of a set: one experiment, run several times. `set.json` says what was to be run and what
 * became of it; each repetition is a run folder of its own beside it.
 *
 * ```
 *  reports/<set>/  set.json  result.json  report.html  junit.xml  summary.md  metrics.prom
 *                  01/  02/  …    a run folder each
 * ```
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { DrillError } from "../kernel/errors.ts";
import { makeEmptyFolder } from "./new-folder.ts";
import { readJson, writeJson } from "./run-folder.ts";

const repetitionSchema = z.object({
  /** From 1. */
  index: z.number().int(),
  /** Folder beside set.json. */
  folder: z.string(),
  run: z.string(),
  /** Null: it has no run folder that could be judged. */
  outcome: z.enum(["completed", "interrupted", "failed"]).nullable(),
  /** Why it did not come to its end. */
  error: z.object({ code: z.string(), message: z.string(), exit: z.number() }).optional(),
  /** Booted for it, or used by another before; with the reason why a warm world was not used. */
  world: z.object({ id: z.string(), warm: z.boolean(), note: z.string().optional() }),
  /** Time outside of workload, steps and recovery, ms: boot, topics, audit, clean-up, proof. */
  overheadMs: z.number(),
  phase: z.array(z.object({ name: z.string(), everyMs: z.number(), phase: z.number() })),
});

export const setSchema = z.object({
  schema: z.literal("blackstart/set.v1"),
  set: z.string(),
  name: z.string(),
  title: z.string(),
  seed: z.number(),
  startedAt: z.string(),
  experimentFile: z.string(),
  experimentSha256: z.string(),
  /** Repetitions that were asked for. */
  planned: z.number().int(),
  /** Worlds were to be used again where that was possible. */
  warm: z.boolean(),
  phases: z.enum(["stratified", "random", "none"]),
  interrupted: z.boolean(),
  repetitions: z.array(repetitionSchema),
});
export type SetFacts = z.infer<typeof setSchema>;
export type RepetitionFacts = z.infer<typeof repetitionSchema>;

export interface SetPaths {
  dir: string;
  set: string;
  result: string;
  report: string;
  junit: string;
  summary: string;
  metrics: string;
}

export function setPaths(dir: string): SetPaths {
  const root = resolve(dir);
  return {
    dir: root,
    set: join(root, "set.json"),
    result: join(root, "result.json"),
    report: join(root, "report.html"),
    junit: join(root, "junit.xml"),
    summary: join(root, "summary.md"),
    metrics: join(root, "metrics.prom"),
  };
}

/** Whether a folder is that of a set, and not of a run. */
export function isSetFolder(dir: string): boolean {
  return existsSync(setPaths(dir).set);
}

/** Makes the folder; throws as `makeEmptyFolder` does. */
export function createSetFolder(dir: string): SetPaths {
  const paths = setPaths(dir);
  makeEmptyFolder(paths.dir);
  return paths;
}

export function writeSet(paths: SetPaths, facts: SetFacts): void {
  writeJson(paths.set, facts);
}

/** Reads set.json; `E_RUN_FOLDER` when it is absent or is none. */
export function readSet(dir: string): SetFacts {
  const { set } = setPaths(dir);
  const read = setSchema.safeParse(readJson(set));
  if (read.success) return read.data;
  throw new DrillError("E_RUN_FOLDER", `${set}: ${z.prettifyError(read.error)}`);
}
