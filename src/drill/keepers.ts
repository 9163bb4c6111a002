/**
 * The agents that prove a world between two runs, one a region. They belong to the world: started for
 * its first proof, frozen while a run uses it, so that they take nothing from what is measured, and
 * gone with it. Starting them anew for every proof would cost more than the proof itself.
 */
import type { Runtime } from "../runtime/runtime.ts";
import { AgentClient } from "./agent-client.ts";

export class Keepers {
  readonly #runtime: Runtime;
  readonly #regions: string[];
  readonly #agents = new Map<string, AgentClient>();

  constructor(runtime: Runtime, regions: string[]) {
    this.#runtime = runtime;
    this.#regions = regions;
  }

  /** Wakes them for some work, and lets them sleep when it is over, however it ended. */
  async awake<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.#wakeAll();
      return await work();
    } finally {
      await this.#sleep();
    }
  }

  /** Thaws them, or starts the ones that are not there. */
  async #wakeAll(): Promise<void> {
    const woken = await Promise.allSettled(this.#regions.map((region) => this.#wake(region)));
    const failed = woken.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #wake(region: string): Promise<void> {
    const name = `agent-${region}-keeper`;
    const known = this.#agents.get(region);
    if (known?.frozen && !known.ended) {
      await this.#runtime.resume(name);
      known.frozen = false;
    }
    if (known?.alive) return;
    this.#agents.delete(region);
    await this.#runtime.remove(name);
    const pipe = await this.#runtime.startAgent({ name, region });
    const quiet = { onEvent: () => {}, onExit: () => {} };
    const keeper = new AgentClient({ name, region, role: "keeper", pipe, ...quiet });
    await keeper.hello("keeper", "/tmp");
    this.#agents.set(region, keeper);
  }

  /** Throws when it is not awake. */
  of(region: string): AgentClient {
    const keeper = this.#agents.get(region);
    if (!keeper?.alive) throw new Error(`no keeper is awake in ${region}`);
    return keeper;
  }

  /** Freezes them. One that cannot be frozen is removed: the next proof starts another. */
  async #sleep(): Promise<void> {
    await Promise.all(
      [...this.#agents].map(async ([region, keeper]) => {
        try {
          await this.#runtime.pause(keeper.name);
          keeper.frozen = true;
        } catch {
          this.#agents.delete(region);
          await this.#runtime.remove(keeper.name);
        }
      }),
    );
  }
}
