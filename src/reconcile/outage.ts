/**
 * Recovery times, per partition and viewpoint (metrics.md, "RTO").
 *
 * Naive rule: the outage is from the first error to the next success. Counter-example: kafkajs
 * retries inside its delivery timeout and reports no error at all, while nothing is acked for 20 s;
 * and after the first success a second stall may follow. Real rule: sends are due on an open
 * schedule, a send not done within `stallMs` of its due time is missed, and the partition has
 * recovered (T3) at the first done send from which on nothing was missed for `sustainedMs`.
 *
 * ```
 *        T0          T1 missed            T2          T3               T3 + sustainedMs
 *  ──────┼───────────┼────────────────────┼───────────┼──────────────────────┤
 *   fault interval   └─ due, not done ─┘  first done  └─ everything on time ─┘
 * ```
 * T0 is an interval, sends are due at distances, an ack takes a round trip, and an agent whose event
 * loop was busy dates it late, never early. So the truth lies in
 * [T3 − T0.high − distance − round trip − late, T3 − T0.low]. The round trip of a probe that had to
 * connect first is several, so for probes it is that of the last one due before T3; and what a probe
 * says is the middle of distance and round trip (decision 0040), while an application's own number
 * ends with its ack. Nothing missed: 0, and an outage that began right after one send was taken and
 * kept the next, the slowest on time, waiting cannot be excluded: the distance between the two and
 * that wait are the upper bound then.
 */
import type { Interval } from "./chronicle.ts";
import type { Slot } from "./slots.ts";

export interface Timing {
  t0: Interval;
  endUs: number;
  attributionEndUs: number;
  stallUs: number;
  sustainedUs: number;
  spacingUs: number;
  /** By how much the instrument may have dated an ack of this instant late. */
  lateUs: (aroundUs: number) => number;
  /** Every send is an attempt of its own: none waits for the answer of the one before. */
  probes: boolean;
}

/** What one chain's slots say, µs. */
export interface Outage {
  firstMissedUs: number | null;
  firstDoneUs: number | null;
  sustainedUs: number | null;
  valueUs: number;
  lowUs: number;
  highUs: number | null;
  censored: boolean;
  /** Due time of a miss that began after the recovery, if there was one. */
  againUs: number | null;
  /** False: nothing was due after the fault, so nothing can be said; above all not 0. */
  observed: boolean;
}

/** Judges slots in order of due time. */
export function outageOf(slots: readonly Slot[], timing: Timing): Outage {
  const { t0, stallUs, attributionEndUs, endUs } = timing;
  const judged = slots.filter((slot) => slot.doneUs !== Infinity || slot.dueUs + stallUs <= endUs);
  const missed = (slot: Slot) => slot.doneUs - slot.dueUs > stallUs;
  const firstDoneUs = judged
    .filter((slot) => slot.dueUs > t0.highUs)
    .reduce((first, slot) => Math.min(first, slot.doneUs), Infinity);
  const first = judged.findIndex((slot) => missed(slot) && slot.dueUs <= attributionEndUs);
  const observed = judged.some((slot) => slot.dueLastUs > t0.highUs);
  const common = { observed, firstDoneUs: Number.isFinite(firstDoneUs) ? firstDoneUs : null };
  if (first < 0) {
    const slowest = judged
      .filter(({ dueUs }) => dueUs <= attributionEndUs)
      .reduce((most, slot) => Math.max(most, slot.doneUs - slot.dueUs), 0);
    const none = { firstMissedUs: null, sustainedUs: null, againUs: null, censored: false };
    const highUs = Math.min(slowest, stallUs) + timing.spacingUs;
    return { ...common, ...none, valueUs: 0, lowUs: 0, highUs };
  }
  const firstMissedUs = (judged[first] as Slot).dueUs;
  const { sustainedUs, candidateUs, againUs } = sustainedFrom(judged, first, missed, timing);
  if (sustainedUs === null) {
    const lowUs = Math.max((candidateUs ?? endUs) - t0.highUs, 0);
    const tail = { sustainedUs: null, againUs: null, highUs: null, censored: true };
    return { ...common, firstMissedUs, ...tail, valueUs: lowUs, lowUs };
  }
  const t0Us = (t0.lowUs + t0.highUs) / 2;
  // Served again at the latest when the ack came, at the earliest one round trip before.
  const unseenUs = timing.spacingUs + roundTripAt(judged, sustainedUs, timing);
  const lowUs = Math.max(sustainedUs - t0.highUs - unseenUs - timing.lateUs(sustainedUs), 0);
  const highUs = Math.max(sustainedUs - t0.lowUs, 0);
  // An application is served when it has its ack. A probe asks when service began: half of what it
  // could not see lies before the ack.
  const servedUs = sustainedUs - (timing.probes ? unseenUs / 2 : 0);
  const valueUs = Math.min(Math.max(servedUs - t0Us, lowUs), highUs);
  return {
    ...common,
    firstMissedUs,
    sustainedUs,
    againUs,
    valueUs,
    lowUs,
    highUs,
    censored: false,
  };
}

/**
 * How long a send took from due to done when service came back. Of an application, whose sends wait
 * for each other, the quickest of all; of a probe, the last that was due before the first ack.
 */
function roundTripAt(judged: readonly Slot[], sustainedUs: number, timing: Timing): number {
  const tookUs = (slot: Slot) => Math.max(slot.doneUs - slot.dueUs, 0);
  const quickestUs = judged.reduce((least, slot) => Math.min(least, tookUs(slot)), timing.stallUs);
  if (!timing.probes) return quickestUs;
  const last = judged.findLast(
    ({ dueUs, doneUs }) => dueUs <= sustainedUs && doneUs >= sustainedUs && doneUs !== Infinity,
  );
  return last ? Math.max(tookUs(last), quickestUs) : quickestUs;
}

/** T3: the first done slot after a miss from which on nothing is missed for the whole window. */
function sustainedFrom(
  judged: readonly Slot[],
  first: number,
  missed: (slot: Slot) => boolean,
  timing: Timing,
): { sustainedUs: number | null; candidateUs: number | null; againUs: number | null } {
  let start = -1;
  for (let at = first; at < judged.length; at += 1) {
    const slot = judged[at] as Slot;
    if (missed(slot)) {
      start = -1;
      continue;
    }
    if (start < 0) start = at;
    const begun = judged[start] as Slot;
    if (slot.dueLastUs + 2 * timing.spacingUs >= begun.dueUs + timing.sustainedUs) {
      const again = judged.find((later) => later.dueUs > slot.dueUs && missed(later));
      return { sustainedUs: begun.doneUs, candidateUs: null, againUs: again?.dueUs ?? null };
    }
  }
  const candidate = start < 0 ? null : (judged[start] as Slot).doneUs;
  return { sustainedUs: null, candidateUs: candidate, againUs: null };
}
