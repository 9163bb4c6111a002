/**
 * Makes sure every image of the plan exists, and writes the manifest.
 *
 * Rule: what exists is never built again (its name is a hash of its inputs), and a complete set
 * from either source is taken as it is. Only when something is missing is a source chosen:
 * BLACKSTART_IMAGE_SOURCE, else the one the present images came from, else a registry if one
 * answers within 3 s, else package registries alone.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildImage } from "./build.mjs";
import { buildDebianBase } from "./debian-base.mjs";
import { endpointOf, listImages } from "./engine-api.mjs";
import { environment } from "./environment.mjs";
import { SetupError } from "./errors.mjs";
import { ensureMaven, fetchKafkaJars } from "./kafka-jars.mjs";
import { manifestOf, readManifest, writeManifest } from "./manifest.mjs";
import { planImages, readVersions, sourcesOf } from "./plan.mjs";
import { buildFromRegistry, registryAnswers } from "./registry.mjs";
import { buildToxiproxy } from "./toxiproxy.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine-api.mjs").Endpoint} Endpoint */
/** @typedef {import("./plan.mjs").Plan} Plan */
/** @typedef {import("./plan.mjs").PlannedImage} PlannedImage */
/** @typedef {{ kafkaVersions: readonly string[], rebuild: boolean }} Wish */

/** @param {string} root @param {readonly string[]} asked Beside the default ones. */
export function wantedVersions(root, asked) {
  return [...new Set([...readVersions(root).kafka, ...asked])];
}

/**
 * @param {Pick<Context, "root" | "state">} context
 * @param {Endpoint} endpoint
 * @param {readonly string[]} kafkaVersions
 * @returns {Promise<{ plan: Plan, present: Map<string, string>, missing: PlannedImage[] }>}
 *   The source that lacks least; the one in the manifest wins a draw. A version that somebody built
 *   before stays in the plan as long as its image exists, but is never built again unasked.
 */
export async function inspectImages({ root, state }, endpoint, kafkaVersions) {
  const present = await listImages(endpoint);
  const manifest = readManifest(state);
  const before = Object.keys(manifest?.kafka ?? {});
  const candidates = sourcesOf(root).map((source) => {
    const plan = planImages(root, source, [...new Set([...kafkaVersions, ...before])]);
    plan.images = plan.images.filter(({ version, tag }) => {
      return version === undefined || kafkaVersions.includes(version) || present.has(tag);
    });
    const missing = plan.images.filter(({ tag }) => !present.has(tag));
    const usual = manifest?.source === source.kind && manifest.jdk === source.jdk;
    return { plan, present, missing, usual };
  });
  candidates.sort((a, b) => {
    return a.missing.length - b.missing.length || Number(b.usual) - Number(a.usual);
  });
  const [best] = candidates;
  if (best === undefined) throw new SetupError("IMAGE_FAILED", "versions.json names no suite.");
  return best;
}

/**
 * @param {Context} context
 * @param {Wish} wish
 * @returns {Promise<string>} What was done.
 */
export async function ensureImages(context, wish) {
  const endpoint = endpointOf();
  const found = await inspectImages(context, endpoint, wish.kafkaVersions);
  const todo = wish.rebuild ? found.plan.images : found.missing;
  if (todo.length === 0) {
    const manifest = manifestOf(found.plan, found.present);
    if (manifest !== undefined) writeManifest(context.state, manifest);
    return `cached, ${found.plan.images.length} images`;
  }
  const kafkaVersions = found.plan.images.flatMap(({ version }) => version ?? []);
  const all = { kafkaVersions, rebuild: wish.rebuild };
  const anyPresent = found.missing.length < found.plan.images.length;
  const plan = (await chooseRegistry(found.plan, anyPresent))
    ? await buildOfficial(context, endpoint, all)
    : await buildFromPackages(context, endpoint, all);
  const manifest = manifestOf(plan, await listImages(endpoint));
  if (manifest === undefined) {
    throw new SetupError("IMAGE_FAILED", "An image that was just built is not there any more.");
  }
  writeManifest(context.state, manifest);
  return `built from ${plan.source.kind === "registry" ? "official images" : "packages"}`;
}

/** @param {Plan} present @param {boolean} anyPresent */
async function chooseRegistry(present, anyPresent) {
  const asked = environment["BLACKSTART_IMAGE_SOURCE"];
  if (asked === "registry" || asked === "packages") return asked === "registry";
  if (anyPresent) return present.source.kind === "registry";
  return await registryAnswers();
}

/** @param {Context} context @param {Endpoint} endpoint @param {Wish} wish */
async function buildOfficial(context, endpoint, { kafkaVersions, rebuild }) {
  const source = sourcesOf(context.root).find(({ kind }) => kind === "registry");
  if (source === undefined) throw new SetupError("IMAGE_FAILED", "No registry source is known.");
  const plan = planImages(context.root, source, kafkaVersions);
  const present = await listImages(endpoint);
  const todo = plan.images.filter(({ tag }) => rebuild || !present.has(tag));
  for (const image of todo) await buildFromRegistry(context, endpoint, image, rebuild);
  return plan;
}

/**
 * Downloads and the Debian root are made at the same time: one waits for the network while the
 * other needs the processor.
 *
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {Wish} wish
 */
async function buildFromPackages(context, endpoint, { kafkaVersions, rebuild }) {
  const versions = readVersions(context.root);
  // One apt-get at a time, before anything runs in parallel.
  await ensureMaven(context);
  const base = ensureBase(context, endpoint, kafkaVersions, rebuild);
  const toxiproxy = buildToxiproxy(context, versions.toxiproxy);
  const jars = Promise.all(kafkaVersions.map((version) => fetchKafkaJars(context, version)));
  const settled = await Promise.allSettled([base, toxiproxy, jars]);
  for (const result of settled) if (result.status === "rejected") throw result.reason;

  const plan = await base;
  const present = await listImages(endpoint);
  const nodeFolder = join(context.root, "node_modules/node");
  if (!existsSync(join(nodeFolder, "bin/node"))) {
    throw new SetupError("AGENT_FAILED", `Expected a Node binary at ${nodeFolder}/bin/node.`);
  }
  const [server, jarFolders] = [await toxiproxy, await jars];
  const todo = plan.images.filter(({ tag }) => rebuild || !present.has(tag));
  const builds = todo.map((image) => {
    const index = kafkaVersions.indexOf(image.version ?? "");
    const extras = {
      kafka: [{ folder: jarFolders[index] ?? "", path: "libs" }],
      gateway: [{ folder: server, path: "server" }],
      agent: [{ folder: nodeFolder, path: "bin/node" }],
    }[image.role];
    const common = { dockerfile: "Dockerfile", buildArgs: { BASE: plan.base }, rebuild };
    return buildImage(context, endpoint, { ...common, tag: image.tag, role: image.role, extras });
  });
  const built = await Promise.allSettled(builds);
  for (const result of built) if (result.status === "rejected") throw result.reason;
  return plan;
}

/**
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {readonly string[]} kafkaVersions
 * @param {boolean} rebuild
 * @returns {Promise<Plan>} The plan of the first suite whose root could be made.
 */
async function ensureBase(context, endpoint, kafkaVersions, rebuild) {
  const { debian, debianPackages } = readVersions(context.root);
  const present = await listImages(endpoint);
  const plans = debian.map((suite) => {
    const source = /** @type {const} */ ({ kind: "packages", ...suite });
    return { suite, plan: planImages(context.root, source, kafkaVersions) };
  });
  const ready = rebuild ? undefined : plans.find(({ plan }) => present.has(plan.base));
  if (ready !== undefined) return ready.plan;
  let failure;
  for (const { suite, plan } of plans) {
    try {
      const base = { tag: plan.base, suite, packages: debianPackages };
      await buildDebianBase(context, endpoint, base);
      return plan;
    } catch (error) {
      context.signal.throwIfAborted();
      context.progress.note(`Debian ${suite.suite} did not work: ${String(error).slice(0, 300)}`);
      failure = error;
    }
  }
  throw failure;
}
