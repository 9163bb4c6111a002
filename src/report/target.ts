/**
 * Reads the number out of a target as the experiment file writes it ("500", "≤ 5s", "at most 30s").
 * Used only to draw a target beside a measurement; the verdict is the judge's.
 */
import { parseDurationMs, parseSizeBytes } from "../kernel/units.ts";

/** Null when the target is not one upper bound: a shape, a range, a lower bound. */
export function parseTarget(written: string, unit: string): number | null {
  const bare = written
    .trim()
    .replace(/^(≤|<=|at most|atMost:?)\s*/i, "")
    .replace(/,(?=\d{3})/g, "")
    .trim();
  if (unit === "ms") return parseDurationMs(bare.replace(/\s+/g, "")) ?? null;
  if (unit === "bytes" && !/^\d+$/.test(bare)) return parseSizeBytes(bare) ?? null;
  return /^\d+(\.\d+)?( records?| partitions?| bytes)?$/.test(bare)
    ? Number.parseFloat(bare)
    : null;
}
