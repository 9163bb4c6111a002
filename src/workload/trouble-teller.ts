/** Tells of sends that went wrong, at most once a second: an outage fails many for one reason. */
import type { Verdict } from "../kafka/errors.ts";
import { monotonicUs } from "../kernel/clock.ts";
import type { AgentContext } from "./agent-context.ts";

export class TroubleTeller {
  readonly #context: AgentContext;
  readonly #client: string;
  #lastToldUs = 0;

  constructor(context: AgentContext, client: string) {
    this.#context = context;
    this.#client = client;
  }

  tell({ outcome, reason }: Verdict, partition: number): void {
    const nowUs = monotonicUs();
    if (nowUs - this.#lastToldUs < 1_000_000) return;
    this.#lastToldUs = nowUs;
    const what = outcome === "failed" ? "send-failed" : "send-indeterminate";
    this.#context.clientEvent(this.#client, what, `partition ${partition}: ${reason}`);
  }
}
