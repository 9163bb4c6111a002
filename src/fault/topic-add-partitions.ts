/**
 * `topic.add-partitions` widens a topic of the workload, as a team that grows does.
 *
 * Groups rebalance, keys of a hashing producer move, and MirrorMaker learns of it at its next refresh
 * of topics (600 s by default). The drill's own producers choose partitions by number and keep to
 * those they began with; one with `partitions: added` begins with the new ones. Where there is none,
 * they stay empty and have no numbers. There is no way back: Kafka takes no partition away, and the
 * heal only looks that they are there.
 */
import { z } from "zod";
import { poll } from "../kernel/clock.ts";
import { defineFault, type FaultContext } from "./fault.ts";
import {
  resolveTopic,
  topicOf,
  topicProblems,
  topicReach,
  topicTargetParams,
} from "./topic-target.ts";

const params = z.strictObject({
  ...topicTargetParams,
  to: z.number().int().min(2).max(1000).describe("How many partitions it has afterwards."),
});
type Params = z.infer<typeof params>;

const LED_WITHIN_MS = 15_000;
const POLL_MS = 100;

export const topicAddPartitions = defineFault<Params>({
  kind: "topic.add-partitions",
  summary: "widens a topic; the new partitions stay",
  params,
  needs: () => [],
  check(target, topology, workload) {
    const problems: ReturnType<typeof topicProblems> = topicProblems(target, topology, workload);
    const has = topicOf(target, workload)?.partitions ?? 0;
    if (target.to <= has) {
      const message = `"${target.topic}" has ${has} partitions: expected more than that`;
      problems.push({ path: ["to"], message });
    }
    return problems;
  },
  reach: topicReach,
  resolve: resolveTopic,
  async inject({ topic, cluster, to }, context) {
    context.injecting();
    await context.ask(cluster, "topic.widen", { topic, partitions: to });
    context.injected();
  },
  prove: proveLed,
  proveHealed: async (target, context) => `${await proveLed(target, context)}: they stay`,
});

/** As many partitions as asked for, each with a leader. */
async function proveLed({ topic, cluster, to }: Params, context: FaultContext): Promise<string> {
  let found = 0;
  const led = await poll(
    async () => {
      const views = (await context.observer.partitions(cluster, topic)) ?? [];
      found = views.filter(({ leader }) => leader >= 0).length;
      return (views.length === to && found === to) || undefined;
    },
    { everyMs: POLL_MS, withinMs: Math.min(LED_WITHIN_MS, context.healedWithinMs) },
  );
  if (!led) throw new Error(`${topic} has ${found} partitions with a leader, expected ${to}`);
  return `${topic} has ${to} partitions, each with a leader`;
}
