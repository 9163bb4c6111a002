/**
 * Runs other programs: npm, apt-get, debootstrap, mvn, go, tar.
 *
 * Rule: a child never outlives the set-up by accident (the abort signal ends it), its output is
 * kept in a log file, and a failure carries the end of that output.
 */
import { spawn } from "node:child_process";
import { accessSync, appendFileSync, constants, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { environment } from "./environment.mjs";

const OUTPUT_TAIL_CHARACTERS_MAX = 3000;

/** Daemons and debootstrap live in sbin, which an ordinary PATH may leave out. */
export const SEARCH_PATH = [
  environment["PATH"] ?? "",
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
].join(delimiter);

/** @param {string} program @returns {string | undefined} */
export function findProgram(program) {
  for (const folder of SEARCH_PATH.split(delimiter)) {
    const path = join(folder, program);
    try {
      if (folder === "") continue;
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {object} options
 * @param {string} options.logFile
 * @param {AbortSignal} options.signal
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env]
 * @returns {Promise<string>} What it printed on stdout.
 */
export function run(program, args, { logFile, signal, cwd, env }) {
  mkdirSync(dirname(logFile), { recursive: true });
  appendFileSync(logFile, `\n$ ${program} ${args.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      signal,
      env: { ...environment, PATH: SEARCH_PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let tail = "";
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      appendFileSync(logFile, chunk);
      tail = (tail + chunk.toString()).slice(-OUTPUT_TAIL_CHARACTERS_MAX);
    };
    child.stdout.on("data", (chunk) => {
      stdout += chunk.toString();
      keep(chunk);
    });
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (status, killedBy) => {
      if (status === 0) return resolve(stdout);
      const end = killedBy === null ? `status ${status}` : `signal ${killedBy}`;
      reject(new Error(`${program} ended with ${end}; log: ${logFile}\n${tail.trimEnd()}`));
    });
  });
}
