/** Topics that fit their clusters, clients that find their topic, failovers that lead somewhere. */
import { carriesTopic, mirroredTopic } from "../replication/mirror-maker.ts";
import { checkPlacement } from "./check-placement.ts";
import type { Draft, Item } from "./draft.ts";
import { CONTROL_TOPIC } from "./plan-logs.ts";
import type { Path } from "./problems.ts";
import { brokerRegions, servingFrom, topicsMeant } from "./resolve.ts";
import { isCreate } from "./schema-steps.ts";
import type { ConsumerEntry, ProducerEntry, TopicEntry } from "./schema-workload.ts";
import { suggestion } from "./spelling.ts";

/** Audit readers are numbered by log, a hundred to a pass. */
const LOGS_MAX = 99;

export function checkWorkload(draft: Draft): void {
  checkTopics(draft);
  checkFlowTopics(draft);
  for (const producer of draft.producers) {
    checkClient(draft, producer, "producer");
    const { idempotent, acks } = producer.value;
    if (idempotent && acks !== "all") {
      draft.find(
        [...producer.path, "acks"],
        `an idempotent producer needs acks: all; for acks: "${acks}", say idempotent: false`,
      );
    }
  }
  checkTransactions(draft);
  for (const consumer of draft.consumers) checkClient(draft, consumer, "consumer");
  checkGroups(draft);
  checkSteady(draft);
}

function checkTransactions(draft: Draft): void {
  for (const { path, value: producer } of draft.producers) {
    const { transactional, acks, idempotent } = producer;
    if (!transactional) continue;
    if (acks !== "all" || !idempotent) {
      const message = "transactions need acks: all and idempotent: true";
      draft.find([...path, "transactional"], message);
    }
    const longest = draft.stallMs / 2;
    if (transactional.commitEvery > longest) {
      const message =
        `a record is acked when its transaction is committed: with commitEvery above ${longest}ms, ` +
        "half of policy.stall, every record would count as late";
      draft.find([...path, "transactional", "commitEvery"], message);
    }
  }
}

function checkTopics(draft: Draft): void {
  for (const [index, { path, value: topic }] of draft.topics.entries()) {
    draft.known(topic.cluster, "cluster", draft.clusterNames, [...path, "cluster"]);
    if (topic.name === CONTROL_TOPIC || topic.name.startsWith("__")) {
      draft.find([...path, "name"], `the name "${topic.name}" is reserved`);
    }
    const twin = draft.topics.findIndex(
      ({ value }) => value.name === topic.name && value.cluster === topic.cluster,
    );
    if (twin < index) {
      draft.find([...path, "name"], `topic "${topic.name}" is given twice on ${topic.cluster}`);
    }
    checkReplicas(draft, topic, path);
    checkPlacement(draft, topic, path);
  }
  if (draft.topics.length * (1 + draft.topology.replication.length) > LOGS_MAX) {
    draft.find(["workload", "topics"], `more than ${LOGS_MAX} topics and mirrors`);
  }
}

function checkReplicas(draft: Draft, topic: TopicEntry, path: Path): void {
  const cluster = draft.topology.clusters[topic.cluster];
  if (cluster) {
    const brokers = Object.values(cluster.brokers).reduce((sum, count) => sum + count, 0);
    if (topic.replication > brokers) {
      const has = brokers === 1 ? "1 broker" : `${brokers} brokers`;
      draft.find(
        [...path, "replication"],
        `replication factor ${topic.replication}, but ${topic.cluster} has ${has}`,
      );
    }
  }
  if (topic.minInsync > topic.replication) {
    draft.find(
      [...path, "minInsync"],
      `minInsync ${topic.minInsync} is above replication ${topic.replication}: no write would ` +
        "ever be acked",
    );
  }
}

/** Replication that carries nothing, or writes into a topic that is already there. */
function checkFlowTopics(draft: Draft): void {
  for (const { path, value: flow } of draft.flows) {
    if (!draft.topology.replication.includes(flow)) continue;
    // A topic that was refused may be the one that is meant.
    if (draft.refused.some(({ kind }) => kind === "topics")) continue;
    const source = draft.topics.filter(({ value }) => value.cluster === flow.from);
    flow.topics.forEach((pattern, at) => {
      const names = source.map(({ value }) => value.name);
      if (names.some((name) => carriesTopic({ ...flow, topics: [pattern] }, name))) return;
      // Local topics of a failover are on no list of the file: the way back may carry those.
      if (
        draft.topics.some(({ value }) => carriesTopic({ ...flow, topics: [pattern] }, value.name))
      ) {
        return;
      }
      const near = suggestion(pattern, names, `topics of ${flow.from}`);
      draft.find([...path, "topics", at], `no topic of ${flow.from} matches "${pattern}"${near}`);
    });
    for (const { value: topic } of source.filter(({ value }) => carriesTopic(flow, value.name))) {
      const name = mirroredTopic(flow, topic.name);
      const clash = draft.topics.find(
        ({ value }) => value.name === name && value.cluster === flow.to,
      );
      if (!clash) continue;
      draft.find(
        [...clash.path, "name"],
        `replication ${flow.from} -> ${flow.to} writes its mirror of "${topic.name}" here`,
      );
    }
  }
}

type Client = Item<ProducerEntry> | Item<ConsumerEntry>;

function checkClient(draft: Draft, { path, value: client }: Client, kind: string): void {
  const inside = draft.region(client.in, [...path, "in"]);
  const exists =
    client.cluster === undefined ||
    draft.known(client.cluster, "cluster", draft.clusterNames, [...path, "cluster"]);
  if (!draft.known(client.topic, "topic", draft.topicNames, [...path, "topic"])) return;
  const meant = topicsMeant(
    draft.topics.map(({ value }) => value),
    client,
  );
  const [topic] = meant;
  if (!topic) {
    // The topic's own entry may be what is wrong; that is reported there.
    if (exists && draft.topics.some(({ value }) => value.name === client.topic)) {
      const message = `there is no topic "${client.topic}" on ${client.cluster}`;
      draft.find([...path, "cluster"], message);
    }
    return;
  }
  const clusters = [...new Set(meant.map(({ cluster }) => cluster))];
  if (clusters.length > 1) {
    const message = `topic "${client.topic}" is on ${clusters.join(" and ")}; say which by \`cluster\``;
    draft.find([...path, "topic"], message);
    return;
  }
  if (inside) checkFailover(draft, { path, value: client } as Client, topic, kind);
}

function checkFailover(
  draft: Draft,
  { path, value }: Client,
  topic: TopicEntry,
  kind: string,
): void {
  const { failover } = value;
  if (failover === undefined) return;
  const at = [...path, "failover"];
  if (!draft.region(failover, at)) return;
  if (failover === value.in) {
    draft.find(at, `the ${kind} is in ${failover} already`);
    return;
  }
  // With a replication or a cluster that is wrong itself, nothing more can be said.
  if (draft.topology.replication.length < draft.flowCount) return;
  if (Object.keys(draft.topology.clusters).length < draft.clusterNames.length) return;
  if (!draft.clusterNames.includes(topic.cluster)) return;
  const serving = servingFrom(draft.topology, topic, failover);
  if (serving.length > 1) {
    const clusters = serving.map(({ cluster }) => cluster).join(", ");
    draft.find(
      at,
      `${failover} has several clusters with a mirror of "${topic.name}": ${clusters}`,
    );
  }
  if (serving.length > 0) return;
  const there = draft.clusterNames.filter((name) =>
    brokerRegions(draft.topology, name).includes(failover),
  );
  const why =
    there.length === 0
      ? `no cluster has brokers in ${failover}`
      : `nothing replicates it from ${topic.cluster} to ${there.join(" or ")}`;
  draft.find(at, `topic "${topic.name}" cannot be served from ${failover}: ${why}`);
}

/** kafkajs needs all members of a group to subscribe alike. */
function checkGroups(draft: Draft): void {
  for (const [index, { path, value }] of draft.consumers.entries()) {
    const other = draft.consumers
      .slice(0, index)
      .find((one) => one.value.group === value.group && one.value.topic !== value.topic);
    if (!other) continue;
    const message = `group "${value.group}" reads "${other.value.topic}" already; a group reads one topic`;
    draft.find([...path, "group"], message);
  }
}

function checkSteady(draft: Draft): void {
  const [first] = draft.producers;
  if (draft.silent && draft.steady.length === 0 && first) {
    const message = "nothing is acked, so say `steadyState` with another check than acked-rate";
    draft.find([...first.path, "acks"], message);
  }
  const topics = draft.topics.map(({ value }) => value);
  for (const { path, value } of draft.steady) {
    if (value.check === "replication-lag" && draft.flowCount === 0) {
      draft.find([...path, "check"], "nothing is replicated, so there is no lag to wait for");
    }
    if (value.check === "acked-rate" && draft.silent) {
      draft.find([...path, "check"], 'every producer has acks: "0", so this would never hold');
    }
    const later = draft.steps.map((step) => step.value).filter(isCreate);
    const isLate = (producer: ProducerEntry) =>
      later.some(({ create }) => topicsMeant(topicsMeant(topics, producer), create).length > 0);
    const waits = value.check.endsWith("-rate") && draft.producers.length > 0;
    if (waits && draft.producers.every((producer) => isLate(producer.value))) {
      const message =
        "every producer waits for a topic that a step makes, so this would never hold";
      draft.find([...path, "check"], message);
    }
    const reads = value.check === "consumer-lag" || value.check === "delivered-rate";
    if (reads && draft.consumerCount === 0) {
      draft.find([...path, "check"], "there is no consumer, so this would never hold");
    }
  }
}
