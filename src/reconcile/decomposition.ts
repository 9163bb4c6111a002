/**
 * The RTO cut into phases. They are cut out of one interval, T0 to T3 of the slowest partition, so
 * they add up to it by construction, and a phase that nobody recorded has length 0, not a guess.
 */
import { round } from "./buckets.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Outage } from "./outage.ts";
import type { Viewed } from "./recovery.ts";
import type { Result } from "./result.ts";

type Decomposition = Result["decomposition"][number];

export function decompositionsOf(chronicle: Chronicle, views: readonly Viewed[]): Decomposition[] {
  return views.flatMap(({ recovery, outages }) => {
    if (recovery.viewpoint !== "produce" && recovery.viewpoint !== "consume") return [];
    const slowest = [...outages].sort(([, a], [, b]) => rank(b) - rank(a))[0];
    if (!slowest || slowest[1].valueUs === 0) return [];
    return [{ viewpoint: recovery.viewpoint, phases: phasesOf(chronicle, ...slowest) }];
  });
}

function rank(outage: Outage): number {
  return outage.censored ? outage.valueUs + 1e15 : outage.valueUs;
}

function phasesOf(chronicle: Chronicle, key: string, outage: Outage): Decomposition["phases"] {
  const t0 = chronicle.t0;
  if (!t0) return [];
  // A censored value counts from the interval's end: it is a lower bound.
  const startUs = outage.censored ? t0.highUs : (t0.lowUs + t0.highUs) / 2;
  const endUs = startUs + outage.valueUs;
  const { detectedUs, decidedUs, bootedUs, restartedUs } = chronicle.failover;
  const marks: [string, number | null | undefined][] =
    detectedUs === undefined
      ? [["detect", leaderChangeUs(chronicle, key, t0.lowUs)]]
      : [
          ["detect", detectedUs],
          ["decide", decidedUs],
          ["boot", bootedUs],
          ["restart", restartedUs],
        ];
  marks.push(["reconnect", outage.firstDoneUs]);
  marks.push([outage.censored ? "not recovered" : "catch up", endUs]);
  const phases: Decomposition["phases"] = [];
  let fromUs = startUs;
  for (const [phase, atUs] of marks) {
    if (atUs === null || atUs === undefined) continue;
    const toUs = Math.min(Math.max(atUs, fromUs), endUs);
    phases.push({
      phase,
      ms: round((toUs - fromUs) / 1000),
      fromMs: round(chronicle.ms(fromUs)),
      toMs: round(chronicle.ms(toUs)),
    });
    fromUs = toUs;
  }
  return phases;
}

/** When a partition was first seen with another leader or epoch than before the fault. */
function leaderChangeUs(chronicle: Chronicle, key: string, t0Us: number): number | undefined {
  let before: string | undefined;
  for (const event of chronicle.of("partition.state")) {
    if (`${event.log}/${event.partition}` !== key) continue;
    const state = `${event.leader}/${event.leaderEpoch}`;
    if (event.tUs > t0Us && before !== undefined && state !== before && event.leader >= 0) {
      return event.tUs;
    }
    before = state;
  }
  return undefined;
}
