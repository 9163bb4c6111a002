/**
 * Experiment → plan. Pure: the same experiment and run id give the same plan, byte for byte.
 *
 * The experiment was checked by `load.ts`; what cannot be resolved here is a bug.
 */
import { createHash } from "node:crypto";
import type { Judging } from "../history/judging.ts";
import {
  carriesGroup,
  compileReplication,
  syncsGroupOffsets,
} from "../replication/mirror-maker.ts";
import { compileTopology } from "../topology/compile.ts";
import type { Topology } from "../topology/types.ts";
import { drawChaos } from "./draw-chaos.ts";
import { memoryOf } from "./memory.ts";
import type { Plan, PlannedReplication } from "./plan.ts";
import { ClientBook } from "./plan-clients.ts";
import { planGuard, planWait } from "./plan-conditions.ts";
import { LogBook } from "./plan-logs.ts";
import { planPhase, type Repetition } from "./plan-phase.ts";
import {
  affectedBy,
  outlookOf,
  planSteady,
  planStep,
  untouchedCluster,
  woundedClusters,
} from "./plan-steps.ts";
import { topicsMeant } from "./resolve.ts";
import type { Experiment } from "./schema.ts";
import { untilOf } from "./schema-steps.ts";
import { expectationsOf } from "./schema-targets.ts";
import type { TopologyEntry } from "./schema-topology.ts";

/** What was read from a file; `load.ts` makes it. */
export interface LoadedExperiment {
  experiment: Experiment;
  /** As it was given on the command line. */
  file: string;
  /** Of the file's bytes. */
  sha256: string;
  /** Every variable the file uses, with its value. */
  vars: Record<string, string>;
  /** Which cell of the file's matrix. */
  cell?: { name: string; folder: string };
  /** Files that gave it keys, with the SHA-256 of their bytes. */
  includes?: { file: string; sha256: string }[];
}

/** The topology with its replications. */
export function topologyOf(entry: TopologyEntry, run: string): Topology {
  const topology = compileTopology(entry, run);
  const replications = entry.replication.map((flow, index) =>
    compileReplication(flow, topology, index),
  );
  return { ...topology, replications };
}

export interface PlanOptions {
  run: string;
  /** Instead of the file's own. */
  seed?: number;
  /**
   * The world that the run is to use together with others: plans of one world and one topology in
   * the file have the same clusters, ids included.
   */
  world?: string;
  repetition?: Repetition;
}

export function planExperiment(
  loaded: LoadedExperiment,
  { run, seed, world = run, repetition }: PlanOptions,
): Plan {
  const drawSeed = seed ?? loaded.experiment.seed;
  const experiment = drawChaos(loaded.experiment, drawSeed);
  const topology = topologyOf(experiment.topology, world);
  const book = new LogBook(experiment, topology);
  const clients = new ClientBook(experiment, book, {
    control: untouchedCluster(experiment, topology),
    affected: affectedBy(experiment, topology),
    wounded: woundedClusters(experiment, topology),
  });
  const { consumers, watchers } = clients;
  const known = { experiment, book, consumers, watchers };
  const { end } = experiment;
  const phase = repetition && planPhase(experiment, clients.consumers, drawSeed, repetition);
  return {
    schema: "blackstart/plan.v1",
    name: experiment.name,
    title: loaded.cell ? `${experiment.title} (${loaded.cell.name})` : experiment.title,
    description: experiment.description,
    seed: drawSeed,
    run,
    experimentFile: loaded.file,
    experimentSha256: loaded.sha256,
    ...(loaded.includes ? { includes: loaded.includes } : {}),
    ...(loaded.cell ? { cell: loaded.cell.name } : {}),
    ...(experiment.catalogue ? { catalogue: experiment.catalogue } : {}),
    vars: loaded.vars,
    topology,
    topics: book.topics,
    producers: clients.producers,
    canaries: clients.canaries,
    consumers: clients.consumers,
    watchers: clients.watchers,
    replications: planReplications(experiment, book, topology),
    steadyState: experiment.steadyState.map(planSteady),
    steadyWithinMs: experiment.steadyWithin,
    steps: experiment.steps.map((step) => {
      const until = untilOf(step);
      const planned = planStep(step, { experiment, topology, book, clients, seed: drawSeed });
      return until ? { ...planned, until: planWait(until, known) } : planned;
    }),
    ...(experiment.abortIf.length === 0
      ? {}
      : { abortIf: experiment.abortIf.map((guard) => planGuard(guard, known)) }),
    ...(phase === undefined ? {} : { phase }),
    end: { settleMs: end.settle, horizonMs: end.horizon, drainMs: end.drain },
    memoryMiB: memoryOf(topology),
    judging: judgingOf(experiment, topology, book, clients, run),
  };
}

function planReplications(
  { topology: entry, workload }: Experiment,
  book: LogBook,
  topology: Topology,
): PlannedReplication[] {
  return entry.replication.map((flow, index) => {
    // What is made later cannot cross before the workload.
    const pairs = book.mirrors.filter(
      ({ flow: of, source }) => of === flow && !book.isMadeLater(source),
    );
    const groups = workload.consumers
      .filter((consumer) => {
        const [topic] = topicsMeant(workload.topics, consumer);
        return pairs.some(
          ({ source }) => source.cluster === topic?.cluster && source.topic === topic.name,
        );
      })
      .map(({ group }) => group)
      .filter((group) => carriesGroup(flow, group));
    return {
      name: topology.replications[index]?.name ?? "",
      expectLogs: flow.prove.includes("records") ? pairs.map(({ mirror }) => mirror.id) : [],
      expectGroups:
        flow.prove.includes("offsets") && syncsGroupOffsets(flow) ? [...new Set(groups)] : [],
      readyWithinMs: flow.readyWithin,
    };
  });
}

function judgingOf(
  experiment: Experiment,
  topology: Topology,
  book: LogBook,
  clients: ClientBook,
  run: string,
): Judging {
  const { policy, predict, workload, end } = experiment;
  const because = (predict as { because?: string }).because;
  return {
    runTag: runTagOf(run),
    logs: book.logs,
    producers: clients.producerRefs,
    readers: clients.readerRefs,
    ...outlookOf(experiment, topology),
    objectives: expectationsOf(experiment.objectives),
    predictions: expectationsOf(predict),
    ...(because === undefined ? {} : { because }),
    policy: {
      sustainedMs: policy.sustained,
      stallMs: policy.stall,
      throughputShare: policy.throughputShare,
      canaryIntervalMs: workload.canary.every,
      horizonMs: end.horizon,
    },
  };
}

/** Every record of the run carries it, so that another run's records are told apart. */
function runTagOf(run: string): number {
  return createHash("sha256").update(run).digest().readUInt32LE(0);
}
