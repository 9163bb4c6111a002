/**
 * .blackstart/images.json: which image serves each role, for the harness.
 *
 * Rule: it is replaced as a whole, by a rename, and names only images that the engine has.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ tag: string, id: string }} ImageRef */
/**
 * @typedef {object} Manifest
 * @property {Record<string, ImageRef>} kafka By version.
 * @property {ImageRef} gateway
 * @property {ImageRef} agent
 * @property {"packages" | "registry"} source
 * @property {string} jdk
 */

/** @param {string} state @returns {Manifest | undefined} */
export function readManifest(state) {
  try {
    return JSON.parse(readFileSync(join(state, "images.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {import("./plan.mjs").Plan} plan
 * @param {Map<string, string>} present Image id for each tag.
 * @returns {Manifest | undefined} Nothing while an image is missing.
 */
export function manifestOf(plan, present) {
  /** @type {Record<string, ImageRef>} */
  const kafka = {};
  /** @type {Partial<Record<"gateway" | "agent", ImageRef>>} */
  const others = {};
  for (const { role, version, tag } of plan.images) {
    const id = present.get(tag);
    if (id === undefined) return undefined;
    if (role === "kafka") kafka[version ?? ""] = { tag, id };
    else others[role] = { tag, id };
  }
  const { gateway, agent } = others;
  if (gateway === undefined || agent === undefined) return undefined;
  return { kafka, gateway, agent, source: plan.source.kind, jdk: plan.source.jdk };
}

/** @param {string} state @param {Manifest} manifest */
export function writeManifest(state, manifest) {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const file = join(state, "images.json");
  if (JSON.stringify(readManifest(state)) === JSON.stringify(manifest)) return;
  mkdirSync(state, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}
