/** The timeline of a plan, and what it says about clusters: which fail, which survives. */
import assert from "node:assert";
import { faultOf } from "../fault/catalogue.ts";
import { Random } from "../kernel/random.ts";
import { formatBytes, formatCount } from "../kernel/units.ts";
import { bootstrapOf } from "../topology/compile.ts";
import type { Topology } from "../topology/types.ts";
import type { PlannedStep, SteadyCheck } from "./plan.ts";
import type { ClientBook } from "./plan-clients.ts";
import { clientsOf, type LogBook } from "./plan-logs.ts";
import {
  afterOf,
  ancestorsOf,
  brokerRegions,
  reachOf,
  regionGivenUp,
  regionsTaken,
  servingFrom,
  topicsMeant,
} from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import { resolveArgs } from "./schema-exec.ts";
import {
  type CreateEntry,
  type FaultEntry,
  isConfig,
  isCreate,
  isExec,
  isFault,
  isHeal,
  isLoad,
  isRunbook,
  isSend,
  isWait,
  type LoadEntry,
  paramsOf,
  type RunbookEntry,
  type SendEntry,
  type SteadyEntry,
  type StepEntry,
} from "./schema-steps.ts";

export function planSteady(check: SteadyEntry): SteadyCheck {
  if ("atLeast" in check) return { check: check.check, atLeast: check.atLeast, forMs: check.for };
  return { check: check.check, atMostMs: check.atMost, forMs: check.for };
}

/** What a step may name. */
export interface Known {
  experiment: Experiment;
  topology: Topology;
  book: LogBook;
  clients: ClientBook;
  seed: number;
}

/** `seed`: of the run. What a step leaves to chance is a stream of its own, named by the step. */
export function planStep(step: StepEntry, known: Known): PlannedStep {
  const { experiment, topology, seed } = known;
  const base = {
    id: step.id,
    label: step.label ?? labelOf(step, topology),
    atMs: step.after === undefined ? (step.at ?? 0) : null,
    after: step.after === undefined ? null : { steps: afterOf(step), plusMs: step.delay ?? 0 },
    ...(step.notBefore ? { notBefore: step.notBefore } : {}),
  };
  if (isWait(step)) return { ...base, type: "wait" };
  if (isConfig(step)) {
    const { topic, set } = step.config;
    const cluster = topicsMeant(experiment.workload.topics, step.config)[0]?.cluster;
    assert(cluster !== undefined, `the cluster of ${topic} was checked`);
    const values = Object.entries(set).map(([key, value]) => [key, String(value)]);
    return { ...base, type: "config", cluster, topic, set: Object.fromEntries(values) };
  }
  if (isCreate(step) || isLoad(step) || isSend(step)) {
    return { ...base, ...workloadAct(step, known) };
  }
  if (isExec(step)) {
    const { node, tool, args, within } = step.exec;
    const resolved = resolveArgs(args, (cluster) => bootstrapOf(topology, cluster));
    return { ...base, type: "exec", node, tool, args: resolved, withinMs: within };
  }
  if (isFault(step)) {
    return {
      ...base,
      type: "fault",
      kind: step.fault,
      params: drawn(step, seed),
      forMs: step.for ?? null,
    };
  }
  if (isHeal(step)) return { ...base, type: "heal", heals: step.heal };
  assert(isRunbook(step), "what is left is a runbook");
  const from = regionGivenUp(step, experiment.steps, topology, clientsOf(experiment));
  assert(from !== undefined, "the region that is given up was checked");
  return {
    ...base,
    type: "failover",
    from,
    to: step.to,
    decisionMs: step.decision,
    detect: {
      everyMs: step.detect.every,
      failures: step.detect.failures,
      timeoutMs: step.detect.timeout,
    },
  };
}

/** What a step does on the application's side. */
function workloadAct(step: CreateEntry | LoadEntry | SendEntry, known: Known) {
  const { book, clients, experiment } = known;
  const { topics } = experiment.workload;
  if (isCreate(step)) {
    const { cluster, topic, id: log } = book.meant(step.create, topics);
    return { type: "create", cluster, topic, log } as const;
  }
  const named = isLoad(step) ? step.load : step.send;
  const producers = clients.lineage(book.meant(named, topics), named.in);
  if (isLoad(step)) {
    const { rate, over } = step.load;
    return { type: "load", producers, ratePerSecond: rate, overMs: over } as const;
  }
  const { partition, size } = step.send;
  return { type: "send", producers, partition, bytes: size } as const;
}

function drawn(step: FaultEntry, seed: number): unknown {
  const params = paramsOf(step);
  const draw = faultOf(step.fault)?.draw;
  return draw ? draw(params, new Random(seed, step.id)) : params;
}

function labelOf(step: StepEntry, topology: Topology): string {
  if (isHeal(step)) return `heal ${step.heal}`;
  if (isWait(step)) return "wait";
  if (isCreate(step)) return `create topic ${step.create.topic}`;
  if (isLoad(step)) return `load on ${step.load.topic}: ${formatCount(step.load.rate)}/s`;
  if (isSend(step)) {
    return `one record of ${formatBytes(step.send.size)} to ${step.send.topic}/${step.send.partition}`;
  }
  if (isExec(step)) return `${step.exec.tool} in ${step.exec.node}`;
  if (isConfig(step)) {
    const set = Object.entries(step.config.set).map(([key, value]) => `${key}=${value}`);
    return `config of ${step.config.topic}: ${set.join(", ")}`;
  }
  if (isRunbook(step)) return `failover to ${step.to}`;
  const { affects, targets } = reachOf(step, topology);
  const regions = regionsTaken(step, topology);
  const links = affects.filter((name) => name.includes("->"));
  const { mode } = paramsOf(step);
  const what = [regions, links, targets].find((names) => names.length > 0) ?? [];
  return `${step.fault} ${what.join(", ")}${typeof mode === "string" ? ` (${mode})` : ""}`;
}

/** Whether a fault is still there when what survived is read. */
function lasts(fault: FaultEntry, steps: StepEntry[]): boolean {
  const healed = steps.some((step) => isHeal(step) && step.heal === fault.id);
  return fault.for === undefined && !healed;
}

export interface Outlook {
  survivingCluster: string;
  failedClusters: string[];
  faultStep?: string;
  failoverStep?: string;
}

export function outlookOf(experiment: Experiment, topology: Topology): Outlook {
  const { steps } = experiment;
  const failovers = inOrder(steps).filter(isRunbook);
  const [failover] = failovers;
  const named = steps.filter(isFault).find(({ id }) => id === experiment.policy?.t0);
  const fault = named ?? firstFault(steps, failover);
  return {
    survivingCluster: survivingCluster(experiment, failovers.at(-1)),
    failedClusters: failedClusters(experiment, topology),
    ...(fault ? { faultStep: fault.id } : {}),
    ...(failover ? { failoverStep: failover.id } : {}),
  };
}

/** The fault that a failover answers to, or else the first. */
function firstFault(steps: StepEntry[], failover: RunbookEntry | undefined) {
  const before = failover && ancestorsOf(failover, steps).find(isFault);
  return before ?? inOrder(steps).find(isFault);
}

/** Steps by their earliest start, as far as the file tells: a step comes after those it names. */
function inOrder(steps: StepEntry[]): StepEntry[] {
  const startOf = (step: StepEntry, seen: StepEntry[] = []): number => {
    if (seen.includes(step)) return 0;
    const before = steps.filter((other) => afterOf(step).includes(other.id));
    const starts = before.map((other) => startOf(other, [...seen, step]));
    return Math.max(step.at ?? 0, ...starts.map((start) => start + 1 + (step.delay ?? 0)));
  };
  return [...steps].sort((a, b) => startOf(a) - startOf(b));
}

function failedClusters({ steps, topology: entry }: Experiment, topology: Topology): string[] {
  const lasting = steps.filter(isFault).filter((fault) => lasts(fault, steps));
  const regions = new Set(lasting.flatMap((fault) => regionsTaken(fault, topology)));
  const nodes = new Set(lasting.flatMap((fault) => reachOf(fault, topology).targets));
  return Object.keys(entry.clusters).filter((cluster) => {
    const brokers = topology.nodes.filter((node) => node.cluster === cluster && node.clientPort);
    return brokers.every(({ name, region }) => regions.has(region) || nodes.has(name));
  });
}

/**
 * Clusters of which nodes are gone when the logs are read, and others live: a stretched one that has
 * lost a region, or any one that has lost a broker or its quorum. Half a cluster is read before the
 * heal for what it holds, and after it for what there is.
 */
export function woundedClusters(experiment: Experiment, topology: Topology): Set<string> {
  const { steps } = experiment;
  const failed = failedClusters(experiment, topology);
  const lasting = steps.filter(isFault).filter((fault) => lasts(fault, steps));
  const hit = lasting.flatMap((fault) => {
    const { affects, targets } = reachOf(fault, topology);
    const regions = regionsTaken(fault, topology);
    const nodes = topology.nodes.filter(
      ({ name, region }) => targets.includes(name) || regions.includes(region),
    );
    // Whom it takes is known when it acts; that it takes a node of this cluster is known now.
    const late = "leaderOf" in paramsOf(fault) || fault.fault === "controller.kill";
    const named = affects.flatMap((name) => /^cluster:(.+)$/.exec(name)?.[1] ?? []);
    return [...nodes.map(({ cluster }) => cluster), ...(late ? named : [])];
  });
  return new Set(hit.filter((cluster) => !failed.includes(cluster)));
}

function survivingCluster({ topology, workload }: Experiment, last: RunbookEntry | undefined) {
  const [first] = workload.topics;
  assert(first, "a workload has a topic");
  if (!last) return first.cluster;
  const movers = [...workload.producers, ...workload.consumers].filter(
    ({ failover }) => failover === last.to,
  );
  for (const mover of movers) {
    const [topic] = topicsMeant(workload.topics, mover);
    const [serving] = topic ? servingFrom(topology, topic, last.to) : [];
    if (serving) return serving.cluster;
  }
  return first.cluster;
}

/** Everything that some fault of the plan touches, by the names of `FaultReach.affects`. */
export function affectedBy(experiment: Experiment, topology: Topology): Set<string> {
  return new Set(
    experiment.steps.filter(isFault).flatMap((step) => reachOf(step, topology).affects),
  );
}

/** A cluster that no fault of the plan touches, where a control canary must show no stall. */
export function untouchedCluster(experiment: Experiment, topology: Topology): string | undefined {
  const { clusters: all } = experiment.topology;
  const clusters = Object.keys(all).filter((name) => all[name]?.cold !== true);
  if (clusters.length < 2) return undefined;
  const affected = affectedBy(experiment, topology);
  const untouched = clusters.filter((cluster) => {
    const regions = brokerRegions(experiment.topology, cluster);
    const links = regions.flatMap((from) => regions.map((to) => `${from}->${to}`));
    return ![`cluster:${cluster}`, ...regions, ...links].some((name) => affected.has(name));
  });
  // One without a workload of its own shows the instrument and nothing else.
  const homes = new Set(experiment.workload.topics.map(({ cluster }) => cluster));
  return untouched.find((cluster) => !homes.has(cluster)) ?? untouched[0];
}
