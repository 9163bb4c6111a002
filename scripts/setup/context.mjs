/**
 * What every step of the set-up is given: where things are, what is allowed, how to tell, when
 * to stop. Passed as a parameter; there is no state outside it.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Context
 * @property {string} root The checkout.
 * @property {string} cache `.cache/`: downloads and logs; may be deleted at any time.
 * @property {string} state `.blackstart/`: the manifest and the lock.
 * @property {boolean} install May system packages be installed and a daemon be started?
 * @property {AbortSignal} signal Aborted by Ctrl-C.
 * @property {import("./progress.mjs").Progress} progress
 */

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * @param {Pick<Context, "install" | "signal" | "progress">} options
 * @returns {Context}
 */
export function createContext(options) {
  return { root: ROOT, cache: join(ROOT, ".cache"), state: join(ROOT, ".blackstart"), ...options };
}
