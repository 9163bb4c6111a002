/**
 * The proof that a used world is as good as a new one. It is asked by agents of its own, one in every
 * region (`keepers.ts`).
 *
 * It cannot show what Kafka does not tell: compiled code, warm caches and the sizes of logs differ
 * from a new world's.
 */
import type { Plan } from "../experiment/plan.ts";
import { monotonicUs, poll } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { LinkQuality, Runtime } from "../runtime/runtime.ts";
import type { KafkaNode, Link } from "../topology/types.ts";
import type { Answer } from "../workload/protocol.ts";
import type { Keepers } from "./keepers.ts";
import { addressOf, regionsOf } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";

/** A coordinator that has just moved loads its groups first; longer than this, and a boot is quicker. */
const CLEAR_WITHIN_MS = 20_000;
const HEALTHY_WITHIN_MS = 20_000;
const READY_WITHIN_MS = 20_000;
const PROBE_TIMEOUT_MS = 5000;
const POLL_MS = 100;
/** A gateway counts whole milliseconds each way, and kB a second. */
const COARSE_MS = 1;
const COARSE_BYTES = 1000;

export interface HealthProof {
  /** What was found, for the history. */
  facts: string[];
  tookMs: number;
}

type Census = Answer<"cluster.census">;

/** Throws, with the first thing that is not as planned. */
export async function proveWorld(
  plan: Plan,
  runtime: Runtime,
  keepers: Keepers,
  signal: AbortSignal,
): Promise<HealthProof> {
  const startUs = monotonicUs();
  const facts = await keepers.awake(() => proven(plan, runtime, keepers, signal));
  return { facts, tookMs: (monotonicUs() - startUs) / 1000 };
}

async function proven(
  plan: Plan,
  runtime: Runtime,
  keepers: Keepers,
  signal: AbortSignal,
): Promise<string[]> {
  const running = plan.topology.nodes.map(async ({ name }) => {
    if (!(await runtime.isRunning(name))) throw new Error(`${name} does not run`);
  });
  const links = plan.topology.links.map((link) => proveLink(plan, runtime, keepers, link));
  await settleAll([...running, ...links]);
  const cleared = await Promise.all(
    plan.topology.clusters.map(({ name }) => proveCluster(plan, keepers, name, signal)),
  );
  return [
    `${plan.topology.nodes.length} nodes run and answer in every region`,
    `${plan.topology.links.length} links have their planned quality`,
    ...cleared,
  ];
}

/** Every port of every node across the link answers, and the gateway adds what was planned. */
async function proveLink(
  plan: Plan,
  runtime: Runtime,
  keepers: Keepers,
  link: Link,
): Promise<void> {
  const reported = await runtime.link(link.from, link.to).quality();
  if (!sameQuality(reported, link)) {
    const found = `adds ${reported.latencyMs} ms, jitter ${reported.jitterMs} ms`;
    throw new Error(`link ${link.from}->${link.to} is not as planned: it ${found}`);
  }
  const across = plan.topology.nodes.filter(({ region }) => region === link.to);
  await settleAll(across.map((node) => proveAnswering(keepers, link.from, node)));
}

function sameQuality(reported: LinkQuality, planned: LinkQuality): boolean {
  const [a, b] = [reported.bandwidthBytesPerSecond, planned.bandwidthBytesPerSecond];
  return (
    Math.abs(reported.latencyMs - planned.latencyMs) <= COARSE_MS &&
    Math.abs(reported.jitterMs - planned.jitterMs) <= COARSE_MS &&
    (a === null || b === null ? a === b : Math.abs(a - b) <= COARSE_BYTES)
  );
}

async function proveAnswering(keepers: Keepers, from: string, node: KafkaNode): Promise<void> {
  for (const port of [node.clientPort, node.controllerPort]) {
    if (port === null) continue;
    const ask = { host: node.name, port, timeoutMs: PROBE_TIMEOUT_MS };
    const answer = await keepers.of(from).request("probe.connect", ask);
    if (answer.outcome === "answered") continue;
    throw new Error(`${node.name}:${port} met a caller from ${from} with "${answer.outcome}"`);
  }
}

async function proveCluster(
  plan: Plan,
  keepers: Keepers,
  cluster: string,
  signal: AbortSignal,
): Promise<string> {
  const [home = ""] = regionsOf(plan, cluster);
  const keeper = keepers.of(home);
  const nodes = plan.topology.nodes.filter((node) => node.cluster === cluster);
  const address = addressOf(plan, cluster);
  const brokers = address.bootstrap.length;
  await settleAll(nodes.map((node) => proveAnswering(keepers, home, node)));
  const ready = { address, brokers, withinMs: READY_WITHIN_MS };
  await keeper.request("cluster.ready", ready, READY_WITHIN_MS + 5000);
  const clear = { address, brokers, withinMs: CLEAR_WITHIN_MS };
  const { topics, groups } = await keeper.request("cluster.clear", clear, CLEAR_WITHIN_MS + 5000);
  const controllers = nodes.filter(({ controllerPort }) => controllerPort !== null);
  const wanted = { brokers, controllers: controllers.map(({ id }) => id) };
  let problem = "no answer";
  const whole = await poll(
    async () => {
      problem = flawOf(await keeper.request("cluster.census", { address }), wanted) ?? "";
      return problem === "" || undefined;
    },
    {
      everyMs: POLL_MS,
      withinMs: HEALTHY_WITHIN_MS,
      signal,
      onError: (error) => {
        problem = messageOf(error);
      },
    },
  );
  if (!whole) throw new Error(`cluster ${cluster} is not as it was: ${problem}`);
  const removed = `${topics.length} topics and ${groups.length} groups of the run before deleted`;
  return `${cluster}: ${removed}, every partition complete, ${controllers.length} controllers caught up`;
}

/** The first thing in which a cluster differs from a new one, in words; null when there is none. */
export function flawOf(
  { views, groups, quorum }: Census,
  wanted: { brokers: number; controllers: number[] },
): string | null {
  if (views.length < wanted.brokers) return `${views.length} of ${wanted.brokers} brokers answer`;
  if (groups.length > 0) return `group ${groups[0]} is left`;
  for (const { at, topics } of views) {
    for (const { topic, internal, partitions } of topics) {
      if (!internal) return `topic ${topic} is left at ${at}`;
      for (const { partition, leader, replicas, isr } of partitions) {
        const where = `${topic}/${partition} at ${at}`;
        if (isr.length < replicas.length) return `${where} has ISR [${isr}] of [${replicas}]`;
        if (leader !== replicas[0]) return `${where} is led by ${leader}, not by ${replicas[0]}`;
      }
    }
  }
  if (quorum.leader < 0) return "no controller leads";
  for (const id of wanted.controllers) {
    const voter = quorum.voters.find((one) => one.id === id);
    if (!voter) return `controller ${id} does not vote`;
    if (voter.behind > 0) return `controller ${id} is ${voter.behind} records behind`;
  }
  return null;
}
