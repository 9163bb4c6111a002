/**
 * Cold clusters: nothing uses one before a step starts it, some step does, and no fault breaks what
 * does not run yet.
 */
import type { Topology } from "../topology/types.ts";
import type { Draft, Item } from "./draft.ts";
import { ancestorsOf, reachOf, servingFrom, topicsMeant } from "./resolve.ts";
import { isFault, isRunbook, type StepEntry } from "./schema-steps.ts";

/** `topology`: compiled, when there is nothing wrong with it; else faults are not checked. */
export function checkCold(draft: Draft, topology: Topology | undefined): void {
  const { clusters } = draft.topology;
  const cold = Object.keys(clusters).filter((name) => clusters[name]?.cold === true);
  if (cold.length === 0) return;
  checkFlows(draft, cold);
  checkClients(draft, cold);
  for (const cluster of cold) {
    const starts = draft.steps.filter(({ value }) => startedBy(draft, value).includes(cluster));
    if (starts.length === 0) {
      draft.find(
        ["topology", "clusters", cluster, "cold"],
        `no step starts "${cluster}": it needs a \`runbook: failover\` to its region, of clients ` +
          "whose `failover` is that region",
        "key",
      );
    }
    if (topology) checkFaults(draft, topology, cluster, starts);
  }
}

/** Clusters that the clients of a failover step go to. */
function startedBy(draft: Draft, step: StepEntry): string[] {
  if (!isRunbook(step)) return [];
  const topics = draft.topics.map(({ value }) => value);
  return draft.clients
    .filter(({ failover }) => failover === step.to)
    .flatMap((client) => {
      const [topic] = topicsMeant(topics, client);
      const [serving] = topic ? servingFrom(draft.topology, topic, step.to) : [];
      return serving ? [serving.cluster] : [];
    });
}

function checkFlows(draft: Draft, cold: string[]): void {
  for (const { path, value: flow } of draft.flows) {
    for (const end of ["from", "to"] as const) {
      if (!cold.includes(flow[end])) continue;
      draft.find(
        [...path, end],
        `"${flow[end]}" is cold: nothing replicates while it is not there`,
      );
    }
  }
}

function checkClients(draft: Draft, cold: string[]): void {
  const topics = draft.topics.map(({ value }) => value);
  for (const { path, value: client } of [...draft.producers, ...draft.consumers]) {
    const [topic, other] = topicsMeant(topics, client);
    if (!topic || other || !cold.includes(topic.cluster)) continue;
    const message = `topic "${topic.name}" is on ${topic.cluster}, which is cold when clients start`;
    draft.find([...path, "topic"], message);
  }
}

/** Nodes that do not run, and links that only they could answer a probe across. */
function checkFaults(
  draft: Draft,
  topology: Topology,
  cluster: string,
  starts: Item<StepEntry>[],
): void {
  const steps = draft.steps.map(({ value }) => value);
  const nodes = topology.nodes.filter((node) => node.cluster === cluster);
  for (const { path, value: step } of draft.steps) {
    if (!isFault(step)) continue;
    const before = ancestorsOf(step, steps);
    if (starts.some(({ value }) => before.includes(value))) continue;
    const { targets, affects } = reachOf(step, topology);
    const reached =
      affects.includes(`cluster:${cluster}`) || nodes.some(({ name }) => targets.includes(name));
    const alone = affects
      .map((name) => name.split("->")[1])
      .some((to) => to !== undefined && onlyBrokersIn(topology, to, cluster));
    if (!reached && !alone) continue;
    const [first] = starts;
    const way = first ? `; let this step come after "${first.value.id}", which starts it` : "";
    draft.find(path, `"${cluster}" is cold and does not run at that time${way}`);
  }
}

function onlyBrokersIn(topology: Topology, region: string, cluster: string): boolean {
  const brokers = topology.nodes.filter((node) => node.region === region && node.clientPort);
  return brokers.length > 0 && brokers.every((node) => node.cluster === cluster);
}
