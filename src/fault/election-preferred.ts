/**
 * `election.preferred` gives partitions back to the first replica of their assignment, as operators
 * and rebalancers do after a restart (KIP-460): leaders change while everything lives.
 *
 * Nothing can be lost; clients meet NOT_LEADER and look for the new leader. Where the preferred one
 * leads already there is nothing to elect, and when that is so everywhere the fault is not proven.
 */
import { z } from "zod";
import { topicProblems, topicTargetParams, topicWords } from "./cluster-target.ts";
import { holdElection, proveElected, proveLed } from "./election.ts";
import { defineFault } from "./fault.ts";

const params = z.strictObject({ ...topicTargetParams });

export const electionPreferred = defineFault<z.infer<typeof params>>({
  kind: "election.preferred",
  summary: "elects the preferred leaders of a topic's partitions",
  params,
  needs: () => [],
  check: topicProblems,
  reach: (target) => ({
    fidelity: "graceful",
    targets: [topicWords(target)],
    affects: [`cluster:${target.cluster}`],
  }),
  inject: (target, context, live) => holdElection("preferred", target, context, live),
  prove: (target, context, live) =>
    proveElected(target, context, live, ({ leader, replicas }) => leader === replicas[0]),
  proveHealed: proveLed,
});
