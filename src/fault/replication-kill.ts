/**
 * `replication.kill` sends SIGKILL to one replication worker and, on heal, starts it again.
 *
 * It goes on from the source offsets it had flushed (60 s apart by default), so what it copied since
 * then is copied twice; nothing is lost as long as the source keeps it.
 */
import { z } from "zod";
import { defineFault } from "./fault.ts";
import {
  killWorkers,
  proveWorkersDead,
  proveWorking,
  workerOf,
  workerProblems,
  workersReach,
  workerTargetParams,
} from "./replication-target.ts";

export const replicationKill = defineFault({
  kind: "replication.kill",
  summary: "SIGKILL to a replication worker; started again on heal",
  params: z.strictObject({ ...workerTargetParams }),
  needs: () => ["kill", "start"],
  check: workerProblems,
  reach: (params, topology) => workersReach([workerOf(params, topology)], "crash"),
  inject: (params, context) => killWorkers(context, [workerOf(params, context.topology).name]),
  prove: (params, context) => proveWorkersDead(context, [workerOf(params, context.topology).name]),
  proveHealed: (params, context) =>
    proveWorking(context, [workerOf(params, context.topology).name]),
});
