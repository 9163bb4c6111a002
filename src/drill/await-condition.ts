/**
 * Waits until the running system shows what a step asks for. The wait is part of the evidence: when
 * it began, what was seen when it was met, or what was seen last when its time was over. A wait that
 * is not met ends the run, which is then inconclusive: what the step would have broken is not the
 * system the experiment is about.
 */
import type { PlannedStep, PlannedWait } from "../experiment/plan.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import { formatExactMs } from "../kernel/units.ts";
import { ackedRecords, type Baseline, look, type Sight } from "./conditions.ts";
import { type RunContext, throwIfAborted } from "./run-context.ts";

const POLL_MS = 200;

/** Throws `E_CONDITION_UNMET` with what was seen last. */
export async function awaitCondition(
  context: RunContext,
  step: PlannedStep & { until: PlannedWait },
): Promise<void> {
  const { history, progress } = context;
  const { condition, words, withinMs, forMs } = step.until;
  const baseline: Baseline = { acked: ackedRecords(context) };
  history.record({ type: "condition.waiting", step: step.id, condition: words, withinMs, forMs });
  progress.note(`${step.id}: waits until ${words}`);
  const holding = new Holding(forMs);
  let seen = "nothing";
  const met = await poll(
    async () => {
      const sight = await lookOrBlind(context, condition, baseline);
      seen = sight.seen;
      progress.status(`${step.id}: ${words}; ${seen}`);
      return holding.take(sight) ? sight : undefined;
    },
    { everyMs: POLL_MS, withinMs, signal: context.signal },
  );
  throwIfAborted(context.signal);
  const told = { step: step.id, condition: words, seen };
  if (met) {
    history.record({ type: "condition.met", ...told, sinceUs: holding.sinceUs ?? monotonicUs() });
    progress.note(`${step.id}: met; ${seen}`);
    return;
  }
  history.record({ type: "condition.missed", ...told });
  const held = forMs > 0 ? ` for ${formatExactMs(forMs)}` : "";
  throw new DrillError(
    "E_CONDITION_UNMET",
    `${step.id} waited ${formatExactMs(withinMs)} until ${words}${held}; last seen: ${seen}`,
  );
}

/** Nobody answered: that is seen, and it is not what was waited for. */
export async function lookOrBlind(
  context: RunContext,
  condition: PlannedWait["condition"],
  baseline: Baseline,
): Promise<Sight & { blind: boolean }> {
  try {
    return { ...(await look(context, condition, baseline)), blind: false };
  } catch (error) {
    return { met: false, seen: `no answer: ${messageOf(error)}`, blind: true };
  }
}

/** Whether something held without a break for long enough, as far as the looks tell. */
export class Holding {
  readonly #forMs: number;
  /** µs; null while it does not hold. */
  sinceUs: number | null = null;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  take({ met }: Sight): boolean {
    const nowUs = monotonicUs();
    this.sinceUs = met ? (this.sinceUs ?? nowUs) : null;
    return this.sinceUs !== null && nowUs - this.sinceUs >= this.#forMs * 1000;
  }
}
