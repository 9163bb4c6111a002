/**
 * npm dependencies: `npm ci` when node_modules is missing or belongs to another package-lock.json.
 *
 * The hash of the lock file is kept in node_modules/.blackstart-lock, written only after npm was
 * done. Where it is missing or differs, a node_modules whose own record by npm
 * (node_modules/.package-lock.json) agrees with every entry of the lock file is adopted: somebody
 * ran npm by hand, or the lock file changed in a way that changes nothing on this platform.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { SetupError } from "./errors.mjs";
import { hashFile } from "./hash.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/** @param {string} root */
const recordIn = (root) => join(root, "node_modules", ".blackstart-lock");

/** @param {string} root @returns {boolean} */
export function npmIsCurrent(root) {
  const record = recordIn(root);
  const wanted = hashFile(join(root, "package-lock.json"));
  if (existsSync(record) && readFileSync(record, "utf8").trim() === wanted) return true;
  return installedAgrees(root);
}

/**
 * @param {Context} context
 * @returns {Promise<string>} What was done.
 */
export async function ensureNpm(context) {
  const { root } = context;
  const current = npmIsCurrent(root);
  if (!current) {
    await context.progress.part("npm ci", async () => {
      const logFile = join(context.cache, "npm.log");
      try {
        await run("npm", ["ci"], { cwd: root, logFile, signal: context.signal });
      } catch (cause) {
        throw new SetupError("NPM_FAILED", String(cause), { cause });
      }
    });
  }
  const record = recordIn(root);
  const wanted = `${hashFile(join(root, "package-lock.json"))}\n`;
  const recorded = existsSync(record) ? readFileSync(record, "utf8") : "";
  if (recorded !== wanted) writeFileSync(record, wanted);
  return current ? "cached" : "installed";
}

/** @param {string} root */
function installedAgrees(root) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  // Optional packages for other platforms are in the lock file but never on disk.
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.integrity === entry.integrity;
  });
}
