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
  /** What the link adds now, as whoever carries it reports; coarser than what was asked for. */
  quality(): Promise<LinkQuality>;
  /** What callers see of the given nodes (of region `to`) while those are dead. */
  showDead(nodes: string[], as: DeadView): Promise<void>;
  showAlive(nodes: string[]): Promise<void>;
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
  /** The container's output so far, or since a wall time (ISO 8601). */
  logs(name: string, since?: string): Promise<string>;
  link(from: string, to: string): LinkControl;
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
