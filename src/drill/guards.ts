/**
 * Guards: conditions that end the run when they come true, so that a drill that gets out of hand
 * does no more harm and claims nothing. They look twice a second while steps run and the system
 * recovers, and leave in the history how often they looked and how often they could not see.
 */
import type { PlannedGuard } from "../experiment/plan.ts";
import { delay } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { Holding, lookOrBlind } from "./await-condition.ts";
import { type RunContext, recordOrFail } from "./run-context.ts";

const EVERY_MS = 500;
const BASELINE = { acked: 0 };

/** Watches every guard of the plan until `stop` aborts. */
export async function watchGuards(context: RunContext, stop: AbortSignal): Promise<void> {
  await Promise.all((context.plan.abortIf ?? []).map((guard) => watch(context, guard, stop)));
}

async function watch(context: RunContext, guard: PlannedGuard, stop: AbortSignal): Promise<void> {
  const { words: condition } = guard;
  const holding = new Holding(guard.forMs);
  let [looks, blind, seen] = [0, 0, "nothing"];
  while (!stop.aborted) {
    const sight = await lookOrBlind(context, guard.condition, BASELINE);
    if (stop.aborted) break;
    looks += 1;
    if (sight.blind) blind += 1;
    seen = sight.seen;
    if (holding.take(sight)) {
      recordOrFail(context, { type: "guard.tripped", condition, seen });
      context.fail(new DrillError("E_ABORTED", `the guard "${condition}" came true: ${seen}`));
      break;
    }
    await delay(EVERY_MS, stop);
  }
  recordOrFail(context, { type: "guard.watched", condition, looks, blind, seen });
}
