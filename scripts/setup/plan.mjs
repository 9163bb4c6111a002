/**
 * Which images there should be: one name for each role and Kafka version, from their inputs alone.
 *
 * Rule: pure but for reading the build files; it never asks the engine or the network. The same
 * roles come from one of two sources: the official images of a registry, or package registries.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./errors.mjs";
import { hashInputs } from "./hash.mjs";
import { goFlags } from "./toxiproxy.mjs";

/**
 * @typedef {object} Versions
 * @property {number} recipe Raised when the set-up's own steps change what is in an image.
 * @property {string[]} kafka
 * @property {string} toxiproxy
 * @property {{ suite: string, jdk: string }[]} debian Tried in this order.
 * @property {string[]} debianPackages
 */

/** @typedef {{ kind: "registry", jdk: string }} Registry */
/** @typedef {{ kind: "packages", suite: string, jdk: string }} Packages */
/** @typedef {Registry | Packages} Source */
/** @typedef {"kafka" | "gateway" | "agent"} Role */
/** @typedef {{ role: Role, version?: string, tag: string }} PlannedImage */
/** @typedef {{ source: Source, base: string, images: PlannedImage[] }} Plan */

/** The JDK inside apache/kafka images since 4.0. */
const REGISTRY_JDK = "21";

/** @param {string} root @returns {Versions} */
export function readVersions(root) {
  return JSON.parse(readFileSync(join(root, "compose/images/versions.json"), "utf8"));
}

/** @param {string} root @returns {Source[]} Every way the images may have been made. */
export function sourcesOf(root) {
  const packages = readVersions(root).debian.map(({ suite, jdk }) => {
    return /** @type {Source} */ ({ kind: "packages", suite, jdk });
  });
  return [...packages, { kind: "registry", jdk: REGISTRY_JDK }];
}

/**
 * @param {string} root
 * @param {Source} source
 * @param {readonly string[]} kafkaVersions
 * @returns {Plan}
 */
export function planImages(root, source, kafkaVersions) {
  const versions = readVersions(root);
  const common = { recipe: versions.recipe, source, arch: process.arch };
  const folder = join(root, "compose/images");
  /** @param {string} role @param {unknown} values */
  const hash = (role, values) => hashInputs({ folder: join(folder, role), values });
  const base = hash("base", { ...common, packages: versions.debianPackages });
  const node = nodeVersion(root, source);
  return {
    source,
    base: `blackstart/base:${base}`,
    images: [
      ...kafkaVersions.map((version) => {
        const tag = `blackstart/kafka:${version}-${hash("kafka", { base, version })}`;
        return /** @type {PlannedImage} */ ({ role: "kafka", version, tag });
      }),
      {
        role: "gateway",
        tag: `blackstart/gateway:${hash("gateway", { base, flags: goFlags(versions.toxiproxy) })}`,
      },
      { role: "agent", tag: `blackstart/agent:${hash("agent", { base, node })}` },
    ],
  };
}

/**
 * The version and not the 126 MB binary is hashed, so that a cached set-up stays instant.
 *
 * @param {string} root
 * @param {Source} source
 */
function nodeVersion(root, source) {
  if (source.kind === "registry") return "24-slim";
  const lock = join(root, "package-lock.json");
  const { version } = JSON.parse(readFileSync(lock, "utf8")).packages["node_modules/node"] ?? {};
  if (version === undefined) throw new SetupError("AGENT_FAILED", `${lock} does not name 'node'.`);
  return version;
}

/** @param {string} text @returns {string} */
export function kafkaVersion(text) {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text) ?? [];
  if (Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 3)) return text;
  throw new SetupError(
    "USAGE",
    `Expected a Kafka version from 3.3.0 up, like 4.3.1; got "${text}".`,
  );
}
