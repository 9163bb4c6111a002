/**
 * The control of an agent: a canary that probes a broker of the agent's own, on the loopback.
 *
 * ```
 *  agent ─┬─ canary ──────▶ leaders in the region: what is measured
 *         └─ canary ──▶ echo broker, same process: nothing of Kafka lies between
 * ```
 * Naive rule: a stall of the probes is a stall of Kafka. Counter-example: an agent without CPU, or
 * one whose journal waits for a disk, probes late and reads answers late, and Kafka looks slow. Real
 * rule: the same code on the same schedule in the same process must show no stall towards something
 * that cannot stall by itself; where it does, times measured here are inconclusive.
 */
import { EchoBroker } from "../kafka/echo-broker.ts";
import type { AgentContext, Role } from "./agent-context.ts";
import { Canary } from "./canary.ts";
import type { CanarySpec } from "./protocol.ts";

export class LoopbackControl implements Role {
  readonly #canary: Canary;
  readonly #echo: EchoBroker;

  private constructor(canary: Canary, echo: EchoBroker) {
    this.#canary = canary;
    this.#echo = echo;
  }

  static async start(context: AgentContext, spec: CanarySpec): Promise<LoopbackControl> {
    const echo = await EchoBroker.start(spec.log.topic);
    const address = { cluster: spec.address.cluster, bootstrap: [echo.address] };
    const canary = new Canary(context, { ...spec, address });
    canary.start();
    return new LoopbackControl(canary, echo);
  }

  get journal(): string {
    return this.#canary.journal;
  }

  async stop(): Promise<void> {
    await this.#canary.stop();
    this.#echo.close();
  }
}
