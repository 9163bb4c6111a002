/**
 * `chaos.monkey` → ordinary steps, drawn from the run's seed when the experiment is planned. The plan
 * shows what will happen and when, and the same seed does the same again.
 *
 * ```
 *  monkey: count 3      monkey.1 broker.kill ─▶ heal ─ gap ─▶ monkey.2 link.flap ─▶ heal ─ gap ─▶ …
 * ```
 * Never two at once: what follows from one fault could not be told from what follows from the other.
 */
import { Random } from "../kernel/random.ts";
import { afterOf } from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import { CHAOS, type Dish } from "./schema-chaos.ts";
import type { FaultEntry, StepEntry } from "./schema-steps.ts";

interface ChaosEntry extends Pick<FaultEntry, "id" | "label" | "at" | "after" | "delay"> {
  fault: typeof CHAOS;
  count: number;
  every: number;
  choose: Dish[];
}

export function isChaos(step: StepEntry): step is StepEntry & ChaosEntry {
  return "fault" in step && step.fault === CHAOS;
}

/** The experiment with a drawn step for each fault; what waited for a monkey waits for its last. */
export function drawChaos(experiment: Experiment, seed: number): Experiment {
  const monkeys = experiment.steps.filter(isChaos);
  if (monkeys.length === 0) return experiment;
  const last = new Map(monkeys.map(({ id, count }) => [id, nameOf(id, count)]));
  const waiting = (step: StepEntry): StepEntry => ({
    ...step,
    ...(step.after === undefined ? {} : { after: afterOf(step).map((id) => last.get(id) ?? id) }),
    ...(step.notBefore && last.has(step.notBefore.step)
      ? { notBefore: { ...step.notBefore, step: nameOf(step.notBefore.step, 1) } }
      : {}),
  });
  const steps = experiment.steps.flatMap((step) =>
    isChaos(step) ? draw(waiting(step) as typeof step, seed) : [waiting(step)],
  );
  return { ...experiment, steps };
}

function nameOf(id: string, n: number): string {
  return `${id}.${n}`;
}

function draw(monkey: StepEntry & ChaosEntry, seed: number): FaultEntry[] {
  const { fault: _, count, every, choose, id, label, ...timing } = monkey;
  const random = new Random(seed, id);
  return Array.from({ length: count }, (_unused, index) => {
    const { weight, ...dish } = pick(choose, random);
    const gap = Math.round(every * (0.5 + random.unit()));
    const when = index === 0 ? timing : { after: [nameOf(id, index)], delay: gap };
    const name = label === undefined ? {} : { label: `${label}, ${index + 1} of ${count}` };
    return { id: nameOf(id, index + 1), ...name, ...when, ...dish };
  });
}

function pick(choose: Dish[], random: Random): Dish {
  let left = random.between(
    0,
    choose.reduce((sum, { weight }) => sum + weight, 0),
  );
  const found = choose.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (!found) throw new Error("the weights of a menu add up to more than nothing");
  return found;
}
