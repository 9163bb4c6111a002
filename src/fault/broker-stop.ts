/**
 * `broker.stop` sends SIGTERM to Kafka nodes and gives them time: they hand their leaderships over,
 * close their logs and end. On heal they are started again.
 *
 * It is the planned restart of every maintenance, and flatters recovery times: no session has to run
 * out. A node that needs longer than `grace` is killed, and then the fault is not proven. Callers
 * from other regions are refused once the process is gone; until the gateways are told, some
 * milliseconds later, a new connection is accepted and reset.
 */
import { z } from "zod";
import { durationSchema } from "../kernel/schema-units.ts";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { proveLeadersMoved } from "./cluster-acts.ts";
import { defineFault } from "./fault.ts";
import { proveEnded, proveRemoteView, proveServing, restartNodes, stopNodes } from "./node-acts.ts";

const params = z.strictObject({
  ...nodeTargetParams,
  grace: durationSchema
    .prefault("30s")
    .describe("How long a node may take to end before it is killed."),
});

export const brokerStop = defineFault<z.infer<typeof params>>({
  kind: "broker.stop",
  summary: "SIGTERM to brokers: controlled shutdown; started again on heal",
  params,
  needs: () => ["stop", "kill", "start"],
  check: brokerProblems,
  reach: (target, topology, live) => brokersReach(target, topology, live, "graceful"),
  resolve: resolveNodes,
  async inject({ grace }, context, live) {
    context.heals.defer(`start ${live.nodes.join(", ")}`, () => restartNodes(context, live.nodes));
    await stopNodes(context, live.nodes, grace);
  },
  async prove(_params, context, live) {
    const ended = await proveEnded(context, live.nodes);
    const moved = await proveLeadersMoved(context, live.nodes);
    return `${ended}; ${moved}${await proveRemoteView(context, live.nodes, "refuse")}`;
  },
  proveHealed: (_params, context, live) => proveServing(context, live.nodes),
});
