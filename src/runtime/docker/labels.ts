/**
 * How a container or network says whose it is: the run, and the process that owns the run.
 * `sweep` goes by these alone. Nothing is ever removed by a name pattern.
 */
import { readFileSync } from "node:fs";

export const LABEL_RUN = "blackstart.run";
export const LABEL_NAME = "blackstart.name";
export const LABEL_OWNER = "blackstart.owner";

/** Identifies a process beyond the re-use of its pid: pid and start time. */
export function ownerOf(pid: number): string {
  return `${pid}:${startTicks(pid) ?? "0"}`;
}

/** Whether the process that a label names still runs. */
export function ownerAlive(owner: string): boolean {
  const [pid = "", ticks = "0"] = owner.split(":");
  // Process 0 is whoever asks: a label without a process would always seem alive.
  if (!(Number(pid) > 0)) return false;
  const now = startTicks(Number(pid));
  if (now !== undefined) return now === ticks;
  return false;
}

/** Start time of a process in clock ticks after boot, from /proc; undefined when it is gone. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name may hold spaces and parentheses: count fields after the last ")".
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return processExists(pid) ? "0" : undefined;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function labelsFor(run: string, name: string): Record<string, string> {
  return {
    [LABEL_RUN]: run,
    [LABEL_NAME]: name,
    [LABEL_OWNER]: ownerOf(process.pid),
  };
}
