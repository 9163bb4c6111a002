/**
 * The undo list of a run. An undo is armed *before* the act it undoes, because an act that throws
 * may still have happened. Undoing runs in reverse order, tries every entry, gives each a deadline,
 * and does not listen to the run's abort signal: after Ctrl-C the heals still run.
 */
import { messageOf } from "./errors.ts";

export interface Heal {
  name: string;
  run: () => Promise<void>;
}

export interface HealFailure {
  name: string;
  reason: string;
}

export class HealStack {
  readonly #heals: Heal[] = [];
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Arms an undo. The returned function disarms it, for when the act was undone by other means. */
  defer(name: string, run: () => Promise<void>): () => void {
    const heal = { name, run };
    this.#heals.push(heal);
    return () => {
      const at = this.#heals.indexOf(heal);
      if (at >= 0) this.#heals.splice(at, 1);
    };
  }

  get size(): number {
    return this.#heals.length;
  }

  /** Runs every armed undo, last armed first. Idempotent: an undo runs at most once. */
  async healAll(): Promise<HealFailure[]> {
    const failures: HealFailure[] = [];
    for (let heal = this.#heals.pop(); heal; heal = this.#heals.pop()) {
      try {
        await withDeadline(heal.run(), this.#deadlineMs);
      } catch (error) {
        failures.push({ name: heal.name, reason: messageOf(error) });
      }
    }
    return failures;
  }
}

/** Rejects when `work` has not settled within `ms`. The work itself is not stopped. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
