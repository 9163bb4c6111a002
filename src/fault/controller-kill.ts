/**
 * `controller.kill` sends SIGKILL to controllers: the active one, a majority, or a number of them,
 * the active one always first. On heal they are started again.
 *
 * Without its active controller a cluster elects another within seconds, and brokers lead on
 * meanwhile. Without a majority nobody leads: topics, elections and ISRs stand still while partitions
 * that keep their leader go on, which hides the outage until a broker fails. A node that is broker and
 * controller loses both.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { Topology } from "../topology/types.ts";
import {
  atMost,
  controllersOf,
  leaderWords,
  type QuorumLeader,
  quorumLeader,
  quorumLeaderUntil,
} from "./cluster-acts.ts";
import { clusterProblems } from "./cluster-target.ts";
import { defineFault, type FaultContext, type LiveTargets, note } from "./fault.ts";
import { killNodes, proveDead, proveServing, restartNodes } from "./node-acts.ts";

const params = z.strictObject({
  cluster: z.string(),
  target: z
    .union([z.enum(["active", "majority"]), z.number().int().min(1)], {
      error: 'expected "active", "majority" or a number of controllers',
    })
    .default("active")
    .describe(
      "How many: the active one, more than half, or a number. The active one is among them.",
    ),
});
type Params = z.infer<typeof params>;

const LEADER_WITHIN_MS = 30_000;

export const controllerKill = defineFault<Params>({
  kind: "controller.kill",
  summary: "SIGKILL to the active controller, a majority or a number of them",
  params,
  needs: () => ["kill", "start"],
  check(target, topology) {
    const problems = clusterProblems(target, topology);
    const voters = controllersOf(topology, target.cluster).length;
    if (problems.length > 0 || countOf(target, topology) <= voters) return problems;
    const message = `${target.cluster} has ${voters} controllers, found ${target.target}`;
    return [{ path: ["target"], message }];
  },
  reach: (target, _topology, live) => ({
    fidelity: "crash",
    targets: live?.nodes ?? [targetWords(target)],
    affects: [`cluster:${target.cluster}`],
  }),
  async resolve(target, context) {
    const leader = await quorumLeaderUntil(
      context,
      target.cluster,
      () => true,
      atMost(context, LEADER_WITHIN_MS),
    );
    const voters = controllersOf(context.topology, target.cluster).map(({ name }) => name);
    const others = voters.filter((name) => name !== leader.node);
    const live: LiveTargets = {
      nodes: [leader.node, ...others].slice(0, countOf(target, context.topology)),
    };
    note(live, "epoch", leader.leaderEpoch);
    return live;
  },
  async inject(_target, context, live) {
    context.heals.defer(`start ${live.nodes.join(", ")}`, () => restartNodes(context, live.nodes));
    await killNodes(context, live.nodes, "refuse");
  },
  async prove(target, context, live) {
    const dead = await proveDead(context, live.nodes);
    const voters = controllersOf(context.topology, target.cluster).length;
    const survivors = voters - live.nodes.length;
    const quorum =
      survivors > voters / 2
        ? await proveNextLeader(target, context, live)
        : await proveNoLeader(target, context, survivors);
    return `${dead}; ${quorum}`;
  },
  async proveHealed(target, context, live) {
    const serving = await proveServing(context, live.nodes);
    const within = context.healedWithinMs;
    const leader = await quorumLeaderUntil(context, target.cluster, () => true, within);
    return `${serving}; of the controllers, ${leaderWords(leader)}`;
  },
});

function countOf({ target, cluster }: Params, topology: Topology): number {
  if (typeof target === "number") return target;
  if (target === "active") return 1;
  return Math.floor(controllersOf(topology, cluster).length / 2) + 1;
}

function targetWords({ target, cluster }: Params): string {
  if (target === "active") return `active controller of ${cluster}`;
  const many = target === "majority" ? "majority of" : `${target} of`;
  return `${many} the controllers of ${cluster}`;
}

async function proveNextLeader(
  { cluster }: Params,
  context: FaultContext,
  live: LiveTargets,
): Promise<string> {
  const before = Number(live.noted?.get("epoch"));
  const isNext = ({ node, leaderEpoch }: QuorumLeader) =>
    leaderEpoch > before && !live.nodes.includes(node);
  const next = await quorumLeaderUntil(context, cluster, isNext, atMost(context, LEADER_WITHIN_MS));
  return `${leaderWords(next)}, after epoch ${before}`;
}

/** A survivor may think for a moment that it leads; then it finds that nobody follows. */
async function proveNoLeader(
  { cluster }: Params,
  context: FaultContext,
  survivors: number,
): Promise<string> {
  let last: QuorumLeader | null = null;
  const none = await poll(
    async () => {
      last = await quorumLeader(context, cluster);
      return last === null || undefined;
    },
    { everyMs: 200, withinMs: atMost(context, LEADER_WITHIN_MS), signal: context.signal },
  );
  if (!none)
    throw new Error(`a majority is dead, and still ${last ? leaderWords(last) : "unknown"}`);
  return `none of the ${survivors} controllers that are left leads`;
}
