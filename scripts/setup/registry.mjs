/**
 * The other source of images: the official ones, where a container registry answers.
 *
 * UNTESTED: no registry answered on the machines this was written on. It is kept small for that
 * reason: probe, pull, and one Dockerfile.official for each role.
 */
import { appendFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { buildImage } from "./build.mjs";
import { streamFromEngine } from "./engine-api.mjs";
import { readVersions } from "./plan.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine-api.mjs").Endpoint} Endpoint */
/** @typedef {import("./plan.mjs").PlannedImage} PlannedImage */

const PROBE_URL = "https://registry-1.docker.io/v2/";
const PROBE_TIMEOUT_MS = 3_000;

/** @returns {Promise<boolean>} 401 is the usual answer of a registry that is there. */
export function registryAnswers() {
  return new Promise((resolve) => {
    const timer = setTimeout(() => outgoing.destroy(new Error("too slow")), PROBE_TIMEOUT_MS);
    const outgoing = get(PROBE_URL, (incoming) => {
      incoming.resume();
      clearTimeout(timer);
      resolve(incoming.statusCode === 200 || incoming.statusCode === 401);
    });
    outgoing.on("error", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

/**
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {PlannedImage} image
 * @param {boolean} rebuild
 */
export async function buildFromRegistry(context, endpoint, image, rebuild) {
  const toxiproxy = readVersions(context.root).toxiproxy;
  const from = {
    kafka: [`apache/kafka:${image.version}`],
    gateway: [`ghcr.io/shopify/toxiproxy:${toxiproxy}`, "debian:trixie-slim"],
    agent: ["node:24-slim"],
  }[image.role];
  for (const reference of from) await pull(context, endpoint, reference);
  await buildImage(context, endpoint, {
    tag: image.tag,
    role: image.role,
    dockerfile: "Dockerfile.official",
    buildArgs: { BASE: from[0] ?? "", TOXIPROXY: toxiproxy },
    extras: [],
    network: image.role === "gateway",
    rebuild,
  });
}

/** @param {Context} context @param {Endpoint} endpoint @param {string} reference */
function pull(context, endpoint, reference) {
  const [fromImage = "", tag = ""] = reference.split(":");
  const call = { path: "/images/create", query: { fromImage, tag }, signal: context.signal };
  return context.progress.part(`pull ${reference}`, () =>
    streamFromEngine(endpoint, call, (text) => {
      appendFileSync(join(context.cache, "pull.log"), text);
    }),
  );
}
