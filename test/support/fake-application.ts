/** The application as a fault sees it, in memory: its processes are the test's, its clients too. */
import type { Application, ClientRole, LiveGroup } from "../../src/fault/application.ts";
import type { TopicShape } from "../../src/fault/cluster-asks.ts";
import type { LogRef } from "../../src/history/judging.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import type { FakeRuntime } from "../../src/runtime/fake/fake-runtime.ts";

export class FakeApplication implements Application {
  /** Clients by process: "agent-east-producers" → ["orders-east"]. */
  readonly clients = new Map<string, string[]>();
  readonly groups = new Map<string, LiveGroup>();
  readonly logs: LogRef[] = [];
  readonly topics: TopicShape[] = [];
  /** What `restart` and `startGroup` do; null once the workload is over. */
  starts: string[] | null = ["started"];
  /** Clients nobody serves. */
  left: string[] = [];
  readonly #stopped = new Set<string>();
  readonly #runtime: () => FakeRuntime;
  readonly #told: string[];

  constructor(runtime: () => FakeRuntime, told: string[]) {
    this.#runtime = runtime;
    this.#told = told;
  }

  /** Starts a process that runs these clients. */
  async add(role: ClientRole, region: string, clients: string[]): Promise<string> {
    const name = `agent-${region}-${role}`;
    await this.#runtime().startAgent({ name, region });
    this.#runtime().acts.length = 0;
    this.clients.set(name, clients);
    return name;
  }

  processes(role: ClientRole, region: string): string[] {
    const name = `agent-${region}-${role}`;
    const lives = this.clients.has(name) && this.#runtime().container(name).state === "running";
    return lives ? [name] : [];
  }

  clientsOn(process: string): string[] {
    return this.clients.get(process) ?? [];
  }

  /** A running process speaks all the time. */
  heardUs(process: string): number {
    return this.#runtime().container(process).state === "running" ? monotonicUs() + 1 : 0;
  }

  async restart(process: string): Promise<string[]> {
    this.#told.push(`restart ${process}`);
    return this.starts ?? [];
  }

  async unserved(clients: string[]): Promise<string[]> {
    return clients.filter((name) => this.left.includes(name));
  }

  group(name: string): LiveGroup | undefined {
    return this.groups.get(name);
  }

  async stopGroup(name: string): Promise<void> {
    this.#told.push(`stop group ${name}`);
    this.#stopped.add(name);
  }

  async startGroup(name: string): Promise<string[]> {
    this.#told.push(`start group ${name}`);
    return this.#stopped.delete(name) ? (this.starts ?? []) : [];
  }

  topic(_cluster: string, topic: string): TopicShape | undefined {
    return this.topics.find((one) => one.topic === topic);
  }

  log(cluster: string, topic: string): LogRef | undefined {
    return this.logs.find((log) => log.cluster === cluster && log.topic === topic);
  }
}
