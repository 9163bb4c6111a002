/**
 * What the machine must hold, estimated from hand measurements (a broker with a heap of 256 MiB was
 * 270 MB, a MirrorMaker 370 MB, a gateway 3 MB and its network namespace, an agent 60 to 90 MB).
 * Rounded up: the estimate refuses a drill before it boots, and a swapping machine measures nothing.
 */

import type { Topology } from "../topology/types.ts";
import type { Plan } from "./plan.ts";

const BROKER_BESIDE_HEAP = 200;
const CONTROLLER_BESIDE_HEAP = 150;
const WORKER_BESIDE_HEAP = 200;
const GATEWAY = 15;
const AGENT = 90;
/** Per region: the application's clients, and the probes. */
const AGENTS_A_REGION = 2;
/** What the engine, the harness and the system itself need besides. */
const RESERVE = 512;
const MIB = 1024 * 1024;

/** MiB, of each part and in all: the one sum that plans, capacity and refusals go by. */
export function memoryOf(topology: Topology): Plan["memoryMiB"] {
  const byNode: Record<string, number> = {};
  for (const node of topology.nodes) {
    const beside = node.roles.includes("broker") ? BROKER_BESIDE_HEAP : CONTROLLER_BESIDE_HEAP;
    byNode[node.name] = node.heapMiB + beside + Math.ceil((node.diskBytes ?? 0) / MIB);
  }
  for (const worker of topology.replications) {
    byNode[worker.name] = worker.heapMiB + WORKER_BESIDE_HEAP;
  }
  for (const { from, to } of topology.links) byNode[`gateway ${from}->${to}`] = GATEWAY;
  for (const { name } of topology.regions) byNode[`agents ${name}`] = AGENT * AGENTS_A_REGION;
  byNode["engine and harness"] = RESERVE;
  const total = Object.values(byNode).reduce((sum, part) => sum + part, 0);
  return { total, byNode };
}
