/**
 * One container of the fake runtime: a Kafka node, a replication worker or an agent. It has a state,
 * an output, and files that outlive a restart.
 *
 * An agent has a pipe as well. A frozen agent reads nothing: lines wait until it is thawed.
 */
import type { AgentPipe } from "../runtime.ts";

export type ContainerKind = "node" | "replication" | "agent";
export type ContainerState = "running" | "paused" | "dead";

/** What an agent does with a line from the harness. */
export type AgentScript = (line: string, agent: FakeContainer) => void;

export class FakeContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  readonly region: string;
  readonly files = new Map<string, Buffer>();
  state: ContainerState = "running";
  output = "";
  /** How its last process ended; null while it runs. */
  exitCode: number | null = null;
  readonly #script: AgentScript;
  readonly #onExit: (container: FakeContainer, exitCode: number) => void;
  readonly #inbox: string[] = [];
  readonly #unsaid: string[] = [];
  readonly #lineListeners: ((line: string) => void)[] = [];
  readonly #exitListeners: ((exitCode: number | null) => void)[] = [];

  constructor(options: {
    name: string;
    kind: ContainerKind;
    region: string;
    script?: AgentScript | undefined;
    /** The process wants to end by itself. */
    onExit: (container: FakeContainer, exitCode: number) => void;
  }) {
    this.name = options.name;
    this.kind = options.kind;
    this.region = options.region;
    this.#script = options.script ?? (() => {});
    this.#onExit = options.onExit;
  }

  /** The harness' end of an agent. Lines arrive later, never within the call, as on a real pipe. */
  pipe(): AgentPipe {
    return {
      write: (line) => {
        this.#inbox.push(line);
        setImmediate(() => this.#read());
      },
      onLine: (listener) => void this.#lineListeners.push(listener),
      onExit: (listener) => void this.#exitListeners.push(listener),
    };
  }

  /** Prints a line. What a frozen agent would say is said when it is thawed. */
  say(line: string): void {
    if (this.state === "dead") return;
    this.#unsaid.push(line);
    this.#speak();
  }

  /** Goes on after a pause. */
  thaw(): void {
    this.state = "running";
    this.#speak();
    this.#read();
  }

  /** Ends by itself, as an agent does that was told goodbye. */
  exit(exitCode: number): void {
    this.#onExit(this, exitCode);
  }

  /** The process is gone; its pipe closes. For the runtime, which tells of the death. */
  end(exitCode: number | null): void {
    if (this.state === "dead") return;
    this.state = "dead";
    this.exitCode = exitCode;
    for (const listener of this.#exitListeners) listener(exitCode);
  }

  #read(): void {
    while (this.state === "running") {
      const line = this.#inbox.shift();
      if (line === undefined) return;
      this.#script(line, this);
    }
  }

  #speak(): void {
    while (this.state === "running") {
      const line = this.#unsaid.shift();
      if (line === undefined) return;
      this.output += `${line}\n`;
      for (const listener of this.#lineListeners) listener(line);
    }
  }
}
