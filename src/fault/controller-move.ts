/**
 * `controller.move` makes the leadership of the controllers change hands: what an upgrade or a slow
 * link does to it, without losing a node.
 *
 * Kafka has no request for that. `by: restart` stops the active controller with SIGTERM, so that it
 * resigns, and starts it again once another leads; `by: isolate` cuts its connections with the other
 * controllers until another leads, then mends them, so that a stale leader comes back. The step ends
 * when the move is over. A node that is broker and controller restarts as both.
 */
import { z } from "zod";
import type { PacketCut } from "../runtime/runtime.ts";
import {
  atMost,
  controllersOf,
  leaderWords,
  type QuorumLeader,
  quorumLeaderUntil,
} from "./cluster-acts.ts";
import { clusterProblems } from "./cluster-target.ts";
import { defineFault, type FaultContext, type LiveTargets, note } from "./fault.ts";
import { cutsOf } from "./isolation.ts";
import { proveServing, restartNodes, stopNodes, throwFirst } from "./node-acts.ts";

const params = z.strictObject({
  cluster: z.string(),
  by: z
    .enum(["restart", "isolate"])
    .default("restart")
    .describe("restart: SIGTERM and start. isolate: cut off until another leads, then mended."),
});
type Params = z.infer<typeof params>;

const LEADER_WITHIN_MS = 30_000;
const GRACE_MS = 30_000;
/** Fewer cannot elect another while one is away. */
const VOTERS_MIN = 3;

export const controllerMove = defineFault<Params>({
  kind: "controller.move",
  summary: "moves the leadership of the controllers by a restart or an isolation",
  params,
  needs: ({ by }) => (by === "isolate" ? ["machine.filter"] : ["stop", "kill", "start"]),
  check(target, topology) {
    const problems = clusterProblems(target, topology);
    const voters = controllersOf(topology, target.cluster).length;
    if (problems.length > 0 || voters >= VOTERS_MIN) return problems;
    const message = `${target.cluster} has ${voters} of the ${VOTERS_MIN} controllers that can elect another`;
    return [{ path: ["cluster"], message }];
  },
  reach: (target, _topology, live) => ({
    fidelity: target.by === "isolate" ? "blackhole" : "graceful",
    targets: live?.nodes ?? [`active controller of ${target.cluster}`],
    affects: [`cluster:${target.cluster}`],
  }),
  async resolve({ cluster }, context) {
    const leader = await quorumLeaderUntil(
      context,
      cluster,
      () => true,
      atMost(context, LEADER_WITHIN_MS),
    );
    const live: LiveTargets = { nodes: [leader.node] };
    note(live, "epoch", leader.leaderEpoch);
    return live;
  },
  inject: (target, context, live) =>
    target.by === "isolate" ? isolate(target, context, live) : restart(target, context, live),
  async prove({ cluster }, _context, live) {
    const before = Number(live.noted?.get("epoch"));
    const after = Number(live.noted?.get("next epoch"));
    if (!(after > before)) throw new Error(`the controllers of ${cluster} are still in ${before}`);
    const next = live.noted?.get("next");
    return `leadership went from ${live.nodes[0]} (epoch ${before}) to ${next} (epoch ${after})`;
  },
  async proveHealed({ cluster }, context, live) {
    const serving = await proveServing(context, live.nodes);
    const within = context.healedWithinMs;
    const leader = await quorumLeaderUntil(context, cluster, () => true, within);
    return `${serving}; of the controllers, ${leaderWords(leader)}`;
  },
});

async function restart(target: Params, context: FaultContext, live: LiveTargets): Promise<void> {
  context.heals.defer(`start ${live.nodes[0]}`, () => restartNodes(context, live.nodes));
  await stopNodes(context, live.nodes, GRACE_MS);
  await anotherLeads(target, context, live);
  await restartNodes(context, live.nodes);
}

async function isolate(target: Params, context: FaultContext, live: LiveTargets): Promise<void> {
  const cuts = cutsOf(context.topology, live.nodes, { from: "controllers", direction: "both" });
  const lift = () => liftAll(context, cuts);
  context.heals.defer(`lift the filters around ${live.nodes[0]}`, lift);
  context.injecting();
  throwFirst(
    await Promise.allSettled(
      [...cuts].map(([node, own]) =>
        context.runtime.machine(node).filter(context.step, own, "blackhole"),
      ),
    ),
  );
  context.injected();
  await anotherLeads(target, context, live);
  await lift();
}

async function liftAll(context: FaultContext, cuts: Map<string, PacketCut[]>): Promise<void> {
  throwFirst(
    await Promise.allSettled(
      [...cuts.keys()].map((node) => context.runtime.machine(node).unfilter(context.step)),
    ),
  );
}

async function anotherLeads(
  { cluster }: Params,
  context: FaultContext,
  live: LiveTargets,
): Promise<void> {
  const before = Number(live.noted?.get("epoch"));
  const isNext = ({ node, leaderEpoch }: QuorumLeader) =>
    leaderEpoch > before && !live.nodes.includes(node);
  const next = await quorumLeaderUntil(context, cluster, isNext, atMost(context, LEADER_WITHIN_MS));
  note(live, "next", next.node);
  note(live, "next epoch", next.leaderEpoch);
}
