/**
 * Makes `blackstart/base` where no registry answers: a Debian root with a JRE, by debootstrap.
 *
 * Rule: only the Debian mirror that apt itself uses is asked. A suite whose root cannot be made
 * throws, and the caller tries the next one. A half-made root is never imported: the engine tags
 * the image only after the whole archive has arrived.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { findProgram, run } from "./command.mjs";
import { streamFromEngine } from "./engine-api.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine-api.mjs").Endpoint} Endpoint */
/** @typedef {{ suite: string, jdk: string }} Suite */

const DEFAULT_MIRROR = "http://deb.debian.org/debian";
/** What a container never reads, half of the size without the JRE. */
const UNREAD = ["var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/man"];

/**
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {{ tag: string, suite: Suite, packages: readonly string[] }} base
 */
export async function buildDebianBase(context, endpoint, { tag, suite, packages }) {
  if (findProgram("debootstrap") === undefined) {
    await aptInstall(context, ["debootstrap"], "debootstrap is missing");
  }
  const root = join(context.cache, `rootfs-${suite.suite}-${process.pid}`);
  const logFile = join(context.cache, "debootstrap.log");
  const include = [`openjdk-${suite.jdk}-jre-headless`, ...packages].join(",");
  try {
    await mkdir(root, { recursive: true });
    await context.progress.part(`debootstrap ${suite.suite}, openjdk-${suite.jdk}`, () =>
      run(
        "debootstrap",
        ["--variant=minbase", `--include=${include}`, suite.suite, root, debianMirror()],
        { logFile, signal: context.signal },
      ),
    );
    await Promise.all(UNREAD.map((path) => empty(join(root, path))));
    await context.progress.part(`import ${tag}`, () => importRoot(context, endpoint, root, tag));
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new SetupError("BASE_FAILED", `${suite.suite}: ${String(cause)}`, { cause });
  } finally {
    await removeRoot(context, root);
  }
}

/**
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {string} root
 * @param {string} tag
 */
async function importRoot(context, endpoint, root, tag) {
  const tar = spawn("tar", ["-C", root, "--one-file-system", "-c", "."], {
    signal: context.signal,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => {
    tar.on("error", reject).on("close", (status) => {
      if (status === 0) resolve(undefined);
      else reject(new Error(`tar ended with status ${status}`));
    });
  });
  const [repo = "", version = ""] = tag.split(":");
  const query = { fromSrc: "-", repo, tag: version };
  const call = { path: "/images/create", query, body: tar.stdout, signal: context.signal };
  await Promise.all([ended, streamFromEngine(endpoint, call, () => {})]);
}

/**
 * Debootstrap mounts /proc inside; removing the root must never follow it out.
 *
 * @param {Context} context
 * @param {string} root
 */
async function removeRoot(context, root) {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const paths = mounts.map((line) => line.split(" ")[1] ?? "");
  const inside = paths.filter((path) => path.startsWith(`${root}/`));
  // Clean-up is deaf to the abort signal.
  const signal = new AbortController().signal;
  const options = { logFile: join(context.cache, "debootstrap.log"), signal };
  for (const path of inside.reverse()) await run("umount", [path], options);
  await rm(root, { recursive: true, force: true });
}

/** @param {string} folder */
async function empty(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** The first Debian mirror in apt's sources that is not the one for security updates. */
export function debianMirror(etc = "/etc/apt") {
  const folder = join(etc, "sources.list.d");
  const extra = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const files = [join(etc, "sources.list"), ...extra].filter((file) => existsSync(file));
  for (const file of files.filter((name) => /\.(list|sources)$/.test(name))) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (!/^(deb\s|URIs:)/.test(line)) continue;
      const url = line.match(/https?:\/\/\S+?\/debian\/?(?=\s|$)/)?.[0];
      if (url !== undefined) return url;
    }
  }
  return DEFAULT_MIRROR;
}
