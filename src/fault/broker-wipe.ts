/**
 * `broker.wipe` kills brokers and empties their disks; they are started with blank ones, at once or
 * on heal, and copy everything from their peers: a machine that was replaced.
 *
 * The node keeps its id and its cluster; the blank folder is formatted anew and gets another
 * directory id, as Kafka asks of a new disk. A partition without another replica in sync is lost with
 * it. A controller's vote is lost, too: with more than one at a time the quorum may forget what it
 * promised, so only one controller at a time can be wiped.
 */
import { z } from "zod";
import type { Topology } from "../topology/types.ts";
import {
  brokerProblems,
  brokersReach,
  type NodeTarget,
  nodeTargetParams,
  resolveNodes,
} from "./broker-target.ts";
import { byCluster, nodeOf, partitionsUntil, proveCaughtUp } from "./cluster-acts.ts";
import { defineFault, type FaultContext, type LiveTargets, note } from "./fault.ts";
import { killNodes, proveDead, proveServing, restartNodes } from "./node-acts.ts";

const params = z.strictObject({
  ...nodeTargetParams,
  start: z
    .enum(["on-heal", "at-once"])
    .default("on-heal")
    .describe("When the node is started with its blank disk."),
});
type Params = z.infer<typeof params>;

/** A node without a directory id was formatted by a Kafka that knows none. */
const NO_IDENTITY = "none";

export const brokerWipe = defineFault<Params>({
  kind: "broker.wipe",
  summary: "SIGKILL to brokers and their disks emptied; they copy all from their peers",
  params,
  lasting: "a disk was emptied",
  needs: () => ["kill", "start", "machine.disk"],
  check: (target, topology) => [
    ...brokerProblems(target, topology),
    ...tooManyControllers(target, topology),
  ],
  reach: (target, topology, live) => brokersReach(target, topology, live, "crash"),
  resolve: resolveNodes,
  async inject({ start }, context, live) {
    context.heals.defer(`start ${live.nodes.join(", ")}`, () => restartNodes(context, live.nodes));
    for (const name of live.nodes) {
      note(live, name, (await context.runtime.machine(name).disk.identity()) ?? NO_IDENTITY);
    }
    await killNodes(context, live.nodes, "refuse");
    await Promise.all(live.nodes.map((name) => context.runtime.machine(name).disk.wipe()));
    if (start === "at-once") await restartNodes(context, live.nodes);
  },
  async prove({ start }, context, live) {
    if (start === "at-once") return proveFormatted(context, live);
    const dead = await proveDead(context, live.nodes);
    for (const name of live.nodes) {
      const found = await context.runtime.machine(name).disk.identity();
      if (found !== null) throw new Error(`the disk of ${name} is not blank: ${found}`);
    }
    return `${dead}; their disks are blank; ${await proveOutOfSync(context, live.nodes)}`;
  },
  async proveHealed(_target, context, live) {
    const serving = await proveServing(context, live.nodes);
    const formatted = await proveFormatted(context, live);
    return `${serving}; ${formatted}; ${await proveCaughtUp(context, live.nodes)}`;
  },
});

function tooManyControllers({ brokers }: NodeTarget, topology: Topology) {
  const known = (brokers ?? []).filter((name) => topology.nodes.some((n) => n.name === name));
  return byCluster(topology, known).flatMap(([cluster, nodes]) => {
    const voters = nodes.filter(({ controllerPort }) => controllerPort !== null).length;
    if (voters <= 1) return [];
    const message = `${voters} controllers of ${cluster} would forget their votes at once; wipe one at a time`;
    return [{ path: ["brokers"], message }];
  });
}

/** The disks were formatted anew: their identity is not the one they had. */
async function proveFormatted(context: FaultContext, live: LiveTargets): Promise<string> {
  await proveServing(context, live.nodes);
  const told: string[] = [];
  for (const name of live.nodes) {
    const before = live.noted?.get(name);
    const now = (await context.runtime.machine(name).disk.identity()) ?? NO_IDENTITY;
    if (before !== NO_IDENTITY && now === before)
      throw new Error(`${name} has its old disk ${now}`);
    told.push(`${name} has a new disk (${before} became ${now})`);
  }
  return told.join(", ");
}

/** Waits until the cluster knows: no partition with other replicas counts on the nodes. */
async function proveOutOfSync(context: FaultContext, names: string[]): Promise<string> {
  for (const [cluster, nodes] of byCluster(context.topology, names)) {
    const ids = nodes.map(({ id }) => id);
    await partitionsUntil(
      context,
      cluster,
      ({ topic, partition, isr, replicas }) =>
        // The last one in sync stays listed, though it is dead.
        replicas.length > 1 && isr.length > 1 && isr.some((id) => ids.includes(id))
          ? `${topic}-${partition} still has isr [${isr}]`
          : undefined,
      context.healedWithinMs,
    );
  }
  return `no partition counts on ${names.map((name) => nodeOf(context.topology, name).id).join(", ")}`;
}
