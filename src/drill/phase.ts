/**
 * Waits for the instant of a repetition's phase, right before its fault: so long after the step was
 * due, or after the commit of a group that came next. The history says which.
 *
 * A commit is seen when the broker confirmed it, and the next is expected one interval later: the
 * consumer's own timer decides, so the instant is off by the time that a commit takes to be confirmed.
 */
import type { PlannedPhase } from "../experiment/plan.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import { type RunContext, throwIfAborted } from "./run-context.ts";

export async function awaitPhase(context: RunContext, step: string): Promise<void> {
  const { phase } = context.plan;
  if (phase === undefined || phase.step !== step) return;
  const { monitor, history, progress, signal } = context;
  const dueUs = monotonicUs();
  const seen = phase.anchor?.readers.flatMap((reader) => monitor.lastCommitUs(reader) ?? []) ?? [];
  const anchor = phase.anchor && seen.length > 0 ? `commits of ${phase.anchor.group}` : "due";
  progress.status(`${step}: waiting for its phase`);
  const instantUs = instantOf(phase, dueUs, seen.length > 0 ? Math.max(...seen) : null);
  await delay((instantUs - monotonicUs()) / 1000, signal);
  throwIfAborted(signal);
  const cycles = phase.cycles.map(({ name, everyMs, phase: at }) => ({ name, everyMs, phase: at }));
  history.record({ type: "phase.reached", step, anchor, delayMs: phase.delayMs, cycles });
}

/** When to act: the anchor's next pass at or after `dueUs`, or `dueUs`, and the delay on top. */
export function instantOf(
  { anchor, delayMs }: Pick<PlannedPhase, "anchor" | "delayMs">,
  dueUs: number,
  seenUs: number | null,
): number {
  const delayUs = delayMs * 1000;
  if (anchor === null || seenUs === null) return dueUs + delayUs;
  const everyUs = anchor.everyMs * 1000;
  const passes = Math.max(0, Math.ceil((dueUs - seenUs) / everyUs));
  return seenUs + passes * everyUs + delayUs;
}
