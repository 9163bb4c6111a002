/**
 * `replication.pause` freezes one replication worker and, on heal, lets it go on.
 *
 * Its connections stay open and silent. A worker that was frozen for longer than its session timeout
 * has left the Connect group when it wakes, and joins it anew.
 */
import { z } from "zod";
import { defineFault } from "./fault.ts";
import { resumeNodes } from "./node-acts.ts";
import {
  proveStill,
  proveWorking,
  workerOf,
  workerProblems,
  workersLeft,
  workersReach,
  workerTargetParams,
} from "./replication-target.ts";

export const replicationPause = defineFault({
  kind: "replication.pause",
  summary: "freezes a replication worker; thawed on heal",
  params: z.strictObject({ ...workerTargetParams }),
  needs: () => ["pause"],
  check: workerProblems,
  reach: (params, topology) => workersReach([workerOf(params, topology)], "pause"),
  async inject(params, context) {
    const { name } = workerOf(params, context.topology);
    context.heals.defer(`resume ${name}`, () => resumeNodes(context, workersLeft(context, [name])));
    context.injecting();
    await context.runtime.pause(name);
    context.injected();
  },
  prove: (params, context) => proveStill(context, workerOf(params, context.topology).name),
  proveHealed: (params, context) =>
    proveWorking(context, [workerOf(params, context.topology).name]),
});
