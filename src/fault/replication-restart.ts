/**
 * `replication.restart` ends one replication worker and starts it again, at once or after a while.
 *
 * `graceful` lets it flush its offsets and leave its group; `kill` is SIGKILL in the middle of
 * whatever batch it is sending, so it starts from its last flush and copies again what came after.
 * Nothing is left to heal when the step has ended, but that it works is proven then, not assumed.
 */
import { z } from "zod";
import { delay } from "../kernel/clock.ts";
import { durationSchema } from "../kernel/schema-units.ts";
import { defineFault, type LiveTargets } from "./fault.ts";
import {
  proveWorking,
  startWorkers,
  workerOf,
  workerProblems,
  workersReach,
  workerTargetParams,
} from "./replication-target.ts";

const params = z.strictObject({
  ...workerTargetParams,
  mode: z.enum(["graceful", "kill"]).default("graceful"),
  down: durationSchema.prefault("0s").describe("How long it stays dead."),
});
type Params = z.infer<typeof params>;

/** Connect's own grace for its tasks is 10 s (task.shutdown.graceful.timeout.ms: 5 s), then SIGKILL. */
const GRACE_MS = 20_000;

interface LiveRestart extends LiveTargets {
  /** Whether the engine reported it dead between its end and its start. */
  wasDead: boolean;
}

export const replicationRestart = defineFault<Params, LiveRestart>({
  kind: "replication.restart",
  summary: "ends a replication worker, in order or by SIGKILL, and starts it again",
  params,
  needs: ({ mode }) => (mode === "kill" ? ["kill", "start"] : ["stop", "start"]),
  check: workerProblems,
  reach: (target, topology) =>
    workersReach([workerOf(target, topology)], target.mode === "kill" ? "crash" : "graceful"),
  resolve: async () => ({ nodes: [], wasDead: false }),
  async inject(target, context, live) {
    const { name } = workerOf(target, context.topology);
    context.heals.defer(`start ${name}`, () => startWorkers(context, [name]));
    context.expectDeath(name);
    context.injecting();
    if (target.mode === "kill") await context.runtime.kill(name);
    else await context.runtime.stop(name, GRACE_MS);
    context.injected();
    live.wasDead = !(await context.runtime.isRunning(name));
    await delay(target.down, context.signal);
    await startWorkers(context, [name]);
  },
  async prove(target, context, live) {
    const { name } = workerOf(target, context.topology);
    if (!live.wasDead) throw new Error(`the engine never reported ${name} dead`);
    return `the engine reported ${name} dead; started again, ${await proveWorking(context, [name])}`;
  },
  proveHealed: (target, context) =>
    proveWorking(context, [workerOf(target, context.topology).name]),
});
