/**
 * Installs missing system packages, where that is allowed: root on a Debian-like machine.
 *
 * Rule: it says what it is about to install before it does, and elsewhere it names the packages
 * and stops instead of guessing at another package manager.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/** @param {Context} context */
export function mayInstall(context) {
  return context.install && isDebianRoot();
}

export function isDebianRoot() {
  return existsSync("/etc/debian_version") && process.getuid?.() === 0;
}

/**
 * @param {Context} context
 * @param {readonly string[]} packages
 * @param {string} reason
 */
export async function aptInstall(context, packages, reason) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (!mayInstall(context)) {
    const why = context.install ? "this is not root on Debian" : "--no-install was given";
    throw new SetupError("PACKAGES_MISSING", `${reason}: ${command}\n(${why})`);
  }
  const options = {
    logFile: join(context.cache, "apt.log"),
    signal: context.signal,
    env: { DEBIAN_FRONTEND: "noninteractive" },
  };
  await context.progress.part(`${reason}: ${command}`, async () => {
    try {
      await run("apt-get", ["-o", "DPkg::Lock::Timeout=300", "update"], options);
      const wait = ["-o", "DPkg::Lock::Timeout=300"];
      await run("apt-get", [...wait, ...command.split(" ").slice(1)], options);
    } catch (cause) {
      throw new SetupError("APT_FAILED", `${command}: ${String(cause)}`, { cause });
    }
  });
}
