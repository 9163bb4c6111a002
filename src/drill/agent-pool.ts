/**
 * The agents of a run: started, greeted, found by region and role, and listened to.
 *
 * Journals live in one folder on the host, mounted into every agent as /journals.
 */
import type { History } from "../history/history-writer.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { AgentEvent, AgentStats } from "../workload/protocol.ts";
import { AgentClient } from "./agent-client.ts";

const JOURNAL_DIR = "/journals";

export type AgentRole = "observer" | "producers" | "consumers" | "canary";
export type Origin = "initial" | "failover" | "restore";

export class AgentPool {
  readonly #runtime: Runtime;
  readonly #history: History;
  readonly #run: string;
  readonly #journals: string;
  readonly #host: (name: string) => void;
  readonly #agents = new Map<string, AgentClient>();
  readonly #statsListeners: ((agent: AgentClient, stats: AgentStats) => void)[] = [];
  readonly #eventListeners: ((agent: AgentClient, event: AgentEvent) => void)[] = [];
  /** Called with the reason when an agent says it cannot go on (disk full). */
  onFatal: (agent: AgentClient, code: "E_DISK_FULL" | "E_INTERNAL", message: string) => void =
    () => {};

  /**
   * `journals`: the run's folder for them, on the host. `host` is told of each before it starts: who
   * removes them after the run.
   */
  constructor(options: {
    runtime: Runtime;
    history: History;
    run: string;
    journals: string;
    host: (name: string) => void;
  }) {
    this.#runtime = options.runtime;
    this.#history = options.history;
    this.#run = options.run;
    this.#journals = options.journals;
    this.#host = options.host;
  }

  async start(region: string, role: AgentRole, origin: Origin = "initial"): Promise<AgentClient> {
    const suffix = origin === "initial" ? "" : `-${origin}`;
    const name = this.#unused(`agent-${region}-${role}${suffix}`);
    this.#host(name);
    const pipe = await this.#runtime.startAgent({ name, region, journals: this.#journals });
    const agent = new AgentClient({
      name,
      region,
      role,
      pipe,
      onEvent: (from, event) => this.#guard(from, () => this.#receive(from, event)),
      onExit: () => {},
    });
    this.#agents.set(name, agent);
    this.#history.record({ type: "agent.started", agent: name, region, role, origin });
    await agent.hello(this.#run, JOURNAL_DIR);
    return agent;
  }

  /** A process that took another's place may die as well, and have its own place taken. */
  #unused(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#agents.has(name); n += 1) name = `${wanted}-${n}`;
    return name;
  }

  onStats(listener: (agent: AgentClient, stats: AgentStats) => void): void {
    this.#statsListeners.push(listener);
  }

  onEvent(listener: (agent: AgentClient, event: AgentEvent) => void): void {
    this.#eventListeners.push(listener);
  }

  all(): AgentClient[] {
    return [...this.#agents.values()];
  }

  alive(): AgentClient[] {
    return this.all().filter((agent) => agent.alive);
  }

  /**
   * Marks agents whose processes are about to be paused, or go on. What a frozen process measures of
   * its own health says nothing, so the history tells the judge when it was; once thawed, its
   * percentiles begin anew.
   */
  setFrozen(names: string[], frozen: boolean): void {
    for (const name of names) {
      const agent = this.#agents.get(name);
      if (!agent || agent.frozen === frozen) continue;
      agent.frozen = frozen;
      if (agent.ended) continue;
      const state = frozen ? "paused" : "resumed";
      this.#guard(agent, () =>
        this.#history.record({ type: "node.state", node: name, state, expected: true }),
      );
      // Its answer is awaited by nobody: one that does not thaw is found by the proof of the heal.
      if (!frozen) agent.request("health.begin", {}).catch(() => {});
    }
  }

  /** Names of living agents of a region. */
  namesIn(region: string): string[] {
    return this.alive()
      .filter((agent) => agent.region === region)
      .map(({ name }) => name);
  }

  /** A living observer of the region, if it has one. */
  observerIn(region: string): AgentClient | undefined {
    return this.alive().find((agent) => agent.region === region && agent.role === "observer");
  }

  /** A living observer of the first of these regions that has one. */
  observerOf(regions: string[]): AgentClient | undefined {
    for (const region of regions) {
      const found = this.observerIn(region);
      if (found) return found;
    }
    return undefined;
  }

  /** Lets every living agent close its journals and end. */
  async sayBye(): Promise<void> {
    await Promise.allSettled(this.alive().map((agent) => agent.request("bye", {}, 5000)));
  }

  /** An event that cannot be recorded (a full disk) ends the run instead of the process. */
  #guard(agent: AgentClient, work: () => void): void {
    try {
      work();
    } catch (error) {
      const full = error instanceof DrillError && error.code === "E_DISK_FULL";
      this.onFatal(agent, full ? "E_DISK_FULL" : "E_INTERNAL", messageOf(error));
    }
  }

  #receive(agent: AgentClient, event: AgentEvent): void {
    switch (event.event) {
      case "stats":
        for (const listener of this.#statsListeners) listener(agent, event);
        break;
      case "client":
        this.#history.record({
          type: "client.event",
          tUs: event.tUs,
          client: event.client,
          event: event.what,
          ...(event.detail === undefined ? {} : { detail: event.detail }),
        });
        break;
      case "journal":
        this.#history.record({
          type: "journal.opened",
          tUs: event.tUs,
          agent: agent.name,
          file: event.file,
          role: event.role,
        });
        break;
      case "fatal":
        this.onFatal(agent, event.code, `${agent.name}: ${event.message}`);
        break;
      case "watchdog":
        break;
    }
    for (const listener of this.#eventListeners) listener(agent, event);
  }
}
