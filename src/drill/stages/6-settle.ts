/**
 * Stage 6: watch the recovery, then end the workload in an order that leaves nothing in doubt.
 *
 * The run goes on until every client that should live is answered and up to date for a whole
 * sustained window, or until the horizon. Then producers stop, their last answers are awaited,
 * consumers read to the end, and replication comes to rest.
 */
import { delay, monotonicUs, poll } from "../../kernel/clock.ts";
import { formatDurationMs } from "../../kernel/units.ts";
import {
  addressOf,
  hasTransactions,
  logOf,
  observerFor,
  type RunContext,
  throwIfAborted,
} from "../run-context.ts";

const POLL_MS = 200;
const REST_MS = 2000;
const REPORT_WITHIN_MS = 2000;

export async function settle(context: RunContext): Promise<void> {
  await awaitRecovery(context);
  await delay(context.plan.end.settleMs, context.signal);
  throwIfAborted(context.signal);
  context.stopping.abort();
  await stopProducers(context);
  await Promise.all([drainConsumers(context), drainMirrors(context)]);
  await stopReaders(context);
  context.monitor.flush();
  context.history.record({ type: "workload.stopped", producers: context.live.producers.size });
}

async function awaitRecovery(context: RunContext): Promise<void> {
  const { horizonMs } = context.plan.end;
  const { sustainedMs, stallMs } = context.plan.judging.policy;
  const startedUs = monotonicUs();
  let soundSinceUs: number | null = null;
  const recovered = await poll(
    async () => {
      const sick = whoIsSick(context, stallMs);
      const nowUs = monotonicUs();
      soundSinceUs = sick === "" ? (soundSinceUs ?? nowUs) : null;
      const sinceMs = soundSinceUs === null ? 0 : (nowUs - soundSinceUs) / 1000;
      const state = sick === "" ? `sound for ${formatDurationMs(sinceMs)}` : sick;
      const spent = formatDurationMs((nowUs - startedUs) / 1000);
      context.progress.status(`recovery: ${state} (${spent} of ${formatDurationMs(horizonMs)})`);
      return (soundSinceUs !== null && sinceMs >= sustainedMs) || undefined;
    },
    { everyMs: POLL_MS, withinMs: horizonMs, signal: context.signal },
  );
  throwIfAborted(context.signal);
  const spent = formatDurationMs((monotonicUs() - startedUs) / 1000);
  context.progress.note(
    recovered
      ? `every client sound for ${formatDurationMs(sustainedMs)}`
      : `not recovered after ${spent}: ${whoIsSick(context, stallMs)}`,
  );
}

/** The first client that lives and is not served, in words; empty when all are well. */
function whoIsSick(context: RunContext, stallMs: number): string {
  const { live, monitor, plan } = context;
  for (const [ref, agent] of live.producers) {
    if (!agent.alive) continue;
    const name = plan.producers.find((producer) => producer.ref === ref)?.name ?? String(ref);
    const waitingMs = waitOf(context, ref);
    if (waitingMs === undefined) return `${name} does not report`;
    if (waitingMs > stallMs) return `${name} waits ${formatDurationMs(waitingMs)} for an ack`;
  }
  for (const { ref, name } of plan.canaries.filter(({ fresh }) => fresh !== undefined)) {
    if (live.canaries.get(ref)?.alive !== true) continue;
    const waitingMs = waitOf(context, ref);
    if (waitingMs === undefined) return `${name} does not report`;
    if (waitingMs > stallMs) return `new clients wait ${formatDurationMs(waitingMs)} (${name})`;
  }
  for (const [ref, agent] of live.consumers) {
    if (!agent.alive) continue;
    const lagMs = monitor.lagMs(ref, 1000);
    const name = plan.consumers.find((consumer) => consumer.ref === ref)?.name ?? String(ref);
    if (lagMs === undefined) return `${name} gets nothing`;
    if (lagMs > stallMs) return `${name} is ${formatDurationMs(lagMs)} behind`;
  }
  return "";
}

/** Undefined where nothing new was reported: a blocked agent would look well for ever. */
function waitOf({ monitor }: RunContext, ref: number): number | undefined {
  return monitor.isFresh(ref, REPORT_WITHIN_MS) ? monitor.waitingMs(ref) : undefined;
}

async function stopProducers(context: RunContext): Promise<void> {
  const { live, plan, progress } = context;
  const drainMs = plan.end.drainMs;
  live.over = true;
  progress.status("stopping producers");
  const stops = [
    ...[...live.producers].map(([producer, agent]) => ({
      producer,
      agent,
      op: "producer.stop" as const,
    })),
    ...[...live.canaries].map(([producer, agent]) => ({
      producer,
      agent,
      op: "canary.stop" as const,
    })),
  ].filter(({ agent }) => agent.alive);
  await Promise.all(
    stops.map(({ producer, agent, op }) =>
      op === "producer.stop"
        ? agent.request(op, { producer, drainMs }, drainMs + 10_000)
        : agent.request(op, { producer }, drainMs + 10_000),
    ),
  );
}

/** Until every living group has committed the end of every log it reads. */
async function drainConsumers(context: RunContext): Promise<void> {
  const { live, plan } = context;
  await Promise.all(
    [...live.consumers].map(async ([ref, agent]) => {
      const consumer = plan.consumers.find((one) => one.ref === ref);
      if (!consumer || !agent.alive) return;
      const rest = { total: -1, sinceUs: 0 };
      await poll(async () => (await hasReadAll(context, consumer, rest)) || undefined, {
        everyMs: POLL_MS,
        withinMs: plan.end.drainMs,
        signal: context.signal,
      });
    }),
  );
  throwIfAborted(context.signal);
}

async function hasReadAll(
  context: RunContext,
  consumer: { group: string; cluster: string; logs: number[] },
  rest: { total: number; sinceUs: number },
): Promise<boolean> {
  let total = 0;
  const address = addressOf(context.plan, consumer.cluster);
  const observer = observerFor(context, consumer.cluster);
  for (const id of consumer.logs) {
    const log = logOf(context.plan, id);
    const bounds = await observer.request("log.bounds", { address, log, by: "kafkajs" });
    const offsets = await observer.request("group.offsets", {
      address,
      group: consumer.group,
      topic: log.topic,
      partitions: log.partitions,
    });
    total += offsets.reduce((sum, offset) => sum + Math.max(offset, 0), 0);
    // What is at the end may be the marker of a transaction, which nobody is given.
    if (hasTransactions(context.plan, log)) continue;
    if (bounds?.some(({ partition, end }) => end > 0 && (offsets[partition] ?? -1) < end))
      return false;
  }
  if (total !== rest.total) Object.assign(rest, { total, sinceUs: monotonicUs() });
  const marked = consumer.logs.some((id) => hasTransactions(context.plan, logOf(context.plan, id)));
  return !marked || monotonicUs() - rest.sinceUs >= REST_MS * 1000;
}

/** Until no mirror has grown for a while: what was to cross has crossed, or never will. */
async function drainMirrors(context: RunContext): Promise<void> {
  const { plan } = context;
  const mirrors = plan.judging.logs.filter(({ role }) => role === "mirror");
  let before = -1;
  let restSinceUs = monotonicUs();
  if (mirrors.length === 0) return;
  await poll(
    async () => {
      let total = 0;
      for (const log of mirrors) {
        const address = addressOf(plan, log.cluster);
        const ask = { address, log, by: "platformatic" } as const;
        const bounds = await observerFor(context, log.cluster).request("log.bounds", ask);
        total += (bounds ?? []).reduce((sum, { end }) => sum + end, 0);
      }
      if (total !== before) restSinceUs = monotonicUs();
      before = total;
      context.progress.status(`draining mirrors: ${total} records`);
      return monotonicUs() - restSinceUs >= REST_MS * 1000 || undefined;
    },
    { everyMs: POLL_MS, withinMs: plan.end.drainMs, signal: context.signal },
  );
  throwIfAborted(context.signal);
}

async function stopReaders(context: RunContext): Promise<void> {
  const { live } = context;
  await Promise.all([
    ...[...live.consumers]
      .filter(([, agent]) => agent.alive)
      .map(([reader, agent]) => agent.request("consumer.stop", { reader })),
    ...[...live.watchers]
      .filter(([, agent]) => agent.alive)
      .map(([reader, agent]) => agent.request("watch.stop", { reader })),
  ]);
}
