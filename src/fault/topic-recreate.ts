/**
 * `topic.recreate` deletes a topic of the workload and makes it again at once, with the same shape.
 *
 * Offsets begin anew at 0. Clients that know topics by their names alone do not notice: MirrorMaker
 * goes on from the old topic's offset and skips what is below it, and acks name offsets that older
 * acks have named. So the judge finds records lost, and offsets acked twice: both are true.
 */
import { z } from "zod";
import { defineFault } from "./fault.ts";
import {
  createUnlessThere,
  deleteTopic,
  isGone,
  proveThere,
  resolveTopic,
  topicProblems,
  topicReach,
  topicTargetParams,
} from "./topic-target.ts";

const params = z.strictObject({ ...topicTargetParams });

export const topicRecreate = defineFault({
  kind: "topic.recreate",
  summary: "deletes a topic with all its records and makes it again, empty",
  params,
  needs: () => [],
  check: topicProblems,
  reach: topicReach,
  resolve: resolveTopic,
  async inject(target, context) {
    await deleteTopic(target, context);
    if (!(await isGone(target, context))) throw new Error(`a broker still knows ${target.topic}`);
    await createUnlessThere(target, context);
  },
  async prove(target, context, { topicId }) {
    const there = await proveThere(target, context);
    const found = await context.ask(target.cluster, "topic.identify", { topic: target.topic });
    if (found?.topicId === topicId) throw new Error(`${target.topic} still has its id ${topicId}`);
    return `${there}, and its id is ${found?.topicId}, no longer ${topicId}`;
  },
  proveHealed: proveThere,
});
