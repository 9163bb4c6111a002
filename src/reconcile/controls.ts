/**
 * Controls: streams that nothing in the plan breaks. If one of them stalled, so may the instrument
 * have done, and a recovery time of the others says nothing about Kafka.
 */
import { round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Ledger } from "./ledger.ts";
import { stoppedByPlanUs } from "./recovery.ts";
import type { Result } from "./result.ts";
import { ackedUs, type Chain, chainsOf, slotsOf } from "./slots.ts";
import type { Problem } from "./soundness.ts";
import { gapsOf } from "./stalls.ts";

type Control = Result["instrument"]["controls"][number];

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
      const worst = gaps.reduce((max, { forUs }) => Math.max(max, forUs), 0);
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
