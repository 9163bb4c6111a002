/**
 * Builds one image with the engine's classic builder: a tar of the inputs in, a tag out.
 *
 * Rule: no build step reaches a network (`networkmode=none`), but for the official gateway, whose
 * base lacks nftables. The engine sets the tag at the very end: a cancelled build leaves none.
 */
import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { streamFromEngine } from "./engine-api.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {import("./engine-api.mjs").Endpoint} Endpoint */

const OUTPUT_TAIL_CHARACTERS_MAX = 2500;

/**
 * @typedef {object} Build
 * @property {string} tag
 * @property {string} role The folder under compose/images/.
 * @property {string} dockerfile
 * @property {Record<string, string>} buildArgs
 * @property {{ folder: string, path: string }[]} extras Inputs from elsewhere.
 * @property {boolean} [network]
 * @property {boolean} rebuild Ignore the engine's layer cache.
 */

/**
 * @param {Context} context
 * @param {Endpoint} endpoint
 * @param {Build} build
 */
export async function buildImage(context, endpoint, build) {
  const folder = join(context.root, "compose/images", build.role);
  const extras = build.extras.flatMap((extra) => ["-C", extra.folder, extra.path]);
  const tar = spawn("tar", ["-c", "-C", folder, ".", ...extras], {
    signal: context.signal,
    stdio: ["ignore", "pipe", "inherit"],
  });
  // A failed tar shows as a failed build: its stream ends early.
  tar.on("error", (error) => tar.stdout.destroy(error));
  const query = {
    t: build.tag,
    dockerfile: build.dockerfile,
    buildargs: JSON.stringify(build.buildArgs),
    networkmode: build.network === true ? "default" : "none",
    version: "1",
    rm: "1",
    forcerm: "1",
    ...(build.rebuild ? { nocache: "1" } : {}),
  };
  const logFile = join(context.cache, `build-${build.tag.replace(/[^\w.-]/g, "-")}.log`);
  writeFileSync(logFile, "");
  let tail = "";
  /** @param {string} text */
  const keep = (text) => {
    appendFileSync(logFile, text);
    tail = (tail + text).slice(-OUTPUT_TAIL_CHARACTERS_MAX);
  };
  const call = { path: "/build", query, body: tar.stdout, signal: context.signal };
  await context.progress.part(`build ${build.tag}`, async () => {
    try {
      await streamFromEngine(endpoint, call, keep);
    } catch (cause) {
      context.signal.throwIfAborted();
      throw new SetupError("IMAGE_FAILED", `${build.tag}: ${String(cause)}\n${tail}`, { cause });
    }
  });
}
