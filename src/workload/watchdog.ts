/**
 * Decides whether a cluster is there, as an operator's monitoring would: rounds of connect probes,
 * and a verdict that needs several failed rounds in a row. Only changes are told.
 */
import { parseEndpoint } from "../kafka/broker-connection.ts";
import { probeConnect } from "../kafka/connect-probe.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { AgentContext } from "./agent-context.ts";
import type { Ask } from "./protocol.ts";

/** Counts failed rounds. Gives the new state when it changes, else undefined. */
export class HealthCounter {
  readonly #failuresMax: number;
  #failures = 0;
  #healthy = true;

  constructor(failuresMax: number) {
    this.#failuresMax = failuresMax;
  }

  round(answered: boolean): boolean | undefined {
    this.#failures = answered ? 0 : this.#failures + 1;
    const healthy = this.#healthy ? this.#failures < this.#failuresMax : answered;
    if (healthy === this.#healthy) return undefined;
    this.#healthy = healthy;
    return healthy;
  }
}

export class Watchdog {
  readonly #context: AgentContext;
  readonly #ask: Ask<"watchdog.start">;
  readonly #counter: HealthCounter;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: AgentContext, ask: Ask<"watchdog.start">) {
    this.#context = context;
    this.#ask = ask;
    this.#counter = new HealthCounter(ask.failures);
  }

  start(): void {
    this.#timer = setInterval(() => void this.#round(), this.#ask.everyMs);
    void this.#round();
  }

  async #round(): Promise<void> {
    const { addresses, timeoutMs, name } = this.#ask;
    const outcomes = await Promise.all(
      addresses.map(async (address) => {
        const { outcome } = await probeConnect({ ...parseEndpoint(address), timeoutMs });
        return { address, outcome };
      }),
    );
    if (this.#timer === undefined) return;
    const healthy = this.#counter.round(outcomes.some(({ outcome }) => outcome === "answered"));
    if (healthy === undefined) return;
    const detail = outcomes.map(({ address, outcome }) => `${address} ${outcome}`).join(", ");
    this.#context.emit({ event: "watchdog", tUs: monotonicUs(), name, healthy, detail });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
