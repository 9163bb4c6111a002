/**
 * `broker.kill` sends SIGKILL to Kafka nodes and, on heal, starts the same nodes again with their
 * disks.
 *
 * A kill loses nothing that was replicated: it tests fencing, leader election and client recovery.
 * What remote regions see of the dead node is set on the gateways (refused), never left to chance.
 */
import { z } from "zod";
import { brokerProblems, brokersReach, nodeTargetParams, resolveNodes } from "./broker-target.ts";
import { defineFault } from "./fault.ts";
import { killNodes, proveDead, proveServing, restartNodes } from "./node-acts.ts";

export const brokerKill = defineFault({
  kind: "broker.kill",
  summary: "SIGKILL to brokers; started again with their disks on heal",
  params: z.strictObject({ ...nodeTargetParams }),
  needs: () => ["kill", "start"],
  check: brokerProblems,
  reach: (params, topology, live) => brokersReach(params, topology, live, "crash"),
  resolve: resolveNodes,
  async inject(_params, context, live) {
    context.heals.defer(`start ${live.nodes.join(", ")}`, () => restartNodes(context, live.nodes));
    await killNodes(context, live.nodes, "refuse");
  },
  prove: (_params, context, live) => proveDead(context, live.nodes),
  proveHealed: (_params, context, live) => proveServing(context, live.nodes),
});
