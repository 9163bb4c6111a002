/** Single acts on one container through dockerode, each safe to repeat. */
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { delay } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { ExecResult } from "../runtime.ts";
import { hasStatus } from "./engine.ts";

/** How runc says it. */
const UNFROZEN = "unable to freeze";
const FREEZE_ATTEMPTS = 5;
const FREEZE_AGAIN_MS = 100;

/** Removes a container, running or not, with its volumes. Gone already is fine. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    // 409: its removal is under way, and until it is gone its network cannot be removed.
    if (!hasStatus(error, 409)) throw error;
    await removed(container);
  }
}

async function removed(container: Docker.Container): Promise<void> {
  try {
    await container.wait({ condition: "removed" });
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
}

/** Starts a dead container again; one that runs is left alone. */
export async function restartContainer(container: Docker.Container): Promise<void> {
  try {
    await container.start();
  } catch (error) {
    if (!hasStatus(error, 304)) throw error;
  }
}

/** SIGTERM, then SIGKILL after the grace. One that is dead already is left alone. */
export async function stopContainer(container: Docker.Container, graceMs: number): Promise<void> {
  try {
    await container.stop({ t: Math.ceil(graceMs / 1000) });
  } catch (error) {
    if (!hasStatus(error, 304)) throw error;
  }
}

/** Sends SIGTERM. One that is dead already is left alone. */
export async function terminateContainer(container: Docker.Container): Promise<void> {
  try {
    await container.kill({ signal: "SIGTERM" });
  } catch (error) {
    // 409: it does not run.
    if (!hasStatus(error, 409)) throw error;
  }
}

/** Exit code of the last process; null while one runs. */
export async function exitCodeOf(container: Docker.Container): Promise<number | null> {
  const { State } = await container.inspect();
  return State.Running ? null : State.ExitCode;
}

/**
 * Freezes a container; one that is frozen stays so. On a busy machine the kernel may not freeze every
 * thread in the time that runc gives it; runc then lets all go on and fails, and can be asked again.
 */
export async function pauseContainer(container: Docker.Container): Promise<void> {
  for (let attempt = 1; !(await container.inspect()).State.Paused; attempt += 1) {
    try {
      return await container.pause();
    } catch (error) {
      const isBusy = messageOf(error).includes(UNFROZEN);
      if (!isBusy || attempt === FREEZE_ATTEMPTS) throw error;
      await delay(FREEZE_AGAIN_MS);
    }
  }
}

/** Lets a frozen container go on; any other is left alone. */
export async function resumeContainer(container: Docker.Container): Promise<void> {
  if ((await container.inspect()).State.Paused) await container.unpause();
}

export async function isRunning(container: Docker.Container): Promise<boolean> {
  const { State } = await container.inspect();
  return State.Running && !State.Paused;
}

/** Runs a command in the container and waits for its end. */
export async function execIn(
  container: Docker.Container,
  argv: string[],
  withinMs: number,
): Promise<ExecResult> {
  const exec = await container.exec({ Cmd: argv, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  container.modem.demuxStream(stream, sink, sink);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      stream.destroy();
      reject(new Error(`${argv[0]} did not end within ${withinMs} ms`));
    }, withinMs);
    stream.on("end", () => {
      clearTimeout(timer);
      resolve();
    });
    stream.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, output: Buffer.concat(chunks).toString("utf8") };
}

/** Everything the container wrote so far, or since a wall time (ISO 8601). */
export async function logsOf(container: Docker.Container, since?: string): Promise<string> {
  const from = since === undefined ? {} : { since: Date.parse(since) / 1000 };
  const raw = await container.logs({ stdout: true, stderr: true, timestamps: true, ...from });
  const chunks: Buffer[] = [];
  // The engine multiplexes both outputs: 8 bytes of header, then the text.
  for (let at = 0; at + 8 <= raw.length; ) {
    const size = raw.readUInt32BE(at + 4);
    chunks.push(raw.subarray(at + 8, at + 8 + size));
    at += 8 + size;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Of a container that ended in the meantime the engine says nothing. */
interface Stats {
  memory_stats?: { usage?: number; stats?: Record<string, number> };
}

/** Resident memory without the page cache, bytes; 0 for a container that does not run or is gone. */
export async function memoryOf(container: Docker.Container): Promise<number> {
  const asked = container.stats({ stream: false, "one-shot": true }) as Promise<Stats>;
  const stats = await asked.catch((error: unknown): Stats => {
    // 404: it was removed since it was listed.
    if (hasStatus(error, 404)) return {};
    throw error;
  });
  const { usage = 0, stats: parts = {} } = stats.memory_stats ?? {};
  const cache = parts["inactive_file"] ?? parts["total_inactive_file"] ?? 0;
  return Math.max(0, usage - cache);
}
