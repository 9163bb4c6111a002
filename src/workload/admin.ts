/**
 * Operations that ask a cluster something or set it up, one answer each. Readiness is what every
 * broker says by protocol; a port that is open, or one broker that is content, is not enough.
 */
import { alterTopicConfigs } from "../kafka/alter-configs.ts";
import { apiVersions } from "../kafka/api-versions.ts";
import { formatEndpoint, parseEndpoint } from "../kafka/broker-connection.ts";
import {
  BrokerRefusal,
  createTopics,
  fetchMetadata,
  type Metadata,
  type TopicMetadata,
  topicConfigs,
  topicOf,
  withAnyBroker,
  withBroker,
} from "../kafka/cluster-requests.ts";
import { delay, monotonicUs, poll } from "../kernel/clock.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Answer, Ask, PartitionState } from "./protocol.ts";

const CLIENT = "blackstart-admin";
const POLL_MS = 50;
/** How much longer than the first broker's answer the others' are waited for. */
const STRAGGLER_MS = 300;
/** Refusals that time does not cure: bad request, configuration, name, placement, policy. */
const HOPELESS = new Set([17, 29, 31, 37, 39, 40, 42, 44]);

/** What each of the brokers says; those that do not answer are left out. */
async function askAll(addresses: string[], topics: string[]): Promise<Map<string, Metadata>> {
  const answers = new Map<string, Metadata>();
  await Promise.all(
    addresses.map(async (address) => {
      try {
        const metadata = await withBroker(parseEndpoint(address), CLIENT, async (connection) => {
          await apiVersions(connection);
          return fetchMetadata(connection, topics);
        });
        answers.set(address, metadata);
      } catch {
        // No answer is no answer; the caller counts.
      }
    }),
  );
  return answers;
}

function advertised(answers: Iterable<Metadata>): string[] {
  const found = new Set<string>();
  for (const { brokers } of answers)
    for (const broker of brokers) found.add(formatEndpoint(broker));
  return [...found];
}

export async function clusterReady(ask: Ask<"cluster.ready">): Promise<Answer<"cluster.ready">> {
  const startUs = monotonicUs();
  let state = "no broker answers";
  const brokers = await poll(
    async () => {
      const answers = await askAll(ask.address.bootstrap, []);
      const others = advertised(answers.values()).filter((a) => !answers.has(a));
      for (const [address, metadata] of await askAll(others, [])) answers.set(address, metadata);
      const lists = [...answers.values()].map((m) =>
        m.brokers.map((b) => b.nodeId).sort(ascending),
      );
      const controlled = [...answers.values()].every((m) => m.controllerId >= 0);
      state = `${answers.size} of ${ask.brokers} answer and list [${lists.join("], [")}]`;
      const all = lists.every((list) => list.length === ask.brokers);
      return answers.size >= ask.brokers && all && controlled ? lists[0] : undefined;
    },
    { everyMs: POLL_MS, withinMs: ask.withinMs },
  );
  if (brokers === undefined) throw new Error(`not ready after ${ask.withinMs} ms: ${state}`);
  const features = await withAnyBroker(ask.address.bootstrap, CLIENT, apiVersions);
  return { brokers, features, tookMs: (monotonicUs() - startUs) / 1000 };
}

function ascending(a: number, b: number): number {
  return a - b;
}

export async function createTopicsAndWait(
  ask: Ask<"topics.create">,
): Promise<Answer<"topics.create">> {
  const { bootstrap } = ask.address;
  const names = ask.topics.map((topic) => topic.topic);
  const startUs = monotonicUs();
  const leftMs = () => Math.max(0, ask.withinMs - (monotonicUs() - startUs) / 1000);
  let last: unknown = new Error("no attempt was made");
  let hopeless: unknown;
  const created = await poll(
    async () => {
      try {
        await withAnyBroker(bootstrap, CLIENT, (at) => createTopics(at, ask.topics, 4000));
      } catch (error) {
        if (!(error instanceof BrokerRefusal && HOPELESS.has(error.code))) throw error;
        hopeless = error;
      }
      return true;
    },
    {
      everyMs: POLL_MS,
      withinMs: leftMs(),
      onError: (error) => {
        last = error;
      },
    },
  );
  if (hopeless !== undefined) throw hopeless;
  if (created === undefined) throw last;
  let state = "nobody knows them";
  const whole = await poll(
    async () => {
      const answers = await askAll(bootstrap, names);
      for (const [address, m] of await askAll(missing(answers), names)) answers.set(address, m);
      state = incomplete(ask.topics, answers) ?? "";
      return state === "" ? true : undefined;
    },
    { everyMs: POLL_MS, withinMs: leftMs() },
  );
  if (whole === undefined) throw new Error(`topics not ready after ${ask.withinMs} ms: ${state}`);
  return {};
}

function missing(answers: Map<string, Metadata>): string[] {
  return advertised(answers.values()).filter((address) => !answers.has(address));
}

/** What is not ready yet, in words; undefined when every broker sees every topic whole. */
function incomplete(
  topics: Ask<"topics.create">["topics"],
  answers: Map<string, Metadata>,
): string | undefined {
  if (answers.size === 0) return "no broker answers";
  const silent = missing(answers);
  if (silent.length > 0) return `${silent.join(", ")} does not answer`;
  for (const [address, metadata] of answers) {
    for (const { topic, partitions, placement } of topics) {
      const found = topicOf(metadata, topic);
      const wanted = placement?.length ?? partitions;
      if (found === null || found.partitions.length !== wanted)
        return `${topic} unknown at ${address}`;
      for (const { partitionIndex, leaderId, isrNodes, replicaNodes } of found.partitions) {
        if (leaderId >= 0 && isrNodes.length === replicaNodes.length) continue;
        return `${topic}-${partitionIndex} has leader ${leaderId}, isr [${isrNodes}] at ${address}`;
      }
    }
  }
  return undefined;
}

/**
 * A topic as the cluster's brokers see it, by the highest leader epoch of all who answer soon.
 * Null when all who answer say it does not exist.
 */
export async function describeTopic(ask: Ask<"topic.describe">): Promise<PartitionState[] | null> {
  const views: (TopicMetadata | null)[] = [];
  let refused: unknown;
  const asking = ask.address.bootstrap.map(async (address) => {
    const metadata = await withBroker(parseEndpoint(address), CLIENT, (connection) =>
      fetchMetadata(connection, [ask.topic]),
    );
    views.push(topicOf(metadata, ask.topic));
  });
  const settled = Promise.allSettled(asking);
  try {
    await Promise.any(asking);
  } catch (error) {
    refused = error instanceof AggregateError ? error.errors[0] : error;
  }
  if (views.length === 0) throw new Error(`nobody describes ${ask.topic}: ${messageOf(refused)}`);
  await Promise.race([settled, delay(STRAGGLER_MS)]);
  return newestPartitions(views);
}

/** Merges what several brokers say of one topic: per partition, the highest leader epoch. */
export function newestPartitions(views: (TopicMetadata | null)[]): PartitionState[] | null {
  const known = views.filter((view) => view !== null);
  if (known.length === 0) return null;
  const newest = new Map<number, PartitionState>();
  for (const view of known) {
    for (const p of view.partitions) {
      const before = newest.get(p.partitionIndex);
      if (before !== undefined && before.leaderEpoch > p.leaderEpoch) continue;
      newest.set(p.partitionIndex, {
        partition: p.partitionIndex,
        leader: p.leaderId,
        leaderEpoch: p.leaderEpoch,
        replicas: p.replicaNodes,
        isr: p.isrNodes,
      });
    }
  }
  return [...newest.values()].sort((a, b) => a.partition - b.partition);
}

export function describeConfigs(ask: Ask<"topic.configs">): Promise<Record<string, string>> {
  return withAnyBroker(ask.address.bootstrap, CLIENT, (at) => topicConfigs(at, ask.topic));
}

export async function alterTopic({
  address,
  topic,
  set,
}: Ask<"topic.alter">): Promise<Answer<"topic.alter">> {
  await withAnyBroker(address.bootstrap, CLIENT, (at) => alterTopicConfigs(at, topic, set));
  return {};
}
