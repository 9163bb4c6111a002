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
import { worldKey } from "../topology/world-key.ts";
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
  readonly #plan: Plan;
  readonly #key: string;
  #spoiled: string | null = null;
  /** Of the run it serves now: what is removed after it. */
  readonly #guests = new Set<string>();

  constructor(plan: Plan, runtime: Runtime, id: string) {
    this.#plan = plan;
    this.#key = worldKey(plan.topology);
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

  /** What a run starts in it for itself. */
  host(name: string): void {
    this.#guests.add(name);
  }

  /** Removes what the run started for itself. What cannot be removed spoils the world. */
  async leave(): Promise<void> {
    const guests = [...this.#guests];
    const removals = await Promise.allSettled(guests.map((name) => this.runtime.remove(name)));
    this.#guests.clear();
    const failed = removals.find((one) => one.status === "rejected");
    if (failed) this.spoil(`what the run left could not be removed: ${messageOf(failed.reason)}`);
  }

  /**
   * Clears the world of what the run before left in Kafka, and proves it whole: links at their
   * planned quality, nodes running and answering from everywhere, partitions complete, controllers
   * caught up. Null when it cannot: the world is spoiled then, with the reason.
   */
  async proveHealthy(signal: AbortSignal): Promise<HealthProof | null> {
    if (!this.warm) return null;
    try {
      return await proveWorld(this.#plan, this.runtime, signal);
    } catch (error) {
      this.spoil(messageOf(error));
      return null;
    }
  }

  /** Removes everything of it. */
  close(): Promise<void> {
    return this.runtime.destroy();
  }
}
