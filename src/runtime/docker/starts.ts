/**
 * What is being started now, so that the end of a run can wait for it: a container that comes up
 * after the clean-up has looked would stay for ever.
 */
import { DrillError } from "../../kernel/errors.ts";

export class Starts {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #over = new AbortController();

  /** Aborted once the run is over: what waits for readiness need not wait on. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Begins to start something, or refuses because the run is over. */
  async track<T>(name: string, start: () => Promise<T>): Promise<T> {
    if (this.over.aborted) {
      throw new DrillError("E_INTERRUPTED", `the run is over, ${name} is not started`);
    }
    const work = start();
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  /** Nothing starts from now on. */
  end(): void {
    this.#over.abort();
  }

  /** Resolves when everything that was under way has ended, one way or the other. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay]);
  }
}
