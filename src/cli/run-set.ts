/**
 * One experiment, several times: each repetition is a run with a folder of its own, and set.json is
 * written anew after each, so that what was finished is kept whatever comes then.
 */
import { join } from "node:path";
import type { Plan } from "../experiment/plan.ts";
import type { Repetition } from "../experiment/plan-phase.ts";
import { type LoadedExperiment, planExperiment } from "../experiment/planner.ts";
import {
  createSetFolder,
  type RepetitionFacts,
  type SetFacts,
  type SetPaths,
  writeSet,
} from "../history/set-folder.ts";
import { wallTime } from "../kernel/clock.ts";
import type { SetResult } from "../reconcile/repetition/set-result.ts";
import { attempt } from "./attempt.ts";
import { printError } from "./print-error.ts";
import { newRunId } from "./run-one.ts";
import { Worlds } from "./worlds.ts";

export interface SetRequest {
  loaded: LoadedExperiment;
  seed: number;
  repeat: number;
  /** Use worlds again where that is possible. */
  warm: boolean;
  phases: NonNullable<Repetition["phases"]>;
  out: string;
  interrupt: AbortSignal;
  /** Held while a repetition runs: two sets that are compared take turns on one machine. */
  turn?: () => Promise<Disposable>;
}

export interface SetDone {
  folder: string;
  result: SetResult;
  report: string;
  exitCode: number;
}

/** Throws when not even the first repetition could begin. */
export async function runSet(request: SetRequest): Promise<SetDone> {
  const set = `${newRunId()}-set`;
  const paths = createSetFolder(join(request.out, set));
  const facts = factsOf(request, set);
  const worlds = new Worlds({ id: set, interrupt: request.interrupt });
  try {
    for (let index = 1; index <= request.repeat; index += 1) {
      using _turn = await request.turn?.();
      if (request.interrupt.aborted) break;
      process.stderr.write(`\n── repetition ${index} of ${request.repeat}\n`);
      const done = await repetition(request, { set, paths, worlds, index });
      facts.repetitions.push(done);
      facts.interrupted = request.interrupt.aborted;
      writeSet(paths, facts);
      // Without a run nothing was booted, and nothing will be: no engine, no room, no image.
      if (done.outcome === null) break;
    }
  } finally {
    await worlds.close();
  }
  writeSet(paths, facts);
  const { judgeSetFolder, renderSetFolder } = await import("./judge-set-folder.ts");
  const result = judgeSetFolder(paths.dir);
  const report = renderSetFolder(paths.dir);
  return { folder: paths.dir, result, report, exitCode: result.exitCode };
}

function factsOf(request: SetRequest, set: string): SetFacts {
  const { experiment, file, sha256 } = request.loaded;
  return {
    schema: "blackstart/set.v1",
    set,
    name: experiment.name,
    title: experiment.title,
    seed: request.seed,
    startedAt: wallTime(),
    experimentFile: file,
    experimentSha256: sha256,
    planned: request.repeat,
    warm: request.warm,
    phases: experiment.phase === undefined ? "none" : request.phases,
    interrupted: false,
    repetitions: [],
  };
}

interface Place {
  set: string;
  paths: SetPaths;
  worlds: Worlds;
  index: number;
}

async function repetition(
  request: SetRequest,
  { set, paths, worlds, index }: Place,
): Promise<RepetitionFacts> {
  const folder = String(index).padStart(String(request.repeat).length, "0").padStart(2, "0");
  const run = `${set}-${folder}`;
  const planIn = (world: string): Plan =>
    planExperiment(request.loaded, {
      run,
      seed: request.seed,
      world,
      repetition: { index, of: request.repeat, phases: request.phases },
    });
  const { outcome, error, world, overheadMs, refusal } = await attempt({
    run,
    planIn,
    worlds: request.warm ? worlds : undefined,
    dir: join(paths.dir, folder),
    interrupt: request.interrupt,
  });
  if (refusal && index === 1) throw refusal;
  if (refusal) printError(refusal);
  const phase = planIn(run).phase?.cycles ?? [];
  const told = error === undefined ? {} : { error };
  return { index, folder, run, phase, outcome, ...told, world, overheadMs };
}
