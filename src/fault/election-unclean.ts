/**
 * `election.unclean` makes any living replica the leader of partitions that have none (KIP-460): the
 * operator's last resort, availability bought with records.
 *
 * What only the dead replicas had is gone, also when they come back: they truncate to the new leader.
 * Where a leader is, Kafka holds no unclean election; then the fault is not proven.
 */
import { z } from "zod";
import { topicProblems, topicTargetParams, topicWords } from "./cluster-target.ts";
import { holdElection, proveElected, proveLed } from "./election.ts";
import { defineFault } from "./fault.ts";

const params = z.strictObject({ ...topicTargetParams });

export const electionUnclean = defineFault<z.infer<typeof params>>({
  kind: "election.unclean",
  summary: "elects any living replica of partitions without a leader; records may be lost",
  params,
  lasting: "an unclean election was held",
  needs: () => [],
  check: topicProblems,
  reach: (target) => ({
    fidelity: "graceful",
    targets: [topicWords(target)],
    affects: [`cluster:${target.cluster}`],
  }),
  inject: (target, context, live) => holdElection("unclean", target, context, live),
  prove: (target, context, live) =>
    proveElected(target, context, live, ({ leader }) => leader >= 0),
  proveHealed: proveLed,
});
