/**
 * Stage 5: the timeline of the experiment. Every step runs as its own task: it waits for its time or
 * for the steps before it, acts, and says how it ended.
 */
import type { FailoverStep, FaultStep, HealStep, PlannedStep } from "../../experiment/plan.ts";
import { delay, monotonicUs } from "../../kernel/clock.ts";
import { DrillError } from "../../kernel/errors.ts";
import { startAdded } from "../added-partitions.ts";
import { awaitCondition } from "../await-condition.ts";
import { ackedRecords } from "../conditions.ts";
import { alterConfig } from "../config-step.ts";
import { createTopic } from "../create-step.ts";
import { execInNode } from "../exec-step.ts";
import { failOver, startWatchdog, type Watchdog } from "../failover-step.ts";
import { injectFault } from "../fault-step.ts";
import { changeLoad, sendSingle } from "../load-step.ts";
import { awaitPhase } from "../phase.ts";
import { operatingError, type RunContext, recordOrFail, throwIfAborted } from "../run-context.ts";

export async function runSteps(context: RunContext): Promise<void> {
  const { steps } = context.plan;
  const watchdogs = new Map<string, Watchdog>();
  for (const step of steps) {
    if (step.type === "failover") watchdogs.set(step.id, await startWatchdog(context, step));
  }
  const steadyUs = monotonicUs();
  const course: Course = { steadyUs, watchdogs, ended: new Map(), begun: new Map() };
  for (const step of inOrder(steps)) {
    const { promise, resolve } = Promise.withResolvers<number>();
    course.begun.set(step.id, promise);
    course.ended.set(step.id, runStep(context, step, course, resolve));
  }
  const outcomes = await Promise.allSettled(course.ended.values());
  throwIfAborted(context.signal);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

/** Steps after those they wait for; the loader has refused circles. */
function inOrder(steps: PlannedStep[]): PlannedStep[] {
  const placed = new Set<string>();
  const ordered: PlannedStep[] = [];
  while (ordered.length < steps.length) {
    const next = steps.find(
      (step) => !placed.has(step.id) && (step.after?.steps ?? []).every((id) => placed.has(id)),
    );
    if (!next) throw new DrillError("E_INTERNAL", "steps wait for each other");
    placed.add(next.id);
    ordered.push(next);
  }
  return ordered;
}

/** What the steps know of each other. */
interface Course {
  steadyUs: number;
  watchdogs: Map<string, Watchdog>;
  ended: Map<string, Promise<void>>;
  /** When each step's time came, µs. */
  begun: Map<string, Promise<number>>;
}

async function runStep(
  context: RunContext,
  step: PlannedStep,
  course: Course,
  begin: (atUs: number) => void,
): Promise<void> {
  await Promise.all((step.after?.steps ?? []).map((id) => course.ended.get(id)));
  const dueUs = step.after
    ? monotonicUs() + step.after.plusMs * 1000
    : course.steadyUs + (step.atMs ?? 0) * 1000;
  // The step it paces by is among those before it: it has begun.
  const { step: pacer = "", plusMs = 0 } = step.notBefore ?? {};
  const pacedUs = ((await course.begun.get(pacer)) ?? 0) + plusMs * 1000;
  await delay(Math.max(0, (Math.max(dueUs, pacedUs) - monotonicUs()) / 1000), context.signal);
  throwIfAborted(context.signal);
  await awaitPhase(context, step.id);
  begin(monotonicUs());
  context.history.record({ type: "step.started", step: step.id, label: step.label });
  context.progress.note(`${step.id}: ${step.label}`);
  try {
    if (step.until) await awaitCondition(context, { ...step, until: step.until });
    await act(context, step, course.watchdogs);
    context.live.ackedAtEnd.set(step.id, ackedRecords(context));
    context.history.record({ type: "step.ended", step: step.id, outcome: "done" });
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    const unmet = error instanceof DrillError && error.code === "E_CONDITION_UNMET";
    const outcome = unmet ? "timeout" : "failed";
    recordOrFail(context, { type: "step.ended", step: step.id, outcome, note });
    // What the other steps would still do says nothing any more.
    context.fail(operatingError(error));
    throw error;
  }
}

async function act(
  context: RunContext,
  step: PlannedStep,
  watchdogs: Map<string, Watchdog>,
): Promise<void> {
  switch (step.type) {
    case "fault":
      return actFault(context, step);
    case "heal":
      return actHeal(context, step);
    case "config":
      return alterConfig(context, step);
    case "create":
      return createTopic(context, step);
    case "load":
      return changeLoad(context, step);
    case "send":
      return sendSingle(context, step);
    case "exec":
      return execInNode(context, step);
    case "wait":
      // Its condition is met, and that was all.
      return;
    case "failover":
      return failOver(context, step, watchdogOf(watchdogs, step));
  }
}

async function actFault(context: RunContext, step: FaultStep): Promise<void> {
  await injectFault(context, step);
  await startAdded(context, step);
  if (step.forMs === null) return;
  context.progress.status(`${step.id}: for ${step.forMs / 1000} s`);
  await delay(step.forMs, context.signal);
  throwIfAborted(context.signal);
  await context.live.openFaults.get(step.id)?.heal();
}

async function actHeal(context: RunContext, step: HealStep): Promise<void> {
  await context.live.openFaults.get(step.heals)?.heal();
}

function watchdogOf(watchdogs: Map<string, Watchdog>, step: FailoverStep): Watchdog {
  const watchdog = watchdogs.get(step.id);
  if (!watchdog) throw new DrillError("E_INTERNAL", `${step.id} has no watchdog`);
  return watchdog;
}
