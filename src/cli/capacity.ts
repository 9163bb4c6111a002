/** Refuses, before anything boots, what the machine cannot hold. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import type { Plan } from "../experiment/plan.ts";
import { DrillError } from "../kernel/errors.ts";

/** What the engine, the harness and the system itself need besides, MiB. */
const RESERVE_MIB = 512;

/** What a plan asks of this machine, and what the machine has. */
export interface Capacity {
  needMiB: number;
  freeMiB: number;
  holds: boolean;
  /** Both numbers, in a sentence. */
  words: string;
}

export function neededMiB(plan: Plan): number {
  return plan.memoryMiB.total + RESERVE_MIB;
}

export function capacityOf(plan: Plan, freeMiB: number = availableMiB()): Capacity {
  const needMiB = neededMiB(plan);
  const nodes = plan.topology.nodes.length;
  const words =
    `${plan.name} needs about ${needMiB} MiB for ${nodes} Kafka nodes and their agents, ` +
    `the machine has ${freeMiB} MiB free`;
  return { needMiB, freeMiB, holds: needMiB <= freeMiB, words };
}

/** Throws E_CAPACITY, with the numbers, when the plan needs more memory than is free. */
export function checkCapacity(plan: Plan, freeMiB: number = availableMiB()): void {
  const { holds, words } = capacityOf(plan, freeMiB);
  if (!holds) throw new DrillError("E_CAPACITY", words);
}

/** Memory that can be had without swapping; all of it where the system does not say. */
export function availableMiB(): number {
  try {
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
    if (match) return Math.floor(Number(match[1]) / 1024);
  } catch {
    // Not Linux.
  }
  return Math.floor(totalmem() / 1_048_576);
}
