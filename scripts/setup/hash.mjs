/**
 * Names an image after its inputs: a hash over build files and versions.
 *
 * Rule: the same inputs give the same name on every machine, so an unchanged input is never built
 * again and a changed one never hides behind an old image.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const HASH_CHARACTERS = 12;

/** @param {string} path */
export function hashFile(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** @param {unknown} values */
export function hashValues(values) {
  const hash = createHash("sha256").update(JSON.stringify(values));
  return hash.digest("hex").slice(0, HASH_CHARACTERS);
}

/**
 * @param {object} inputs
 * @param {string} inputs.folder Every file below it counts: path, executable bit, content.
 * @param {unknown} inputs.values Versions and the like, as JSON.
 */
export function hashInputs({ folder, values }) {
  const hash = createHash("sha256").update(JSON.stringify(values));
  for (const path of filesBelow(folder)) {
    const file = join(folder, path);
    const executable = (statSync(file).mode & 0o100) !== 0;
    hash.update(`\0${path}\0${executable}\0`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, HASH_CHARACTERS);
}

/** @param {string} folder @param {string} [prefix] @returns {string[]} */
function filesBelow(folder, prefix = "") {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
  return paths.sort();
}
