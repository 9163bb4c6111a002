/**
 * The recipe of a run, stage by stage. It only observes and records: what the run means is the
 * judge's business, from the files this leaves.
 *
 * ```
 *  boot ▶ topics ▶ workload ▶ steady ▶ steps ▶ settle ▶ audit ▶ teardown
 * ```
 * Whatever happens on the way (an error, Ctrl-C, a lost engine), the teardown runs: heals, then the
 * agents close their journals, logs are kept, and every container and network of the run is removed;
 * of a world that is shared with other runs, only what the run started for itself.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../experiment/plan.ts";
import { History, type HistoryOptions } from "../history/history-writer.ts";
import { wallTime } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { HealStack } from "../kernel/heal-stack.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { AgentPool } from "./agent-pool.ts";
import { watchGuards } from "./guards.ts";
import { watchHost } from "./host-health.ts";
import { Monitor } from "./monitor.ts";
import { watchPartitions } from "./partition-watch.ts";
import type { Progress } from "./progress.ts";
import {
  type DrillOutcome,
  operatingError,
  type RunContext,
  recordOrFail,
  throwIfAborted,
} from "./run-context.ts";
import { boot } from "./stages/1-boot.ts";
import { topics } from "./stages/2-topics.ts";
import { startWorkload } from "./stages/3-workload.ts";
import { reachSteadyState } from "./stages/4-steady.ts";
import { runSteps } from "./stages/5-steps.ts";
import { settle } from "./stages/6-settle.ts";
import { audit } from "./stages/7-audit.ts";
import { cleanUp } from "./stages/8-clean-up.ts";
import { openWorld, type World } from "./world.ts";

const HEAL_DEADLINE_MS = 180_000;
const STAGES = 8;

export interface DrillOptions {
  plan: Plan;
  folder: string;
  runtime: Runtime;
  /** Shared with other runs, and left standing. Absent: a world of its own, removed at the end. */
  world?: SharedWorld;
  progress: Progress;
  /** Aborted by the first Ctrl-C. */
  interrupt: AbortSignal;
  toolVersion: string;
  /** Of the run folder's plan.json: who alters it afterwards alters the evidence. */
  planSha256?: string;
  /** Leave the containers running when done, for exploring. */
  keep: boolean;
  /** How the history is written; a test puts a full disk here. */
  history?: HistoryOptions;
}

export interface SharedWorld {
  /** Of this runtime. When it is warm, its health was proven. */
  world: World;
  /** What was proven; or why a warm world was not used. For the history. */
  facts: string[];
}

/** Runs the plan. Never throws for what happened in the run: the outcome says it. */
export async function runDrill(options: DrillOptions): Promise<DrillOutcome> {
  const { plan, folder } = options;
  mkdirSync(join(folder, "journals"), { recursive: true });
  mkdirSync(join(folder, "logs"), { recursive: true });
  const history = History.open(join(folder, "history.ndjson"), options.history);
  const ended = new AbortController();
  const world = options.world?.world ?? openWorld(plan, options.runtime);
  const context = contextOf(options, world, history);
  history.record({
    type: "run.started",
    run: plan.run,
    wall: context.startedAt,
    tool: `blackstart ${options.toolVersion}`,
    ...(options.planSha256 === undefined ? {} : { planSha256: options.planSha256 }),
    ...(options.world === undefined ? {} : { world: factsOf(plan, options.world) }),
  });
  world.enter(plan);
  let outcome: DrillOutcome = { outcome: "completed" };
  const background: Promise<void>[] = [];
  // What runs beside the stages and cannot be recorded (a full disk) ends the run as a stage would.
  const beside = (work: Promise<void>) =>
    void background.push(work.catch((error: unknown) => context.fail(operatingError(error))));
  beside(watchHost(history, ended.signal));
  try {
    const watch = () => beside(watchPartitions(context, ended.signal));
    const unguarded = AbortSignal.any([ended.signal, context.stopping.signal]);
    const guard = () => beside(watchGuards(context, unguarded));
    await performStages(context, watch, guard);
  } catch (error) {
    outcome = outcomeOf(error, context.signal);
  }
  ended.abort();
  await Promise.all(background);
  context.progress.stage(STAGES, STAGES, "heal and clean up");
  return cleanUp(context, outcome, { keep: options.keep, shared: options.world !== undefined });
}

function factsOf(plan: Plan, { world, facts }: SharedWorld) {
  const { id, warm, bootedBy, runs: served } = world;
  return { id, warm, bootedBy: bootedBy ?? plan.run, served, facts };
}

async function performStages(
  context: RunContext,
  watch: () => void,
  guard: () => void,
): Promise<void> {
  const { history, runtime } = context;
  history.record({ type: "environment", facts: await runtime.facts() });
  await stage(context, 1, "boot", () => boot(context));
  await stage(context, 2, "topics and replication", () => topics(context));
  await stage(context, 3, "workload", () => startWorkload(context));
  watch();
  const steady = await stage(context, 4, "steady state", () => reachSteadyState(context));
  if (steady) {
    guard();
    await stage(context, 5, "steps", () => runSteps(context));
    await stage(context, 6, "recovery and drain", () => settle(context));
    // Asked for at the end of the recovery; with many containers the engine takes a second over it.
    const memory = runtime.memory();
    memory.catch(() => {});
    await stage(context, 7, "audit", () => audit(context));
    history.record({ type: "environment", facts: { memoryBytes: await memory } });
  }
}

async function stage<T>(
  context: RunContext,
  number: number,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  throwIfAborted(context.signal);
  context.progress.stage(number, STAGES, name);
  context.history.record({ type: "stage.started", stage: name });
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(context.signal.reason);
    if (context.signal.aborted) stop();
    else context.signal.addEventListener("abort", stop, { once: true });
  });
  aborted.catch(() => {});
  try {
    const value = await Promise.race([work(), aborted]);
    context.history.record({ type: "stage.ended", stage: name, ok: true });
    return value;
  } catch (error) {
    recordOrFail(context, { type: "stage.ended", stage: name, ok: false });
    throw error;
  }
}

function contextOf(options: DrillOptions, world: World, history: History): RunContext {
  const { plan, runtime } = options;
  const failure = new AbortController();
  const journals = join(options.folder, "journals");
  const host = (name: string) => world.host(name);
  const agents = new AgentPool({ runtime, history, run: plan.run, journals, host });
  const monitor = new Monitor(history);
  const context: RunContext = {
    plan,
    folder: options.folder,
    startedAt: wallTime(),
    world,
    runtime,
    history,
    agents,
    monitor,
    progress: options.progress,
    signal: AbortSignal.any([options.interrupt, failure.signal]),
    fail: (error) => failure.abort(error),
    heals: new HealStack(HEAL_DEADLINE_MS),
    deaths: [],
    expected: new Set(),
    removed: new Set(),
    unlisten: [],
    stopping: new AbortController(),
    clientAgents: null,
    ground: null,
    live: {
      producers: new Map(),
      consumers: new Map(),
      canaries: new Map(),
      watchers: new Map(),
      stopped: new Map(),
      over: false,
      started: new Set(),
      changes: new Map(),
      ackedAtEnd: new Map(),
      openFaults: new Map(),
    },
  };
  agents.onStats((agent, stats) => monitor.receive(agent, stats));
  agents.onFatal = (_agent, code, message) => context.fail(new DrillError(code, message));
  context.unlisten.push(
    runtime.onDeath((death) => onDeath(context, death)),
    runtime.onLost((reason) => context.fail(new DrillError("E_ENGINE_LOST", reason))),
  );
  return context;
}

/** A death nobody ordered ends the run: whatever it measures now is not what was asked. */
function onDeath(context: RunContext, death: RunContext["deaths"][number]): void {
  context.deaths.push(death);
  const expected = context.expected.has(death.name);
  recordOrFail(context, {
    type: "node.state",
    node: death.name,
    state: "died",
    expected,
    ...(death.atUs === null ? {} : { tUs: death.atUs }),
    ...(death.exitCode === null ? {} : { exitCode: death.exitCode }),
  });
  if (expected) return;
  const code = death.name.startsWith("agent-") ? "E_AGENT_LOST" : "E_NODE_NOT_READY";
  const exit = death.exitCode === null ? "" : ` (exit code ${death.exitCode})`;
  context.fail(new DrillError(code, `${death.name} ended by itself${exit}`));
}

function outcomeOf(thrown: unknown, signal: AbortSignal): DrillOutcome {
  const error = signal.aborted ? reasonOf(signal) : operatingError(thrown);
  return { outcome: error.code === "E_INTERRUPTED" ? "interrupted" : "failed", error };
}

/** Why the run was aborted: the first failure, or else whoever held the signal. */
function reasonOf(signal: AbortSignal): DrillError {
  if (signal.reason instanceof DrillError) return signal.reason;
  return new DrillError("E_INTERRUPTED", "the run was interrupted", { cause: signal.reason });
}
