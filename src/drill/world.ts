/**
 * The world of a drill: networks, gateways and Kafka nodes. It may serve several runs, one after
 * another. Agents and replication belong to a run: they start with it and are removed after it, so
 * that no state of theirs (offsets, sessions, connections) reaches the next.
 *
 * ```
 *  openWorld ─▶ run (boots it) ─▶ proveHealthy ─▶ run (finds it warm) ─▶ … ─▶ close
 * ```
 * A world that something happened to that no proof of health would show is spoiled: it serves no
 * other run, and says why. What stays different in a warm world: its JVMs have compiled their code.
 */
import type { Plan } from "../experiment/plan.ts";
import { DrillError, messageOf } from "../kernel/errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Link } from "../topology/types.ts";
import { worldKey } from "../topology/world-key.ts";
import type { AgentClient } from "./agent-client.ts";
import { Keepers } from "./keepers.ts";
import { type HealthProof, proveWorld } from "./world-health.ts";

/** Who boots a world, and what for. Nothing boots yet: the first run does it. */
export function openWorld(plan: Plan, runtime: Runtime, id: string = plan.run): World {
  return new World(plan, runtime, id);
}

export class World {
  /** What its containers are labelled with: what `blackstart sweep --run` takes. */
  readonly id: string;
  readonly runtime: Runtime;
  /** The run that booted it; null before. */
  bootedBy: string | null = null;
  /** Runs it served so far, the one that booted it included. */
  runs = 0;
  readonly #key: string;
  /** What its links were last told to add. */
  #links: Link[];
  #spoiled: string | null = null;
  /** Of the run it serves now: what is removed after it. */
  readonly #guests = new Set<string>();
  readonly #keepers: Keepers;
  /** The removal of the last run's guests. */
  #cleared: Promise<void> = Promise.resolve();

  constructor(plan: Plan, runtime: Runtime, id: string) {
    this.#links = plan.topology.links;
    this.#key = worldKey(plan.topology);
    this.#keepers = new Keepers(
      runtime,
      plan.topology.regions.map(({ name }) => name),
    );
    this.runtime = runtime;
    this.id = id;
  }

  /** It was booted, and nothing is known that forbids to use it again. */
  get warm(): boolean {
    return this.bootedBy !== null && this.#spoiled === null;
  }

  /** Why it cannot serve this plan, before anything is asked of it; null when it can. */
  refusal(plan: Plan): string | null {
    if (this.#spoiled !== null) return this.#spoiled;
    if (worldKey(plan.topology) !== this.#key) return "the topology is another one";
    const cold = plan.topology.clusters.find((cluster) => cluster.cold);
    if (cold && this.bootedBy !== null) return `cluster ${cold.name} is to be cold`;
    return null;
  }

  /** Tells that no other run may use it. The first reason stays. */
  spoil(reason: string): void {
    this.#spoiled ??= reason;
  }

  /** A run begins. Throws E_INTERNAL when the world cannot serve it: to ask first is the caller's. */
  enter(plan: Plan): void {
    const refusal = this.refusal(plan);
    if (refusal !== null) throw new DrillError("E_INTERNAL", `world ${this.id}: ${refusal}`);
    this.runs += 1;
  }

  awake<T>(work: (keeperIn: (region: string) => AgentClient) => Promise<T>): Promise<T> {
    return this.#keepers.awake(() => work((region) => this.#keepers.of(region)));
  }

  /** What a run starts in it for itself. */
  host(name: string): void {
    this.#guests.add(name);
  }

  /**
   * Begins to remove what the run started for itself: who proves or closes the world waits for it,
   * and a judge need not. What cannot be removed spoils the world.
   */
  leave(): void {
    const guests = [...this.#guests];
    this.#guests.clear();
    this.#cleared = this.#remove(guests);
  }

  async #remove(guests: string[]): Promise<void> {
    const removals = await Promise.allSettled(guests.map((name) => this.runtime.remove(name)));
    const failed = removals.find((one) => one.status === "rejected");
    if (failed) this.spoil(`what the run left could not be removed: ${messageOf(failed.reason)}`);
  }

  /**
   * Clears the world of what the run before left in Kafka, and proves it whole: links at their
   * planned quality, nodes running and answering from everywhere, partitions complete, controllers
   * caught up. Links that this plan wants otherwise are set before. Null when it cannot: the world is
   * spoiled then, with the reason.
   */
  async proveHealthy(plan: Plan, signal: AbortSignal): Promise<HealthProof | null> {
    await this.#cleared;
    if (!this.warm) return null;
    try {
      await this.#setLinks(plan.topology.links);
      return await proveWorld(plan, this.runtime, this.#keepers, signal);
    } catch (error) {
      this.spoil(messageOf(error));
      return null;
    }
  }

  /** One that is to be as it was is left alone: the proof shows whether it is. */
  async #setLinks(links: Link[]): Promise<void> {
    const others = links.filter((link) => {
      const before = this.#links.find(({ from, to }) => from === link.from && to === link.to);
      return JSON.stringify(before) !== JSON.stringify(link);
    });
    await Promise.all(
      others.map(({ from, to, latencyMs, jitterMs, bandwidthBytesPerSecond }) =>
        this.runtime.link(from, to).replan({ latencyMs, jitterMs, bandwidthBytesPerSecond }),
      ),
    );
    this.#links = links;
  }

  /** Removes everything of it. */
  async close(): Promise<void> {
    await this.#cleared;
    await this.runtime.destroy();
  }
}
