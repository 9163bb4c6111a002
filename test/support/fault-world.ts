/**
 * A fault's world on the fake runtime: what a fault is given, what it said, and what a look at the
 * system shows. One agent observes in each region.
 */
import type { ClusterAsks, PartitionView } from "../../src/fault/cluster-asks.ts";
import type { FaultContext, FaultDefinition, LiveTargets } from "../../src/fault/fault.ts";
import { HealStack } from "../../src/kernel/heal-stack.ts";
import { FakeRuntime } from "../../src/runtime/fake/fake-runtime.ts";
import type { Topology } from "../../src/topology/types.ts";
import { FakeApplication } from "./fake-application.ts";

/** What a cluster answers a fault, by operation. */
export type Replies = {
  [O in keyof ClusterAsks]?: (
    ask: ClusterAsks[O]["ask"],
    cluster: string,
  ) => ClusterAsks[O]["answer"];
};

export class FaultWorld {
  readonly runtime: FakeRuntime;
  readonly interrupt = new AbortController();
  readonly heals = new HealStack(1000);
  readonly topology: Topology;
  /** What the fault told: "injecting", "injected", "expect primary-east-1", "west sees east refused". */
  readonly told: string[] = [];
  readonly notes: string[] = [];
  readonly frozen = new Set<string>();
  /** Answers of `partitions`, by "cluster/topic". */
  readonly partitions = new Map<string, PartitionView[]>();
  /** Answers of `ask`; an operation without one fails. */
  readonly replies: Replies = {};
  /** What was asked, in order: "primary leaders.elect". */
  readonly asked: string[] = [];
  /** The application: what a test says of it. */
  readonly application = new FakeApplication(() => this.runtime, this.told);
  readonly context: FaultContext;

  private constructor(topology: Topology, runtime: FakeRuntime) {
    this.topology = topology;
    this.runtime = runtime;
    this.context = {
      step: "the-step",
      runtime: this.runtime,
      topology,
      application: this.application,
      heals: this.heals,
      healedWithinMs: 20,
      signal: this.interrupt.signal,
      observer: {
        probe: async (region, node) => this.runtime.probe(region, node),
        roundTrip: async (region, node) => ({
          outcome: this.runtime.probe(region, node),
          tookMs: this.runtime.roundTripMs(region, node),
        }),
        transfer: async (region, node, bytes) => ({
          bytesEachWay: bytes,
          tookMs: this.runtime.transferMs(region, node, bytes),
        }),
        partitions: async (cluster, topic) => this.partitions.get(`${cluster}/${topic}`) ?? null,
      },
      ask: async (cluster, operation, ask) => {
        this.asked.push(`${cluster} ${operation}`);
        const reply = this.replies[operation];
        if (!reply) throw new Error(`nobody answers ${operation}`);
        return reply(ask, cluster);
      },
      agentsIn: (region) => this.#agentsIn(region),
      workersIn: (region) => this.#workersIn(region),
      mirroredBy: () => ["primary.orders"],
      setFrozen: (agents, frozen) => {
        for (const name of agents) frozen ? this.frozen.add(name) : this.frozen.delete(name);
      },
      expectDeath: (name) => void this.told.push(`expect ${name}`),
      injecting: () => void this.told.push("injecting"),
      injected: () => void this.told.push("injected"),
      note: (text) => void this.notes.push(text),
      remoteView: (region, from, as) => void this.told.push(`${from} sees ${region} ${as}`),
    };
  }

  static async of(topology: Topology, runtime = new FakeRuntime()): Promise<FaultWorld> {
    const world = new FaultWorld(topology, runtime);
    await runtime.prepare(topology);
    for (const node of topology.nodes) await runtime.startNode(node);
    for (const worker of topology.replications) await runtime.startReplication(worker);
    for (const { name: region } of topology.regions) {
      await runtime.startAgent({ name: agentOf(region), region });
    }
    runtime.acts.length = 0;
    return world;
  }

  /** Injects as a fault step does; the result heals again and proves it. */
  async inject<P, L extends LiveTargets>(
    fault: FaultDefinition<P, L>,
    params: P,
  ): Promise<{ prove: () => Promise<string>; heal: () => Promise<string> }> {
    const live =
      (await fault.resolve?.(params, this.context)) ?? ({ nodes: [] } as LiveTargets as L);
    await fault.inject(params, this.context, live);
    return {
      prove: () => fault.prove(params, this.context, live),
      heal: async () => {
        const [failure] = await this.heals.healAll();
        if (failure) throw new Error(`${failure.name}: ${failure.reason}`);
        return fault.proveHealed(params, this.context, live);
      },
    };
  }

  states(): Record<string, string> {
    const names = [...this.topology.nodes, ...this.topology.replications].map(({ name }) => name);
    const agents = this.topology.regions.map(({ name }) => agentOf(name));
    return Object.fromEntries(
      [...names, ...agents].map((name) => [name, this.runtime.container(name).state]),
    );
  }

  #agentsIn(region: string): string[] {
    const name = agentOf(region);
    const ours = [...this.application.clients.keys()].filter((one) => one.includes(`-${region}-`));
    return [name, ...ours].filter(
      (one) => this.runtime.container(one).state === "running" && !this.frozen.has(one),
    );
  }

  #workersIn(region: string): string[] {
    const there = new Set(this.runtime.leftovers());
    return this.topology.replications
      .filter((worker) => worker.region === region && there.has(worker.name))
      .map(({ name }) => name);
  }
}

export function agentOf(region: string): string {
  return `agent-${region}-observer`;
}

/** The message of a rejection; a test that gets none fails. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: Error) => error.message,
  );
  if (typeof outcome === "string") return outcome;
  throw new Error(`expected a rejection, got ${JSON.stringify(outcome.value)}`);
}
