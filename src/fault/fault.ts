/**
 * What a fault is. One fault, one file, named after its kind; `catalogue.ts` lists them all.
 *
 * A fault arms its undo before it acts, says when it acted, and proves that it took effect. It
 * talks to the world through the context only, so it can be tested on the fake runtime.
 * How to write one: `docs/adding-a-fault.md`.
 */
import type { z } from "zod";
import type { Fidelity } from "../history/events.ts";
import type { HealStack } from "../kernel/heal-stack.ts";
import type { Random } from "../kernel/random.ts";
import type { Capability, LinkMode, Runtime } from "../runtime/runtime.ts";
import type { Topology } from "../topology/types.ts";
import type { Application, Workload } from "./application.ts";
import type { AskCluster, PartitionView } from "./cluster-asks.ts";

/** What a connection attempt from inside a region met. */
export type ProbeOutcome =
  | "answered"
  | "refused"
  | "timeout"
  | "connected-silent"
  | "unresolved"
  | "reset";

/** The eyes of a fault: facts about the running system, asked from inside the regions. */
export interface Observer {
  /** A Kafka connection attempt from an agent in `region` to a node. */
  probe(region: string, node: string, timeoutMs: number): Promise<ProbeOutcome>;
  /** The same, with how long it took by the agent's own clock. */
  roundTrip(
    region: string,
    node: string,
    timeoutMs: number,
  ): Promise<{ outcome: ProbeOutcome; tookMs: number }>;
  /** Bytes to a node and back, one way after the other; throws when it does not answer. */
  transfer(
    region: string,
    node: string,
    bytes: number,
  ): Promise<{ bytesEachWay: number; tookMs: number }>;
  /** Leaders, epochs and ISR of a topic, from any live broker of its cluster; null if none. */
  partitions(cluster: string, topic: string): Promise<PartitionView[] | null>;
}

export interface FaultContext {
  /** Id of the step, unique in the run: what two faults set on one machine is told apart by it. */
  step: string;
  runtime: Runtime;
  topology: Topology;
  observer: Observer;
  /** One request to a cluster, through an observer; throws when nobody answers. */
  ask: AskCluster;
  /** The application under test: its processes, and its groups. */
  application: Application;
  /** Undo list of this step; healed when its time is over or the run ends. */
  heals: HealStack;
  /** How long a healed thing may take to show that it is as before. */
  healedWithinMs: number;
  /** Ends the waits of an act on Ctrl-C. Read anew for each wait: a heal is not ended by it. */
  readonly signal: AbortSignal;
  /** Names of agents running in a region now. */
  agentsIn(region: string): string[];
  /** Names of replication workers of a region that are still part of the run. */
  workersIn(region: string): string[];
  /** Topics on its target that a replication worker mirrors the workload to. */
  mirroredBy(worker: string): string[];
  /** Tells that agents were frozen, and are not to be asked anything; or that they can be again. */
  setFrozen(agents: string[], frozen: boolean): void;
  /** Marks a container's death as wanted, so it is not taken for an accident. */
  expectDeath(name: string): void;
  /** The instant of the act: called right before and right after it. */
  injecting(): void;
  injected(): void;
  /** Puts a sentence on this fault into the history: what it does after its act was proven. */
  note(text: string): void;
  /** What other regions were made to see of a dead node or region, and the probe that shows it. */
  remoteView(region: string, from: string, as: RemoteView, proof: string): void;
}
export type RemoteView = "refused" | "stalled" | "blackholed" | "reachable";

/** What a fault will touch, known before it acts: for the plan, the report and the judge. */
export interface FaultReach {
  fidelity: Fidelity;
  /** Container or link names acted on. */
  targets: string[];
  /** Regions, clusters ("cluster:primary") and links ("east->west") that suffer from it. */
  affects: string[];
}

export interface FaultDefinition<P = unknown, L extends LiveTargets = LiveTargets> {
  kind: string;
  /** One sentence for `blackstart plan` and the docs. */
  summary: string;
  params: z.ZodType<P>;
  /** What it leaves in a world although it was healed: no other run uses that world. */
  lasting?: string;
  needs(params: P): Capability[];
  /**
   * Problems the schema cannot see (names that do not exist). Paths are keys of the step. Without a
   * workload none of its names exists.
   */
  check(
    params: P,
    topology: Topology,
    workload?: Workload,
  ): { path: (string | number)[]; message: string }[];
  /** Leaves to chance what is left to chance, when the experiment is planned. */
  draw?(params: P, random: Random): P;
  /** Targets that depend on the running system (the leader of a partition) are found here. */
  reach(params: P, topology: Topology, live?: L): FaultReach;
  /** Names asked of the running system before the fault, e.g. the current leader. */
  resolve?(params: P, context: FaultContext): Promise<L>;
  inject(params: P, context: FaultContext, live: L): Promise<void>;
  /** Returns the proof as a sentence; throws, with the reason, when there is none. */
  prove(params: P, context: FaultContext, live: L): Promise<string>;
  /** After the heals ran: shows that things are as before; throws when they are not. */
  proveHealed(params: P, context: FaultContext, live: L): Promise<string>;
}

/** Nodes found at run time. A fault that finds or keeps more while it lasts extends it. */
export interface LiveTargets {
  nodes: string[];
  /** What the act saw that its proof needs: exit codes, epochs, bytes, by whom they are about. */
  noted?: Map<string, string | number>;
}

/** Keeps something for the proof. */
export function note(live: LiveTargets, about: string, what: string | number): void {
  live.noted ??= new Map();
  live.noted.set(about, what);
}

export const LINK_FIDELITY: Record<LinkMode, Fidelity> = {
  refuse: "refuse",
  stall: "stall",
  blackhole: "blackhole",
};

export function defineFault<P, L extends LiveTargets = LiveTargets>(
  definition: FaultDefinition<P, L>,
): FaultDefinition<P, L> {
  return definition;
}
