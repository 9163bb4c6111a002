/**
 * Builds Toxiproxy's server with the ordinary `go` client, into .cache/.
 *
 * Rule: a static binary (no cgo), because the gateway image brings no build tools; it appears
 * under its final name only when `go install` has finished.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { findProgram, run } from "./command.mjs";
import { SetupError } from "./errors.mjs";
import { hashValues } from "./hash.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/**
 * Without the stamp, the server answers `/version` with "git" and evidence could not name it.
 *
 * @param {string} version
 */
export function goFlags(version) {
  return ["-trimpath", "-ldflags", `-s -w -X github.com/Shopify/toxiproxy/v2.Version=${version}`];
}

/** Not every machine has Go's own installer's folder on its PATH. */
const GO_ELSEWHERE = "/usr/local/go/bin/go";

/**
 * @param {Context} context
 * @param {string} version
 * @returns {Promise<string>} The folder that holds `server`.
 */
export async function buildToxiproxy(context, version) {
  const name = `toxiproxy-${hashValues([goFlags(version), process.arch])}`;
  const folder = join(context.cache, name);
  if (existsSync(folder)) return folder;
  const go = await findGo(context);
  const partial = `${folder}.partial-${process.pid}`;
  const module = `github.com/Shopify/toxiproxy/v2/cmd/server@v${version}`;
  try {
    await mkdir(partial, { recursive: true });
    await context.progress.part(`go install ${module}`, () =>
      run(go, ["install", ...goFlags(version), module], {
        logFile: join(context.cache, "go.log"),
        signal: context.signal,
        env: { CGO_ENABLED: "0", GOBIN: partial },
      }),
    );
    await rename(partial, folder);
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new SetupError("GATEWAY_FAILED", String(cause), { cause });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/** @param {Context} context */
async function findGo(context) {
  const found = findProgram("go") ?? (existsSync(GO_ELSEWHERE) ? GO_ELSEWHERE : undefined);
  if (found !== undefined) return found;
  await aptInstall(context, ["golang-go", "ca-certificates"], "Go is missing");
  return findProgram("go") ?? "go";
}
