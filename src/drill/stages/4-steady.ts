/**
 * Stage 4: nothing is broken before the system is proven healthy. A steady state that is never
 * reached makes the run inconclusive: a fault on a sick system measures the sickness.
 */
import type { PlannedProducer, SteadyCheck } from "../../experiment/plan.ts";
import { poll } from "../../kernel/clock.ts";
import { formatCount } from "../../kernel/units.ts";
import { type RunContext, throwIfAborted } from "../run-context.ts";

export interface CheckState {
  check: string;
  ok: boolean;
  detail: string;
}

/** True when every check held; false when time ran out. */
export async function reachSteadyState(context: RunContext): Promise<boolean> {
  const { plan, history, progress } = context;
  let states: CheckState[] = [];
  const reached = await poll(
    async () => {
      states = plan.steadyState.map((check) => evaluate(context, check));
      progress.status(states.map(({ ok, detail }) => `${ok ? "✓" : "…"} ${detail}`).join(" · "));
      return states.every(({ ok }) => ok) || undefined;
    },
    { everyMs: 200, withinMs: plan.steadyWithinMs, signal: context.signal },
  );
  throwIfAborted(context.signal);
  const checks = states.map(({ check, detail }) => ({ check, detail }));
  if (reached) {
    await Promise.all(context.agents.alive().map((agent) => agent.request("health.begin", {})));
  }
  history.record({ type: reached ? "steady.reached" : "steady.missed", checks });
  progress.note(
    reached ? "steady state reached" : "steady state NOT reached: the run is inconclusive",
  );
  return reached === true;
}

function evaluate(context: RunContext, check: SteadyCheck): CheckState {
  switch (check.check) {
    case "acked-rate":
      return ackedRate(context, check.atLeast, check.forMs);
    case "delivered-rate":
      return deliveredRate(context, check.atLeast, check.forMs);
    case "replication-lag":
      return lag(context, "replication-lag", [...context.live.watchers.keys()], check);
    case "consumer-lag":
      return lag(context, "consumer-lag", [...context.live.consumers.keys()], check);
  }
}

function ackedRate(context: RunContext, atLeast: number, forMs: number): CheckState {
  const running = context.plan.producers.filter(({ ref }) => context.live.producers.has(ref));
  const planned = running.reduce((sum, producer) => sum + ackableRate(producer), 0);
  const rates = running.map(({ ref }) => context.monitor.ackRate(ref, forMs)?.rate);
  return rateState("acked-rate", rates, planned * atLeast, planned);
}

/** Records of a transaction that is aborted by plan are acked, and delivered, to nobody. */
function ackableRate({ ratePerSecond, transactional }: PlannedProducer): number {
  return ratePerSecond * (1 - (transactional?.abortedShare ?? 0));
}

/** Every group gets what is written to its logs: the one with the least decides. */
function deliveredRate(context: RunContext, atLeast: number, forMs: number): CheckState {
  const { plan, live, monitor } = context;
  const consumers = plan.consumers.filter(({ ref }) => live.consumers.has(ref));
  const states = [...new Set(consumers.map(({ group }) => group))].map((group) => {
    const members = consumers.filter((consumer) => consumer.group === group);
    const logs = new Set(members.flatMap((member) => member.logs));
    const planned = plan.producers
      .filter(({ ref, log }) => live.producers.has(ref) && logs.has(log))
      .reduce((sum, producer) => sum + ackableRate(producer), 0);
    const rates = members.map(({ ref }) => monitor.seenRate(ref, forMs)?.rate);
    return rateState("delivered-rate", rates, planned * atLeast, planned);
  });
  return states.find(({ ok }) => !ok) ?? states[0] ?? rateState("delivered-rate", [], 0, 0);
}

function rateState(
  check: string,
  rates: (number | undefined)[],
  atLeast: number,
  planned: number,
): CheckState {
  // A check that saw no data has not passed.
  if (rates.length === 0 || rates.some((rate) => rate === undefined)) {
    return { check, ok: false, detail: `${check}: no data yet` };
  }
  const rate = rates.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const detail = `${check} ${formatCount(Math.round(rate))}/s of ${formatCount(planned)}/s`;
  return { check, ok: rate >= atLeast, detail };
}

function lag(
  context: RunContext,
  check: string,
  readers: number[],
  { atMostMs, forMs }: { atMostMs: number; forMs: number },
): CheckState {
  const lags = readers.map((reader) => context.monitor.lagMs(reader, forMs));
  const long = readers.every((reader) => context.monitor.seenRate(reader, forMs) !== undefined);
  if (lags.length === 0 || !long || lags.some((one) => one === undefined)) {
    return { check, ok: false, detail: `${check}: no data yet` };
  }
  const worstMs = Math.max(...lags.map((one) => one ?? 0));
  return { check, ok: worstMs <= atMostMs, detail: `${check} p99 ${Math.round(worstMs)} ms` };
}
