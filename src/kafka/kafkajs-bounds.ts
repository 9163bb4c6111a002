/** Bounds of a log as the workload's own client sees them, to be compared with the auditor's. */
import { monotonicUs } from "../kernel/clock.ts";
import { kafkaClient } from "./client.ts";
import type { Bounds } from "./cluster-requests.ts";

/** Null when the cluster lists no such topic. */
export async function kafkajsBounds(bootstrap: string[], topic: string): Promise<Bounds[] | null> {
  const clientId = `bounds-${monotonicUs()}`;
  const admin = kafkaClient({ clientId, bootstrap, settings: {} }).admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) return null;
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}
