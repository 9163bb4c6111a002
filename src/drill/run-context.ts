/**
 * What every stage of a run works with: one argument, no globals. Later stages find here what
 * earlier ones left.
 */
import type { FaultStep, Plan, PlannedConsumer } from "../experiment/plan.ts";
import type { FaultReach } from "../fault/fault.ts";
import type { NewEvent } from "../history/events.ts";
import type { History } from "../history/history-writer.ts";
import type { LogRef } from "../history/judging.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { HealStack } from "../kernel/heal-stack.ts";
import type { ContainerDeath, Runtime } from "../runtime/runtime.ts";
import type { ClusterAddress } from "../workload/protocol.ts";
import type { RateChange } from "../workload/schedule.ts";
import type { AgentClient } from "./agent-client.ts";
import type { AgentPool } from "./agent-pool.ts";
import type { Monitor } from "./monitor.ts";
import type { Progress } from "./progress.ts";

export interface RunContext {
  plan: Plan;
  /** The run's folder on the host. */
  folder: string;
  /** Wall time, ISO 8601: what containers wrote from then on is the run's. */
  startedAt: string;
  /** The networks, gateways and Kafka nodes, which may have served other runs before. */
  world: HeldWorld;
  runtime: Runtime;
  history: History;
  agents: AgentPool;
  monitor: Monitor;
  progress: Progress;
  /** Aborts on Ctrl-C, on a lost engine, on an agent that died by itself. */
  signal: AbortSignal;
  /** Ends the run early with this error; the first one wins. */
  fail(error: DrillError): void;
  /** Undo list of the whole run. */
  heals: HealStack;
  /** Deaths so far, by container name, newest last. */
  deaths: ContainerDeath[];
  /** Containers whose death is wanted. */
  expected: Set<string>;
  /** Replication workers that are no longer part of the run. */
  removed: Set<string>;
  /** What ends the listening to the runtime. */
  unlisten: (() => void)[];
  live: LiveClients;
  /** The agents of the first clients, on their way; null before anybody asked for them. */
  clientAgents: Promise<void> | null;
  /** Topics, first commits and the start of replication, on their way. */
  ground: Promise<void> | null;
  /** Aborted when clients are told to stop: what they meet from then on is no finding. */
  stopping: AbortController;
}

/** A world as the run that uses it sees it; `world.ts` is the whole. */
export interface HeldWorld {
  readonly id: string;
  readonly warm: boolean;
  bootedBy: string | null;
  host(name: string): void;
  /** Wakes the keepers of a warm world for some work; they sleep again when it is over. */
  awake<T>(work: (keeperIn: (region: string) => AgentClient) => Promise<T>): Promise<T>;
  spoil(reason: string): void;
  leave(): void;
  close(): Promise<void>;
}

export interface DrillOutcome {
  outcome: "completed" | "interrupted" | "failed";
  error?: DrillError;
}

/** Which clients run now, and on which agent. */
export interface LiveClients {
  producers: Map<number, AgentClient>;
  consumers: Map<number, AgentClient>;
  canaries: Map<number, AgentClient>;
  watchers: Map<number, AgentClient>;
  /** Consumers that a fault has ended in order, and the agent to start each on again. */
  stopped: Map<PlannedConsumer, AgentClient>;
  /** The producers were stopped: nothing is to be started any more. */
  over: boolean;
  /** Cold clusters that a step has started. */
  started: Set<string>;
  /** By producer: how `load` steps have changed its rate, for whoever takes over from it, too. */
  changes: Map<number, RateChange[]>;
  /** Records acked by the application when a step ended. */
  ackedAtEnd: Map<string, number>;
  /** Steps whose fault is not healed yet. */
  openFaults: Map<string, OpenFault>;
}

export interface OpenFault {
  step: FaultStep;
  /** Whom it took. */
  reach: FaultReach;
  /** The acts that undo it, without a proof. */
  undo: () => Promise<unknown>;
  /** Undoes it and proves that all is as before; throws when it is not. */
  heal: () => Promise<void>;
}

/** Bootstrap list of a cluster: every broker, as any region resolves it. */
export function addressOf(plan: Plan, cluster: string): ClusterAddress {
  const bootstrap = plan.topology.nodes
    .filter((node) => node.cluster === cluster && node.clientPort !== null)
    .map((node) => `${node.name}:${node.clientPort}`);
  return { cluster, bootstrap };
}

/** A log as it is before a step widens it. */
export function atStart(log: LogRef): LogRef {
  return { ...log, partitions: log.partitionsAtStart ?? log.partitions };
}

export function logOf(plan: Plan, id: number): LogRef {
  const log = plan.judging.logs.find((candidate) => candidate.id === id);
  if (!log) throw new DrillError("E_INTERNAL", `the plan has no log ${id}`);
  return log;
}

/**
 * Whether a log is written in transactions: by a producer of the plan, or, with exactly-once source
 * support (KIP-618), by the MirrorMaker that fills it. Copies that it aborted are on the log, too.
 */
export function hasTransactions({ producers, topology }: Plan, log: LogRef): boolean {
  if (producers.some((one) => one.log === log.id && one.transactional !== undefined)) return true;
  return topology.replications.some(
    ({ to, config }) =>
      log.role === "mirror" &&
      log.cluster === to &&
      (config[`${to}.exactly.once.source.support`] ?? config["exactly.once.source.support"]) ===
        "enabled",
  );
}

export function regionsOf(plan: Plan, cluster: string): string[] {
  return plan.topology.clusters.find(({ name }) => name === cluster)?.regions ?? [];
}

/** Whether a cluster can be asked anything: it is no cold one, or a step has started it. */
export function isUp({ plan, live }: RunContext, cluster: string): boolean {
  const planned = plan.topology.clusters.find(({ name }) => name === cluster);
  return !planned?.cold || live.started.has(cluster);
}

/** An observer that can speak to a cluster: in one of its regions, else anywhere. */
export function observerFor(context: RunContext, cluster: string): AgentClient {
  const regions = [
    ...regionsOf(context.plan, cluster),
    ...context.plan.topology.regions.map(({ name }) => name),
  ];
  const found = context.agents.observerOf(regions);
  if (!found) throw new DrillError("E_AGENT_LOST", `no observer is left to speak to ${cluster}`);
  return found;
}

/** What was thrown, as the error a run ends with. */
export function operatingError(thrown: unknown): DrillError {
  if (thrown instanceof DrillError) return thrown;
  return new DrillError("E_INTERNAL", messageOf(thrown), { cause: thrown });
}

/**
 * Records what must not stop the one who tells it: a heal goes on although the disk is full. The run
 * ends with the error all the same.
 */
export function recordOrFail(context: RunContext, event: NewEvent): void {
  try {
    context.history.record(event);
  } catch (error) {
    context.fail(operatingError(error));
  }
}

/** Throws when the run was aborted: called between the acts of a stage. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof DrillError) throw signal.reason;
  throw new DrillError("E_INTERRUPTED", "the run was interrupted");
}
