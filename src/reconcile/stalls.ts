/**
 * Stalls: how long whoever had something to send waited for service.
 *
 * A recovery time says when a partition was well again, counted from the fault. Where a fault comes in
 * rounds (a rolling restart, an election storm) that is the length of the whole exercise, and what one
 * round cost is the longest stall: the longest time from the due time of a record to the next ack of
 * that record or of one due after it, on its partition.
 */
import type { Chronicle } from "./chronicle.ts";
import type { Ledger } from "./ledger.ts";
import { ackedChains, endOf, latenessOf, probeChains } from "./recovery.ts";
import type { Measure } from "./result.ts";
import { ackedUs, type Chain, type Slot, slotsOf } from "./slots.ts";

export interface Gap {
  fromUs: number;
  forUs: number;
  /** No ack ended it before the clients stopped. */
  open: boolean;
}

/**
 * From each due time to the next ack of anything due then or later. A single send without an ack
 * (never sent, or timed out) is a gap until the one after it was acked, not until the run's end.
 */
export function gapsOf(slots: readonly Slot[], endUs: number, stallUs: number): Gap[] {
  const gaps: Gap[] = [];
  let nextAckUs = Infinity;
  for (const slot of slots.toReversed()) {
    nextAckUs = Math.min(nextAckUs, slot.doneUs);
    const open = nextAckUs === Infinity;
    // Too late in the run to say whether it was answered in time.
    if (open && slot.dueUs + stallUs > endUs) continue;
    gaps.push({ fromUs: slot.dueUs, forUs: Math.min(nextAckUs, endUs) - slot.dueUs, open });
  }
  return gaps;
}

/**
 * The longest stall after the fault, or of the whole workload when nothing was broken; over all
 * partitions, of the application or of the probe. An ack may have been dated late by as much as its
 * event loop was, never early: so much shorter the stall may have been.
 */
export function longestStall(
  { ledger, chronicle }: { ledger: Ledger; chronicle: Chronicle },
  viewpoint: "produce" | "cluster",
): Measure {
  const chains = viewpoint === "produce" ? ackedChains(ledger) : probeChains(ledger);
  const gaps = chains.flatMap((chain) => gapsIn(chain, ledger, chronicle));
  const [first, ...others] = gaps;
  if (first === undefined) {
    const inconclusive = "nothing was due after the fault";
    return { value: null, low: null, high: null, censored: false, inconclusive };
  }
  const longest = others.reduce((most, gap) => (gap.forUs > most.forUs ? gap : most), first);
  const ms = (us: number) => Math.round(us) / 1000;
  const lateUs = latenessOf(chronicle)(longest.fromUs + longest.forUs);
  return {
    value: ms(longest.forUs),
    low: ms(Math.max(0, longest.forUs - lateUs)),
    high: longest.open ? null : ms(longest.forUs),
    censored: longest.open,
  };
}

function gapsIn(chain: Chain, ledger: Ledger, chronicle: Chronicle): Gap[] {
  const stallUs = ledger.world.judging.policy.stallMs * 1000;
  const endUs = endOf(chain, ledger, chronicle);
  const fromUs = chronicle.t0?.lowUs ?? chronicle.originUs;
  return gapsOf(slotsOf(chain, { fromUs, endUs, stallUs }, ackedUs), endUs, stallUs);
}
