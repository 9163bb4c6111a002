/**
 * How long a run will take, before it is begun: what the plan fixes (steady state, steps, ends) and
 * what was measured on a machine of two cores for the rest (boot, topics, audit, clean-up). It is for
 * people who wait; nothing is decided by it.
 */
import type { Plan, PlannedStep } from "./plan.ts";

const NEW_WORLD_MS = 2000;
const NEW_NODE_MS = 3000;
const WARM_WORLD_MS = 3000;
const REPLICATION_MS = 12_000;
/** Topics, agents, audit, judge and clean-up. */
const RUN_MS = 7000;
/** Checks have data a little after the workload began. */
const STEADY_MS = 2000;
/** What a condition takes to come true, or a client to come back, is what a drill finds out. */
const SURPRISE_MS = 10_000;
const RESTART_MS = 6000;
/** Reading what lives, bringing back what died, and reading that. */
const HEALED_LAST_MS = 20_000;

/** `warm`: on nodes that another run left. */
export function estimateMs(plan: Plan, { warm = false } = {}): number {
  const world = warm ? WARM_WORLD_MS : NEW_WORLD_MS + NEW_NODE_MS * plan.topology.nodes.length;
  const replication = plan.topology.replications.length > 0 ? REPLICATION_MS : 0;
  const steady = Math.max(0, ...plan.steadyState.map(({ forMs }) => forMs)) + STEADY_MS;
  const { sustainedMs } = plan.judging.policy;
  const open = openFaults(plan);
  // What stays broken and is not failed over from may never recover: then the horizon ends the wait.
  const isHopeless = open && !plan.steps.some(({ type }) => type === "failover");
  const most = isHopeless ? plan.end.horizonMs : sustainedMs + (open ? SURPRISE_MS : 0);
  const recovery = Math.min(most, plan.end.horizonMs);
  const heal = open ? HEALED_LAST_MS : 0;
  const ends = recovery + plan.end.settleMs + heal;
  return world + replication + RUN_MS + steady + timelineMs(plan) + ends;
}

/** From the steady state to the end of the last step. */
export function timelineMs({ steps }: Plan): number {
  const begins = new Map<string, number>();
  const ends = new Map<string, number>();
  const endOf = (step: PlannedStep): number => {
    const known = ends.get(step.id);
    if (known !== undefined) return known;
    const after = (step.after?.steps ?? []).map((id) => {
      const before = steps.find((other) => other.id === id);
      return before ? endOf(before) : 0;
    });
    const pace = step.notBefore;
    const due = Math.max(
      step.atMs ?? 0,
      Math.max(0, ...after) + (step.after?.plusMs ?? 0),
      pace ? (begins.get(pace.step) ?? 0) + pace.plusMs : 0,
    );
    const begin = due + waitMs(step);
    begins.set(step.id, begin);
    ends.set(step.id, begin + durationMs(step));
    return begin + durationMs(step);
  };
  return Math.max(0, ...steps.map(endOf));
}

function waitMs({ until }: PlannedStep): number {
  return until ? Math.min(until.withinMs, SURPRISE_MS) + until.forMs : 0;
}

function durationMs(step: PlannedStep): number {
  if (step.type === "fault") return step.forMs === null ? 1000 : step.forMs + RESTART_MS;
  if (step.type === "failover") {
    return step.detect.everyMs * step.detect.failures + step.decisionMs + RESTART_MS;
  }
  return step.type === "heal" ? RESTART_MS : 0;
}

/** Something stays broken until the survivors were read. */
function openFaults({ steps }: Plan): boolean {
  const healed = new Set(steps.flatMap((step) => (step.type === "heal" ? [step.heals] : [])));
  return steps.some((step) => step.type === "fault" && step.forMs === null && !healed.has(step.id));
}
