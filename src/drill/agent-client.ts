/**
 * The harness' end of one agent: requests with answers, and events. An agent that ends while a
 * request is open rejects it with E_AGENT_LOST.
 */
import { monotonicUs } from "../kernel/clock.ts";
import { DrillError } from "../kernel/errors.ts";
import type { AgentPipe } from "../runtime/runtime.ts";
import type { AgentEvent, AgentMessage, Answer, Ask, Operation } from "../workload/protocol.ts";

interface Pending {
  operation: string;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
}

const DEFAULT_WITHIN_MS = 30_000;
const QUOTED_MAX = 200;

export class AgentClient {
  readonly name: string;
  readonly region: string;
  readonly role: string;
  /** Its process is paused: it is there, and answers nothing. */
  frozen = false;
  /** When it last said anything, µs; null before its first word. */
  heardUs: number | null = null;
  #ended = false;
  readonly #pipe: AgentPipe;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(options: {
    name: string;
    region: string;
    role: string;
    pipe: AgentPipe;
    onEvent: (agent: AgentClient, event: AgentEvent) => void;
    onExit: (agent: AgentClient, exitCode: number | null) => void;
  }) {
    this.name = options.name;
    this.region = options.region;
    this.role = options.role;
    this.#pipe = options.pipe;
    options.pipe.onLine((line) => this.#receive(line, options.onEvent));
    options.pipe.onExit((exitCode) => {
      this.#ended = true;
      for (const [id, pending] of this.#pending) {
        this.#settle(id, pending);
        pending.reject(this.#lost(pending.operation));
      }
      options.onExit(this, exitCode);
    });
  }

  /** Its process is gone for good. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it can be asked anything now. */
  get alive(): boolean {
    return !this.#ended && !this.frozen;
  }

  /** Asks the agent; rejects with what it answered, or when it ended or was silent too long. */
  request<O extends Operation>(
    operation: O,
    ask: Ask<O>,
    withinMs = DEFAULT_WITHIN_MS,
  ): Promise<Answer<O>> {
    if (this.#ended) return Promise.reject(this.#lost(operation));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise<Answer<O>>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        const message = `${this.name} did not answer ${operation} within ${withinMs} ms`;
        reject(new DrillError("E_AGENT_REFUSED", message));
      }, withinMs);
      const settle = resolve as (value: unknown) => void;
      this.#pending.set(id, { operation, resolve: settle, reject, timer });
      this.#pipe.write(JSON.stringify({ id, op: operation, ask }));
    });
  }

  /** Greets the agent and checks that it shares the harness' clock. */
  async hello(run: string, journalDir: string): Promise<void> {
    const beforeUs = monotonicUs();
    const ask = { run, agent: this.name, journalDir };
    const { monotonicUs: theirsUs } = await this.request("hello", ask, 60_000);
    const afterUs = monotonicUs();
    if (theirsUs < beforeUs || theirsUs > afterUs) {
      const range = `[${beforeUs}, ${afterUs}]`;
      const message = `${this.name} has another clock: it said ${theirsUs} µs, expected ${range}`;
      throw new DrillError("E_CLOCK", message);
    }
  }

  #receive(line: string, onEvent: (agent: AgentClient, event: AgentEvent) => void): void {
    this.heardUs = monotonicUs();
    const message = parse(line);
    if (message === null) {
      // A stray line is told, and ends nothing: whoever waits for an answer has a deadline.
      const detail = `${this.name}: ${line.slice(0, QUOTED_MAX)}`;
      const told = { client: "agent", what: "unreadable-line", detail };
      onEvent(this, { event: "client", tUs: monotonicUs(), ...told });
      return;
    }
    if ("event" in message) {
      onEvent(this, message);
      return;
    }
    const pending = this.#pending.get(message.re);
    if (!pending) return;
    this.#settle(message.re, pending);
    if (message.ok) pending.resolve(message.value);
    else {
      const said = `${this.name} could not do ${pending.operation}: ${message.error}`;
      pending.reject(new DrillError("E_AGENT_REFUSED", said));
    }
  }

  #settle(id: number, pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(id);
  }

  #lost(operation: string): DrillError {
    return new DrillError("E_AGENT_LOST", `${this.name} ended (asked for ${operation})`);
  }
}

/** Null when the line is no message. */
function parse(line: string): AgentMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    const known =
      typeof value === "object" && value !== null && ("event" in value || "re" in value);
    return known ? (value as AgentMessage) : null;
  } catch {
    return null;
  }
}
