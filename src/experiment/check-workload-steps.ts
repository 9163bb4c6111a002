/** Steps that act on the application's side: topics they make, producers they change. */
import { checkTopic } from "./check-conditions.ts";
import type { Draft } from "./draft.ts";
import { widenersOf } from "./plan-logs.ts";
import type { Path } from "./problems.ts";
import { topicsMeant } from "./resolve.ts";
import {
  type CreateEntry,
  isCreate,
  isLoad,
  isSend,
  type LoadEntry,
  type SendEntry,
} from "./schema-steps.ts";
import type { ProducerEntry, TopicEntry } from "./schema-workload.ts";

export function checkWorkloadSteps(draft: Draft): void {
  for (const { path, value: step, leaf } of draft.steps) {
    if (leaf.again) continue;
    if (isCreate(step)) checkCreate(draft, step, [...path, "create"]);
    if (isLoad(step)) checkProducers(draft, step.load, [...path, "load"]);
    if (isSend(step)) checkSend(draft, step, [...path, "send"]);
  }
  for (const { path, value } of draft.producers) {
    if (value.partitions === "added") checkAdded(draft, value, [...path, "partitions"]);
  }
}

/** The topic that a step means; undefined when it means none, which is told. */
function meantTopic(
  draft: Draft,
  named: { topic: string; cluster?: string | undefined },
  at: Path,
) {
  const before = draft.findings.length;
  const found = checkTopic(draft, named, at);
  const refused = draft.topicNames.length > draft.topics.length;
  if (found || refused || draft.findings.length > before) return found;
  const message = `the workload has no topic "${named.topic}" on ${named.cluster}`;
  draft.find([...at, "topic"], message);
  return undefined;
}

function checkCreate(draft: Draft, step: CreateEntry, at: Path): void {
  const topic = meantTopic(draft, step.create, at);
  if (!topic) return;
  const first = draft.steps.find(({ value }) => {
    return isCreate(value) && topicsMeant([topic], value.create).length > 0;
  });
  if (first && first.value !== step) {
    draft.find(at, `step "${first.value.id}" makes the topic "${topic.name}" already`);
  }
  if (draft.topology.clusters[topic.cluster]?.cold) {
    draft.find(at, `${topic.cluster} is cold: its topics are made when it is booted`);
  }
}

type Named = LoadEntry["load"] | SendEntry["send"];

/** The topic and its producers that a step means; none when that is a mistake, which is told. */
function checkProducers(
  draft: Draft,
  named: Named,
  at: Path,
): { topic: TopicEntry; producers: ProducerEntry[] } | undefined {
  const topic = meantTopic(draft, named, at);
  if (named.in !== undefined && !draft.region(named.in, [...at, "in"])) return undefined;
  if (!topic) return undefined;
  const writing = draft.producers
    .map(({ value }) => value)
    .filter((producer) => topicsMeant([topic], producer).length > 0);
  const producers = writing.filter(({ in: region }) => region === (named.in ?? region));
  const refused = draft.refused.some(({ kind }) => kind === "producers");
  if (producers.length > 0 || refused) return { topic, producers };
  const where = named.in === undefined ? "" : ` in ${named.in}`;
  draft.find([...at, "topic"], `no producer${where} writes to "${topic.name}"`);
  return undefined;
}

/** Partitions that are written to from some step on: one step must say when. */
function checkAdded(draft: Draft, producer: ProducerEntry, at: Path): void {
  const topics = draft.topics.map(({ value }) => value);
  const [topic] = topicsMeant(topics, producer);
  // A step that is itself wrong may be the one.
  if (!topic || draft.stepIds.length > draft.steps.length) return;
  const leaves = draft.steps.map(({ value }) => value);
  const wideners = widenersOf(topic, leaves).map(({ step }) => step.id);
  const where = `"${topic.name}" on ${topic.cluster}`;
  if (wideners.length === 0) draft.find(at, `no step adds partitions to ${where}`);
  if (wideners.length > 1) {
    draft.find(at, `several steps add partitions to ${where}: ${wideners.join(", ")}`);
  }
}

function checkSend(draft: Draft, { send }: SendEntry, at: Path): void {
  const found = checkProducers(draft, send, at);
  if (!found) return;
  const { topic, producers } = found;
  if (send.partition >= topic.partitions) {
    const last = topic.partitions - 1;
    const message = `"${topic.name}" has partitions 0 to ${last}, found ${send.partition}`;
    draft.find([...at, "partition"], message);
  }
  if (producers.length > 1) {
    draft.find(at, `${producers.length} producers write to "${topic.name}": say which by \`in\``);
  }
}
