/** Refuses, before anything boots, what the machine cannot hold. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import type { Plan } from "../experiment/plan.ts";
import { DrillError } from "../kernel/errors.ts";
import { formatBytes } from "../kernel/units.ts";

/** What a plan asks of this machine, and what the machine has. */
export interface Capacity {
  needMiB: number;
  freeMiB: number;
  holds: boolean;
  /** Both numbers, in a sentence. */
  words: string;
}

export function capacityOf(plan: Plan, freeMiB: number = availableMiB()): Capacity {
  const needMiB = plan.memoryMiB.total;
  const { nodes, replications } = plan.topology;
  const words =
    `${plan.name} needs about ${formatMiB(needMiB)} for ${nodes.length + replications.length} Kafka ` +
    `processes with all that goes with them, the machine has ${formatMiB(freeMiB)} free`;
  return { needMiB, freeMiB, holds: needMiB <= freeMiB, words };
}

/** `4.00 GiB`, as a plan says it. */
export function formatMiB(mib: number): string {
  return formatBytes(mib * 1_048_576);
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
