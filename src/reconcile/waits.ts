/**
 * What steps waited for, what guards saw, and ends of a run that come from either.
 *
 * A step that waited in vain broke nothing, or something other than the experiment says: every
 * number of such a run answers another question. So it has one more reason to be inconclusive, also
 * when the harness claims that it was completed.
 */
import type { EventOf } from "../history/events.ts";
import type { Chronicle } from "./chronicle.ts";

/** Sentences about the whole run. */
export function waitProblems(chronicle: Chronicle): string[] {
  return [
    ...chronicle
      .of("condition.missed")
      .map((it) => `${it.step} waited in vain until ${it.condition}; last seen: ${it.seen}`),
    ...unansweredWaits(chronicle).map(
      (it) => `nothing says whether ${it.step} saw what it waited for: ${it.condition}`,
    ),
    ...chronicle
      .of("guard.tripped")
      .map((it) => `the guard "${it.condition}" came true: ${it.seen}`),
  ];
}

/** Waits with a beginning and no end, in a run that says it was completed. */
function unansweredWaits(chronicle: Chronicle): EventOf<"condition.waiting">[] {
  if (chronicle.last("run.ended")?.outcome !== "completed") return [];
  const answered = [...chronicle.of("condition.met"), ...chronicle.of("condition.missed")];
  return chronicle
    .of("condition.waiting")
    .filter(({ step, seq }) => !answered.some((end) => end.step === step && end.seq > seq));
}

/** Errors that end a run because of what the system showed, not because something broke. */
const STOPS = ["E_CONDITION_UNMET", "E_ABORTED", "E_CONFIG_UNPROVEN", "E_EXEC_FAILED"];

/** What was seen last, or what a guard saw, is the reason already. */
export function isToldOtherwise({ code }: EventOf<"run.ended">, chronicle: Chronicle): boolean {
  if (code === "E_CONDITION_UNMET") return chronicle.first("condition.missed") !== undefined;
  return code === "E_ABORTED" && chronicle.first("guard.tripped") !== undefined;
}

export function endingOf({ outcome, code }: EventOf<"run.ended">): string {
  if (outcome === "interrupted") return "was interrupted";
  return code !== undefined && STOPS.includes(code) ? "was stopped" : "failed";
}
