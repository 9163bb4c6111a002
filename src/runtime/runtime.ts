/**
 * What a place must be able to do for a drill to run there: small verbs and declared capabilities.
 *
 * `docker` is the real one; `fake` serves tests; one contract suite runs against each. A fault says
 * what it `needs`; the plan refuses a mismatch before anything boots. Nothing here knows a fault.
 *
 * Names are those of the topology: Kafka nodes, replication workers, agents (`agent-east-app`).
 */
import type { KafkaNode, Replication, Topology } from "../topology/types.ts";

export const capabilities = [
  "kill",
  "pause",
  "stop",
  "start",
  "exec",
  "machine.filter",
  "machine.disk",
  "files",
  "link.refuse",
  "link.stall",
  "link.blackhole",
  "link.degrade",
] as const;
export type Capability = (typeof capabilities)[number];

/** What a connection across a link, or to a dead node, meets. */
export type LinkMode = "refuse" | "stall" | "blackhole";

/**
 * What callers are shown of a dead node. Not a stall: somebody would have to accept in its place, and
 * who dials a dead address is told so after a while of the engine's own choosing.
 */
export type DeadView = Exclude<LinkMode, "stall">;

/** What one link adds to every connection it carries. Null and 0 mean nothing. */
export interface LinkQuality {
  /** Round trip, ms; half each way. */
  latencyMs: number;
  jitterMs: number;
  bandwidthBytesPerSecond: number | null;
}

export interface AgentContainer {
  name: string;
  region: string;
  /** Host folder it writes its journals to; absent for an agent that keeps none. */
  journals?: string;
}

/** A running agent: its pipe. Lines are whole NDJSON lines without their end. */
export interface AgentPipe {
  write(line: string): void;
  onLine(listener: (line: string) => void): void;
  /** Called once when the process ended. */
  onExit(listener: (exitCode: number | null) => void): void;
}

export interface ContainerDeath {
  name: string;
  /** The engine's own time of death on CLOCK_MONOTONIC (µs), when it could be mapped. */
  atUs: number | null;
  exitCode: number | null;
}

export interface ExecResult {
  exitCode: number;
  output: string;
}

/** The controls of one directed link; see `Link`. Each is idempotent. */
export interface LinkControl {
  readonly from: string;
  readonly to: string;
  /** Cuts every connection crossing the link, open and new, in the given manner. */
  cut(mode: LinkMode): Promise<void>;
  /** Undoes `cut`. */
  mend(): Promise<void>;
  degrade(quality: LinkQuality): Promise<void>;
  /** Back to the planned quality. */
  restoreQuality(): Promise<void>;
  /** From now on this is the planned quality, and what the link has: another run needs another. */
  replan(quality: LinkQuality): Promise<void>;
  /** What the link adds now, as whoever carries it reports; coarser than what was asked for. */
  quality(): Promise<LinkQuality>;
  /** What callers see of the given nodes (of region `to`) while those are dead. */
  showDead(nodes: string[], as: DeadView): Promise<void>;
  showAlive(nodes: string[]): Promise<void>;
}

/** Connections that a node's machine stops, both byte directions of them. */
export interface PacketCut {
  /** out: opened by the node. in: opened to it. */
  direction: "in" | "out";
  /** Ports of the end that was called. No two nodes of a run share one, so they say who is meant. */
  ports: number[];
  /** Nodes of the same region whose connections pass; for `in`. */
  except: string[];
}

/** What a TCP connect meets: no protocol is spoken. */
export type DialOutcome = "connected" | "refused" | "timeout";

/**
 * What can be wrong with a disk. readonly: no write succeeds. full: there is no block left; needs a
 * disk of a given size. failing: one file Kafka keeps writing cannot be written.
 */
export type DiskTrouble = "readonly" | "full" | "failing";

/** A log that was cut, as its folder is called ("orders-0"), and what it lost. */
export interface CutLog {
  log: string;
  bytes: number;
}

/** The disk of a Kafka node, which outlives its process. Mending twice is fine. */
export interface NodeDisk {
  /** Identity of the formatted folder; null when it is blank or Kafka is too old to give it one. */
  identity(): Promise<string | null>;
  /** Removes everything. The process must be dead. */
  wipe(): Promise<void>;
  /**
   * What a loss of power takes: records beyond the recovery points, younger than this many ms before
   * the newest (null: however old). The process must be dead. Resolves with the logs that lost any.
   */
  cutUnflushed(youngerThanMs: number | null): Promise<CutLog[]>;
  spoil(how: DiskTrouble): Promise<void>;
  mend(): Promise<void>;
  /** Whether it takes a write now. */
  writable(): Promise<boolean>;
}

/**
 * The machine of a Kafka node: its network and its disk. It lives on while the process is dead. Each
 * verb is idempotent.
 */
export interface NodeMachine {
  readonly disk: NodeDisk;
  /** Stops connections, open and new, until the same rule is lifted; other rules stay as they are. */
  filter(rule: string, cuts: PacketCut[], as: DeadView): Promise<void>;
  unfilter(rule: string): Promise<void>;
  /** Connects from here to a port of a node, by its name. */
  dial(node: string, port: number, timeoutMs: number): Promise<DialOutcome>;
}

export interface Runtime extends AsyncDisposable {
  readonly kind: string;
  readonly capabilities: ReadonlySet<Capability>;
  /** Networks and gateways of the topology, all links at their planned quality. */
  prepare(topology: Topology): Promise<void>;
  startNode(node: KafkaNode, clusterId: string, kafka: string): Promise<void>;
  startReplication(replication: Replication, kafka: string): Promise<void>;
  startAgent(agent: AgentContainer): Promise<AgentPipe>;
  /** SIGKILL. Resolves when the engine says it is dead. */
  kill(name: string): Promise<void>;
  /** SIGTERM; resolves when it was sent. A process that ends does so in its own time. */
  terminate(name: string): Promise<void>;
  /** How the last process of a container ended; null while it runs. */
  exitCode(name: string): Promise<number | null>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(name: string, graceMs: number): Promise<void>;
  /** Starts a dead node again, with its disk. */
  restart(name: string): Promise<void>;
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;
  /** Removes one container for good. It is nobody's any more: its death is not told. */
  remove(name: string): Promise<void>;
  isRunning(name: string): Promise<boolean>;
  exec(name: string, argv: string[], withinMs?: number): Promise<ExecResult>;
  /** A file of a container, dead or alive. */
  readFile(name: string, path: string): Promise<Buffer>;
  /** Replaces a file's bytes by as many others; a file that is open in the container is another. */
  writeFile(name: string, path: string, bytes: Buffer): Promise<void>;
  /** The container's output so far, or since a wall time (ISO 8601). */
  logs(name: string, since?: string): Promise<string>;
  link(from: string, to: string): LinkControl;
  machine(node: string): NodeMachine;
  /** Deaths of containers of this run, expected or not. Gives the call that ends the listening. */
  onDeath(listener: (death: ContainerDeath) => void): () => void;
  /** Called once when the engine itself is gone. Gives the call that ends the listening. */
  onLost(listener: (reason: string) => void): () => void;
  /** Resident memory by container, bytes. */
  memory(): Promise<Record<string, number>>;
  /** Engine version, image digests, host facts. */
  facts(): Promise<Record<string, unknown>>;
  /** Follows the run no longer and leaves it as it is, so that the process can end. */
  detach(): void;
  /** Removes everything of this run. Idempotent. */
  destroy(): Promise<void>;
}
