/**
 * How a step names a replication worker, and what the faults on workers share: kill, start again, and
 * the proof that a worker works.
 *
 * A worker that runs is not one that works: MirrorMaker's process outlives its tasks. So a healed
 * worker must move something: its heartbeats on the target, or a mirrored topic.
 */
import { z } from "zod";
import type { Fidelity } from "../history/events.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import type { Replication, Topology } from "../topology/types.ts";
import type { FaultContext, FaultReach } from "./fault.ts";
import { throwFirst } from "./node-acts.ts";

export const workerTargetParams = {
  worker: z
    .string()
    .optional()
    .describe(
      "The replication worker, as `blackstart plan` prints it; not needed for the only one.",
    ),
};

export interface WorkerTarget {
  worker?: string | undefined;
}

export function workerProblems({ worker }: WorkerTarget, topology: Topology) {
  const names = topology.replications.map(({ name }) => name);
  const path = worker === undefined ? [] : ["worker"];
  const problem = (message: string) => [{ path, message }];
  if (names.length === 0) return problem("the topology has no `replication`, so no worker");
  if (worker === undefined) {
    return names.length === 1 ? [] : problem(`name the \`worker\`: one of ${names.join(", ")}`);
  }
  if (names.includes(worker)) return [];
  return problem(`no worker named "${worker}"; the workers are ${names.join(", ")}`);
}

/** The worker meant; a topology without it was refused before. */
export function workerOf({ worker }: WorkerTarget, topology: Topology): Replication {
  const found = topology.replications.find(({ name }) => worker === undefined || name === worker);
  if (!found) throw new Error(`the topology has no worker ${worker ?? ""}`);
  return found;
}

/** Nothing but the worker itself suffers: what it copies falls behind, and that is measured. */
export function workersReach(workers: { name: string }[], fidelity: Fidelity): FaultReach {
  const names = workers.map(({ name }) => name);
  return { fidelity, targets: names, affects: names };
}

/** Those of the workers that are still part of the run: the audit removes them; see `7-audit.ts`. */
export function workersLeft(context: FaultContext, names: string[]): string[] {
  const left = context.topology.replications.flatMap(({ region }) => context.workersIn(region));
  return names.filter((name) => left.includes(name));
}

/** Arms the start, then kills all at once. */
export async function killWorkers(context: FaultContext, names: string[]): Promise<void> {
  context.heals.defer(`start ${names.join(", ")}`, () => startWorkers(context, names));
  for (const name of names) context.expectDeath(name);
  context.injecting();
  await Promise.all(names.map((name) => context.runtime.kill(name)));
  context.injected();
}

export async function startWorkers(context: FaultContext, names: string[]): Promise<void> {
  const left = workersLeft(context, names);
  throwFirst(await Promise.allSettled(left.map((name) => context.runtime.restart(name))));
}

export async function proveWorkersDead(context: FaultContext, names: string[]): Promise<string> {
  for (const name of names) {
    if (await context.runtime.isRunning(name)) throw new Error(`${name} still runs after the kill`);
  }
  return `the engine reports ${names.join(", ")} dead`;
}

/** Every worker that is left runs, and moves records on its target again. */
export async function proveWorking(context: FaultContext, names: string[]): Promise<string> {
  const left = workersLeft(context, names);
  if (left.length === 0) return `${names.join(", ")}: no longer part of the run`;
  for (const name of left) {
    const before = await endsOfWorker(context, name);
    const moved = await poll(
      async () => {
        if (!(await context.runtime.isRunning(name))) return undefined;
        const now = await endsOfWorker(context, name);
        return [...now].find(([topic, end]) => end > (before.get(topic) ?? 0))?.[0];
      },
      { everyMs: 200, withinMs: context.healedWithinMs },
    );
    if (moved === undefined) {
      const within = `within ${context.healedWithinMs} ms`;
      throw new Error(`${name} wrote nothing to its target ${within}`);
    }
  }
  return `${left.join(", ")} wrote to the target again`;
}

/** A frozen worker's heartbeats come every second by default: this long without one is stillness. */
const STILL_MS = 2000;
const STILL_WITHIN_MS = 10_000;

/** The engine says it does not run, and nothing of its moves on the target. */
export async function proveStill(context: FaultContext, name: string): Promise<string> {
  if (await context.runtime.isRunning(name)) throw new Error(`${name} still runs after the freeze`);
  let last = JSON.stringify([...(await endsOfWorker(context, name))]);
  let sinceUs = monotonicUs();
  const stillMs = Math.min(STILL_MS, context.healedWithinMs);
  // What was in flight at the freeze still lands, so the window may begin anew.
  const still = await poll(
    async () => {
      const now = JSON.stringify([...(await endsOfWorker(context, name))]);
      if (now !== last) sinceUs = monotonicUs();
      last = now;
      return monotonicUs() - sinceUs >= stillMs * 1000 || undefined;
    },
    { everyMs: 200, withinMs: STILL_WITHIN_MS, signal: context.signal },
  );
  if (!still) throw new Error(`${name} still writes to its target after the freeze`);
  return `the engine reports ${name} frozen; it wrote nothing to its target for ${stillMs} ms`;
}

/** End of the topics that show a worker at work: its heartbeats, and what it mirrors. */
export async function endsOfWorker(
  context: FaultContext,
  name: string,
): Promise<Map<string, number>> {
  const { to } = workerOf({ worker: name }, context.topology);
  const topics = ["heartbeats", ...context.mirroredBy(name)];
  const found = await context.ask(to, "topics.ends", { topics });
  return new Map(found.map(({ topic, end }) => [topic, end]));
}
