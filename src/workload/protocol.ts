/**
 * What the harness says to an agent and what it answers: newline-delimited JSON over the agent's
 * stdin and stdout. One request, one answer with the same `id`; events come unasked.
 *
 * ```
 *  harness ── {"id":7,"op":"producer.start",…} ──▶ agent
 *  harness ◀── {"re":7,"ok":true,"value":…} ────── agent
 *  harness ◀── {"event":"stats",…} ─────────────── agent   (every 200 ms)
 * ```
 * Topics and clusters are given whole with each request: an agent keeps no plan of its own.
 */
import type { LogRef } from "../history/judging.ts";
import type { RateChange } from "./schedule.ts";
import type { TransactionSpec } from "./transactions.ts";

export interface ClusterAddress {
  cluster: string;
  /** host:port of every broker, as its own region or a gateway resolves it. */
  bootstrap: string[];
}

export interface ProducerSpec {
  /** ProducerRef id; goes into every record. */
  producer: number;
  name: string;
  runTag: number;
  address: ClusterAddress;
  log: LogRef;
  ratePerSecond: number;
  /** Whole record value, header included. */
  recordBytes: number;
  acks: "all" | "1" | "0";
  idempotent: boolean;
  transactional?: TransactionSpec;
  /** How long due records gather before a send, ms. */
  lingerMs: number;
  batchRecordsMax: number;
  /** kafkajs client and producer options an experiment sets; defaults are kafkajs' own. */
  client: Record<string, unknown>;
  /** First due time (µs, monotonic). */
  t0Us: number;
  /** Writes to this partition and those after it; to all unless given. */
  partitionFirst?: number;
  /** Changes of the rate, those among them that were before it started. */
  changes?: RateChange[];
}

export interface ConsumerSpec {
  /** ReaderRef id. */
  reader: number;
  name: string;
  group: string;
  runTag: number;
  address: ClusterAddress;
  logs: LogRef[];
  commitEveryMs: number;
  client: Record<string, unknown>;
}

/** The cluster viewpoint: one small record per partition and tick, straight to its leader. */
export interface CanarySpec {
  producer: number;
  name: string;
  runTag: number;
  address: ClusterAddress;
  log: LogRef;
  intervalMs: number;
  recordBytes: number;
  timeoutMs: number;
  t0Us: number;
  /** Connects anew for every record, as an application with these settings of its client would. */
  fresh?: { client: Record<string, unknown> };
}

export interface WatchSpec {
  reader: number;
  runTag: number;
  address: ClusterAddress;
  logs: LogRef[];
}

export interface AuditSpec extends WatchSpec {
  /** Give up when nothing was read for this long. */
  stallMs: number;
  /** Read only what was committed, as far as no transaction is open: these logs have some. */
  committed?: boolean;
}

export interface PartitionState {
  partition: number;
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  isr: number[];
}

export interface TopicSpec {
  topic: string;
  partitions: number;
  replication: number;
  config: Record<string, string>;
  /** Broker ids per partition; overrides `replication`. */
  placement?: number[][];
}

/** Every operation: its arguments and its answer. */
export interface Operations {
  hello: {
    ask: { run: string; agent: string; journalDir: string };
    answer: { monotonicUs: number; pid: number; node: string };
  };
  /** Waits until every broker is registered and unfenced and answers; by protocol, not by port. */
  "cluster.ready": {
    ask: { address: ClusterAddress; brokers: number; withinMs: number };
    answer: { brokers: number[]; features: Record<string, number>; tookMs: number };
  };
  "topics.create": {
    ask: { address: ClusterAddress; topics: TopicSpec[]; withinMs: number };
    answer: Record<string, never>;
  };
  /** Leaders, epochs and ISR of a topic; `null` when it does not exist. */
  "topic.describe": {
    ask: { address: ClusterAddress; topic: string };
    answer: PartitionState[] | null;
  };
  /** Every partition of every topic, internal ones too, as one broker sees them. */
  "partitions.describe": {
    ask: { address: ClusterAddress };
    answer: (PartitionState & { topic: string })[];
  };
  /** Elects leaders (KIP-460). Code 0: elected; 84: not needed; any other: refused. */
  "leaders.elect": {
    ask: {
      address: ClusterAddress;
      type: "preferred" | "unclean";
      partitions: { topic: string; partition: number }[];
    };
    answer: { topic: string; partition: number; errorCode: number; reason: string }[];
  };
  /** Assigns replicas (KIP-455); answered when the controller took it up, not when data has moved. */
  "replicas.reassign": {
    ask: {
      address: ClusterAddress;
      partitions: { topic: string; partition: number; replicas: number[] }[];
    };
    answer: { topic: string; partition: number; errorCode: number; reason: string }[];
  };
  /** Asks each controller (host:port) over its own port: only the leader describes the quorum. */
  "quorum.describe": {
    ask: { address: ClusterAddress; controllers: string[] };
    answer: { claim: { leader: number; leaderEpoch: number } | null; answered: number };
  };
  /** Sum of the end offsets of each topic that exists. */
  "topics.ends": {
    ask: { address: ClusterAddress; topics: string[] };
    answer: { topic: string; end: number }[];
  };
  /**
   * Deletes every group and every topic that is not Kafka's own, until every one of `brokers` brokers
   * says there are none; then gives partitions back to their first replicas. Answers what it deleted.
   */
  "cluster.clear": {
    ask: { address: ClusterAddress; brokers: number; withinMs: number };
    answer: { topics: string[]; groups: string[] };
  };
  /** Topics as each broker that answers sees them, groups of all, and how far the controllers are. */
  "cluster.census": {
    ask: { address: ClusterAddress };
    answer: {
      views: {
        at: string;
        topics: { topic: string; internal: boolean; partitions: PartitionState[] }[];
      }[];
      groups: string[];
      quorum: { leader: number; voters: { id: number; behind: number }[] };
    };
  };
  /** Null when no broker that answers knows it. The id is another once it was made anew. */
  "topic.identify": {
    ask: { address: ClusterAddress; topic: string };
    answer: { topicId: string; partitions: number } | null;
  };
  "topic.delete": {
    ask: { address: ClusterAddress; topic: string };
    answer: Record<string, never>;
  };
  /** `partitions`: in all, afterwards. */
  "topic.widen": {
    ask: { address: ClusterAddress; topic: string; partitions: number };
    answer: Record<string, never>;
  };
  "topic.configs": {
    ask: { address: ClusterAddress; topic: string };
    answer: Record<string, string>;
  };
  /** Sets some of a topic's settings and leaves the others (KIP-339). */
  "topic.alter": {
    ask: { address: ClusterAddress; topic: string; set: Record<string, string> };
    answer: Record<string, never>;
  };
  /** A group's state in Kafka's own words ("Stable", "Empty", …), and its members. */
  "group.describe": {
    ask: { address: ClusterAddress; group: string };
    answer: { state: string; members: number };
  };
  /** Start and end offsets by the auditor's client, or by the producer's; null: no such topic. */
  "log.bounds": {
    ask: { address: ClusterAddress; log: LogRef; by: "platformatic" | "kafkajs" };
    answer: { partition: number; start: number; end: number }[] | null;
  };
  /** One readiness record per partition, journalled like any other. */
  "canary.seed": {
    ask: {
      address: ClusterAddress;
      log: LogRef;
      producer: number;
      runTag: number;
      recordBytes: number;
      /** First seq of this round, the same for every partition. */
      seqFirst: number;
    };
    answer: { offsets: number[] };
  };
  "group.commit": {
    ask: { address: ClusterAddress; group: string; topic: string; offsets: number[] };
    answer: Record<string, never>;
  };
  /** Committed offsets by partition; -1 where there is none. */
  "group.offsets": {
    ask: { address: ClusterAddress; group: string; topic: string; partitions: number };
    answer: number[];
  };
  "producer.start": { ask: ProducerSpec; answer: { journal: string } };
  /** Stops making records due; waits for the answers of what was sent, at most `drainMs`. */
  "producer.stop": {
    ask: { producer: number; drainMs: number };
    answer: { unsent: number; unanswered: number };
  };
  /** The rate changes from `fromUs` on, or from now on if that is over; answers from when. */
  "producer.load": {
    ask: { producer: number; change: RateChange };
    answer: { fromUs: number };
  };
  /** The next record of a partition has this size, and goes alone; answers with its outcome. */
  "producer.single": {
    ask: { producer: number; partition: number; bytes: number };
    answer: { seq: number; outcome: "acked" | "failed" | "indeterminate"; offset: number };
  };
  "consumer.start": { ask: ConsumerSpec; answer: { journal: string } };
  "consumer.stop": { ask: { reader: number }; answer: Record<string, never> };
  "canary.start": { ask: CanarySpec; answer: { journal: string } };
  "canary.stop": { ask: { producer: number }; answer: Record<string, never> };
  "watch.start": { ask: WatchSpec; answer: { journal: string } };
  "watch.stop": { ask: { reader: number }; answer: Record<string, never> };
  /** Reads every log from its start to its end at the time of asking. */
  audit: {
    ask: AuditSpec;
    answer: {
      journal: string;
      logs: {
        log: number;
        partition: number;
        start: number;
        end: number;
        records: number;
        complete: boolean;
      }[];
    };
  };
  /** Reads every replica of a log that lies on these brokers, leader or not. */
  "audit.replicas": {
    ask: {
      address: ClusterAddress;
      reader: number;
      runTag: number;
      log: LogRef;
      /** Those that live, with their own addresses. */
      brokers: { id: number; address: string }[];
      /** Time for each replica to be read. */
      stallMs: number;
    };
    answer: {
      journal: string;
      partitions: {
        partition: number;
        leader: number;
        read: { broker: number; end: number; records: number; complete: boolean }[];
      }[];
    };
  };
  /** Probes TCP connect and one ApiVersions round trip; never throws. */
  "probe.connect": {
    ask: { host: string; port: number; timeoutMs: number };
    answer: {
      outcome: "answered" | "refused" | "timeout" | "connected-silent" | "unresolved" | "reset";
      tookMs: number;
    };
  };
  /** Bytes to a broker and back over one connection, one way after the other. */
  "probe.transfer": {
    ask: { host: string; port: number; bytes: number; timeoutMs: number };
    answer: { bytesEachWay: number; tookMs: number };
  };
  /** Probes every address each `everyMs`; an event `watchdog` tells each change of health. */
  "watchdog.start": {
    ask: {
      name: string;
      addresses: string[];
      everyMs: number;
      failures: number;
      timeoutMs: number;
    };
    answer: Record<string, never>;
  };
  "watchdog.stop": { ask: { name: string }; answer: Record<string, never> };
  /** From here on the percentiles of the agent's own health count: the system is steady. */
  "health.begin": { ask: Record<string, never>; answer: Record<string, never> };
  /** Closes every journal and ends the process. */
  bye: { ask: Record<string, never>; answer: Record<string, never> };
}

export type Operation = keyof Operations;
export type Ask<O extends Operation> = Operations[O]["ask"];
export type Answer<O extends Operation> = Operations[O]["answer"];

export type AgentRequest = { [O in Operation]: { id: number; op: O; ask: Ask<O> } }[Operation];

export type AgentReply =
  | { re: number; ok: true; value: unknown }
  | { re: number; ok: false; error: string };

export interface AgentStats {
  event: "stats";
  tUs: number;
  /** Per producer or canary: totals so far. */
  producers: {
    producer: number;
    due: number;
    acked: number;
    failed: number;
    indeterminate: number;
    lastAckUs: number;
    oldestUnackedDueUs: number;
  }[];
  /** Per consumer or watcher: totals, and how old records were when seen in the last interval. */
  readers: {
    reader: number;
    seen: number;
    lastSeenUs: number;
    lagP99Us: number;
    lagMaxUs: number;
    partitionsSeen: number /** newest due time seen, per log:partition */;
    /** When the last commit was confirmed, µs; absent for a reader that commits nothing. */
    lastCommitUs?: number;
  }[];
  health: {
    loopDelayP999Us: number;
    loopDelayMaxUs: number;
    lateSendMaxUs: number;
    cpuThrottledUs: number;
    journalWriteMaxUs: number;
  };
  journals: { file: string; blocks: number; crc: number }[];
}

export type AgentEvent =
  | AgentStats
  | { event: "client"; tUs: number; client: string; what: string; detail?: string }
  | { event: "watchdog"; tUs: number; name: string; healthy: boolean; detail: string }
  | { event: "journal"; tUs: number; file: string; role: string }
  | { event: "fatal"; tUs: number; code: "E_DISK_FULL" | "E_INTERNAL"; message: string };

export type AgentMessage = AgentReply | AgentEvent;
