/**
 * What two topologies must have in common for one set of containers to serve both: regions, nodes
 * with every setting, and clusters. Replications are left out: they start anew for every run. So is
 * what links add, which is set for each run; that there is a link in each direction goes without saying.
 */
import { createHash } from "node:crypto";
import type { Topology } from "./types.ts";

/** Equal keys: the same world serves both. Hex, 16 characters. */
export function worldKey({ regions, clusters, nodes }: Topology): string {
  const text = JSON.stringify({ regions, clusters, nodes });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
