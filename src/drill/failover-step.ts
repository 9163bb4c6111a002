/**
 * The failover of the clients: a watchdog in the surviving region notices, somebody decides, and the
 * application's producers and consumers are started there, on the promoted cluster.
 *
 * ```
 *  T0 fault ── detect ──▶ ── decide ──▶ ── restart ──▶ ── reconnect ──▶ ── catch up ──▶
 *            watchdog: n probes    the delay of    agents and   first ack,    backlog
 *            in a row failed       the runbook     clients up   delivery      worked off
 * ```
 * A cold cluster that the clients go to is booted first, between the decision and the restart.
 * The watchdog runs from before the fault, so that detection is measured and not assumed. Consumers
 * resume from the offsets replication synced, on the mirrored topic and on the local one.
 */
import type { FailoverStep } from "../experiment/plan.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import { startCold } from "./cold-start.ts";
import { isUp, logOf, observerFor, type RunContext, throwIfAborted } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";
import { startConsumer, startProducer } from "./stages/3-workload.ts";

/** What the watchdog found: its own instant (µs) and words. */
interface Loss {
  tUs: number;
  detail: string;
}

export interface Watchdog {
  /**
   * Resolves when the watched region is found dead, or was and still is. A region that came back was
   * a false alarm: nobody decides on one that is over.
   */
  detected(): Promise<Loss>;
}

/** Starts watching the region a failover step would leave. */
export async function startWatchdog(context: RunContext, step: FailoverStep): Promise<Watchdog> {
  const { plan, agents } = context;
  const addresses = plan.topology.nodes
    .filter(({ region, clientPort }) => region === step.from && clientPort !== null)
    .filter(({ cluster }) => isUp(context, cluster))
    .map((node) => `${node.name}:${node.clientPort}`);
  let loss: Loss | null = null;
  let tell: (found: Loss) => void = () => {};
  agents.onEvent((_agent, event) => {
    if (event.event !== "watchdog" || event.name !== step.id) return;
    loss = event.healthy ? null : (loss ?? event);
    if (loss) tell(loss);
  });
  const observer =
    agents.observerIn(step.to) ?? observerFor(context, plan.judging.survivingCluster);
  await observer.request("watchdog.start", { name: step.id, addresses, ...step.detect });
  return {
    detected: () =>
      new Promise((resolve) => {
        if (loss) resolve(loss);
        else tell = resolve;
      }),
  };
}

/** Waits for detection, then for the decision, then starts the application over there. */
export async function failOver(
  context: RunContext,
  step: FailoverStep,
  watchdog: Watchdog,
): Promise<void> {
  const { plan, history, progress } = context;
  const { tUs, detail } = await withinHorizon(context, step, watchdog.detected());
  const by = `watchdog in ${step.to}: ${detail}`;
  history.record({ type: "failover.detected", tUs, step: step.id, by });
  progress.note(`${step.id}: detected, ${detail}`);
  const leftMs = step.decisionMs - (monotonicUs() - tUs) / 1000;
  progress.status(`${step.id}: waiting for the decision, ${step.decisionMs / 1000} s`);
  await delay(Math.max(0, leftMs), context.signal);
  throwIfAborted(context.signal);
  history.record({ type: "failover.decided", step: step.id });
  const producers = plan.producers.filter((p) => p.start === "failover" && p.region === step.to);
  const consumers = plan.consumers.filter((c) => c.start === "failover" && c.region === step.to);
  await startCold(context, clustersOf(context, producers, consumers), step.id);
  const start: Promise<void>[] = [];
  if (producers.length > 0) start.push(startProducers(context, step, producers));
  if (consumers.length > 0) start.push(startConsumers(context, step, consumers));
  await settleAll(start);
  // Their own start is the application's restart, and part of its RTO; from here on they measure.
  const fresh = context.agents.alive().filter(({ name }) => name.endsWith("-failover"));
  await Promise.all(fresh.map((agent) => agent.request("health.begin", {})));
  const clients = [...producers, ...consumers].map(({ name }) => name);
  history.record({ type: "failover.restarted", step: step.id, clients });
  progress.note(`${step.id}: ${clients.length} clients started in ${step.to}`);
}

/** Every cluster that the clients of a failover go to. */
function clustersOf(
  { plan }: RunContext,
  producers: { log: number }[],
  consumers: { cluster: string }[],
): string[] {
  const clusters = [
    ...producers.map(({ log }) => logOf(plan, log).cluster),
    ...consumers.map(({ cluster }) => cluster),
  ];
  return [...new Set(clusters)];
}

async function startProducers(
  context: RunContext,
  step: FailoverStep,
  producers: RunContext["plan"]["producers"],
): Promise<void> {
  const agent = await context.agents.start(step.to, "producers", "failover");
  // Its schedule begins now: what was due in the dead region while nobody sent was never accepted.
  const t0Us = monotonicUs();
  await settleAll(producers.map((one) => startProducer(context, one, t0Us, agent, "failover")));
}

async function startConsumers(
  context: RunContext,
  step: FailoverStep,
  consumers: RunContext["plan"]["consumers"],
): Promise<void> {
  const agent = await context.agents.start(step.to, "consumers", "failover");
  await settleAll(consumers.map((one) => startConsumer(context, one, agent, "failover")));
}

async function withinHorizon(
  context: RunContext,
  step: FailoverStep,
  detected: Promise<Loss>,
): Promise<Loss> {
  const stop = new AbortController();
  const { horizonMs } = context.plan.end;
  const late = delay(horizonMs, AbortSignal.any([context.signal, stop.signal])).then(() => null);
  const first = await Promise.race([detected, late]);
  stop.abort();
  throwIfAborted(context.signal);
  if (first === null) {
    const message = `${step.id}: the watchdog noticed nothing within ${horizonMs / 1000} s`;
    throw new DrillError("E_FAULT_FAILED", message);
  }
  return first;
}
