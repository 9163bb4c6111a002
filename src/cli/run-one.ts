/** One run: its folder, the drill in it, and what the judge and the report make of it. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { requireCapabilities } from "../drill/capabilities.ts";
import { runDrill, type SharedWorld } from "../drill/drill.ts";
import type { Plan } from "../experiment/plan.ts";
import { keptBytes } from "../experiment/read-text.ts";
import {
  createRunFolder,
  includedFile,
  type RunPaths,
  sha256Of,
  writeJson,
} from "../history/run-folder.ts";
import { wallTime } from "../kernel/clock.ts";
import type { DrillError } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import { DockerRuntime } from "../runtime/docker/docker-runtime.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkCapacity } from "./capacity.ts";
import { imagesLacking, recordNotRun } from "./images-given.ts";
import { standardError, TerminalProgress } from "./terminal-progress.ts";
import { toolVersion } from "./tool-version.ts";

export interface RunRequest {
  plan: Plan;
  dir: string;
  interrupt: AbortSignal;
  keep: boolean;
  /** Together with other runs, and left standing for them. */
  world?: SharedWorld;
}

export interface RunDone {
  folder: string;
  result: Result;
  report: string;
  error?: DrillError;
  exitCode: number;
}

/** Throws when there is no engine or no room: then there is no run, and no folder of one. */
export async function runOne(request: RunRequest): Promise<RunDone> {
  const { plan, world } = request;
  const lacking = imagesLacking(plan);
  if (lacking !== undefined) return notRun(request, lacking);
  const progress = new TerminalProgress(standardError());
  if (!world?.world.warm) checkCapacity(plan);
  const runtime = world?.world.runtime ?? (await DockerRuntime.connect({ run: plan.run }));
  const paths = await openFolder(request, runtime);
  progress.note(`${plan.title} · run ${plan.run} · seed ${plan.seed}`);
  const { error } = await runDrill({
    plan,
    folder: paths.dir,
    runtime,
    ...(world === undefined ? {} : { world }),
    progress,
    interrupt: request.interrupt,
    toolVersion: toolVersion(),
    planSha256: sha256Of(paths.plan),
    keep: request.keep,
  });
  progress.status("judging");
  // Not before: while a drill runs, its harness is to take little memory.
  const { judgeFolder, renderFolder } = await import("./judge-folder.ts");
  const result = judgeFolder(paths.dir);
  const report = renderFolder(paths.dir);
  progress.end();
  for (const { step, reason } of result.healFailures ?? []) {
    process.stderr.write(`\nNOT HEALED: ${step}: ${reason}\n`);
  }
  if (error) process.stderr.write(`\nerror ${error.code}: ${error.message}\n→ ${error.hint}\n`);
  const exitCode = error ? error.exit : result.exitCode;
  return { folder: paths.dir, result, report, exitCode, ...(error ? { error } : {}) };
}

/** A folder that says why nothing was booted: nobody may take it for a pass. */
async function notRun(request: RunRequest, reason: string): Promise<RunDone> {
  const paths = writeRunFolder(request);
  recordNotRun(paths, request.plan, `blackstart ${toolVersion()}`, reason);
  const { judgeFolder, renderFolder } = await import("./judge-folder.ts");
  const result = judgeFolder(paths.dir);
  return { folder: paths.dir, result, report: renderFolder(paths.dir), exitCode: result.exitCode };
}

/** The plan, with the files it was made of: as they were then. */
function writeRunFolder({ plan, dir }: Pick<RunRequest, "plan" | "dir">): RunPaths {
  const paths = createRunFolder(dir);
  writeFileSync(paths.experiment, keptBytes(plan.experimentSha256));
  const includes = plan.includes ?? [];
  if (includes.length > 0) mkdirSync(paths.includes);
  for (const [index, { file, sha256 }] of includes.entries()) {
    writeFileSync(includedFile(paths, index, file), keptBytes(sha256));
  }
  writeJson(paths.plan, plan);
  return paths;
}

/** The folder with plan and experiment in it; a runtime of its own is let go when that cannot be. */
async function openFolder({ plan, dir, world }: RunRequest, runtime: Runtime): Promise<RunPaths> {
  try {
    requireCapabilities(plan, runtime);
    return writeRunFolder({ plan, dir });
  } catch (error) {
    if (world === undefined) await runtime.destroy();
    throw error;
  }
}

/** Sortable by time, unique by chance: 20261121-101500-1a2b. */
export function newRunId(): string {
  const [date = "", time = ""] = wallTime().split("T");
  const stamp = `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}`;
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
