/**
 * Whether records are missing without an objective that asks about them. A run passes when its
 * objectives are met; where none is on the loss, the word alone would be read as "nothing was lost".
 */
import type { Result } from "../reconcile/result.ts";

/** `no objective on loss`; empty where nothing is missing, or an objective is on the RPO. */
export function uncoveredLoss({ rpo, objectives }: Result): string {
  if ((rpo.records.value ?? 0) === 0) return "";
  const metrics = objectives.map(({ metric }) => metric);
  if (metrics.some((metric) => metric.startsWith("rpo."))) return "";
  return metrics.includes("lost.records") ? "no objective on the RPO" : "no objective on loss";
}
