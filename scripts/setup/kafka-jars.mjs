/**
 * Fetches Kafka's jars from Maven Central with the ordinary `mvn` client, into .cache/.
 *
 * Rule: a folder under its final name is complete. Jars are copied beside it and renamed in place.
 * Kafka 4 brings log4j-core but no binding from slf4j; the binding is fetched in a second pass, in
 * the version that the first pass found, so no table of versions has to be kept.
 */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { findProgram, run } from "./command.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {import("./context.mjs").Context} Context */

/** @param {Context} context */
export async function ensureMaven(context) {
  if (findProgram("mvn") === undefined) await aptInstall(context, ["maven"], "maven is missing");
}

/**
 * @param {Context} context
 * @param {string} version
 * @returns {Promise<string>} The folder that holds `libs/`.
 */
export async function fetchKafkaJars(context, version) {
  const folder = join(context.cache, "kafka", version);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  const libs = join(partial, "libs");
  try {
    await mkdir(libs, { recursive: true });
    await context.progress.part(`jars of Kafka ${version} from Maven Central`, async () => {
      await copyDependencies(context, libs, [`-Dkafka.version=${version}`]);
      const log4j = versionOf(libs, "log4j-core");
      if (log4j === undefined) return;
      const properties = [`-Dkafka.version=${version}`, `-Dlog4j.version=${log4j}`];
      await copyDependencies(context, libs, properties);
    });
    await rename(partial, folder);
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new SetupError("JARS_FAILED", `Kafka ${version}: ${String(cause)}`, { cause });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/**
 * @param {Context} context
 * @param {string} libs
 * @param {readonly string[]} properties
 */
async function copyDependencies(context, libs, properties) {
  const pom = join(context.root, "compose/images/kafka/pom.xml");
  const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"];
  await run("mvn", ["-q", "-B", "-f", pom, ...goal, `-DoutputDirectory=${libs}`, ...properties], {
    logFile: join(context.cache, "mvn.log"),
    signal: context.signal,
  });
}

/** @param {string} libs @param {string} artifact @returns {string | undefined} */
function versionOf(libs, artifact) {
  const pattern = new RegExp(`^${artifact}-(\\d.*)\\.jar$`);
  return readdirSync(libs).flatMap((name) => pattern.exec(name)?.[1] ?? [])[0];
}
