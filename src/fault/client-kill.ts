/**
 * `client.kill` sends SIGKILL to a process of the application: all producers or all consumers of a
 * region, without a word to any broker.
 *
 * What the process had been promised is in its journal on the host, which a kill cannot take back;
 * what it had sent and not heard of is indeterminate. A group notices only when the member's session
 * is over. On heal a new process starts in its place, unless `restart: false`: consumers go on from
 * their commits, producers are successors with sequences of their own.
 */
import { z } from "zod";
import {
  clientProblems,
  clientsReach,
  clientTargetParams,
  type LiveClientTargets,
  resolveClients,
} from "./client-target.ts";
import { defineFault } from "./fault.ts";

const params = z.strictObject({
  ...clientTargetParams,
  restart: z.boolean().default(true).describe("Whether a new process takes its place on heal."),
});
type Params = z.infer<typeof params>;

interface LiveKill extends LiveClientTargets {
  /** Names of the clients that were started in the place of the dead. */
  started: string[];
}

export const clientKill = defineFault<Params, LiveKill>({
  kind: "client.kill",
  summary: "SIGKILL to a process of the application; a new one takes its place on heal",
  params,
  needs: () => ["kill"],
  check: clientProblems,
  reach: (target, _topology, live) => clientsReach(target, live, "crash"),
  resolve: async (target, context) => ({
    ...(await resolveClients(target, context)),
    started: [],
  }),
  async inject(target, context, live) {
    if (target.restart) {
      context.heals.defer(`restart ${live.nodes.join(", ")}`, async () => {
        for (const process of live.nodes) {
          live.started.push(...(await context.application.restart(process)));
        }
      });
    }
    for (const process of live.nodes) context.expectDeath(process);
    context.injecting();
    await Promise.all(live.nodes.map((process) => context.runtime.kill(process)));
    context.injected();
  },
  async prove(_target, context, { nodes, names }) {
    for (const process of nodes) {
      if (await context.runtime.isRunning(process)) {
        throw new Error(`${process} still runs after the kill`);
      }
    }
    return `the engine reports ${nodes.join(", ")} dead, and with it ${names.join(", ")}`;
  },
  async proveHealed({ restart }, context, { started, names }) {
    if (!restart) return `${names.join(", ")} stay dead, as asked`;
    if (started.length === 0) return "the workload is over: nothing was started any more";
    const left = await context.application.unserved(started, context.healedWithinMs);
    if (left.length > 0) {
      throw new Error(`${left.join(", ")} was not served within ${context.healedWithinMs} ms`);
    }
    return `${started.join(", ")} started and served`;
  },
});
