/** Operations on topics that faults need: where they end, and what is done to them as a whole. */
import { fetchMetadata, logBounds, topicOf, withAnyBroker } from "../kafka/cluster-requests.ts";
import { deleteTopic, widenTopic } from "../kafka/topic-requests.ts";
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

/** Who a topic is: one that was deleted and made again has another id. Null when nobody knows it. */
export async function identifyTopic(ask: Ask<"topic.identify">): Promise<Answer<"topic.identify">> {
  const { bootstrap } = ask.address;
  const metadata = await withAnyBroker(bootstrap, CLIENT, (at) => fetchMetadata(at, [ask.topic]));
  const found = topicOf(metadata, ask.topic);
  return found && { topicId: found.topicId, partitions: found.partitions.length };
}

export async function removeTopic(ask: Ask<"topic.delete">): Promise<Answer<"topic.delete">> {
  await withAnyBroker(ask.address.bootstrap, CLIENT, (at) => deleteTopic(at, ask.topic));
  return {};
}

export async function addPartitions(ask: Ask<"topic.widen">): Promise<Answer<"topic.widen">> {
  const { topic, partitions } = ask;
  await withAnyBroker(ask.address.bootstrap, CLIENT, (at) => widenTopic(at, topic, partitions));
  return {};
}
