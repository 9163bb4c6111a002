#!/usr/bin/env node
/**
 * Makes a checkout ready to run drills: npm dependencies, a container engine, images.
 *
 * Runs before `npm start` and `npm test`, so the rule is: whatever is in place costs milliseconds
 * and changes nothing. It needs no dependency and runs on Node 20, because it is what brings both.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { check, printCheck } from "./setup/check.mjs";
import { createContext } from "./setup/context.mjs";
import { ensureEngine } from "./setup/engine.mjs";
import { SetupError } from "./setup/errors.mjs";
import { ensureImages, wantedVersions } from "./setup/images.mjs";
import { withLock } from "./setup/lock.mjs";
import { ensureNpm } from "./setup/npm.mjs";
import { kafkaVersion } from "./setup/plan.mjs";
import { createProgress, seconds } from "./setup/progress.mjs";

const HELP = `Usage: node scripts/setup.mjs [images] [options]

Makes the checkout ready: npm dependencies, container engine, images.

  images               container engine and images only
  --kafka-version V    also build this Kafka version (repeat for more)
  --rebuild            build the images again although their inputs are the same
  --list               with "images": print which images there are, build nothing
  --check              print what is missing, change nothing; status 4 if something is
  --json               with --check or --list: as JSON
  --no-install         install no system package and start no daemon, only report

BLACKSTART_IMAGE_SOURCE=registry|packages chooses where images come from.
`;

/** @satisfies {import("node:util").ParseArgsConfig["options"]} */
const OPTIONS = {
  "kafka-version": { type: /** @type {const} */ ("string"), multiple: true },
  rebuild: { type: /** @type {const} */ ("boolean"), default: false },
  list: { type: /** @type {const} */ ("boolean"), default: false },
  check: { type: /** @type {const} */ ("boolean"), default: false },
  json: { type: /** @type {const} */ ("boolean"), default: false },
  "no-install": { type: /** @type {const} */ ("boolean"), default: false },
  help: { type: /** @type {const} */ ("boolean"), default: false },
};

/** @param {string[]} argv @param {AbortSignal} signal @returns {Promise<number>} */
async function main(argv, signal) {
  const startedMs = performance.now();
  const { values, imagesOnly } = parse(argv);
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const total = imagesOnly ? 3 : 4;
  const progress = createProgress({ total });
  const context = createContext({ install: !values["no-install"], signal, progress });
  const asked = (values["kafka-version"] ?? []).map(kafkaVersion);
  if (values.check || values.list) {
    const found = await check(context, wantedVersions(context.root, asked));
    printCheck(found, { json: values.json, list: values.list });
    return found.ok || values.list ? 0 : 4;
  }
  const wish = { kafkaVersions: wantedVersions(context.root, asked), rebuild: values.rebuild };
  const steps = async () => {
    if (!imagesOnly) await progress.step("npm dependencies", () => ensureNpm(context));
    await progress.step("container engine", () => ensureEngine(context));
    await progress.step("images", () => ensureImages(context, wish));
  };
  const ready = !wish.rebuild && (await check(context, wish.kafkaVersions)).ok;
  const lock = {
    file: join(context.cache, "setup.lock"),
    signal,
    onWait: (/** @type {string} */ holder) => {
      progress.note(`waiting for another set-up, process ${holder.split(" ")[0]}`);
    },
  };
  await (ready ? steps() : withLock(lock, steps));
  const names = `Kafka ${wish.kafkaVersions.join(", ")}`;
  process.stderr.write(`[${total}/${total}] ready in ${seconds(startedMs)}: ${names}\n`);
  return 0;
}

/** @param {string[]} argv */
function parse(argv) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: OPTIONS,
      allowPositionals: true,
    });
    const unknown = positionals.find((word, index) => index > 0 || word !== "images");
    if (unknown !== undefined) throw new Error(`Unknown command "${unknown}".`);
    return { values, imagesOnly: positionals.length > 0 };
  } catch (cause) {
    throw new SetupError("USAGE", /** @type {Error} */ (cause).message, { cause });
  }
}

const interrupt = new AbortController();
/** @type {Record<string, number>} */
const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143 };
let signalled = 0;
for (const name of ["SIGINT", "SIGTERM"]) {
  process.on(name, () => {
    // The first one cleans up; the second does not wait for that.
    if (signalled !== 0) process.exit(signalled);
    signalled = SIGNAL_STATUS[name] ?? 1;
    interrupt.abort(new Error(`stopped by ${name}`));
  });
}

try {
  process.exitCode = await main(process.argv.slice(2), interrupt.signal);
} catch (error) {
  if (signalled !== 0) {
    process.stderr.write("set-up stopped; nothing was tagged half-made\n");
    process.exitCode = signalled;
  } else if (error instanceof SetupError) {
    const { code, message, advice } = error;
    process.stderr.write(`\nset-up failed [${code}]\n${message}\n→ ${advice}\n`);
    process.exitCode = error.exitStatus;
  } else {
    throw error;
  }
}
