/**
 * What is missing? Looks and changes nothing; `blackstart doctor` prints this.
 */
import { debianMirror } from "./debian-base.mjs";
import { inspectEngine } from "./engine.mjs";
import { inspectImages } from "./images.mjs";
import { manifestOf, readManifest } from "./manifest.mjs";
import { npmIsCurrent } from "./npm.mjs";

/** @typedef {Awaited<ReturnType<typeof check>>} Check */

/**
 * @param {import("./context.mjs").Context} context
 * @param {readonly string[]} kafkaVersions
 */
export async function check(context, kafkaVersions) {
  const npm = npmIsCurrent(context.root);
  const engine = await inspectEngine();
  const found = engine.ok
    ? await inspectImages(context, engine.endpoint, kafkaVersions)
    : undefined;
  const manifest = found === undefined ? undefined : manifestOf(found.plan, found.present);
  const recorded = JSON.stringify(manifest) === JSON.stringify(readManifest(context.state));
  /** @type {{ what: "npm" | "engine" | "image" | "manifest", name: string, fix: string }[]} */
  const missing = [];
  const fix = "node scripts/setup.mjs";
  if (!npm) missing.push({ what: "npm", name: "node_modules", fix: "npm ci" });
  if (!engine.ok) {
    const byHand = "install and start Docker, or set DOCKER_HOST";
    missing.push({ what: "engine", name: "docker", fix: engine.startable ? fix : byHand });
  }
  for (const image of found?.missing ?? []) {
    missing.push({ what: "image", name: image.tag, fix: `${fix} images` });
  }
  if (manifest !== undefined && !recorded) {
    missing.push({ what: "manifest", name: ".blackstart/images.json", fix: `${fix} images` });
  }
  return {
    ok: missing.length === 0,
    missing,
    npm: { ok: npm },
    engine: {
      ok: engine.ok,
      version: engine.version ?? null,
      installed: engine.installed,
      startable: engine.startable,
    },
    images: (found?.plan.images ?? []).map((image) => ({
      role: image.role,
      version: image.version ?? null,
      tag: image.tag,
      id: found?.present.get(image.tag) ?? null,
    })),
    debianMirror: debianMirror(),
  };
}

/** @param {Check} found @param {{ json: boolean, list: boolean }} options */
export function printCheck(found, { json, list }) {
  if (json) {
    process.stdout.write(`${JSON.stringify(list ? found.images : found, undefined, 2)}\n`);
  } else if (list) {
    for (const { tag, id } of found.images) {
      process.stdout.write(`${id === null ? "missing" : id.slice(7, 19).padEnd(7)}  ${tag}\n`);
    }
    if (!found.engine.ok) process.stdout.write("No container engine answers.\n");
  } else {
    for (const { what, name, fix } of found.missing) {
      process.stdout.write(`missing ${what}: ${name} (${fix})\n`);
    }
    if (found.ok) process.stdout.write("Everything is in place.\n");
  }
}
