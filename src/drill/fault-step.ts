/**
 * One fault step: resolve, inject, prove, and later heal and prove that too. Everything it does is
 * an event, with the instant right before and right after the act: the judge's T0 is between them.
 */
import type { FaultStep } from "../experiment/plan.ts";
import { faultOf } from "../fault/catalogue.ts";
import type { FaultContext, FaultDefinition, LiveTargets } from "../fault/fault.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { HealStack, withDeadline } from "../kernel/heal-stack.ts";
import { applicationOf } from "./application.ts";
import { askingOf, eyesOf } from "./eyes.ts";
import {
  logOf,
  type OpenFault,
  type RunContext,
  recordOrFail,
  throwIfAborted,
} from "./run-context.ts";

const HEAL_DEADLINE_MS = 120_000;
const HEALED_WITHIN_MS = 90_000;
const ACT_WITHIN_MS = 30_000;
const DIE_EVENT_WITHIN_MS = 2000;

/** A fault of this fidelity is a death, and the engine knows when. */
const DEADLY = new Set(["crash", "power-loss"]);

/** What a fault tells of its own act. */
interface Acts {
  /** It begins now. */
  injecting: () => void;
  /** When it was done, µs. */
  afterUs: number | null;
  /** Settles when the act is over, however it went. */
  over: Promise<unknown>;
  /** Containers whose death it wants. */
  victims: Set<string>;
  /** What ends its waits: Ctrl-C ends an act, and never the heal that follows. */
  signal: AbortSignal;
}

/** Injects and proves. Leaves the heal armed in `context.live.openFaults` and in the run's heals. */
export async function injectFault(context: RunContext, step: FaultStep): Promise<void> {
  const fault = faultOf(step.kind);
  if (!fault) throw new DrillError("E_INTERNAL", `no fault kind ${step.kind}`);
  const heals = new HealStack(HEAL_DEADLINE_MS);
  const acts: Acts = {
    injecting: () => {},
    afterUs: null,
    over: Promise.resolve(),
    victims: new Set(),
    signal: context.signal,
  };
  const faultContext = contextOf(context, step, heals, acts);
  const live = (await fault.resolve?.(step.params, faultContext)) ?? { nodes: [] };
  const reach = fault.reach(step.params, context.plan.topology, live);
  const { undo, heal } = healOnce(context, step, fault, { faultContext, live, acts });
  context.live.openFaults.set(step.id, { step, reach, undo, heal });
  // A heal that fails has told so itself; left to be told is one that does not end.
  context.heals.defer(`step ${step.id}`, () => heal().catch(() => {}));
  const deathsBefore = context.deaths.length;
  // On disk before the act: after a crash of the harness the evidence still says what was begun.
  acts.injecting = () =>
    void context.history.record({
      type: "fault.injecting",
      step: step.id,
      kind: step.kind,
      ...reach,
    });
  const act = fault.inject(step.params, faultContext, live);
  acts.over = Promise.allSettled([act]);
  try {
    await act;
  } catch (error) {
    if (error instanceof DrillError && error.code === "E_DISK_FULL") throw error;
    throw new DrillError("E_FAULT_FAILED", `${step.id} (${step.kind}): ${messageOf(error)}`, {
      cause: error,
    });
  }
  await recordInjected(context, step, acts, DEADLY.has(reach.fidelity) ? deathsBefore : null);
  throwIfAborted(context.signal);
  try {
    const proof = await fault.prove(step.params, faultContext, live);
    context.history.record({ type: "fault.effective", step: step.id, proof });
    context.progress.note(`${step.id}: in effect; ${proof}`);
  } catch (error) {
    const reason = messageOf(error);
    context.history.record({ type: "fault.unproven", step: step.id, reason });
    context.progress.note(`${step.id}: NOT proven to be in effect: ${reason}`);
  }
}

/** After a crash the engine's die events narrow the instant; they arrive a moment later. */
async function recordInjected(
  context: RunContext,
  step: FaultStep,
  acts: Acts,
  deathsBefore: number | null,
): Promise<void> {
  let dieUs: number[] = [];
  if (deathsBefore !== null) {
    await poll(
      async () => {
        const died = context.deaths.slice(deathsBefore);
        const ours = died.filter((death) => acts.victims.has(death.name));
        dieUs = ours.flatMap(({ atUs }) => (atUs === null ? [] : [atUs]));
        return ours.length >= acts.victims.size || undefined;
      },
      { everyMs: 10, withinMs: DIE_EVENT_WITHIN_MS, signal: context.signal },
    );
  }
  context.history.record({
    type: "fault.injected",
    tUs: acts.afterUs ?? monotonicUs(),
    step: step.id,
    ...(dieUs.length > 0 ? { dieUs } : {}),
  });
}

/**
 * Both run once, however often they are called. Undoing is the act alone and throws nothing: what
 * failed is recorded, and thrown, by the heal, which proves the rest.
 */
function healOnce(
  context: RunContext,
  step: FaultStep,
  fault: FaultDefinition,
  { faultContext, live, acts }: { faultContext: FaultContext; live: LiveTargets; acts: Acts },
): Pick<OpenFault, "undo" | "heal"> {
  const undo = once(async () => {
    context.live.openFaults.delete(step.id);
    recordOrFail(context, { type: "fault.healing", step: step.id });
    // After Ctrl-C the act may be under way still; healed now, it would break things afterwards.
    await withDeadline(acts.over, ACT_WITHIN_MS).catch(() => {});
    // A heal has its own deadlines. With a signal aborted by Ctrl-C no wait of it would look once.
    acts.signal = new AbortController().signal;
    return faultContext.heals.healAll();
  });
  const unhealed = (reason: string, cause?: unknown) => {
    recordOrFail(context, { type: "heal.failed", step: step.id, reason });
    context.progress.note(`heal of ${step.id} FAILED: ${reason}`);
    return new DrillError("E_HEAL_FAILED", `${step.id}: ${reason}`, { cause });
  };
  const heal = once(async () => {
    const failures = await undo();
    if (failures.length > 0) {
      throw unhealed(failures.map((one) => `${one.name}: ${one.reason}`).join("; "));
    }
    try {
      const proof = await fault.proveHealed(step.params, faultContext, live);
      // What lives again is not to die once more. Not sooner: the engine may be late with a death.
      for (const name of acts.victims) context.expected.delete(name);
      recordOrFail(context, { type: "fault.healed", step: step.id, proof });
      context.progress.note(`${step.id}: healed; ${proof}`);
    } catch (error) {
      throw unhealed(messageOf(error), error);
    }
  });
  return { undo, heal };
}

function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}

function contextOf(
  context: RunContext,
  step: FaultStep,
  heals: HealStack,
  acts: Acts,
): FaultContext {
  return {
    step: step.id,
    runtime: context.runtime,
    topology: context.plan.topology,
    observer: eyesOf(context),
    ask: askingOf(context),
    application: applicationOf(context),
    heals,
    healedWithinMs: HEALED_WITHIN_MS,
    get signal() {
      return acts.signal;
    },
    agentsIn: (region) => context.agents.namesIn(region),
    workersIn: (region) =>
      context.plan.topology.replications
        .filter((worker) => worker.region === region && !context.removed.has(worker.name))
        .map(({ name }) => name),
    mirroredBy: (worker) =>
      (context.plan.replications.find(({ name }) => name === worker)?.expectLogs ?? []).map(
        (log) => logOf(context.plan, log).topic,
      ),
    setFrozen: (agents, frozen) => context.agents.setFrozen(agents, frozen),
    expectDeath: (name) => {
      context.expected.add(name);
      acts.victims.add(name);
    },
    injecting: () => acts.injecting(),
    injected: () => {
      acts.afterUs = monotonicUs();
    },
    note: (note) => recordOrFail(context, { type: "fault.note", step: step.id, note }),
    remoteView: (region, from, as, proof) =>
      void context.history.record({ type: "remote.view", region, from, as, proof }),
  };
}
