/** Operations on topics that faults need: where they end, and what is done to them as a whole. */
import { fetchMetadata, logBounds, topicOf, withAnyBroker } from "../kafka/cluster-requests.ts";
import type { Answer, Ask } from "./protocol.ts";

const CLIENT = "blackstart-admin";

export async function endsOfTopics(ask: Ask<"topics.ends">): Promise<Answer<"topics.ends">> {
  const { bootstrap } = ask.address;
  const metadata = await withAnyBroker(bootstrap, CLIENT, (at) => fetchMetadata(at, ask.topics));
  const found: Answer<"topics.ends"> = [];
  for (const topic of ask.topics) {
    const partitions = topicOf(metadata, topic)?.partitions.length;
    if (partitions === undefined) continue;
    const bounds = await logBounds(bootstrap, CLIENT, { topic, partitions });
    found.push({ topic, end: bounds.reduce((sum, { end }) => sum + end, 0) });
  }
  return found;
}
