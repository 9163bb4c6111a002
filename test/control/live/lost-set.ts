/** The check of two controls: the set of lost records is known from leader epochs and acks. */
import type { HistoryEvent } from "../../../src/history/events.ts";
import { ackedBeyond } from "./acked.ts";
import { type Answer, type Evidence, ofApplication } from "./control.ts";
import type { EpochStarts } from "./epochs.ts";

/** Compares the judge's lost records with those the old leader had acked beyond the new one's start. */
export function checkLostSet({ folder, events, findings, facts }: Evidence, crash: string): Answer {
  const starts = facts as EpochStarts;
  const truth = ackedBeyond(folder, starts, injectedUs(events, crash));
  const found = new Set<string>();
  for (const one of ofApplication(findings).filter((finding) => finding.class === "lost")) {
    for (let seq = one.seqFirst ?? 0; seq <= (one.seqLast ?? -1); seq += 1) {
      found.add(`${one.partition}/${seq}`);
    }
  }
  const missed = [...truth].filter((record) => !found.has(record));
  const extra = [...found].filter((record) => !truth.has(record));
  const at = Object.entries(starts).map(([partition, start]) => `${partition}: ${start}`);
  return {
    planted: `${truth.size} records acked at or beyond the new leader's first offset (${at.join(", ")})`,
    found: `${found.size} lost records, ${truth.size - missed.length} of them the same`,
    wrong: [
      ...(truth.size > 0 ? [] : ["nothing was lost: this run shows nothing"]),
      ...(missed.length === 0 ? [] : [`${missed.length} not found, such as ${missed[0]}`]),
      ...(extra.length === 0 ? [] : [`${extra.length} too many, such as ${extra[0]}`]),
    ],
  };
}

function injectedUs(events: HistoryEvent[], step: string): number {
  const injected = events.find((event) => event.type === "fault.injected" && event.step === step);
  if (!injected) throw new Error(`step ${step} was not injected`);
  return injected.tUs;
}
