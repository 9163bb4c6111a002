/**
 * `topic.delete` deletes a topic of the workload, as an operator on the wrong cluster does.
 *
 * Every record in it is gone for good on that cluster; what MirrorMaker had copied stays, because it
 * deletes nothing. On heal a topic of the same name and shape is made, and it is empty: that mends
 * the clients and brings nothing back. Unless the step heals it, the audit finds an empty log.
 */
import { z } from "zod";
import { defineFault } from "./fault.ts";
import {
  deleteTopic,
  isGone,
  proveThere,
  resolveTopic,
  topicProblems,
  topicReach,
  topicTargetParams,
} from "./topic-target.ts";

const params = z.strictObject({ ...topicTargetParams });

export const topicDelete = defineFault({
  kind: "topic.delete",
  summary: "deletes a topic with all its records; an empty one is made on heal",
  params,
  needs: () => [],
  check: topicProblems,
  reach: topicReach,
  resolve: resolveTopic,
  inject: deleteTopic,
  async prove(target, context) {
    if (await isGone(target, context)) return `no broker that answers knows ${target.topic}`;
    throw new Error(`a broker still knows ${target.topic}`);
  },
  proveHealed: proveThere,
});
