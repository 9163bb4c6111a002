/**
 * Single requests to a cluster, over connections that live no longer than the request: who is
 * there, topics, configurations, bounds of logs and offsets of groups. Each takes any broker that
 * answers; what only one broker may answer goes to that one.
 */
import {
  ConfigResourceTypes,
  createTopicsV7,
  describeConfigsV4,
  findCoordinatorV4,
  metadataV12,
  offsetCommitV8,
  offsetFetchV8,
} from "@platformatic/kafka";
import { BrokerConnection, type Endpoint, parseEndpoint } from "./broker-connection.ts";
import { EARLIEST, LATEST, listOffsets } from "./list-offsets.ts";

export type Metadata = metadataV12.MetadataResponse;
export type TopicMetadata = metadataV12.MetadataResponseTopic;

const CONNECT_MS = 1000;
const REQUEST_MS = 5000;
export const UNKNOWN_TOPIC = 3;
const TOPIC_EXISTS = 36;

/** A broker answered with an error code. */
export class BrokerRefusal extends Error {
  readonly code: number;

  constructor(what: string, code: number, detail?: string | null) {
    super(`${what}: broker error ${code}${detail ? ` (${detail})` : ""}`);
    this.name = "BrokerRefusal";
    this.code = code;
  }
}

/** Runs `work` over a connection to one endpoint and closes it. */
export async function withBroker<T>(
  endpoint: Endpoint,
  clientId: string,
  work: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  const limits = { clientId, connectMs: CONNECT_MS, requestMs: REQUEST_MS };
  const connection = await BrokerConnection.open(endpoint, limits);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** By the brokers that were given: the one that answered last. */
const lastAnswered = new Map<string, string>();

/**
 * Runs `work` at the first broker of `bootstrap` that does it; throws the last failure. The one that did
 * the last time is asked first: behind a black hole a broker takes its time to say nothing, and whoever
 * asks four times a second would see no more than one change in a second.
 */
export async function withAnyBroker<T>(
  bootstrap: string[],
  clientId: string,
  work: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  let last: unknown = new Error("no broker address was given");
  const key = bootstrap.join();
  const first = lastAnswered.get(key);
  const others = bootstrap.filter((address) => address !== first);
  for (const address of first === undefined ? others : [first, ...others]) {
    try {
      const done = await withBroker(parseEndpoint(address), clientId, work);
      lastAnswered.set(key, address);
      return done;
    } catch (error) {
      if (error instanceof BrokerRefusal) throw error;
      last = error;
    }
  }
  throw last;
}

/** `topics`: null for every topic there is, internal ones too. */
export function fetchMetadata(
  connection: BrokerConnection,
  topics: string[] | null,
): Promise<Metadata> {
  const asked = topics?.map((name) => ({ name })) ?? null;
  return connection.call(metadataV12.api, asked, false, false);
}

/** The topic as one broker sees it; null when that broker knows no such topic. */
export function topicOf(metadata: Metadata, topic: string): TopicMetadata | null {
  const found = metadata.topics.find((candidate) => candidate.name === topic);
  if (found === undefined || found.errorCode === UNKNOWN_TOPIC) return null;
  if (found.errorCode !== 0) throw new BrokerRefusal(`metadata of ${topic}`, found.errorCode);
  return found;
}

export interface NewTopic {
  topic: string;
  partitions: number;
  replication: number;
  config: Record<string, string>;
  placement?: number[][];
}

/** Creates topics; those that exist already are left alone. */
export async function createTopics(
  connection: BrokerConnection,
  topics: NewTopic[],
  timeoutMs: number,
): Promise<void> {
  const wanted = topics.map(({ topic, partitions, replication, config, placement }) => ({
    name: topic,
    numPartitions: placement === undefined ? partitions : -1,
    replicationFactor: placement === undefined ? replication : -1,
    assignments: (placement ?? []).map((brokerIds, partitionIndex) => ({
      partitionIndex,
      brokerIds,
    })),
    configs: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  const answer = await connection.call(createTopicsV7.api, wanted, timeoutMs, false);
  for (const { name, errorCode, errorMessage } of answer.topics) {
    if (errorCode !== 0 && errorCode !== TOPIC_EXISTS) {
      throw new BrokerRefusal(`create topic ${name}`, errorCode, errorMessage);
    }
  }
}

/** Effective configuration of a topic, defaults included. */
export async function topicConfigs(
  connection: BrokerConnection,
  topic: string,
): Promise<Record<string, string>> {
  const resource = {
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: topic,
    configurationKeys: null,
  };
  const answer = await connection.call(describeConfigsV4.api, [resource], false, false);
  const [result] = answer.results;
  if (result === undefined || result.errorCode !== 0) {
    throw new BrokerRefusal(`configs of ${topic}`, result?.errorCode ?? -1, result?.errorMessage);
  }
  return Object.fromEntries(result.configs.map(({ name, value }) => [name, value ?? ""]));
}

export interface Bounds {
  partition: number;
  start: number;
  end: number;
}

export interface LogWidth {
  topic: string;
  partitions: number;
  /** Of a log that grows: what it may have less. */
  partitionsAtStart?: number | undefined;
}

/** Partitions that a log which grows has not got (yet): nothing lies on them. */
export function absentBounds(log: LogWidth, present: number[]): Bounds[] {
  return Array.from({ length: log.partitions }, (_, partition) => partition)
    .filter((partition) => !present.includes(partition))
    .map((partition) => ({ partition, start: 0, end: 0 }));
}

/** First and next offset of every partition, each asked from its leader. */
export async function logBounds(
  bootstrap: string[],
  clientId: string,
  log: LogWidth,
): Promise<Bounds[]> {
  const metadata = await withAnyBroker(bootstrap, clientId, (connection) =>
    fetchMetadata(connection, [log.topic]),
  );
  const topic = topicOf(metadata, log.topic);
  if (topic === null) throw new BrokerRefusal(`bounds of ${log.topic}`, UNKNOWN_TOPIC);
  // A topic may have been widened since: the run knows of those it began with.
  const known = topic.partitions.filter((p) => p.partitionIndex < log.partitions);
  const least = log.partitionsAtStart ?? log.partitions;
  if (known.length < least) {
    throw new Error(`${log.topic} has ${known.length} partitions, not ${least}`);
  }
  const bounds = absentBounds(
    log,
    known.map((p) => p.partitionIndex),
  );
  for (const leader of new Set(known.map((p) => p.leaderId))) {
    const endpoint = metadata.brokers.find((broker) => broker.nodeId === leader);
    if (endpoint === undefined) throw new Error(`a partition of ${log.topic} has no leader`);
    const led = known
      .filter((p) => p.leaderId === leader)
      .map((p) => ({ topic: log.topic, partition: p.partitionIndex }));
    bounds.push(...(await withBroker(endpoint, clientId, (at) => boundsAt(at, led))));
  }
  return bounds.sort((a, b) => a.partition - b.partition);
}

async function boundsAt(
  leader: BrokerConnection,
  led: { topic: string; partition: number }[],
): Promise<Bounds[]> {
  const starts = await listOffsets(leader, led, EARLIEST);
  const ends = await listOffsets(leader, led, LATEST);
  return starts.map(({ partition, offset, errorCode }) => {
    const end = ends.find((candidate) => candidate.partition === partition);
    const code = errorCode || (end?.errorCode ?? -1);
    if (end === undefined || code !== 0) throw new BrokerRefusal(`bounds of ${partition}`, code);
    return { partition, start: offset, end: end.offset };
  });
}

/** Runs `work` at the broker that coordinates a group. */
export async function withCoordinator<T>(
  bootstrap: string[],
  clientId: string,
  group: string,
  work: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  const found = await withAnyBroker(bootstrap, clientId, (connection) =>
    connection.call(findCoordinatorV4.api, 0, [group]),
  );
  const [coordinator] = found.coordinators;
  if (coordinator === undefined || coordinator.errorCode !== 0) {
    const code = coordinator?.errorCode ?? -1;
    throw new BrokerRefusal(`coordinator of ${group}`, code, coordinator?.errorMessage);
  }
  return withBroker(coordinator, clientId, work);
}

export interface GroupPartition {
  topic: string;
  partition: number;
}

/** Committed offsets in the order asked; -1 where the group has none. */
export async function fetchCommitted(
  bootstrap: string[],
  clientId: string,
  group: string,
  partitions: GroupPartition[],
): Promise<number[]> {
  if (partitions.length === 0) return [];
  const topics = [...new Set(partitions.map((p) => p.topic))].map((name) => ({
    name,
    partitionIndexes: partitions.filter((p) => p.topic === name).map((p) => p.partition),
  }));
  const asked = { groupId: group, memberId: null, memberEpoch: -1, topics };
  const answer = await withCoordinator(bootstrap, clientId, group, (connection) =>
    connection.call(offsetFetchV8.api, [asked], false),
  );
  const [found] = answer.groups;
  if (found === undefined || found.errorCode !== 0) {
    throw new BrokerRefusal(`offsets of ${group}`, found?.errorCode ?? -1);
  }
  return partitions.map(({ topic, partition }) => {
    const row = found.topics
      .find((candidate) => candidate.name === topic)
      ?.partitions.find((candidate) => candidate.partitionIndex === partition);
    if (row === undefined || row.errorCode !== 0) return -1;
    return Number(row.committedOffset);
  });
}

/** Commits offsets for a group that has no members. */
export async function commitOffsets(
  bootstrap: string[],
  clientId: string,
  group: string,
  topic: string,
  offsets: number[],
): Promise<void> {
  const partitions = offsets.map((offset, partitionIndex) => ({
    partitionIndex,
    committedOffset: BigInt(offset),
    committedLeaderEpoch: -1,
    committedMetadata: null,
  }));
  const asked = [{ name: topic, partitions: partitions.filter((p) => p.committedOffset >= 0n) }];
  const answer = await withCoordinator(bootstrap, clientId, group, (connection) =>
    connection.call(offsetCommitV8.api, group, -1, "", null, asked),
  );
  for (const { partitionIndex, errorCode } of answer.topics.flatMap((t) => t.partitions)) {
    if (errorCode === 0) continue;
    throw new BrokerRefusal(`commit of ${group} to ${topic}-${partitionIndex}`, errorCode);
  }
}
