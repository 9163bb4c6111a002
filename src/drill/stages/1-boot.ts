/**
 * Stage 1: networks, gateways, Kafka nodes and observers, all at once; each cluster is ready when
 * its own protocol says so: every broker registered, unfenced and answering. In a warm world all of
 * that is there and was proven (`world-health.ts`): only the observers start, and beside them the
 * ground of the workload is laid, which takes no agent of the run (`ground.ts`).
 */
import { poll } from "../../kernel/clock.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import type { KafkaNode } from "../../topology/types.ts";
import type { AgentRole } from "../agent-pool.ts";
import { eyesOf } from "../eyes.ts";
import { groundByKeepers } from "../ground.ts";
import { addressOf, observerFor, type RunContext, throwIfAborted } from "../run-context.ts";
import { settleAll } from "../settle-all.ts";

const CLUSTER_READY_WITHIN_MS = 120_000;
const PROBE_MS = 1000;

export async function boot(context: RunContext): Promise<void> {
  const { plan, world, progress } = context;
  if (world.warm) {
    progress.note(`world ${world.id} is warm: run ${world.bootedBy} booted it`);
    const observers = startObservers(context);
    // No cluster boots that the clients' agents would hold up, but MirrorMaker may.
    if (plan.replications.length === 0) void clientAgents(context);
    await settleAll([...observers, groundByKeepers(context)]);
    // Its proof of health was of every node.
    const cold = new Set(plan.topology.clusters.filter((one) => one.cold).map(({ name }) => name));
    recordReady(
      context,
      plan.topology.nodes.filter(({ cluster }) => !cold.has(cluster)),
    );
  } else {
    await bootWorld(context);
    world.bootedBy = plan.run;
  }
}

function startObservers({ plan, agents }: RunContext): Promise<unknown>[] {
  return plan.topology.regions.map(({ name }) => agents.start(name, "observer"));
}

async function bootWorld(context: RunContext): Promise<void> {
  const { plan, runtime, progress } = context;
  await runtime.prepare(plan.topology);
  progress.note(
    `${plan.topology.regions.length} networks, ${plan.topology.links.length} gateways are up`,
  );
  throwIfAborted(context.signal);
  const warm = plan.topology.clusters.filter(({ cold }) => !cold).map(({ name }) => name);
  await startClusters(context, warm, startObservers(context));
}

/** Starts the nodes of some clusters and, once `beside` is done as well, waits until all are ready. */
export async function startClusters(
  context: RunContext,
  names: string[],
  beside: Promise<unknown>[] = [],
): Promise<void> {
  const { topology } = context.plan;
  const clusters = topology.clusters.filter(({ name }) => names.includes(name));
  const nodes = clusters.flatMap((cluster) =>
    topology.nodes
      .filter((node) => node.cluster === cluster.name)
      .map(async (node) => {
        await context.runtime.startNode(node, cluster.clusterId, cluster.kafka);
        context.history.record({ type: "node.state", node: node.name, state: "started" });
      }),
  );
  await settleAll([...nodes, ...beside]);
  throwIfAborted(context.signal);
  await settleAll(names.map((name) => clusterReady(context, name)));
}

/**
 * The agents of the first clients, one for each role in a region. They start when the clusters are
 * up, beside the topics, which leave a core idle; in a warm world with the observers. Where something
 * is mirrored they start after MirrorMaker, which takes longer.
 */
export function clientAgents(context: RunContext): Promise<void> {
  context.clientAgents ??= startClientAgents(context);
  // Awaited at the end of stage 2; a failure before that must not leave its rejection unheard.
  context.clientAgents.catch(() => {});
  return context.clientAgents;
}

async function startClientAgents(context: RunContext): Promise<void> {
  const { plan, agents } = context;
  const initial = <T extends { start: string }>(clients: T[]) =>
    clients.filter(({ start }) => start !== "failover" && start !== "restart");
  await settleAll(
    plan.topology.regions.flatMap(({ name }) => {
      const roles: AgentRole[] = [];
      const here = ({ region }: { region: string }) => region === name;
      if (initial(plan.producers).some(here)) roles.push("producers");
      if (initial(plan.consumers).some(here)) roles.push("consumers");
      if (plan.canaries.some(here)) roles.push("canary");
      return roles.map((role) => agents.start(name, role));
    }),
  );
}

async function clusterReady(context: RunContext, cluster: string): Promise<void> {
  const nodes = context.plan.topology.nodes.filter((node) => node.cluster === cluster);
  const brokers = nodes.filter(({ clientPort }) => clientPort !== null);
  const controllers = nodes.filter(({ clientPort }) => clientPort === null);
  const ask = {
    address: addressOf(context.plan, cluster),
    brokers: brokers.length,
    withinMs: CLUSTER_READY_WITHIN_MS,
  };
  try {
    const observer = observerFor(context, cluster);
    const within = CLUSTER_READY_WITHIN_MS + 5000;
    const { tookMs, features } = await observer.request("cluster.ready", ask, within);
    checkFeatures(brokers, features);
    context.history.record({
      type: "environment",
      facts: { [`features of ${cluster}`]: features },
    });
    recordReady(context, brokers);
    await Promise.all(controllers.map((controller) => controllerReady(context, controller)));
    const waited = `${(tookMs / 1000).toFixed(1)} s of waiting`;
    context.progress.note(`${cluster}: ${brokers.length} brokers ready, after ${waited}`);
  } catch (error) {
    throwIfAborted(context.signal);
    const message = `cluster ${cluster} did not get ready: ${messageOf(error)}`;
    throw new DrillError("E_NODE_NOT_READY", message, { cause: error });
  }
}

function recordReady({ history }: RunContext, nodes: readonly KafkaNode[]): void {
  for (const { name } of nodes) history.record({ type: "node.state", node: name, state: "ready" });
}

/** The brokers were served by a majority of the controllers; a drill begins with all of them. */
async function controllerReady(context: RunContext, controller: KafkaNode): Promise<void> {
  const { name, region } = controller;
  const answered = await poll(
    async () => (await eyesOf(context).probe(region, name, PROBE_MS)) === "answered" || undefined,
    { everyMs: 200, withinMs: CLUSTER_READY_WITHIN_MS, signal: context.signal },
  );
  throwIfAborted(context.signal);
  if (!answered) throw new Error(`the controller ${name} answers nobody`);
  recordReady(context, [controller]);
}

/** A feature that was asked for and is not as asked would make another experiment of it. */
function checkFeatures(nodes: KafkaNode[], found: Record<string, number>): void {
  for (const [name, level] of Object.entries(nodes[0]?.features ?? {})) {
    const is = found[name] ?? 0;
    if (is !== level) throw new Error(`feature ${name} is at level ${is}, expected ${level}`);
  }
}
