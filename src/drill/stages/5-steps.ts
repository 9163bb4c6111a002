/**
 * Stage 5: the timeline of the experiment. Every step runs as its own task: it waits for its time or
 * for the steps before it, acts, and says how it ended.
 */
import type { FailoverStep, FaultStep, HealStep, PlannedStep } from "../../experiment/plan.ts";
import { delay, monotonicUs } from "../../kernel/clock.ts";
import { DrillError } from "../../kernel/errors.ts";
import { failOver, startWatchdog, type Watchdog } from "../failover-step.ts";
import { injectFault } from "../fault-step.ts";
import { operatingError, type RunContext, recordOrFail, throwIfAborted } from "../run-context.ts";

export async function runSteps(context: RunContext): Promise<void> {
  const { steps } = context.plan;
  const watchdogs = new Map<string, Watchdog>();
  for (const step of steps) {
    if (step.type === "failover") watchdogs.set(step.id, await startWatchdog(context, step));
  }
  const steadyUs = monotonicUs();
  const ended = new Map<string, Promise<void>>();
  for (const step of inOrder(steps)) {
    ended.set(step.id, runStep(context, step, steadyUs, ended, watchdogs));
  }
  const outcomes = await Promise.allSettled(ended.values());
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

async function runStep(
  context: RunContext,
  step: PlannedStep,
  steadyUs: number,
  ended: Map<string, Promise<void>>,
  watchdogs: Map<string, Watchdog>,
): Promise<void> {
  await Promise.all((step.after?.steps ?? []).map((id) => ended.get(id)));
  const dueUs = step.after
    ? monotonicUs() + step.after.plusMs * 1000
    : steadyUs + (step.atMs ?? 0) * 1000;
  await delay(Math.max(0, (dueUs - monotonicUs()) / 1000), context.signal);
  throwIfAborted(context.signal);
  context.history.record({ type: "step.started", step: step.id, label: step.label });
  context.progress.note(`${step.id}: ${step.label}`);
  try {
    await act(context, step, watchdogs);
    context.history.record({ type: "step.ended", step: step.id, outcome: "done" });
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    recordOrFail(context, { type: "step.ended", step: step.id, outcome: "failed", note });
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
    case "failover":
      return failOver(context, step, watchdogOf(watchdogs, step));
  }
}

async function actFault(context: RunContext, step: FaultStep): Promise<void> {
  await injectFault(context, step);
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
