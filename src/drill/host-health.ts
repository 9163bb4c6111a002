/** Samples what the machine itself does to the instrument: CPU stolen by others, CPU busy. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { History } from "../history/history-writer.ts";
import { delay, monotonicUs } from "../kernel/clock.ts";

const EVERY_MS = 1000;
/** Kernel clock ticks of /proc/stat, ms each. */
const TICK_MS = 10;

interface Ticks {
  tUs: number;
  steal: number;
  idle: number;
  total: number;
}

/** Records `health.host` every second until `stop` aborts. Without /proc/stat it records nothing. */
export async function watchHost(history: History, stop: AbortSignal): Promise<void> {
  let before = readTicks();
  while (!stop.aborted) {
    await delay(EVERY_MS, stop);
    const now = readTicks();
    if (!before || !now) return;
    const total = now.total - before.total;
    history.record({
      type: "health.host",
      stealMs: ((now.steal - before.steal) * TICK_MS) / cpus().length,
      cpuBusyPercent: total === 0 ? 0 : Math.round(100 - ((now.idle - before.idle) / total) * 100),
      intervalMs: Math.round((now.tUs - before.tUs) / 1000),
    });
    before = now;
  }
}

function readTicks(): Ticks | undefined {
  try {
    const line = readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "";
    // cpu user nice system idle iowait irq softirq steal …
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const [, , , idle = 0, iowait = 0, , , steal = 0] = fields;
    const total = fields.reduce((sum, one) => sum + one, 0);
    return { tUs: monotonicUs(), steal, idle: idle + iowait, total };
  } catch {
    return undefined;
  }
}
