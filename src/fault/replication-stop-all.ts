/**
 * `replication.stop-all` sends SIGKILL to every replication worker of the run at once and, on heal,
 * starts them again: nothing crosses in any direction, and nobody who watches brokers notices.
 */
import { z } from "zod";
import type { Topology } from "../topology/types.ts";
import { defineFault } from "./fault.ts";
import {
  killWorkers,
  proveWorkersDead,
  proveWorking,
  workersLeft,
  workersReach,
} from "./replication-target.ts";

const names = (topology: Topology) => topology.replications.map(({ name }) => name);

export const replicationStopAll = defineFault({
  kind: "replication.stop-all",
  summary: "SIGKILL to every replication worker; started again on heal",
  params: z.strictObject({}),
  needs: () => ["kill", "start"],
  check: (_params, topology) =>
    names(topology).length > 0
      ? []
      : [{ path: [], message: "the topology has no `replication`, so no worker" }],
  reach: (_params, topology) => workersReach(topology.replications, "crash"),
  inject: (_params, context) => killWorkers(context, workersLeft(context, names(context.topology))),
  prove: (_params, context) => proveWorkersDead(context, names(context.topology)),
  proveHealed: (_params, context) => proveWorking(context, names(context.topology)),
});
