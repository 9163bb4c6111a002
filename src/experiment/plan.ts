/**
 * `plan.json`: the experiment with every name resolved and every choice made. What `run` executes,
 * what `blackstart plan` prints, and (its `judging` section) what the judge knows of the intent.
 *
 * Same experiment, same variables, same seed: the same plan, byte for byte, but for the run id.
 */
import type { Catalogue } from "../history/catalogue.ts";
import type { Judging } from "../history/judging.ts";
import type { Topology } from "../topology/types.ts";
import type { TopicSpec } from "../workload/protocol.ts";
import type { TransactionSpec } from "../workload/transactions.ts";

export interface PlannedTopic {
  log: number;
  cluster: string;
  spec: TopicSpec;
  /** The step that makes it; absent: made before the workload starts. */
  madeBy?: string;
}

/** An application producer, or a canary. `ref` is the id in `judging.producers`. */
export interface PlannedProducer {
  ref: number;
  name: string;
  region: string;
  log: number;
  ratePerSecond: number;
  recordBytes: number;
  acks: "all" | "1" | "0";
  idempotent: boolean;
  transactional?: TransactionSpec;
  lingerMs: number;
  batchRecordsMax: number;
  client: Record<string, unknown>;
  /**
   * initial: started with the workload. created: by the step that makes its topic. added: by the
   * step that makes the partitions it writes to. failover: by the failover step. restart: in the place of one that a fault killed, when that is healed.
   */
  start: "initial" | "created" | "added" | "failover" | "restart";
}

export interface PlannedCanary {
  ref: number;
  name: string;
  region: string;
  log: number;
  intervalMs: number;
  recordBytes: number;
  timeoutMs: number;
  fresh?: { client: Record<string, unknown> }; // new clients, with these settings
}

/** A group's member. `ref` is the id in `judging.readers`. */
export interface PlannedConsumer {
  ref: number;
  name: string;
  region: string;
  group: string;
  cluster: string;
  logs: number[];
  commitEveryMs: number;
  client: Record<string, unknown>;
  start: "initial" | "created" | "failover";
}

/** Follows mirror logs live, for the exposure curve. */
export interface PlannedWatcher {
  ref: number;
  region: string;
  cluster: string;
  logs: number[];
}

export interface PlannedReplication {
  name: string;
  /** Mirror logs that must carry a canary record before the workload starts. */
  expectLogs: number[];
  /** Groups whose canary offset must have crossed; empty when offsets are not synced. */
  expectGroups: string[];
  readyWithinMs: number;
}

export type SteadyCheck =
  | { check: "acked-rate"; atLeast: number; forMs: number }
  | { check: "delivered-rate"; atLeast: number; forMs: number }
  | { check: "replication-lag"; atMostMs: number; forMs: number }
  | { check: "consumer-lag"; atMostMs: number; forMs: number };

/** More or less than an amount: of records, or of their age. */
export interface LagBound {
  side: "above" | "below";
  unit: "records" | "ms";
  than: number;
}

/** A topic's partitions; null: all of them. */
interface Place {
  cluster: string;
  topic: string;
  partitions: number[] | null;
}

/** Something the running system can be asked. */
export type Condition =
  | (Place & {
      what: "isr";
      wants: { in: string } | { atMost: number } | { atLeast: number } | "full";
    })
  /** `in`: the leader's region; null: there is no leader. */
  | (Place & { what: "leader"; in: string | null })
  | { what: "group-lag"; group: string; logs: number[]; readers: number[]; bound: LagBound }
  | {
      what: "mirror-lag";
      topic: string;
      source: number;
      mirror: number;
      readers: number[];
      bound: LagBound;
    }
  | { what: "group"; group: string; cluster: string; is: "stable" | "empty" | "rebalancing" }
  | { what: "controller"; cluster: string; in: string }
  /** `after`: counted from the end of these steps; null: from the beginning of the wait. */
  | { what: "acked"; records: number; after: string[] | null }
  | { what: "topic"; cluster: string; topic: string; above: number }
  | { what: "region"; region: string; is: "lost" | "answering" }
  | { what: "errors"; above: number; overMs: number }
  | { what: "disk"; belowBytes: number }
  | { what: "memory"; belowBytes: number };

export interface PlannedGuard {
  condition: Condition;
  /** The condition as the history and the report name it. */
  words: string;
  /** It must hold so long without a break; 0: seen once is enough. */
  forMs: number;
}

export interface PlannedWait extends PlannedGuard {
  /** Not reached by then, the run ends and is inconclusive. */
  withinMs: number;
}

interface StepBase {
  id: string;
  label: string;
  /** ms after the steady state was reached; exactly one of `atMs` and `after` is set. */
  atMs: number | null;
  /** Steps that must have ended, and how long to wait after the last of them. */
  after: { steps: string[]; plusMs: number } | null;
  /** Not sooner than so long after another step began: the pace of a repeated block. */
  notBefore?: { step: string; plusMs: number };
  /** What the running system must show before the step acts. */
  until?: PlannedWait;
}

export interface FaultStep extends StepBase {
  type: "fault";
  kind: string;
  /** Parsed by the fault's own schema. */
  params: unknown;
  /** Healed after this long; null: at the end of the run, after the audit of what survived. */
  forMs: number | null;
}

export interface FailoverStep extends StepBase {
  type: "failover";
  /** The region whose loss is decided upon, and the one that takes over. */
  from: string;
  to: string;
  decisionMs: number;
  detect: { everyMs: number; failures: number; timeoutMs: number };
}

export interface HealStep extends StepBase {
  type: "heal";
  /** The fault step to heal. */
  heals: string;
}

/** Acts on nothing: it is over when its `until` is met. */
export interface WaitStep extends StepBase {
  type: "wait";
}

/** Sets a topic's configuration, and reads it back. */
export interface ConfigStep extends StepBase {
  type: "config";
  cluster: string;
  topic: string;
  set: Record<string, string>;
}

/** Makes a topic of the plan and starts the clients that use it. */
export interface CreateStep extends StepBase {
  type: "create";
  cluster: string;
  topic: string;
  log: number;
}

/** Changes the rate of producers: of those that run, and of those that take over from them. */
export interface LoadStep extends StepBase {
  type: "load";
  producers: number[];
  ratePerSecond: number;
  overMs: number;
}

/** Has a producer, or who took over from it, send one record of another size. */
export interface SendStep extends StepBase {
  type: "send";
  /** The eldest first. */
  producers: number[];
  partition: number;
  bytes: number;
}

/** Runs a program inside of a node; done when it ended with 0. */
export interface ExecStep extends StepBase {
  type: "exec";
  node: string;
  tool: string;
  args: string[];
  withinMs: number;
}

export type PlannedStep =
  | FaultStep
  | FailoverStep
  | HealStep
  | WaitStep
  | ConfigStep
  | CreateStep
  | LoadStep
  | SendStep
  | ExecStep;

/** Where in the cycles of the system a repetition is to break it. */
export interface PlannedPhase {
  /** The fault step that waits for it. */
  step: string;
  /** From 1. */
  repetition: number;
  of: number;
  phases: "stratified" | "random";
  /** After the anchor. */
  delayMs: number;
  /** By cycle: its length, and the phase in [0, 1) that the delay is. */
  cycles: { name: string; everyMs: number; phase: number }[];
  /** Commits of a group, which come every `everyMs`. Null: the instant the step is due. */
  anchor: { group: string; readers: number[]; everyMs: number } | null;
}

export interface Plan {
  schema: "blackstart/plan.v1";
  name: string;
  title: string;
  description: string;
  seed: number;
  run: string;
  experimentFile: string;
  experimentSha256: string;
  /** Files the experiment includes, with the SHA-256 of their bytes. */
  includes?: { file: string; sha256: string }[];
  /** The cell of the file's matrix: "latency=5ms,acks=all". */
  cell?: string;
  /** Which row of the catalogue it is; absent for an experiment of one's own. */
  catalogue?: Catalogue;
  vars: Record<string, string>;
  topology: Topology;
  topics: PlannedTopic[];
  producers: PlannedProducer[];
  canaries: PlannedCanary[];
  consumers: PlannedConsumer[];
  watchers: PlannedWatcher[];
  replications: PlannedReplication[];
  steadyState: SteadyCheck[];
  steadyWithinMs: number;
  steps: PlannedStep[];
  /** Conditions that end the run early; absent when the file has none. */
  abortIf?: PlannedGuard[];
  /** Of a repetition whose experiment asks for it. */
  phase?: PlannedPhase;
  end: {
    /** The run goes on this long after the last step and after everything recovered. */
    settleMs: number;
    /** ... but no longer than this after the last step. */
    horizonMs: number;
    /** How long the last answers and deliveries may take after the producers stopped. */
    drainMs: number;
  };
  /** What the machine must hold, MiB; by node and in all. */
  memoryMiB: { total: number; byNode: Record<string, number> };
  judging: Judging;
}

/** Whether a log is there only once a step has made it. */
export function isMadeLater({ topics }: Plan, log: number): boolean {
  return topics.some((topic) => topic.log === log && topic.madeBy !== undefined);
}
