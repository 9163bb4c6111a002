/**
 * What two topologies must have in common for one set of containers to serve both: regions, nodes
 * with every setting, clusters and links. Replications are left out: they start anew for every run.
 */
import { createHash } from "node:crypto";
import type { Topology } from "./types.ts";

/** Equal keys: the same world serves both. Hex, 16 characters. */
export function worldKey({ regions, clusters, nodes, links }: Topology): string {
  const text = JSON.stringify({ regions, clusters, nodes, links });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
