/**
 * `election.storm` moves the leadership of partitions again and again, every so often: a rebalancer
 * that found no rest.
 *
 * In each round every partition's replicas are put in another order (no data moves) and the first of
 * them is elected. Which one is drawn from the run's seed when the drill is planned. The step lasts
 * as long as the storm; on heal the first order comes back. Partitions with one replica stay.
 */
import { z } from "zod";
import { delay } from "../kernel/clock.ts";
import { durationSchema } from "../kernel/schema-units.ts";
import { atMost, partitionsUntil } from "./cluster-acts.ts";
import type { TopicPartitionView } from "./cluster-asks.ts";
import { partitionsMeant, topicProblems, topicTargetParams, topicWords } from "./cluster-target.ts";
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
    context.heals.defer(`the replicas of ${target.topic} in their first order`, () =>
      lead(target, context, before),
    );
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
      await lead(target, context, order);
      if (round === 0) context.injected();
    }
  },
  async prove(target, context, live) {
    const now = await partitionsMeant(target, context);
    const moves = now
      .filter(({ partition }) => live.noted?.has(`epoch ${partition}`))
      .map((one) => one.leaderEpoch - Number(live.noted?.get(`epoch ${one.partition}`)));
    const least = Math.min(...moves);
    if (least < target.rounds) {
      throw new Error(`a partition's leader changed ${least} times in ${target.rounds} rounds`);
    }
    return `${moves.length} partitions changed leaders in each of ${target.rounds} rounds`;
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

/** Gives the replicas this order and makes the first one lead; a refusal throws. */
async function lead(
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
  const meant = order.map(({ topic, partition }) => ({ topic, partition }));
  await context.ask(target.cluster, "leaders.elect", { type: "preferred", partitions: meant });
}
