/**
 * One set-up at a time in a checkout: a lock file that names its holder.
 *
 * The file is linked into place complete, so nobody ever reads half a lock. A holder that is gone
 * (killed, or the machine restarted and its process number went to another program) is found by
 * process number and start time. A stale lock is renamed away first: of several that wait, one
 * rename succeeds, and a lock that turns out to be alive is put back.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SetupError } from "./errors.mjs";

const POLL_MS = 100;
const WAIT_MS_MAX = 20 * 60_000;

/**
 * @template T
 * @param {object} options
 * @param {string} options.file
 * @param {AbortSignal} options.signal
 * @param {(holder: string) => void} options.onWait Told once, when somebody else holds it.
 * @param {() => Promise<T>} work
 */
export async function withLock({ file, signal, onWait }, work) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const content = holderOf(process.pid);
  writeFileSync(mine, content);
  try {
    await acquire({ file, mine, signal, onWait });
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    if (readOrEmpty(file) === content) rmSync(file, { force: true });
  }
}

/**
 * @param {object} options
 * @param {string} options.file
 * @param {string} options.mine
 * @param {AbortSignal} options.signal
 * @param {(holder: string) => void} options.onWait
 */
async function acquire({ file, mine, signal, onWait }) {
  const deadlineMs = Date.now() + WAIT_MS_MAX;
  let told = false;
  while (!tryLink(mine, file)) {
    const holder = readOrEmpty(file);
    if (holder === "") continue;
    if (!isAlive(holder)) {
      discardStale(file, `${mine}.stale`);
      continue;
    }
    if (!told) onWait(holder);
    told = true;
    if (Date.now() > deadlineMs) {
      throw new SetupError("LOCK_TIMEOUT", `Process ${holder} has held ${file} for too long.`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** @param {string} file @param {string} aside */
function discardStale(file, aside) {
  try {
    renameSync(file, aside);
  } catch {
    return; // Another waiter was first.
  }
  if (isAlive(readOrEmpty(aside))) tryLink(aside, file);
  rmSync(aside, { force: true });
}

/** @param {string} from @param {string} to */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/**
 * Process number and, where /proc tells it, its start time in clock ticks since boot.
 *
 * @param {number} pid
 */
function holderOf(pid) {
  const afterName = readOrEmpty(`/proc/${pid}/stat`).split(") ").at(-1) ?? "";
  const [state, ...fields] = afterName.split(" ");
  // A zombie holds nothing any more.
  return state === "Z" ? "" : `${pid} ${fields[18] ?? ""}`.trim();
}

/** @param {string} holder */
function isAlive(holder) {
  const pid = Number(holder.split(" ")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPERM") return false;
  }
  return holderOf(pid) === holder;
}
