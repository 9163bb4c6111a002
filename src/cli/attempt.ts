/** A run of several: in a world that it shares with others, or in one of its own. */
import type { Plan } from "../experiment/plan.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { overheadMsOf } from "./overhead.ts";
import { type RunDone, type RunRequest, runOne } from "./run-one.ts";
import type { Worlds } from "./worlds.ts";

export interface AttemptRequest extends Pick<RunRequest, "dir" | "interrupt"> {
  run: string;
  /** The plan of the run in that world. */
  planIn: (world: string) => Plan;
  /** Absent: a world of its own. */
  worlds?: Worlds | undefined;
}

export interface Attempt {
  /** Null: nothing could be begun. There may be no folder then. */
  outcome: "completed" | "interrupted" | "failed" | null;
  error?: { code: string; message: string; exit: number };
  /** Booted for it, or used before; with the reason why a warm world was not used again. */
  world: { id: string; warm: boolean; note?: string };
  overheadMs: number;
  done?: RunDone;
  /** Why nothing could be begun; nobody was told of it yet. */
  refusal?: DrillError;
}

/** Never throws an operating error: the attempt says it. */
export async function attempt(request: AttemptRequest): Promise<Attempt> {
  const { run, planIn, worlds, dir, interrupt } = request;
  const startedUs = monotonicUs();
  try {
    const shared = await worlds?.next(planIn);
    const warm = shared?.world.warm ?? false;
    const id = shared?.world.id ?? run;
    const note = warm ? undefined : shared?.facts[0];
    const world = note === undefined ? { id, warm } : { id, warm, note };
    const sharing = shared === undefined ? {} : { world: shared };
    const plan = planIn(id);
    const done = await runOne({ plan, dir, interrupt, keep: false, ...sharing });
    const { error } = done;
    const interrupted = error?.code === "E_INTERRUPTED";
    return {
      outcome: error ? (interrupted ? "interrupted" : "failed") : "completed",
      ...(error ? { error: toldOf(error) } : {}),
      world,
      overheadMs: overheadMsOf(done.folder, startedUs),
      done,
    };
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    const overheadMs = Math.round((monotonicUs() - startedUs) / 1000);
    const world = { id: run, warm: false };
    return { outcome: null, error: toldOf(error), world, overheadMs, refusal: error };
  }
}

function toldOf({ code, message, exit }: DrillError) {
  return { code, message, exit };
}
