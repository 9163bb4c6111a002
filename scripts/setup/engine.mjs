/**
 * Makes sure a container engine answers.
 *
 * Rule: an engine that answers is used as it is. Only root on Debian gets one started, and
 * installed if need be; everywhere else the set-up says what is missing. Readiness is the
 * engine's own `_ping`, never a sleep.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { aptInstall, isDebianRoot } from "./apt.mjs";
import { findProgram, SEARCH_PATH } from "./command.mjs";
import { callEngine, endpointOf } from "./engine-api.mjs";
import { environment } from "./environment.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine-api.mjs").Endpoint} Endpoint */

const PING_TIMEOUT_MS = 2_000;
const START_MS_MAX = 60_000;
const POLL_MS = 50;
const PACKAGES = ["docker.io", "iptables", "debootstrap"];

/** @param {Endpoint} endpoint @returns {Promise<boolean>} */
export async function answers(endpoint) {
  try {
    const { status } = await callEngine(endpoint, { path: "/_ping", timeoutMs: PING_TIMEOUT_MS });
    return status === 200;
  } catch {
    return false;
  }
}

/** @param {Endpoint} endpoint @returns {Promise<string>} */
export async function engineVersion(endpoint) {
  return JSON.parse((await callEngine(endpoint, { path: "/version" })).text).Version;
}

/** What `--check` says: without changing anything, is there one, and could we make one? */
export async function inspectEngine() {
  const endpoint = endpointOf();
  const ok = await answers(endpoint);
  const installed = findProgram("dockerd") !== undefined;
  const version = ok ? await engineVersion(endpoint) : undefined;
  return { ok, version, installed, startable: isDebianRoot(), endpoint };
}

/**
 * @param {Context} context
 * @returns {Promise<string>} What was done.
 */
export async function ensureEngine(context) {
  const endpoint = endpointOf();
  if (await answers(endpoint)) return `cached, ${await engineVersion(endpoint)}`;
  const { socketPath, host, port } = { host: "", port: 0, socketPath: undefined, ...endpoint };
  const where = socketPath ?? `${host}:${port}`;
  const missing = `No container engine answers at ${where}`;
  if (environment["DOCKER_HOST"])
    throw new SetupError("ENGINE_MISSING", `${missing} (DOCKER_HOST).`);
  if (!isDebianRoot()) {
    throw new SetupError("ENGINE_MISSING", `${missing}, and this is not root on Debian.`);
  }
  const needs = PACKAGES.filter((name) => findProgram(programOf(name)) === undefined);
  if (needs.length > 0) await aptInstall(context, needs, `${missing}`);
  if (!context.install) {
    throw new SetupError("ENGINE_MISSING", `${missing}; --no-install: not started.`);
  }
  await startDaemon(context, endpoint);
  return `started, ${await engineVersion(endpoint)}`;
}

/** @param {string} name */
function programOf(name) {
  return name === "docker.io" ? "dockerd" : name;
}

/**
 * The daemon gets a session of its own, so that it outlives the set-up and ignores its Ctrl-C.
 * Masquerading is off on its default bridge: no container may reach an address outside.
 *
 * @param {Context} context
 * @param {Endpoint} endpoint
 */
async function startDaemon(context, endpoint) {
  const logFile = join(context.cache, "dockerd.log");
  mkdirSync(context.cache, { recursive: true });
  const isAlive = () => runningAs("/var/run/docker.pid", "dockerd");
  if (isAlive()) {
    context.progress.note("a dockerd is already running; waiting for it to answer, or to end");
    const ending = { endpoint, signal: context.signal, logFile, hasExited: () => !isAlive() };
    if ((await waitForPing(ending)) === "answers") return;
  }
  runningAs("/var/run/docker/containerd/containerd.pid", "containerd");
  await context.progress.part("dockerd in the background, log in .cache/dockerd.log", async () => {
    const log = openSync(logFile, "a");
    const daemon = spawn("dockerd", ["--ip-masq=false"], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...environment, PATH: SEARCH_PATH },
    });
    closeSync(log);
    daemon.unref();
    let exited = false;
    daemon.on("error", () => (exited = true)).on("exit", () => (exited = true));
    const starting = { endpoint, signal: context.signal, logFile, hasExited: () => exited };
    if ((await waitForPing(starting)) === "ended") {
      throw new SetupError("ENGINE_NOT_STARTED", `dockerd ended at once; ${endOf(logFile)}`);
    }
  });
}

/**
 * @param {object} options
 * @param {Endpoint} options.endpoint
 * @param {AbortSignal} options.signal
 * @param {string} options.logFile
 * @param {() => boolean} options.hasExited
 * @returns {Promise<"answers" | "ended">}
 */
async function waitForPing({ endpoint, signal, logFile, hasExited }) {
  const deadlineMs = Date.now() + START_MS_MAX;
  while (!(await answers(endpoint))) {
    if (hasExited()) return "ended";
    if (Date.now() > deadlineMs) {
      const limit = `${START_MS_MAX / 1000} s`;
      throw new SetupError(
        "ENGINE_NOT_STARTED",
        `dockerd did not answer within ${limit}; ${endOf(logFile)}`,
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
  return "answers";
}

/** @param {string} logFile */
function endOf(logFile) {
  const text = existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd() : "";
  return `${logFile}:\n${text.split("\n").slice(-8).join("\n")}`;
}

/**
 * A pid file may outlive its daemon, and its number may belong to another program by now, which
 * makes dockerd refuse to start. Such a file is removed here.
 *
 * @param {string} pidFile
 * @param {string} name
 */
function runningAs(pidFile, name) {
  let pid = "";
  try {
    pid = readFileSync(pidFile, "utf8").trim();
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    // A killed daemon stays a zombie where process 1 does not collect it.
    if (status.startsWith(`Name:\t${name}\n`) && !/^State:\s+Z/m.test(status)) return true;
  } catch {
    // No pid file, or no such process.
  }
  if (pid !== "") rmSync(pidFile, { force: true });
  return false;
}
