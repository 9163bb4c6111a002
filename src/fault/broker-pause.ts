/**
 * `broker.pause` freezes Kafka nodes (cgroup freezer) and, on heal, lets them go on.
 *
 * The kernel still accepts connections for a frozen broker, so clients meet silence, not refusal,
 * and what it had in flight is delivered late: the fault for fencing and zombie writes.
 */
import { z } from "zod";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { defineFault } from "./fault.ts";
import { proveServing, proveSilent, resumeNodes } from "./node-acts.ts";

export const brokerPause = defineFault({
  kind: "broker.pause",
  summary: "freezes brokers; thawed on heal",
  params: z.strictObject({ ...nodeTargetParams }),
  needs: () => ["pause"],
  check: brokerProblems,
  reach: (params, topology, live) => brokersReach(params, topology, live, "pause"),
  resolve: resolveNodes,
  async inject(_params, context, live) {
    context.heals.defer(`resume ${live.nodes.join(", ")}`, () => resumeNodes(context, live.nodes));
    context.injecting();
    await Promise.all(live.nodes.map((node) => context.runtime.pause(node)));
    context.injected();
  },
  prove: (_params, context, live) => proveSilent(context, live.nodes),
  proveHealed: (_params, context, live) => proveServing(context, live.nodes),
});
