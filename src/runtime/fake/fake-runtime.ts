/**
 * A runtime in memory: containers and links with a state, and what a caller would meet, derived from
 * both. It keeps the promises of `runtime.ts` (the contract suite runs on it); tests program faults.
 *
 * It leaves out Kafka: a running node answers, and that is all it does.
 */
import { monotonicUs } from "../../kernel/clock.ts";
import { DrillError } from "../../kernel/errors.ts";
import type { KafkaNode, Replication, Topology } from "../../topology/types.ts";
import { Listeners } from "../listeners.ts";
import {
  type AgentContainer,
  type AgentPipe,
  type Capability,
  type ContainerDeath,
  capabilities,
  type DeadView,
  type ExecResult,
  type LinkControl,
  type LinkMode,
  type Runtime,
} from "../runtime.ts";
import { type AgentScript, type ContainerKind, FakeContainer } from "./fake-container.ts";
import { FakeLink } from "./fake-link.ts";
import { FakeMachine } from "./fake-machine.ts";
import { ProgrammedFaults, type Verb } from "./programmed-faults.ts";

const KILLED = 137;
const STOPPED = 143;
const FAILED = 1;

/** What a connection attempt meets: the words of `probe.connect`. */
export type FakeProbe = "answered" | "refused" | "timeout" | "connected-silent" | "reset";

const MET: Record<LinkMode, FakeProbe> = {
  refuse: "refused",
  stall: "connected-silent",
  blackhole: "timeout",
};

export interface FakeRuntimeOptions {
  capabilities?: Iterable<Capability>;
  /** What agents do with a line from the harness; without one they are mute. */
  script?: AgentScript;
  exec?: (container: FakeContainer, argv: string[]) => ExecResult;
}

export class FakeRuntime implements Runtime {
  readonly kind = "fake";
  readonly capabilities: ReadonlySet<Capability>;
  /** Every act that was asked for, in order: "kill b1", "cut east->west". */
  readonly acts: string[] = [];
  readonly #options: FakeRuntimeOptions;
  readonly #programmed = new ProgrammedFaults();
  readonly #regions = new Set<string>();
  readonly #links = new Map<string, FakeLink>();
  readonly #containers = new Map<string, FakeContainer>();
  readonly #machines = new Map<string, FakeMachine>();
  readonly #ports = new Map<string, number[]>();
  readonly #deathListeners = new Listeners<ContainerDeath>();
  readonly #lostListeners = new Listeners<string>();
  #lost: string | null = null;
  #destroyed = false;

  constructor(options: FakeRuntimeOptions = {}) {
    this.#options = options;
    this.capabilities = new Set(options.capabilities ?? capabilities);
  }

  /** The next such call throws; with `after`, although the act happened. */
  failNext(verb: Verb, name: string, error: Error, when: "before" | "after" = "before"): void {
    this.#programmed.add(verb, name, { does: "fail", error, after: when === "after" });
  }

  /** The next such call does nothing and says it did. */
  ignoreNext(verb: Verb, name: string): void {
    this.#programmed.add(verb, name, { does: "nothing" });
  }

  /** The next such call waits; `begun` resolves when it was called, `release` lets it act. */
  holdNext(verb: Verb, name: string): { begun: Promise<void>; release: () => void } {
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const programmed = { does: "wait", begun: begun.resolve, released: held.promise } as const;
    this.#programmed.add(verb, name, programmed);
    return { begun: begun.promise, release: held.resolve };
  }

  /** A container ends by itself. */
  die(name: string, exitCode: number): void {
    this.#end(this.container(name), exitCode);
  }

  /** The engine is gone: pipes close, every later verb fails. */
  loseEngine(reason: string): void {
    this.#lost = reason;
    for (const container of this.#containers.values()) container.end(null);
    this.#lostListeners.tell(reason);
  }

  /** What a caller in `region` meets at a node now. */
  probe(region: string, name: string): FakeProbe {
    const node = this.container(name);
    const stopped = this.#stopped(name);
    if (node.region === region) {
      if (stopped) return MET[stopped];
      // Its machine lives on.
      if (node.state === "dead") return "refused";
      return node.state === "paused" ? "connected-silent" : "answered";
    }
    const shown = this.#linkOf(region, node.region).shown(name);
    if (shown !== "open") return MET[shown];
    // The gateway accepts before it learns that nobody lets it through.
    if (stopped) return stopped === "refuse" ? "reset" : "connected-silent";
    // A gateway that nobody told accepts, and only then finds that nobody listens.
    if (node.state === "dead") return "reset";
    return node.state === "paused" ? "connected-silent" : "answered";
  }

  /** Round trip a caller in `region` needs to a node, ms. */
  roundTripMs(region: string, name: string): number {
    const home = this.container(name).region;
    return home === region ? 0 : this.#linkOf(region, home).latencyMs;
  }

  /** How long so many bytes take there and back, ms: what the link's limit makes of it. */
  transferMs(region: string, name: string, bytes: number): number {
    const link = this.#linkOf(region, this.container(name).region);
    return link.latencyMs + (2000 * bytes) / (link.bandwidthBytesPerSecond ?? Infinity);
  }

  container(name: string): FakeContainer {
    const found = this.#containers.get(name);
    if (!found) throw new DrillError("E_INTERNAL", `no container ${name} in this run`);
    return found;
  }

  /** Everything that is there: containers in any state, networks. Empty after `destroy`. */
  leftovers(): string[] {
    return [...this.#containers.keys(), ...this.#regions];
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  prepare(topology: Topology): Promise<void> {
    return this.#perform("prepare", "", () => {
      for (const { name } of topology.regions) this.#regions.add(name);
      for (const link of topology.links) {
        const made = new FakeLink(link, (verb, name, act) => this.#perform(verb, name, act));
        this.#links.set(made.name, made);
      }
    });
  }

  async startNode(node: KafkaNode): Promise<void> {
    await this.#start("startNode", node.name, "node", node.region);
    this.#machines.set(node.name, this.#machineOf(node.name));
    const { clientPort, controllerPort } = node;
    this.#ports.set(
      node.name,
      [clientPort, controllerPort].filter((port) => port !== null),
    );
  }

  async startReplication(replication: Replication): Promise<void> {
    await this.#start("startReplication", replication.name, "replication", replication.region);
  }

  async startAgent(agent: AgentContainer): Promise<AgentPipe> {
    await this.#start("startAgent", agent.name, "agent", agent.region);
    return this.container(agent.name).pipe();
  }

  kill(name: string): Promise<void> {
    return this.#perform("kill", name, () => this.#end(this.container(name), KILLED));
  }

  stop(name: string): Promise<void> {
    return this.#perform("stop", name, () => this.#end(this.container(name), STOPPED));
  }

  terminate(name: string): Promise<void> {
    return this.#perform("terminate", name, () => this.#end(this.container(name), STOPPED));
  }

  async exitCode(name: string): Promise<number | null> {
    this.#requireEngine();
    return this.container(name).exitCode;
  }

  restart(name: string): Promise<void> {
    return this.#perform("restart", name, () => {
      const container = this.container(name);
      if (container.state !== "dead") return;
      container.state = "running";
      container.exitCode = null;
      this.#machines.get(name)?.disk.format();
    });
  }

  pause(name: string): Promise<void> {
    return this.#perform("pause", name, () => {
      const container = this.container(name);
      if (container.state === "dead") throw new Error(`container ${name} is not running`);
      container.state = "paused";
    });
  }

  resume(name: string): Promise<void> {
    return this.#perform("resume", name, () => {
      const container = this.container(name);
      if (container.state === "paused") container.thaw();
    });
  }

  remove(name: string): Promise<void> {
    return this.#perform("remove", name, () => {
      this.#containers.get(name)?.end(KILLED);
      this.#containers.delete(name);
    });
  }

  async isRunning(name: string): Promise<boolean> {
    this.#requireEngine();
    return this.container(name).state === "running";
  }

  async exec(name: string, argv: string[]): Promise<ExecResult> {
    this.#requireEngine();
    const container = this.container(name);
    if (container.state !== "running") throw new Error(`container ${name} is not running`);
    return this.#options.exec?.(container, argv) ?? { exitCode: 0, output: "" };
  }

  async readFile(name: string, path: string): Promise<Buffer> {
    const bytes = this.container(name).files.get(path);
    if (!bytes) throw new Error(`${name} has no file ${path}`);
    return bytes;
  }

  writeFile(name: string, path: string, bytes: Buffer): Promise<void> {
    return this.#perform("writeFile", name, () => {
      const { files } = this.container(name);
      const length = files.get(path)?.length;
      if (length !== bytes.length) {
        throw new Error(`${path} has ${length} bytes, and ${bytes.length} were to be written`);
      }
      files.set(path, Buffer.from(bytes));
    });
  }

  async logs(name: string): Promise<string> {
    this.#requireEngine();
    return this.container(name).output;
  }

  link(from: string, to: string): LinkControl {
    return this.#linkOf(from, to);
  }

  machine(node: string): FakeMachine {
    const found = this.#machines.get(node);
    if (!found) throw new DrillError("E_INTERNAL", `no node ${node} in this run`);
    return found;
  }

  onDeath(listener: (death: ContainerDeath) => void): () => void {
    return this.#deathListeners.add(listener);
  }

  onLost(listener: (reason: string) => void): () => void {
    return this.#lostListeners.add(listener);
  }

  async memory(): Promise<Record<string, number>> {
    this.#requireEngine();
    return Object.fromEntries([...this.#containers.keys()].map((name) => [name, 1]));
  }

  async facts(): Promise<Record<string, unknown>> {
    this.#requireEngine();
    return { engine: "fake" };
  }

  detach(): void {
    this.#deathListeners.clear();
  }

  /** Containers that end with it are no deaths of the run: nobody listens any more. */
  destroy(): Promise<void> {
    this.#destroyed = true;
    this.detach();
    return this.#perform("destroy", "", () => {
      for (const container of this.#containers.values()) container.end(KILLED);
      this.#containers.clear();
      this.#regions.clear();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  #start(verb: Verb, name: string, kind: ContainerKind, region: string): Promise<void> {
    return this.#perform(verb, name, () => {
      // Also after it was held: a start that comes late must leave nothing behind.
      if (this.#destroyed) throw new Error(`the run is over, ${name} is not started`);
      if (!this.#regions.has(region)) {
        throw new DrillError("E_INTERNAL", `region ${region} has no network`);
      }
      const { script } = this.#options;
      const onExit = (ended: FakeContainer, code: number) => this.#end(ended, code);
      const made = new FakeContainer({ name, kind, region, script, onExit });
      if (kind !== "agent") made.output = `${name} started\n`;
      this.#containers.set(name, made);
    });
  }

  #perform(verb: Verb, name: string, act: () => void): Promise<void> {
    this.acts.push(name === "" ? verb : `${verb} ${name}`);
    return this.#programmed.perform(verb, name, () => {
      this.#requireEngine();
      act();
    });
  }

  /** Ends a container and tells of it a moment later, as an engine does. */
  #end(container: FakeContainer, exitCode: number): void {
    if (container.state === "dead") return;
    const death = { name: container.name, atUs: monotonicUs(), exitCode };
    container.end(exitCode);
    setImmediate(() => {
      this.#deathListeners.tell(death);
    });
  }

  #linkOf(from: string, to: string): FakeLink {
    const found = this.#links.get(`${from}->${to}`);
    if (!found) throw new DrillError("E_INTERNAL", `no link ${from}->${to}`);
    return found;
  }

  #machineOf(node: string): FakeMachine {
    return new FakeMachine(node, {
      machineOf: (other) => this.machine(other),
      listens: (other) => this.container(other).state !== "dead",
      perform: (verb, name, act) => this.#perform(verb, name, act),
      fails: (failed) => this.#end(this.container(failed), FAILED),
    });
  }

  /** How callers that are no nodes are stopped at a node's own machine. */
  #stopped(node: string): DeadView | undefined {
    const [port] = this.#ports.get(node) ?? [];
    return port === undefined ? undefined : this.#machines.get(node)?.stops("in", port);
  }

  #requireEngine(): void {
    if (this.#lost !== null) throw new Error(`the engine does not answer: ${this.#lost}`);
  }
}
