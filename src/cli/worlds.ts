/**
 * The worlds of several runs, one at a time: the last is used again while the next run needs the
 * same and it can be proven whole. Otherwise it is removed, and another is booted.
 */
import type { SharedWorld } from "../drill/drill.ts";
import { openWorld, type World } from "../drill/world.ts";
import type { Plan } from "../experiment/plan.ts";
import { messageOf } from "../kernel/errors.ts";
import { DockerRuntime } from "../runtime/docker/docker-runtime.ts";
import type { Runtime } from "../runtime/runtime.ts";

export interface WorldsOptions {
  /** What the ids of its worlds begin with. */
  id: string;
  interrupt: AbortSignal;
  connect?: (world: string) => Promise<Runtime>;
}

export class Worlds {
  readonly #id: string;
  readonly #interrupt: AbortSignal;
  readonly #connect: (world: string) => Promise<Runtime>;
  #world: World | undefined;
  #opened = 0;

  constructor({ id, interrupt, connect }: WorldsOptions) {
    this.#id = id;
    this.#interrupt = interrupt;
    this.#connect = connect ?? ((run) => DockerRuntime.connect({ run }));
  }

  /** The world for the next run, with what was proven, or why another one was not used. */
  async next(planIn: (world: string) => Plan): Promise<SharedWorld> {
    const world = this.#world;
    if (world !== undefined) {
      const plan = planIn(world.id);
      const proof = world.refusal(plan) === null ? await this.#prove(world, plan) : null;
      if (proof !== null) return { world, facts: proof };
      const reason = world.refusal(plan) ?? "it could not be proven whole";
      process.stderr.write(`a new world is booted: ${reason}\n`);
      await this.close();
      return { world: await this.#open(planIn), facts: [reason] };
    }
    return { world: await this.#open(planIn), facts: [] };
  }

  async #prove(world: World, plan: Plan): Promise<string[] | null> {
    const proof = await world.proveHealthy(plan, this.#interrupt);
    if (proof === null) return null;
    process.stderr.write(`the world was proven whole in ${(proof.tookMs / 1000).toFixed(1)} s\n`);
    return proof.facts;
  }

  async #open(planIn: (world: string) => Plan): Promise<World> {
    this.#opened += 1;
    const id = `${this.#id}-w${this.#opened}`;
    this.#world = openWorld(planIn(id), await this.#connect(id), id);
    return this.#world;
  }

  /** Never throws: what a world leaves behind is told, and is no reason to lose what runs measured. */
  async close(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    try {
      await world?.close();
    } catch (error) {
      process.stderr.write(
        `NOT REMOVED: world ${world?.id}: ${messageOf(error)}\n` +
          `→ \`blackstart sweep --run ${world?.id}\` removes what is left of it.\n`,
      );
    }
  }
}
