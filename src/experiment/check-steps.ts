/** The timeline: steps that can be reached, faults on things that exist, heals of faults. */
import type { ClientRole, Workload } from "../fault/application.ts";
import { faultOf } from "../fault/catalogue.ts";
import type { Topology } from "../topology/types.ts";
import { checkConditions } from "./check-conditions.ts";
import { checkExec } from "./check-exec.ts";
import { checkWorkloadSteps } from "./check-workload-steps.ts";
import type { Draft } from "./draft.ts";
import { isChaos } from "./draw-chaos.ts";
import type { Path } from "./problems.ts";
import { afterOf, reachOf, regionGivenUp } from "./resolve.ts";
import {
  type FaultEntry,
  type HealEntry,
  isExec,
  isFault,
  isHeal,
  isRunbook,
  paramsOf,
  type RunbookEntry,
} from "./schema-steps.ts";
import { nearest } from "./spelling.ts";

/** `topology`: compiled, when there is nothing wrong with it; else faults are not checked. */
export function checkSteps(draft: Draft, topology: Topology | undefined): void {
  for (const { path, message } of draft.timeline.misplaced) draft.find(path, message, "key");
  checkBlocks(draft);
  for (const [index, item] of draft.steps.entries()) {
    const { path, value: step, leaf } = item;
    if (leaf.again) continue;
    const twin = draft.steps.findIndex(({ value }) => value.id === step.id);
    if (twin < index) draft.find([...path, "id"], `another step has the id "${step.id}"`);
    if (leaf.timing === null) checkTiming(draft, path, leaf.raw);
    if (isFault(step) && topology) checkFault(draft, path, step, topology);
    if (isChaos(step) && topology) {
      for (const [at, { weight: _, ...dish }] of step.choose.entries()) {
        checkFault(draft, [...path, "choose", at], { ...dish, id: step.id }, topology);
      }
    }
    if (isExec(step)) checkExec(draft, path, step.exec, topology);
    if (isHeal(step)) checkHeal(draft, path, step);
    if (isRunbook(step)) checkFailover(draft, path, step, topology);
  }
  checkCircles(draft);
  checkConditions(draft);
  checkWorkloadSteps(draft);
}

/** Blocks are steps for their id and their time; one inside another has that one's time. */
function checkBlocks(draft: Draft): void {
  const ids = new Map<string, Path>();
  for (const { path, raw } of draft.timeline.written) {
    if (path.length > 2) continue;
    const id = String(raw["id"]);
    if (ids.has(id) || draft.stepIds.includes(id)) {
      draft.find([...path, "id"], `another step has the id "${id}"`);
    }
    ids.set(id, path);
    checkTiming(draft, path, raw);
  }
}

/** `raw`: the step as its file has it, before names of blocks are looked up. */
function checkTiming(draft: Draft, path: Path, raw: Record<string, unknown>): void {
  const { id, at, after, delay } = raw;
  if (at === undefined && after === undefined) {
    draft.find(path, `step "${id}" needs a time: \`at: 20s\` or \`after: <step>\``);
  }
  if (at !== undefined && after !== undefined) {
    draft.find([...path, "at"], "give `at` or `after`, not both; `delay` adds to `after`", "key");
  }
  if (delay !== undefined && after === undefined) {
    draft.find([...path, "delay"], "`delay` counts from the step named by `after`", "key");
  }
  for (const [index, name] of (Array.isArray(after) ? after : [after]).entries()) {
    if (typeof name !== "string") continue;
    const place = Array.isArray(after) ? [...path, "after", index] : [...path, "after"];
    if (name === id) draft.find(place, `step "${name}" waits for itself`);
    else draft.step(name, [], place);
  }
}

function checkFault(draft: Draft, path: Path, step: FaultEntry, topology: Topology): void {
  const params = paramsOf(step);
  for (const problem of faultOf(step.fault)?.check(params, topology, workloadOf(draft)) ?? []) {
    draft.find([...path, ...problem.path], withSuggestion(problem.message, topology));
  }
  for (const link of reachOf(step, topology).affects.filter((name) => name.includes("->"))) {
    const region = link.split("->")[1] as string;
    if (!draft.regions.includes(region)) continue;
    if (topology.nodes.some((node) => node.region === region && node.clientPort !== null)) continue;
    draft.find(path, `${region} has no broker, so nothing could prove what the link does`);
  }
  const { leaderOf } = params as {
    leaderOf?: { topic: string; cluster: string; partition: number };
  };
  if (!leaderOf || !draft.clusterNames.includes(leaderOf.cluster)) return;
  const topic = draft.topics.find(
    ({ value }) => value.name === leaderOf.topic && value.cluster === leaderOf.cluster,
  )?.value;
  if (topic && leaderOf.partition >= topic.partitions) {
    const last = topic.partitions - 1;
    const message = `"${topic.name}" has partitions 0 to ${last}, found ${leaderOf.partition}`;
    draft.find([...path, "leaderOf", "partition"], message);
  }
  // Mirrors and topics made for a failover are on no list of the file.
  const elsewhere = draft.topology.replication.some(({ to }) => to === leaderOf.cluster);
  if (topic || elsewhere || leaderOf.topic.startsWith("__")) return;
  const known = draft.topics.filter(({ value }) => value.cluster === leaderOf.cluster);
  const names = known.map(({ value }) => value.name);
  if (names.length === 0) {
    draft.find([...path, "leaderOf", "cluster"], `${leaderOf.cluster} has no topic to lead`);
  }
  draft.known(leaderOf.topic, "topic", names, [...path, "leaderOf", "topic"]);
}

/** What a fault may name of the workload: the accepted parts of the file. */
function workloadOf(draft: Draft): Workload {
  const clientsIn = (role: ClientRole, items: Draft["clients"]): Workload["clients"] =>
    items.flatMap((client) =>
      [client.in, client.failover ?? []].flat().map((region) => {
        const group = "group" in client ? client.group : undefined;
        return { role, region, topic: client.topic, group };
      }),
    );
  return {
    topics: draft.topics.map(({ value }) => value),
    clients: [
      ...clientsIn(
        "producers",
        draft.producers.map(({ value }) => value),
      ),
      ...clientsIn(
        "consumers",
        draft.consumers.map(({ value }) => value),
      ),
    ],
  };
}

/** Faults list what there is; a name that is nearly one of those is told instead. */
function withSuggestion(message: string, topology: Topology): string {
  const unknown = /^(no (region|node|cluster) named "([^"]*)")/.exec(message);
  if (!unknown) return message;
  const kinds = { region: topology.regions, node: topology.nodes, cluster: topology.clusters };
  const names = kinds[unknown[2] as keyof typeof kinds].map(({ name }) => name);
  const near = nearest(unknown[3] as string, names);
  return near === undefined ? message : `${unknown[1]}; did you mean "${near}"?`;
}

function checkHeal(draft: Draft, path: Path, step: HealEntry): void {
  if (!draft.step(step.heal, [], [...path, "heal"])) return;
  if (draft.timeline.blocks.has(step.heal)) {
    draft.find([...path, "heal"], `"${step.heal}" is a block: name one of its steps`);
    return;
  }
  const healed = draft.steps.find(({ value }) => value.id === step.heal)?.value;
  if (!healed) return;
  const find = (message: string) => draft.find([...path, "heal"], message);
  if (!isFault(healed)) {
    find(`step "${step.heal}" is no fault, so there is nothing to heal`);
    return;
  }
  if (healed.for !== undefined) find(`"${step.heal}" is healed by its own \`for\` already`);
  if (step.at !== undefined && healed.at !== undefined && step.at < healed.at) {
    find(`"${step.heal}" begins only at ${healed.at / 1000}s`);
  }
  const [first] = draft.steps.filter(({ value }) => isHeal(value) && value.heal === step.heal);
  if (first && first.value !== step) find(`step "${first.value.id}" heals "${step.heal}" already`);
}

function checkFailover(
  draft: Draft,
  path: Path,
  step: RunbookEntry,
  topology: Topology | undefined,
): void {
  if (step.from !== undefined) draft.region(step.from, [...path, "from"]);
  if (!draft.region(step.to, [...path, "to"])) return;
  if (step.from === step.to) draft.find([...path, "from"], `the failover leads back to ${step.to}`);
  if (!draft.clients.some(({ failover }) => failover === step.to)) {
    const message = `no producer or consumer has \`failover: ${step.to}\`: nothing would start there`;
    draft.find([...path, "to"], message);
    return;
  }
  const steps = draft.steps.map(({ value }) => value);
  const twin = steps.find((other) => isRunbook(other) && other.to === step.to);
  if (twin && twin !== step) {
    draft.find([...path, "to"], `step "${twin.id}" starts the clients of ${step.to} already`);
  }
  if (topology && regionGivenUp(step, steps, topology, draft.clients) === undefined) {
    draft.find(path, "which region is given up? Say so by `from`");
  }
}

/** Steps that wait for each other would wait for ever. Each circle is told once. */
function checkCircles(draft: Draft): void {
  const steps = new Map(draft.steps.map((item) => [item.value.id, item]));
  const done = new Set<string>();
  const walk = (id: string, trail: string[]): void => {
    const at = trail.indexOf(id);
    if (at >= 0) {
      const circle = trail.slice(at);
      const item = steps.get(circle[0] as string);
      const told = [...circle, id].join(" -> ");
      if (item && circle.length > 1) {
        draft.find([...item.path, "after"], `these steps wait for each other: ${told}`);
      }
      return;
    }
    if (done.has(id)) return;
    const item = steps.get(id);
    for (const next of item ? afterOf(item.value) : []) walk(next, [...trail, id]);
    done.add(id);
  };
  for (const id of steps.keys()) walk(id, []);
}
