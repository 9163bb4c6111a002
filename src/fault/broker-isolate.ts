/**
 * `broker.isolate` cuts nodes off from their peers, their controllers, their clients or all of them,
 * while their processes go on: a broken switch port, a firewall rule gone wrong.
 *
 * The packets are filtered by the nodes' own machines, so it works within a region, where no gateway
 * is. `direction` is that of opening connections, as with links: `out` is what the node opens (its
 * fetches, its heartbeats), `in` what is opened to it. One direction alone is the awkward case: a
 * leader that hears its clients and cannot reach its controller. Several nodes are one side of a
 * partition. Packets are lost for good or answered by a reset; none is merely slow.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { atMost, brokersOf, nodeOf } from "./cluster-acts.ts";
import { defineFault, type FaultContext, type LiveTargets } from "./fault.ts";
import { cutsOf, isolationProblem } from "./isolation.ts";
import { SHOWS_AS, throwFirst } from "./node-acts.ts";

const params = z.strictObject({
  ...nodeTargetParams,
  from: z
    .enum(["peers", "controllers", "clients", "all"])
    .default("all")
    .describe("Whom the nodes are cut off from."),
  direction: z
    .enum(["both", "in", "out"])
    .default("both")
    .describe("out: connections the nodes open. in: those opened to them."),
  mode: z
    .enum(["blackhole", "refuse"])
    .default("blackhole")
    .describe("Whether packets vanish or are answered by a reset."),
});
type Params = z.infer<typeof params>;

const PROBE_TIMEOUT_MS = 1500;
const MENDED_WITHIN_MS = 15_000;

export const brokerIsolate = defineFault<Params>({
  kind: "broker.isolate",
  summary: "cuts brokers off from peers, controllers, clients or all, one way or both",
  params,
  needs: () => ["machine.filter"],
  check(target, topology) {
    const problems = brokerProblems(target, topology);
    if (problems.length > 0 || !target.brokers) return problems;
    const problem = isolationProblem(topology, target.brokers, target);
    return problem ? [{ path: [problem.key], message: problem.message }] : [];
  },
  reach: (target, topology, live) => brokersReach(target, topology, live, target.mode),
  resolve: resolveNodes,
  async inject(target, context, live) {
    const problem = isolationProblem(context.topology, live.nodes, target);
    if (problem) throw new Error(problem.message);
    const cuts = [...cutsOf(context.topology, live.nodes, target)];
    for (const [node] of cuts) {
      const lift = () => context.runtime.machine(node).unfilter(context.step);
      context.heals.defer(`lift the filter of ${node}`, lift);
    }
    context.injecting();
    throwFirst(
      await Promise.allSettled(
        cuts.map(([node, own]) =>
          context.runtime.machine(node).filter(context.step, own, target.mode),
        ),
      ),
    );
    context.injected();
  },
  async prove(target, context, live) {
    const told: string[] = [];
    for (const probe of probesOf(target, context, live)) {
      const outcome = await probe.ask();
      if (!probe.stopped.includes(outcome)) {
        throw new Error(`${probe.words} met "${outcome}", expected ${target.mode}`);
      }
      told.push(`${probe.words} met "${outcome}"`);
    }
    return `${told.join("; ")}; ${await proveTheRestWorks(target, context, live)}`;
  },
  async proveHealed(target, context, live) {
    const probes = await probesLeft(target, context, live);
    if (probes.length === 0) return "its filters are gone; no two nodes run that it had parted";
    for (const probe of probes) {
      const withinMs = atMost(context, MENDED_WITHIN_MS);
      let last = "nothing";
      const open = await poll(
        async () => {
          last = await probe.ask();
          return last === probe.open || undefined;
        },
        { everyMs: 200, withinMs },
      );
      if (!open) throw new Error(`${probe.words} still met "${last}"`);
    }
    return "every probe that was stopped gets through again";
  },
});

/** One way through the cut. */
interface Probe {
  words: string;
  ask(): Promise<string>;
  /** What it may meet while it is stopped, and what it meets once it is open. */
  stopped: readonly string[];
  open: string;
}

function dialing(target: Params, context: FaultContext, from: string, to: string): Probe {
  const { clientPort, controllerPort } = nodeOf(context.topology, to);
  const port = (target.from === "controllers" ? controllerPort : clientPort) ?? controllerPort;
  return {
    words: `a dial from ${from} to ${to}`,
    ask: () => context.runtime.machine(from).dial(to, port ?? 0, PROBE_TIMEOUT_MS),
    stopped: [target.mode === "refuse" ? "refused" : "timeout"],
    open: "connected",
  };
}

function calling(target: Params, context: FaultContext, node: string): Probe {
  const { region } = nodeOf(context.topology, node);
  return {
    words: `a client in ${region} calling ${node}`,
    ask: () => context.observer.probe(region, node, PROBE_TIMEOUT_MS),
    stopped: SHOWS_AS[target.mode],
    open: "answered",
  };
}

/** The other nodes of the cluster that the cut is about. */
function othersOf(
  target: Params,
  context: FaultContext,
  node: string,
  nodes: readonly string[],
): string[] {
  const { cluster } = nodeOf(context.topology, node);
  return context.topology.nodes
    .filter((other) => other.cluster === cluster && !nodes.includes(other.name))
    .filter((other) => (target.from === "controllers" ? other.controllerPort : other.clientPort))
    .map(({ name }) => name);
}

function probesOf(
  target: Params,
  context: FaultContext,
  { nodes }: LiveTargets,
  dead: ReadonlySet<string> = new Set(),
): Probe[] {
  return nodes.flatMap((node) => {
    const probes: Probe[] = [];
    if (dead.has(node)) return probes;
    const other = othersOf(target, context, node, nodes).find((name) => !dead.has(name));
    const called = nodeOf(context.topology, node);
    const hasPort = target.from !== "controllers" || called.controllerPort !== null;
    if (target.from !== "clients" && other && target.direction !== "in") {
      probes.push(dialing(target, context, node, other));
    }
    if (target.direction === "out") return probes;
    if (target.from === "clients" || target.from === "all") {
      probes.push(calling(target, context, node));
    } else if (other && hasPort) {
      probes.push(dialing(target, context, other, node));
    }
    return probes;
  });
}

/** Those that nobody is needed for who died meanwhile. */
async function probesLeft(
  target: Params,
  context: FaultContext,
  { nodes }: LiveTargets,
): Promise<Probe[]> {
  const dead = new Set<string>();
  for (const { name } of context.topology.nodes) {
    if (!(await context.runtime.isRunning(name))) dead.add(name);
  }
  return probesOf(target, context, { nodes }, dead);
}

/** Shows that no more was cut than was asked for: a probe that must still work. */
async function proveTheRestWorks(
  target: Params,
  context: FaultContext,
  { nodes }: LiveTargets,
): Promise<string> {
  const [node] = nodes as [string];
  const [other] = othersOf(target, context, node, nodes);
  let works: Probe;
  if (target.direction === "out" || target.from === "peers" || target.from === "controllers") {
    works = calling(target, context, node);
  } else if (target.direction === "in" && other) {
    works = dialing(target, context, node, other);
  } else if (target.from === "clients" && other) {
    works = dialing(target, context, other, node);
  } else {
    const { cluster } = nodeOf(context.topology, node);
    const left = brokersOf(context.topology, cluster).find(({ name }) => !nodes.includes(name));
    for (const name of nodes) {
      if (!(await context.runtime.isRunning(name))) throw new Error(`${name} does not run`);
    }
    if (!left) return `${nodes.join(", ")} run on`;
    works = calling(target, context, left.name);
  }
  const outcome = await works.ask();
  if (outcome !== works.open) throw new Error(`${works.words} met "${outcome}", though not cut`);
  return `${works.words} met "${outcome}"`;
}
