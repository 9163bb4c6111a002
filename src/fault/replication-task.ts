/**
 * `replication.task` makes the tasks that copy one mirrored topic fail, while their worker lives on:
 * heartbeats flow, the process is healthy, and the partitions of those tasks stand still for ever.
 *
 * A dedicated MirrorMaker has no REST by which a task could be failed or paused: with
 * `dedicated.mode.enable.internal.rest` it takes task configurations and fencing from its own
 * workers, and nothing else (Kafka 4.3.1, InternalMirrorResource). So a task is failed as in life: the
 * target topic takes no record any more (`max.message.bytes`), the producer's error cannot be
 * retried, and the task ends with it. Needs records under way, because only a send can fail.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import { defineFault, type FaultContext, type LiveTargets } from "./fault.ts";
import {
  endsOfWorker,
  startWorkers,
  workerOf,
  workerProblems,
  workersLeft,
  workersReach,
  workerTargetParams,
} from "./replication-target.ts";

const params = z.strictObject({
  ...workerTargetParams,
  topic: z
    .string()
    .optional()
    .describe("The mirrored topic, as the target calls it; the flow's first unless given."),
  how: z.enum(["fail", "pause"]).default("fail"),
});
type Params = z.infer<typeof params>;

/** Smaller than the header of any batch. */
const TAKES_NOTHING_BYTES = 1;
const SETTING = "max.message.bytes";
const FAILED = /WorkerSourceTask\{id=([^}]+)\} Task threw an uncaught and unrecoverable exception/g;
const FAILS_WITHIN_MS = 60_000;
const HEARTBEATS = "heartbeats";
/** They come each second unless set otherwise. */
const PULSE_WITHIN_MS = 5000;
const STOP_GRACE_MS = 20_000;
const POLL_MS = 250;

interface LiveTask extends LiveTargets {
  topic: string;
  /** The setting before, as it was in effect. */
  before: string;
  /** Failures the worker had told of before the act. */
  known: number;
  failed: string[];
}

export const replicationTask = defineFault<Params, LiveTask>({
  kind: "replication.task",
  summary: "fails the tasks that copy a topic; their worker lives on",
  params,
  needs: () => ["stop", "start"],
  check(target, topology) {
    const problems: ReturnType<typeof workerProblems> = workerProblems(target, topology);
    if (target.how === "pause") {
      const message =
        "a dedicated MirrorMaker has no REST by which a task could be paused; use `how: fail`, or " +
        "`replication.pause` for the whole worker";
      problems.push({ path: ["how"], message });
    }
    return problems;
  },
  reach: (target, topology) => workersReach([workerOf(target, topology)], "crash"),
  resolve,
  async inject(target, context, live) {
    const { name, to } = workerOf(target, context.topology);
    const { topic, before } = live;
    // A failed task stays so; its worker must start anew, after the topic takes records again.
    context.heals.defer(`start ${name} anew`, () => startAnew(context, name));
    context.heals.defer(`restore ${SETTING} of ${topic}`, async () => {
      await context.ask(to, "topic.alter", { topic, set: { [SETTING]: before } });
    });
    context.injecting();
    const set = { [SETTING]: String(TAKES_NOTHING_BYTES) };
    await context.ask(to, "topic.alter", { topic, set });
    const failed = await poll(
      async () => {
        const found = failuresIn(await context.runtime.logs(name)).slice(live.known);
        return found.length > 0 ? found : undefined;
      },
      { everyMs: POLL_MS, withinMs: FAILS_WITHIN_MS, signal: context.signal },
    );
    context.injected();
    live.failed = [...new Set(failed ?? [])];
  },
  async prove(target, context, { topic, failed }) {
    const { name } = workerOf(target, context.topology);
    if (failed.length === 0) {
      throw new Error(`no task of ${name} failed, although ${topic} takes no record`);
    }
    if (!(await context.runtime.isRunning(name))) throw new Error(`${name} itself has ended`);
    const tasks = failed.join(", ");
    return `${name} runs, and told that ${tasks} failed for good; ${await pulseOf(context, name)}`;
  },
  async proveHealed(target, context, { topic }) {
    const { name } = workerOf(target, context.topology);
    if (workersLeft(context, [name]).length === 0) return `${name}: no longer part of the run`;
    const endOf = async () => (await endsOfWorker(context, name)).get(topic) ?? 0;
    const before = await endOf();
    const moved = await poll(async () => (await endOf()) > before || undefined, {
      everyMs: POLL_MS,
      withinMs: context.healedWithinMs,
    });
    if (!moved) throw new Error(`nothing reached ${topic} within ${context.healedWithinMs} ms`);
    return `${name} started anew, and ${topic} grows again`;
  },
});

/** What a monitor of heartbeats sees of a worker whose tasks have failed. */
async function pulseOf(context: FaultContext, name: string): Promise<string> {
  const endOf = async () => (await endsOfWorker(context, name)).get(HEARTBEATS) ?? 0;
  const before = await endOf();
  const withinMs = Math.min(PULSE_WITHIN_MS, context.healedWithinMs);
  const after = await poll(
    async () => {
      const now = await endOf();
      return now > before ? now : undefined;
    },
    { everyMs: POLL_MS, withinMs, signal: context.signal },
  );
  return after === undefined
    ? `no heartbeat of it within ${withinMs} ms`
    : `its heartbeats go on, ${before} became ${after}`;
}

/** Tasks that a worker's output says have failed for good, in order. */
export function failuresIn(output: string): string[] {
  return [...output.matchAll(FAILED)].map(([, id]) => id ?? "");
}

async function resolve(target: Params, context: FaultContext): Promise<LiveTask> {
  const { name, to } = workerOf(target, context.topology);
  const topic = target.topic ?? context.mirroredBy(name)[0];
  if (topic === undefined) throw new Error(`${name} mirrors no topic of the workload`);
  const { [SETTING]: before } = await context.ask(to, "topic.configs", { topic });
  if (before === undefined) throw new Error(`${to} tells no ${SETTING} of ${topic}`);
  const known = failuresIn(await context.runtime.logs(name)).length;
  return { nodes: [], topic, before, known, failed: [] };
}

async function startAnew(context: FaultContext, name: string): Promise<void> {
  if (workersLeft(context, [name]).length === 0) return;
  context.expectDeath(name);
  await context.runtime.stop(name, STOP_GRACE_MS);
  await startWorkers(context, [name]);
}
