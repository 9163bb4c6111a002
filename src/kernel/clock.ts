/**
 * The one clock of a run: CLOCK_MONOTONIC, which every container of one host shares.
 *
 * All instants in histories and journals are whole microseconds on this clock, as plain numbers
 * (2^53 µs is 285 years of uptime). Wall time is for people only.
 */

/** Microseconds on CLOCK_MONOTONIC. */
export function monotonicUs(): number {
  return Math.floor(Number(process.hrtime.bigint()) / 1000);
}

/** Wall time as ISO 8601 UTC with milliseconds. For people, never for arithmetic. */
export function wallTime(): string {
  return new Date().toISOString();
}

/** Milliseconds since 1970: for the timestamps that Kafka's record format asks for, and no other. */
export function wallMs(): number {
  return Date.now();
}

/** Resolves after `ms`, or at once when `signal` aborts. Never used to wait for readiness. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/**
 * Polls `probe` every `everyMs` until it returns something other than `undefined`.
 * Gives `undefined` when `withinMs` passed or `signal` aborted first. A probe that throws counts as
 * "not yet"; its last error is passed to `onError`.
 */
export async function poll<T>(
  probe: () => Promise<T | undefined>,
  options: {
    everyMs: number;
    withinMs: number;
    signal?: AbortSignal;
    onError?: (error: unknown) => void;
  },
): Promise<T | undefined> {
  const deadlineUs = monotonicUs() + options.withinMs * 1000;
  for (;;) {
    if (options.signal?.aborted) return undefined;
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      options.onError?.(error);
    }
    const leftMs = Math.ceil((deadlineUs - monotonicUs()) / 1000);
    if (leftMs <= 0) return undefined;
    // The last probe is at the deadline, not an interval after it.
    await delay(Math.min(options.everyMs, leftMs), options.signal);
  }
}
