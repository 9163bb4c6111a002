/**
 * `group.move` moves a group's committed offsets by so many, back (they are read again, from the log's
 * start at the earliest) or forward (they are never read): what a wrong `--reset-offsets` does, and the control for the
 * judge's own numbers of replay and skip.
 *
 * A coordinator takes commits from nobody else while a group has members. So its members are ended in
 * order, the offsets are moved and read back, and the members start again through their processes.
 * There is nothing to undo in the offsets: a heal sees to it that the members run.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import type { Topology } from "../topology/types.ts";
import type { Workload } from "./application.ts";
import { defineFault, type FaultContext, type LiveTargets } from "./fault.ts";

const params = z.strictObject({
  group: z.string().describe("The consumer group."),
  topic: z.string().describe("The topic whose offsets are moved."),
  cluster: z.string().describe("The cluster the group commits to."),
  by: z
    .number()
    .int()
    .refine((by) => by !== 0, { error: "expected a number of records other than 0" })
    .describe("Offsets to move by, for each partition: -100 replays a hundred, 100 skips them."),
  partitions: z.array(z.number().int().min(0)).min(1).optional().describe("All unless given."),
});
type Params = z.infer<typeof params>;

interface Moved {
  partition: number;
  from: number;
  /** As it was asked for, not before the start of the log. */
  wanted: number;
  /** As the coordinator gave it back. */
  found: number;
}

interface LiveMove extends LiveTargets {
  moved: Moved[];
  /** Members that were started again. */
  started: string[];
  /** Why members are not waited for, if they are not. */
  members: string[];
}

export const groupMove = defineFault<Params, LiveMove>({
  kind: "group.move",
  summary: "moves a group's committed offsets back or forward; its members run again afterwards",
  params,
  needs: () => [],
  check: problemsOf,
  reach: (target, _topology, live) => ({
    fidelity: "graceful",
    targets: [`group ${target.group}`],
    affects: (live?.members ?? []).map((name) => `client:${name}`),
  }),
  async resolve({ group }, { application }) {
    const members = application.group(group)?.members ?? [];
    return { nodes: [], moved: [], started: [], members: members.map(({ name }) => name) };
  },
  async inject(target, context, live) {
    const start = async () => {
      live.started.push(...(await context.application.startGroup(target.group)));
    };
    context.heals.defer(`start group ${target.group}`, start);
    context.injecting();
    await context.application.stopGroup(target.group);
    live.moved = await move(target, context);
    context.injected();
    await start();
  },
  async prove(target, _context, { moved }) {
    const wrong = moved.find(({ wanted, found }) => wanted !== found);
    if (wrong) {
      const { partition, wanted, found } = wrong;
      throw new Error(
        `${target.topic}-${partition}: ${wanted} was committed, and ${found} was read back`,
      );
    }
    const told = moved.map(({ partition, from, found }) => `${partition}: ${from} → ${found}`);
    return `read back from the coordinator, by partition of ${target.topic}: ${told.join(", ")}`;
  },
  async proveHealed(_target, context, { started, members }) {
    if (members.length === 0) return "the group had no members to start again";
    if (started.length === 0) return "the workload is over: no member was started again";
    const left = await context.application.unserved(started, context.healedWithinMs);
    if (left.length > 0) {
      throw new Error(`${left.join(", ")} got nothing within ${context.healedWithinMs} ms`);
    }
    return `${started.join(", ")} started and served`;
  },
});

function problemsOf(target: Params, topology: Topology, workload?: Workload) {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const clusters = topology.clusters.map(({ name }) => name);
  if (!clusters.includes(target.cluster)) {
    const message = `no cluster named "${target.cluster}"; the clusters are ${clusters.join(", ")}`;
    problems.push({ path: ["cluster"], message });
  }
  const groups = [...new Set(workload?.clients.flatMap(({ group }) => group ?? []))];
  if (!groups.includes(target.group)) {
    const message = `no group named "${target.group}"; the groups are ${groups.join(", ")}`;
    problems.push({ path: ["group"], message });
  }
  const known = workload?.topics.filter(({ cluster }) => cluster === target.cluster) ?? [];
  const topic = known.find(({ name }) => name === target.topic);
  // Mirrors are on no list of the file; where there are some, only a run can tell.
  if (!topic && !topology.replications.some(({ to }) => to === target.cluster)) {
    const message = `no topic "${target.topic}" on ${target.cluster}`;
    problems.push({ path: ["topic"], message });
  }
  target.partitions?.forEach((partition, at) => {
    if (topic && partition >= topic.partitions) {
      const message = `"${topic.name}" has partitions 0 to ${topic.partitions - 1}`;
      problems.push({ path: ["partitions", at], message });
    }
  });
  return problems;
}

const POLL_MS = 200;

/** Commits, and reads back. Throws when there is nothing to move. */
async function move(target: Params, context: FaultContext): Promise<Moved[]> {
  const { group, topic, cluster, by } = target;
  const log = context.application.log(cluster, topic);
  if (!log) throw new Error(`the run has no log of ${topic} on ${cluster}`);
  const asked = { group, topic, partitions: log.partitions };
  const before = await context.ask(cluster, "group.offsets", asked);
  const room = async () => {
    const bounds = await context.ask(cluster, "log.bounds", { log, by: "platformatic" });
    const moves = (bounds ?? []).flatMap(({ partition, start, end }) => {
      const from = before[partition] ?? -1;
      if (from < 0 || !(target.partitions ?? [partition]).includes(partition)) return [];
      return [{ partition, from, wanted: Math.max(start, from + by), end }];
    });
    const moved = moves.some(({ from, wanted }) => from !== wanted);
    return moved && moves.every(({ wanted, end }) => wanted <= end) ? moves : undefined;
  };
  // A group that keeps up has nothing to skip: what it would skip is written while it is stopped.
  const withinMs = by > 0 ? context.healedWithinMs : 0;
  const moves = await poll(room, { everyMs: POLL_MS, withinMs, signal: context.signal });
  if (!moves) throw new Error(`no room on ${topic} to move group ${group} by ${by}`);
  const offsets = new Array<number>(log.partitions).fill(-1);
  for (const { partition, wanted } of moves) offsets[partition] = wanted;
  await context.ask(cluster, "group.commit", { group, topic, offsets });
  const after = await context.ask(cluster, "group.offsets", asked);
  return moves.map(({ partition, from, wanted }) => {
    return { partition, from, wanted, found: after[partition] ?? -1 };
  });
}
