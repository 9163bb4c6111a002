/**
 * Conditions on what there will be: names that exist, and waits that can be met at all. One that
 * holds from the start waits for nothing, and one that never can ends the run after its whole time;
 * both are told before anything boots.
 */
import { carriesTopic } from "../replication/mirror-maker.ts";
import type { Draft, StepItem } from "./draft.ts";
import type { Path } from "./problems.ts";
import { afterOf, ancestorsOf, servingFrom, topicsMeant } from "./resolve.ts";
import { CONDITIONS, type ConditionEntry, type UntilEntry } from "./schema-conditions.ts";
import { isConfig, untilOf } from "./schema-steps.ts";
import type { TopicEntry } from "./schema-workload.ts";

export function checkConditions(draft: Draft): void {
  for (const item of draft.steps) {
    if (item.leaf.again) continue;
    const until = untilOf(item.value);
    const key = "wait" in item.value ? "wait" : "until";
    if (until) checkWait(draft, item, until, [...item.path, key]);
    if (isConfig(item.value)) checkTopic(draft, item.value.config, [...item.path, "config"]);
  }
  for (const { path, value: guard } of draft.guards) {
    checkCondition(draft, guard, path);
    if (!guard.acked) continue;
    draft.find(
      [...path, "acked"],
      "records are acked in every run: this would always end it",
      "key",
    );
  }
}

function checkWait(draft: Draft, item: StepItem, until: UntilEntry, path: Path): void {
  checkCondition(draft, until, path);
  if (until.for >= until.within) {
    const message = `it cannot hold for ${until.for / 1000}s within ${until.within / 1000}s`;
    draft.find([...path, "for"], message);
  }
  const steps = draft.steps.map(({ value }) => value);
  const before = ancestorsOf(item.value, steps).map(({ id }) => id);
  for (const name of until.acked ? afterOf(until.acked) : []) {
    const place = [...path, "acked", "after"];
    if (!draft.step(name, item.leaf.scopes, place) || before.includes(name)) continue;
    const { id } = item.value;
    draft.find(place, `"${id}" may begin before "${name}" has ended: say so by its \`after\``);
  }
}

function checkCondition(draft: Draft, entry: ConditionEntry, at: Path): void {
  const key = CONDITIONS.find((one) => entry[one] !== undefined);
  if (key === undefined) return;
  const path = [...at, key];
  const { isr, leader, lag, group, controller, topic, region } = entry;
  if (isr) checkIsr(draft, isr, path);
  if (leader) {
    const found = checkTopic(draft, leader, path);
    checkPartitions(draft, leader.partitions, found, path);
    checkPlace(draft, leader.in, found?.cluster ?? leader.cluster, "brokers", [...path, "in"]);
  }
  if (topic) checkTopic(draft, { topic: topic.name, cluster: topic.cluster }, path, "name");
  if (lag) checkLag(draft, lag, path);
  if (group) checkGroup(draft, group, path);
  if (controller) checkController(draft, controller, path);
  if (region) draft.region(region.name, [...path, "name"]);
}

type Isr = NonNullable<ConditionEntry["isr"]>;

function checkIsr(draft: Draft, isr: Isr, path: Path): void {
  const topic = checkTopic(draft, isr, path);
  checkPartitions(draft, isr.partitions, topic, path);
  checkPlace(draft, isr.in, topic?.cluster ?? isr.cluster, "brokers", [...path, "in"]);
  if (!topic) return;
  const { name, replication } = topic;
  const has = `"${name}" has ${replication} ${replication === 1 ? "replica" : "replicas"}`;
  if (isr.atMost !== undefined && isr.atMost >= replication) {
    draft.find([...path, "atMost"], `${has}, so this is always so`);
  }
  if (isr.atLeast !== undefined && isr.atLeast > replication) {
    draft.find([...path, "atLeast"], `${has}, so this is never so`);
  }
}

/** The topic that is meant, when the file makes it; reports what is not there or not clear. */
export function checkTopic(
  draft: Draft,
  entry: { topic: string; cluster?: string | undefined },
  path: Path,
  key = "topic",
): TopicEntry | undefined {
  const { topic, cluster } = entry;
  if (cluster !== undefined) {
    if (!draft.known(cluster, "cluster", draft.clusterNames, [...path, "cluster"]))
      return undefined;
  }
  const meant = draft.topics
    .map(({ value }) => value)
    .filter((one) => one.name === topic && one.cluster === (cluster ?? one.cluster));
  if (meant.length > 1) {
    const clusters = meant.map((one) => one.cluster).join(" and ");
    draft.find([...path, key], `${clusters} have a topic "${topic}": say which by \`cluster\``);
    return undefined;
  }
  // A topic that the schema refused is there; mirrors are on no list of the file.
  const refused = draft.topicNames.length > draft.topics.length;
  const elsewhere = draft.flows.some(({ value }) => value.to === cluster);
  if (meant.length === 0 && !refused && !elsewhere) {
    const known = draft.topics
      .filter(({ value }) => value.cluster === (cluster ?? value.cluster))
      .map(({ value }) => value.name);
    if (known.length > 0) draft.known(topic, "topic", known, [...path, key]);
    else draft.find([...path, "cluster"], `the file makes no topic on ${cluster}`);
  }
  return meant[0];
}

function checkPartitions(
  draft: Draft,
  partitions: "all" | number[],
  topic: TopicEntry | undefined,
  path: Path,
): void {
  if (!topic || partitions === "all") return;
  for (const [index, partition] of partitions.entries()) {
    if (partition < topic.partitions) continue;
    const message = `"${topic.name}" has partitions 0 to ${topic.partitions - 1}, found ${partition}`;
    draft.find([...path, "partitions", index], message);
  }
}

/** A region in which the cluster has such nodes. */
function checkPlace(
  draft: Draft,
  region: string | undefined,
  cluster: string | undefined,
  kind: "brokers" | "controllers",
  path: Path,
): void {
  if (region === undefined || !draft.region(region, path)) return;
  const entry = cluster === undefined ? undefined : draft.topology.clusters[cluster];
  if (!entry) return;
  const counts = (kind === "controllers" ? entry.controllers : undefined) ?? entry.brokers;
  if ((counts[region] ?? 0) > 0) return;
  draft.find(path, `${cluster} has no ${kind} in ${region}, so this is never so`);
}

function checkGroup(
  draft: Draft,
  group: { name: string; cluster?: string | undefined },
  path: Path,
): void {
  const { name, cluster } = group;
  if (cluster !== undefined)
    draft.known(cluster, "cluster", draft.clusterNames, [...path, "cluster"]);
  checkGroupName(draft, name, [...path, "name"]);
}

/** False also when nothing can be said, because the schema refused a consumer. */
function checkGroupName(draft: Draft, name: string, path: Path): boolean {
  const groups = draft.consumers.map(({ value }) => value.group);
  if (draft.consumerCount > draft.consumers.length) return false;
  if (groups.length > 0) return draft.known(name, "group", groups, path);
  draft.find(path, `no group "${name}": the workload has no consumer`);
  return false;
}

/** Where a group reads: the home of its topic, and what serves it after a failover. */
function clustersOfGroup(draft: Draft, group: string): string[] {
  const topics = draft.topics.map(({ value }) => value);
  const topology = { ...draft.topology, replication: draft.flows.map(({ value }) => value) };
  const consumers = draft.consumers.map(({ value }) => value);
  return consumers
    .filter((consumer) => consumer.group === group)
    .flatMap((consumer) =>
      topicsMeant(topics, consumer).flatMap((topic) => {
        const { failover } = consumer;
        const then = failover === undefined ? [] : servingFrom(topology, topic, failover);
        return [topic.cluster, ...then.map((serving) => serving.cluster)];
      }),
    )
    .filter((cluster, at, all) => all.indexOf(cluster) === at);
}

function checkLag(draft: Draft, lag: NonNullable<ConditionEntry["lag"]>, path: Path): void {
  const { cluster } = lag;
  if (cluster !== undefined) {
    if (!draft.known(cluster, "cluster", draft.clusterNames, [...path, "cluster"])) return;
  }
  if (lag.group !== undefined) {
    if (!checkGroupName(draft, lag.group, [...path, "group"]) || cluster === undefined) return;
    const homes = clustersOfGroup(draft, lag.group);
    if (homes.includes(cluster)) return;
    const message = `"${lag.group}" reads from ${homes.join(" and ")}`;
    draft.find([...path, "cluster"], message);
    return;
  }
  if (!checkTopic(draft, { topic: lag.mirror ?? "" }, path, "mirror")) return;
  // A flow that the schema refused may be the one that is meant.
  if (draft.flowCount > draft.flows.length) return;
  const flows = draft.flows.filter(({ value }) => value.to === (cluster ?? value.to));
  const mirrored = flows.filter(({ value }) =>
    draft.topics.some(
      ({ value: topic }) =>
        topic.name === lag.mirror &&
        topic.cluster === value.from &&
        carriesTopic(value, topic.name),
    ),
  );
  const [first, second] = mirrored;
  if (!first) draft.find([...path, "mirror"], `nothing mirrors "${lag.mirror}"`);
  if (first && second) {
    const to = mirrored.map(({ value }) => value.to).join(" and ");
    draft.find([...path, "mirror"], `${to} mirror "${lag.mirror}": say which by \`cluster\``);
  }
}

function checkController(
  draft: Draft,
  controller: { in: string; cluster?: string | undefined },
  path: Path,
): void {
  const { cluster } = controller;
  if (cluster !== undefined) {
    if (!draft.known(cluster, "cluster", draft.clusterNames, [...path, "cluster"])) return;
  }
  const [first, second] = draft.clusterNames;
  if (cluster === undefined && second !== undefined) {
    draft.region(controller.in, [...path, "in"]);
    draft.find(
      [...path, "in"],
      `say of which cluster by \`cluster\`: ${draft.clusterNames.join(", ")}`,
    );
    return;
  }
  checkPlace(draft, controller.in, cluster ?? first, "controllers", [...path, "in"]);
}
