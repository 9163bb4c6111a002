/**
 * The instrument's own health: was this process late, or held back?
 *
 * The worst delay is that of the time since it was last taken. The 99.9th percentile is that of the
 * whole time since `begin`, which is when the steady state was reached: within a fifth of a second
 * it would be nothing but the worst sample again.
 */
import fs from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { monotonicUs } from "../kernel/clock.ts";

const RESOLUTION_MS = 10;
const CPU_STAT_FILES = ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat"];

/** Time a cgroup was held back by its quota so far, µs, from the text of `cpu.stat`, v2 or v1. */
export function parseThrottledUs(text: string): number {
  const v2 = /^throttled_usec (\d+)$/m.exec(text);
  if (v2?.[1] !== undefined) return Number(v2[1]);
  const v1 = /^throttled_time (\d+)$/m.exec(text);
  return v1?.[1] === undefined ? 0 : Math.round(Number(v1[1]) / 1000);
}

export class HealthMonitor {
  readonly #worst = new WorstDelay();
  readonly #delaySinceBegin = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #throttledUs = readThrottledUs();

  constructor() {
    this.#delaySinceBegin.enable();
  }

  /** Forgets what was before: loading and compiling the program is not the measurement. */
  begin(): void {
    this.#delaySinceBegin.reset();
  }

  take(): { loopDelayP999Us: number; loopDelayMaxUs: number; cpuThrottledUs: number } {
    const p999Us =
      this.#delaySinceBegin.count === 0 ? 0 : delayUs(this.#delaySinceBegin.percentile(99.9));
    const throttledUs = readThrottledUs();
    const cpuThrottledUs = throttledUs - this.#throttledUs;
    this.#throttledUs = throttledUs;
    return { loopDelayP999Us: p999Us, loopDelayMaxUs: this.#worst.takeUs(), cpuThrottledUs };
  }

  stop(): void {
    this.#worst.stop();
    this.#delaySinceBegin.disable();
  }
}

/**
 * The worst delay of a timer since last asked. Node's histogram does not do for that: a reset right
 * after the loop was blocked, before the histogram's own timer ran, forgets the whole block.
 */
class WorstDelay {
  readonly #timer = setInterval(() => this.#tick(), RESOLUTION_MS);
  #dueUs = monotonicUs() + RESOLUTION_MS * 1000;
  #worstUs = 0;

  constructor() {
    this.#timer.unref();
  }

  #tick(): void {
    const nowUs = monotonicUs();
    this.#worstUs = Math.max(this.#worstUs, nowUs - this.#dueUs);
    this.#dueUs = nowUs + RESOLUTION_MS * 1000;
  }

  takeUs(): number {
    // A block that goes on until now was not seen by the timer yet.
    const worstUs = Math.max(0, this.#worstUs, monotonicUs() - this.#dueUs);
    this.#worstUs = 0;
    return worstUs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The histogram counts from one timer to the next, so its own period is taken off. */
function delayUs(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1000) - RESOLUTION_MS * 1000);
}

function readThrottledUs(): number {
  for (const file of CPU_STAT_FILES) {
    try {
      return parseThrottledUs(fs.readFileSync(file, "utf8"));
    } catch {
      // Not this version of cgroups, or none.
    }
  }
  return 0;
}
