/**
 * Operations that make a used cluster as good as new, and show whether it is: nothing of the run
 * before is left, every partition is led by its first replica, every controller is caught up.
 *
 * Kafka's own topics stay. They are empty of groups once the groups are deleted, and making them
 * again is what a warm world saves.
 */
import { formatEndpoint, parseEndpoint } from "../kafka/broker-connection.ts";
import {
  deleteGroup,
  deleteTopics,
  listGroups,
  quorumProgress,
} from "../kafka/cluster-clearing.ts";
import {
  fetchMetadata,
  type Metadata,
  type TopicMetadata,
  withAnyBroker,
  withBroker,
} from "../kafka/cluster-requests.ts";
import { electLeaders } from "../kafka/elect-leaders.ts";
import { poll } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Answer, Ask } from "./protocol.ts";

const CLIENT = "blackstart-admin";
const POLL_MS = 100;
const ACT_MS = 4000;

/** Deletes groups and topics until every broker says there are none. Gives what was deleted. */
export async function clearCluster(ask: Ask<"cluster.clear">): Promise<Answer<"cluster.clear">> {
  const { bootstrap } = ask.address;
  const gone = { topics: new Set<string>(), groups: new Set<string>() };
  let state = "";
  const cleared = await poll(
    async () => {
      const { views, groups } = await look(bootstrap);
      const topics = [...new Set(views.flatMap(({ topics: seen }) => ownTopics(seen)))];
      state = `${[...topics, ...groups].join(", ")} left, ${views.length} brokers answer`;
      if (topics.length + groups.length === 0) return views.length >= ask.brokers || undefined;
      for (const group of groups) gone.groups.add(group);
      for (const topic of topics) gone.topics.add(topic);
      // Groups first: a topic that goes takes offsets of its groups along, and may empty them.
      await Promise.all(groups.map((group) => deleteGroup(bootstrap, CLIENT, group)));
      if (topics.length > 0) {
        await withAnyBroker(bootstrap, CLIENT, (at) => deleteTopics(at, topics, ACT_MS));
      }
      return undefined;
    },
    {
      everyMs: POLL_MS,
      withinMs: ask.withinMs,
      onError: (error) => {
        state = messageOf(error);
      },
    },
  );
  if (!cleared) throw new Error(`not cleared after ${ask.withinMs} ms: ${state}`);
  await electPreferred(bootstrap);
  return { topics: [...gone.topics].sort(), groups: [...gone.groups].sort() };
}

/** Gives what is left of the partitions back to their first replicas, as in a new cluster. */
async function electPreferred(bootstrap: string[]): Promise<void> {
  await withAnyBroker(bootstrap, CLIENT, async (connection) => {
    const metadata = await fetchMetadata(connection, null);
    const topics = metadata.topics.flatMap(({ name, partitions }) => {
      const moved = partitions.filter(({ leaderId, replicaNodes }) => leaderId !== replicaNodes[0]);
      if (!name || moved.length === 0) return [];
      return [{ topic: name, partitions: moved.map(({ partitionIndex }) => partitionIndex) }];
    });
    if (topics.length === 0) return;
    // What comes of it is seen in the census: a partition that was refused is still led elsewhere.
    await electLeaders(connection, { type: "preferred", topics, timeoutMs: ACT_MS });
  });
}

/** Facts for the proof that a cluster is whole, from every broker that answers. */
export async function census(ask: Ask<"cluster.census">): Promise<Answer<"cluster.census">> {
  const { bootstrap } = ask.address;
  const [seen, quorum] = await Promise.all([
    look(bootstrap),
    withAnyBroker(bootstrap, CLIENT, quorumProgress),
  ]);
  const views = seen.views.map(({ at, topics }) => ({
    at,
    topics: topics.map((topic) => ({
      topic: topic.name ?? "",
      internal: topic.isInternal,
      partitions: topic.partitions.map((p) => ({
        partition: p.partitionIndex,
        leader: p.leaderId,
        leaderEpoch: p.leaderEpoch,
        replicas: p.replicaNodes,
        isr: p.isrNodes,
      })),
    })),
  }));
  return { views, groups: seen.groups, quorum };
}

/** Topics and groups as each broker knows them; a broker that does not answer is left out. */
async function look(bootstrap: string[]) {
  const asked = bootstrap.map(async (address) => {
    const endpoint = parseEndpoint(address);
    return withBroker(endpoint, CLIENT, async (connection) => {
      const metadata: Metadata = await fetchMetadata(connection, null);
      const groups = await listGroups(connection);
      return { at: formatEndpoint(endpoint), topics: metadata.topics, groups };
    });
  });
  const views = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : [],
  );
  return { views, groups: [...new Set(views.flatMap(({ groups }) => groups))].sort() };
}

function ownTopics(topics: TopicMetadata[]): string[] {
  return topics.flatMap(({ name, isInternal }) => (name && !isInternal ? [name] : []));
}
