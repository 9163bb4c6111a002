/** Which instant of the cycles this repetition is to hit: the plan's part of `phase`. */
import type { PlannedPhase } from "./plan.ts";
import type { Experiment } from "./schema.ts";
import type { CycleEntry } from "./schema-phase.ts";
import { isFault } from "./schema-steps.ts";
import { phaseOf, randomDelaysMs, stratifiedDelaysMs } from "./stratify.ts";

export interface Repetition {
  /** From 1. */
  index: number;
  of: number;
  /** By chance instead of stratified: only to compare the two. */
  phases?: "stratified" | "random";
}

/** Undefined where the file asks for none. */
export function planPhase(
  { phase, steps }: Pick<Experiment, "phase" | "steps">,
  consumers: readonly { ref: number; group: string }[],
  seed: number,
  { index, of, phases = "stratified" }: Repetition,
): PlannedPhase | undefined {
  const step = phase?.step ?? steps.find(isFault)?.id;
  if (phase === undefined || step === undefined) return undefined;
  const cycles = Object.entries(phase.over);
  const periodsMs = cycles.map(([, cycle]) => everyMsOf(cycle));
  const delays = phases === "random" ? randomDelaysMs : stratifiedDelaysMs;
  const delayMs = delays(periodsMs, of, seed)[index - 1] ?? 0;
  const anchors = cycles.flatMap(([, cycle]) => (typeof cycle === "object" ? [cycle] : []));
  const [anchor] = anchors;
  return {
    step,
    repetition: index,
    of,
    phases,
    delayMs,
    cycles: cycles.map(([name], at) => {
      const everyMs = periodsMs[at] ?? 1;
      return { name, everyMs, phase: phaseOf(delayMs, everyMs) };
    }),
    anchor: anchor
      ? {
          group: anchor.commitsOf,
          readers: consumers
            .filter(({ group }) => group === anchor.commitsOf)
            .map(({ ref }) => ref),
          everyMs: anchor.every,
        }
      : null,
  };
}

function everyMsOf(cycle: CycleEntry): number {
  return typeof cycle === "number" ? cycle : cycle.every;
}
