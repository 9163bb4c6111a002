/**
 * Controls: streams that nothing in the plan breaks. If one of them stalled, so may the instrument
 * have done, and a recovery time of the others says nothing about Kafka.
 */
import { round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Ledger } from "./ledger.ts";
import { stoppedByPlanUs } from "./recovery.ts";
import type { Result } from "./result.ts";
import { ackedUs, type Chain, chainsOf, type Slot, slotsOf } from "./slots.ts";
import type { Problem } from "./soundness.ts";

type Control = Result["instrument"]["controls"][number];

/**
 * From each due time to the next ack of anything due then or later. A single probe without an ack
 * (never sent, or timed out) is a gap until the probe after it was acked, not until the run's end.
 */
function gapsOf(slots: readonly Slot[], endUs: number, stallUs: number): number[] {
  const gaps: number[] = [];
  let nextAckUs = Infinity;
  for (const slot of slots.toReversed()) {
    nextAckUs = Math.min(nextAckUs, slot.doneUs);
    if (nextAckUs === Infinity && slot.dueUs + stallUs > endUs) continue;
    gaps.push(Math.min(nextAckUs, endUs) - slot.dueUs);
  }
  return gaps;
}

export function controlsOf(
  ledger: Ledger,
  chronicle: Chronicle,
): { controls: Control[]; problems: Problem[] } {
  const stallUs = ledger.world.judging.policy.stallMs * 1000;
  const endUs = stoppedByPlanUs(ledger, chronicle);
  const byName = new Map<string, { chains: Chain[] }>();
  for (const chain of chainsOf(ledger, ({ producer }) => producer.control)) {
    const name = chain.head.producer.name;
    const held = byName.get(name) ?? { chains: [] };
    held.chains.push(chain);
    byName.set(name, held);
  }
  const controls = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { chains }]) => {
      const fromUs = chronicle.t0?.lowUs ?? chronicle.originUs;
      const gaps = chains.flatMap((chain) =>
        gapsOf(slotsOf(chain, { fromUs, endUs, stallUs }, ackedUs), endUs, stallUs),
      );
      const worst = gaps.reduce((max, gap) => Math.max(max, gap), 0);
      return {
        name,
        partitions: chains.length,
        worstGapMs: gaps.length === 0 ? null : round(worst / 1000),
        stalled: gaps.length === 0 || worst > stallUs,
      };
    });
  const problems = controls
    .filter(({ stalled }) => stalled)
    .map(({ name, worstGapMs }): Problem => {
      const gap = worstGapMs === null ? "was never answered" : `waited ${worstGapMs} ms for an ack`;
      const sentence = `the control ${name}, which nothing broke, ${gap}`;
      return { scope: "timing", sentence };
    });
  return { controls, problems };
}
