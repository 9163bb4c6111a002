/**
 * Whose recovery a number is. The cluster's is that of the cluster the application began on: where the
 * application has left it for another, it may be down for ever while the application is well, and
 * a number without that word reads as a contradiction.
 */
import type { Recovery, Result } from "../reconcile/result.ts";

/** The clusters a recovery is about; empty when it says nothing of a cluster that was left. */
function leftBehind({ viewpoint, partitions }: Recovery, { rpo }: Result): string[] {
  if (viewpoint !== "cluster") return [];
  const clusters = [...new Set(partitions.map(({ cluster }) => cluster))];
  return clusters.includes(rpo.survivingCluster) ? [] : clusters;
}

/** `produce`; `cluster (of primary, which the application left for standby)`. */
export function viewpointText(recovery: Recovery, result: Result): string {
  const left = leftBehind(recovery, result);
  if (left.length === 0) return recovery.viewpoint;
  return `cluster (of ${left.join(", ")}, which the application left for ${result.rpo.survivingCluster})`;
}

/** The same as a sentence for the chart; empty where nothing was left. */
export function viewpointNote(recovery: Recovery, result: Result): string {
  const left = leftBehind(recovery, result);
  if (left.length === 0) return "";
  return (
    ` This is ${left.join(", ")}, which the application left for ${result.rpo.survivingCluster}: ` +
    "whether it came back is no part of the application's recovery."
  );
}
