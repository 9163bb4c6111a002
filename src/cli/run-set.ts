/**
 * One experiment, several times: each repetition is a run with a folder of its own, and set.json is
 * written anew after each, so that what was finished is kept whatever comes then.
 */
import { join } from "node:path";
import type { SharedWorld } from "../drill/drill.ts";
import { openWorld, type World } from "../drill/world.ts";
import type { Plan } from "../experiment/plan.ts";
import type { Repetition } from "../experiment/plan-phase.ts";
import { type LoadedExperiment, planExperiment } from "../experiment/planner.ts";
import { readHistory } from "../history/history-reader.ts";
import { runPaths } from "../history/run-folder.ts";
import {
  createSetFolder,
  type RepetitionFacts,
  type SetFacts,
  type SetPaths,
  writeSet,
} from "../history/set-folder.ts";
import { monotonicUs, wallTime } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import type { SetResult } from "../reconcile/repetition/set-result.ts";
import { DockerRuntime } from "../runtime/docker/docker-runtime.ts";
import { newRunId, type RunDone, runOne } from "./run-one.ts";

export interface SetRequest {
  loaded: LoadedExperiment;
  file: string;
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
  const worlds = new Worlds(request, set);
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
  const startedUs = monotonicUs();
  const folder = String(index).padStart(String(request.repeat).length, "0").padStart(2, "0");
  const run = `${set}-${folder}`;
  const planIn = (world: string): Plan =>
    planExperiment(request.loaded, {
      run,
      seed: request.seed,
      world,
      repetition: { index, of: request.repeat, phases: request.phases },
    });
  const base = { index, folder, run, phase: planIn(run).phase?.cycles ?? [] };
  try {
    const shared = request.warm ? await worlds.next(planIn) : undefined;
    const warm = shared?.world.warm ?? false;
    const world = { id: shared?.world.id ?? run, warm };
    const note = warm ? undefined : shared?.facts[0];
    const done = await runOne({
      plan: planIn(world.id),
      file: request.file,
      includes: request.loaded.includes ?? [],
      dir: join(paths.dir, folder),
      interrupt: request.interrupt,
      keep: false,
      ...(shared === undefined ? {} : { world: shared }),
    });
    return {
      ...base,
      outcome: outcomeOf(done),
      ...(done.error ? { error: toldOf(done.error) } : {}),
      world: note === undefined ? world : { ...world, note },
      overheadMs: overheadMsOf(done.folder, startedUs),
    };
  } catch (error) {
    if (!(error instanceof DrillError) || index === 1) throw error;
    const world = { id: run, warm: false };
    process.stderr.write(`\nerror ${error.code}: ${error.message}\n→ ${error.hint}\n`);
    const nothing = { outcome: null, world, overheadMs: (monotonicUs() - startedUs) / 1000 };
    return { ...base, ...nothing, error: toldOf(error) };
  }
}

function outcomeOf({ error }: RunDone): RepetitionFacts["outcome"] {
  if (!error) return "completed";
  return error.code === "E_INTERRUPTED" ? "interrupted" : "failed";
}

function toldOf({ code, message, exit }: DrillError) {
  return { code, message, exit };
}

/** What the repetition took besides workload, steps and recovery. */
function overheadMsOf(folder: string, startedUs: number): number {
  const { events } = readHistory(runPaths(folder).history);
  const wholeMs = (monotonicUs() - startedUs) / 1000;
  const begun = events.find((one) => one.type === "stage.started" && one.stage === "workload");
  const ended = events.find(
    (one) => one.type === "stage.ended" && one.stage === "recovery and drain",
  );
  if (!begun || !ended) return Math.round(wholeMs);
  return Math.round(wholeMs - (ended.tUs - begun.tUs) / 1000);
}

/** The worlds of a set, one at a time: the last is used again while it can be proven whole. */
class Worlds {
  readonly #request: SetRequest;
  readonly #set: string;
  #world: World | undefined;
  #opened = 0;

  constructor(request: SetRequest, set: string) {
    this.#request = request;
    this.#set = set;
  }

  /** The world for the next run, with what was proven, or why another one was not used. */
  async next(planIn: (world: string) => Plan): Promise<SharedWorld> {
    const world = this.#world;
    if (world !== undefined) {
      const plan = planIn(world.id);
      const proof = world.refusal(plan) === null ? await this.#prove(world) : null;
      if (proof !== null) return { world, facts: proof };
      const reason = world.refusal(plan) ?? "it could not be proven whole";
      process.stderr.write(`a new world is booted: ${reason}\n`);
      await this.close();
      return { world: await this.#open(planIn), facts: [reason] };
    }
    return { world: await this.#open(planIn), facts: [] };
  }

  async #prove(world: World): Promise<string[] | null> {
    const proof = await world.proveHealthy(this.#request.interrupt);
    if (proof === null) return null;
    process.stderr.write(`the world was proven whole in ${(proof.tookMs / 1000).toFixed(1)} s\n`);
    return proof.facts;
  }

  async #open(planIn: (world: string) => Plan): Promise<World> {
    this.#opened += 1;
    const id = `${this.#set}-w${this.#opened}`;
    const runtime = await DockerRuntime.connect({ run: id });
    this.#world = openWorld(planIn(id), runtime, id);
    return this.#world;
  }

  async close(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    await world?.close();
  }
}
