/**
 * Producers of partitions that a step adds: they start when it has shown that the partitions are
 * there, each with a leader. Their schedule begins then, so what nobody could have sent before is not
 * missing. There is no canary on these partitions, and no readiness record.
 */
import type { FaultStep } from "../experiment/plan.ts";
import { topicAddPartitions } from "../fault/topic-add-partitions.ts";
import { monotonicUs } from "../kernel/clock.ts";
import { logOf, type RunContext, throwIfAborted } from "./run-context.ts";
import { settleAll } from "./settle-all.ts";
import { agentFor, LEAD_US, startProducer } from "./stages/3-workload.ts";

/** Does nothing after steps of other kinds. */
export async function startAdded(context: RunContext, step: FaultStep): Promise<void> {
  if (step.kind !== topicAddPartitions.kind) return;
  const { plan, progress } = context;
  const { topic, cluster } = topicAddPartitions.params.parse(step.params);
  const meant = plan.producers.filter(({ start, log: id }) => {
    const log = logOf(plan, id);
    return start === "added" && log.topic === topic && log.cluster === cluster;
  });
  if (meant.length === 0) return;
  throwIfAborted(context.signal);
  const t0Us = monotonicUs() + LEAD_US;
  await settleAll(
    meant.map((one) =>
      startProducer(context, one, t0Us, agentFor(context, one.region, "producers")),
    ),
  );
  progress.note(`${step.id}: ${meant.map(({ name }) => name).join(", ")} writes to what was added`);
}
