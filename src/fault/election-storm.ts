/**
 * `election.storm` moves the leadership of partitions again and again, every so often: a rebalancer
 * that found no rest.
 *
 * In each round every partition's replicas are put in another order (no data moves) and the first of
 * them is elected. Which one is drawn from the run's seed when the drill is planned. The step lasts
 * as long as the storm; on heal the first order comes back. Partitions with one replica stay.
 */
import { z } from "zod";
import { delay, poll } from "../kernel/clock.ts";
import { durationSchema } from "../kernel/schema-units.ts";
import { atMost, partitionsUntil } from "./cluster-acts.ts";
import type { TopicPartitionView } from "./cluster-asks.ts";
import { partitionsMeant, topicProblems, topicTargetParams, topicWords } from "./cluster-target.ts";
import { LEADS } from "./election.ts";
import { defineFault, type FaultContext, note } from "./fault.ts";

const params = z.strictObject({
  ...topicTargetParams,
  every: durationSchema.prefault("5s").describe("Time from one round to the next."),
  rounds: z.number().int().min(1).max(1000).default(12).describe("How many rounds."),
});
type Params = z.infer<typeof params> & {
  /** One number for each round: by how much the replicas are turned. Drawn by the planner. */
  turns?: number[];
};

const DRAWN_MAX = 1000;
const RESTORED_WITHIN_MS = 30_000;
/** Who was put first may have to come into the ISR yet, and a broker to hear of a new leader. */
const ELECTED_WITHIN_MS = 10_000;
const HEARD_WITHIN_MS = 10_000;
const POLL_MS = 200;

export const electionStorm = defineFault<Params>({
  kind: "election.storm",
  summary: "moves the leaders of a topic's partitions every so often",
  params,
  needs: () => [],
  check: topicProblems,
  draw: (target, random) => ({
    ...target,
    turns: Array.from({ length: target.rounds }, () => random.between(0, DRAWN_MAX)),
  }),
  reach: (target) => ({
    fidelity: "graceful",
    targets: [topicWords(target)],
    affects: [`cluster:${target.cluster}`],
  }),
  async inject(target, context, live) {
    const before = (await partitionsMeant(target, context)).filter((p) => p.replicas.length > 1);
    if (before.length === 0) throw new Error(`${target.topic} has no partition with two replicas`);
    context.heals.defer(`the replicas of ${target.topic} in their first order`, async () => {
      await reorder(target, context, before);
      // Who leads afterwards is no part of the undo: the first one may be dead.
      await elect(target, context, before);
    });
    for (const one of before) {
      note(live, `epoch ${one.partition}`, one.leaderEpoch);
      note(live, `order ${one.partition}`, one.replicas.join(","));
    }
    let order = before;
    context.injecting();
    for (const [round, turn] of (target.turns ?? []).entries()) {
      if (round > 0) await delay(target.every, context.signal);
      context.signal.throwIfAborted();
      order = order.map((one, index) => turned(one, turn + index));
      await reorder(target, context, order);
      await elected(target, context, order);
      if (round === 0) context.injected();
    }
  },
  async prove(target, context, live) {
    let state = "";
    const moved = await poll(
      async () => {
        const moves = (await partitionsMeant(target, context))
          .filter(({ partition }) => live.noted?.has(`epoch ${partition}`))
          .map((one) => one.leaderEpoch - Number(live.noted?.get(`epoch ${one.partition}`)));
        const least = Math.min(...moves);
        state = `a partition's leader changed ${least} times in ${target.rounds} rounds`;
        return least < target.rounds ? undefined : moves.length;
      },
      within(context, HEARD_WITHIN_MS),
    );
    if (moved === undefined) throw new Error(state);
    return `${moved} partitions changed leaders in each of ${target.rounds} rounds`;
  },
  async proveHealed(target, context, live) {
    const orderOf = (one: TopicPartitionView) => live.noted?.get(`order ${one.partition}`);
    await partitionsUntil(
      context,
      target.cluster,
      (one) => {
        if (one.topic !== target.topic || orderOf(one) === undefined) return undefined;
        const order = one.replicas.join(",");
        return order === orderOf(one) ? undefined : `${one.topic}-${one.partition} has [${order}]`;
      },
      atMost(context, RESTORED_WITHIN_MS),
    );
    return `the replicas of ${target.topic} are in their first order`;
  },
});

/** Another replica first: turned by one at least, and never once around. */
function turned(one: TopicPartitionView, turn: number): TopicPartitionView {
  const by = 1 + (turn % (one.replicas.length - 1));
  return { ...one, replicas: [...one.replicas.slice(by), ...one.replicas.slice(0, by)] };
}

function within(context: FaultContext, ms: number) {
  return { everyMs: POLL_MS, withinMs: atMost(context, ms), signal: context.signal };
}

/** Gives the replicas this order; a refusal throws. */
async function reorder(
  target: Params,
  context: FaultContext,
  order: TopicPartitionView[],
): Promise<void> {
  const partitions = order.map(({ topic, partition, replicas }) => ({
    topic,
    partition,
    replicas,
  }));
  const assigned = await context.ask(target.cluster, "replicas.reassign", { partitions });
  const refused = assigned.find(({ errorCode }) => errorCode !== 0);
  if (refused) {
    const { topic, partition, errorCode, reason } = refused;
    throw new Error(
      `${topic}-${partition} was not reassigned: broker error ${errorCode} ${reason}`,
    );
  }
}

function elect(target: Params, context: FaultContext, order: TopicPartitionView[]) {
  const partitions = order.map(({ topic, partition }) => ({ topic, partition }));
  return context.ask(target.cluster, "leaders.elect", { type: "preferred", partitions });
}

/** Makes the first replicas lead: who is not in sync yet is elected once it is, or this throws. */
async function elected(
  target: Params,
  context: FaultContext,
  order: TopicPartitionView[],
): Promise<void> {
  let left = order;
  let refusal = "no broker answered";
  await poll(
    async () => {
      const answer = await elect(target, context, left);
      const refused = answer.filter((one) => !LEADS.has(one.errorCode));
      left = left.filter((one) => refused.some(({ partition }) => partition === one.partition));
      refusal = `broker error ${refused[0]?.errorCode}`;
      return left.length === 0 || undefined;
    },
    within(context, ELECTED_WITHIN_MS),
  );
  context.signal.throwIfAborted();
  const [first] = left;
  if (!first) return;
  const words = `${first.topic}-${first.partition} could not be given to ${first.replicas[0]}`;
  throw new Error(`${words}: ${refusal}`);
}
