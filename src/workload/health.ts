/**
 * The instrument's own health: was this process late, or held back? Each figure is about the time
 * since it was last taken.
 */
import fs from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

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
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #throttledUs = readThrottledUs();

  constructor() {
    this.#delay.enable();
  }

  take(): { loopDelayP999Us: number; loopDelayMaxUs: number; cpuThrottledUs: number } {
    const p999Us = delayUs(this.#delay.percentile(99.9));
    const maxUs = delayUs(this.#delay.max);
    const samples = this.#delay.count;
    this.#delay.reset();
    const throttledUs = readThrottledUs();
    const cpuThrottledUs = throttledUs - this.#throttledUs;
    this.#throttledUs = throttledUs;
    if (samples === 0) return { loopDelayP999Us: 0, loopDelayMaxUs: 0, cpuThrottledUs };
    return { loopDelayP999Us: p999Us, loopDelayMaxUs: maxUs, cpuThrottledUs };
  }

  stop(): void {
    this.#delay.disable();
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
