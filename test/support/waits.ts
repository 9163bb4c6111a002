/** Runs of steps that wait, on the fake runtime. */
import type { Condition, PlannedGuard, PlannedStep } from "../../src/experiment/plan.ts";
import { DrillWorld } from "./drill-world.ts";
import { drillPlan, MIRROR, ORDERS } from "./plans.ts";
import type { Handlers } from "./scripted-agents.ts";

export function waitStep(condition: Condition, changes: object = {}): PlannedStep {
  const until = { condition, words: "the words", withinMs: 1, forMs: 0, ...changes };
  return { type: "wait", id: "wait", label: "wait", atMs: 0, after: null, until };
}

export async function ran(steps: PlannedStep[], handlers: Handlers = {}, abortIf?: PlannedGuard[]) {
  const plan = drillPlan({ steps, ...(abortIf ? { abortIf } : {}) });
  const judging = { ...plan.judging, logs: [ORDERS, MIRROR] };
  const world = new DrillWorld({ ...plan, judging }, handlers);
  const { outcome, error } = await world.run();
  return { world, outcome, error };
}
