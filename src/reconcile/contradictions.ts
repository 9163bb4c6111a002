/**
 * The probe of a cluster against the application that writes to the same partition from the same
 * region. Whoever always talks to the leader cannot be shut out while somebody else is served: if that
 * is what the journals say, the probe was in its own way, and its recovery time is in doubt.
 *
 * ```
 *  probe        ✓ ✓ ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✓        a stretch of missed probes, several stall limits long
 *  application  ✓  ✓  ✓  ✓  ✓  ✓  ✓  ✓        served through all of it, never a stall limit apart
 * ```
 * Naive rule: believe the viewpoint that is asked for. Counter-example: probes that queued behind one
 * another on one connection told of 31 s while nothing was wrong with the cluster (docs/adr/0039).
 *
 * The other way round is no contradiction: clients of an application have troubles of their own. Nor is it
 * one where the application asks for less than the probe does, which is acks=all.
 */
import type { Interval } from "./chronicle.ts";
import { ackedUs, type Chain, type Slot, slotsOf } from "./slots.ts";

/** A stretch is judged from this many stall limits on: below that, edges decide. */
const STRETCH_STALLS = 3;

export interface Viewpoints {
  probes: readonly Chain[];
  applications: readonly Chain[];
}

/** Due times of the first and last of a row of missed slots, µs. */
interface Stretch {
  fromUs: number;
  toUs: number;
}

/** What contradicts the probes of a run, in words for a person; null when nothing does. */
export function contradictionOf(
  { probes, applications }: Viewpoints,
  { t0, endUs, stallUs }: { t0: Interval; endUs: number; stallUs: number },
): string | null {
  const window = { fromUs: t0.lowUs, endUs, stallUs };
  for (const probe of probes) {
    const stretches = missedStretches(slotsOf(probe, window, ackedUs), stallUs);
    if (stretches.length === 0) continue;
    for (const application of applications.filter((one) => isBeside(one, probe))) {
      const served = slotsOf(application, window, ackedUs).filter(
        ({ dueUs, doneUs }) => doneUs - dueUs <= stallUs,
      );
      const stretch = stretches.find((one) => isServedThrough(served, one, stallUs));
      if (stretch) return sentence(probe, stretch, t0);
    }
  }
  return null;
}

function isBeside({ head }: Chain, probe: Chain): boolean {
  const { log, partition, producer } = probe.head;
  return (
    head.log.id === log.id &&
    head.partition === partition &&
    head.producer.region === producer.region &&
    head.producer.acks === "all"
  );
}

function missedStretches(slots: readonly Slot[], stallUs: number): Stretch[] {
  const stretches: Stretch[] = [];
  let open: Stretch | undefined;
  for (const { dueUs, dueLastUs, doneUs } of slots) {
    if (doneUs - dueUs <= stallUs) {
      open = undefined;
      continue;
    }
    if (!open) {
      open = { fromUs: dueUs, toUs: dueLastUs };
      stretches.push(open);
    }
    open.toUs = dueLastUs;
  }
  return stretches.filter(({ fromUs, toUs }) => toUs - fromUs >= STRETCH_STALLS * stallUs);
}

/** Never a stall limit without something due then that was done on time, from edge to edge. */
function isServedThrough(
  served: readonly Slot[],
  { fromUs, toUs }: Stretch,
  stallUs: number,
): boolean {
  let lastUs = fromUs;
  for (const { dueUs } of served) {
    if (dueUs < fromUs || dueUs > toUs) continue;
    if (dueUs - lastUs > stallUs) return false;
    lastUs = dueUs;
  }
  return toUs - lastUs <= stallUs;
}

function sentence({ head }: Chain, { fromUs, toUs }: Stretch, t0: Interval): string {
  const seconds = (us: number) => `${((us - t0.highUs) / 1e6).toFixed(1)} s`;
  const name = `${head.log.topic}-${head.partition}`;
  return (
    `the probe of ${name} was not acked from ${seconds(fromUs)} to ${seconds(toUs)} after the fault, ` +
    "and all that time the application beside it was: the probe was in its own way"
  );
}
