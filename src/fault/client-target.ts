/**
 * How a step names processes of the application: a role and a region. All producers of a region are
 * one process, all its consumers another; what happens to one client happens to its neighbours.
 */
import { z } from "zod";
import type { Fidelity } from "../history/events.ts";
import { DrillError } from "../kernel/errors.ts";
import type { Topology } from "../topology/types.ts";
import { CLIENT_ROLES, type ClientRole, type Workload } from "./application.ts";
import type { FaultContext, FaultReach, LiveTargets } from "./fault.ts";

export const clientTargetParams = {
  clients: z.enum(CLIENT_ROLES).describe("Which process: that of all producers, or all consumers."),
  in: z.string().describe("The region it runs in."),
};

export interface ClientTarget {
  clients: ClientRole;
  in: string;
}

/** Nodes are the processes. */
export interface LiveClientTargets extends LiveTargets {
  names: string[];
}

export function clientProblems(target: ClientTarget, topology: Topology, workload?: Workload) {
  const regions = topology.regions.map(({ name }) => name);
  const problem = (message: string) => [{ path: ["in"], message }];
  if (!regions.includes(target.in)) {
    return problem(`no region named "${target.in}"; the regions are ${regions.join(", ")}`);
  }
  const found = workload?.clients.some(
    ({ role, region }) => role === target.clients && region === target.in,
  );
  return found ? [] : problem(`the workload has no ${target.clients} in ${target.in}`);
}

/** Throws when no such process lives: it may have died before, or not be started yet. */
export async function resolveClients(
  target: ClientTarget,
  { application }: FaultContext,
): Promise<LiveClientTargets> {
  const nodes = application.processes(target.clients, target.in);
  if (nodes.length === 0) {
    const message = `expected a process of ${target.clients} in ${target.in}, found none alive`;
    throw new DrillError("E_FAULT_FAILED", message);
  }
  return { nodes, names: nodes.flatMap((process) => application.clientsOn(process)) };
}

export function clientsReach(
  target: ClientTarget,
  live: LiveClientTargets | undefined,
  fidelity: Fidelity,
): FaultReach {
  return {
    fidelity,
    targets: live?.nodes ?? [`${target.clients} in ${target.in}`],
    affects: (live?.names ?? []).map((name) => `client:${name}`),
  };
}
