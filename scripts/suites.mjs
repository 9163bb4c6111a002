/**
 * Runs suites, shows what they print, and counts. A suite that saw nothing fails: a gate that passes
 * on nothing is no gate. The last line is "N passed, N failed".
 *
 * Suites that need no container run side by side, a core each, and each is printed whole when it has
 * ended; those with containers run one after another, and print as they go.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/**
 * @typedef {{ name: string, command: string[], counts: "mocha" | "none" }} Suite
 */

/**
 * @param {Suite[]} quick side by side, the longest first
 * @param {Suite[]} slow one after another, after the quick ones
 * @returns {Promise<number>} exit code
 */
export async function runSuites(quick, slow = []) {
  const totals = { passed: 0, failed: 0 };
  const add = (/** @type {{ passed: number, failed: number }} */ seen) => {
    totals.passed += seen.passed;
    totals.failed += seen.failed;
  };
  const waiting = [...quick];
  const worker = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift())
      add(await runSuite(suite, true));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  for (const suite of slow) add(await runSuite(suite, false));
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

/** @param {Suite} suite @param {boolean} whole print when it has ended, not as it goes */
async function runSuite(suite, whole) {
  const startedMs = performance.now();
  const head = `\n── ${suite.name}\n`;
  if (!whole) process.stdout.write(head);
  const { code, output } = await run(suite.command, !whole);
  if (whole) process.stdout.write(head + output);
  const seen = countsOf(suite, code, output);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(
    `── ${suite.name}: ${seen.passed} passed, ${seen.failed} failed, ${seconds} s\n`,
  );
  return seen;
}

/** @param {Suite} suite @param {number} code @param {string} output */
function countsOf(suite, code, output) {
  if (suite.counts === "none")
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const passed = Number(/^\s*(\d+) passing/m.exec(output)?.[1] ?? 0);
  const failed = Number(/^\s*(\d+) failing/m.exec(output)?.[1] ?? 0);
  // mocha fails without counting when a file does not load, and when there is no test at all.
  const broken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed };
}

/**
 * @param {string[]} command @param {boolean} shown as it comes
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, shown) {
  return new Promise((resolve, reject) => {
    const [file = "", ...args] = command;
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => {
        output += chunk;
        if (shown) process.stdout.write(chunk);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {string} folder @param {number} timeoutMs @returns {Suite} */
export function mocha(folder, timeoutMs = 20_000) {
  return {
    name: folder,
    command: [
      process.execPath,
      "--no-warnings",
      "node_modules/mocha/bin/mocha.js",
      "--config",
      ".mocharc.json",
      "--reporter",
      folder === "unit" ? "dot" : "spec",
      "--timeout",
      String(timeoutMs),
      `test/${folder}/**/*.test.ts`,
    ],
    counts: "mocha",
  };
}

/** What needs no container: seconds. @type {Suite[]} */
export const quickSuites = [
  mocha("unit"),
  mocha("calibration", 60_000),
  { name: "types", command: ["node_modules/.bin/tsc", "-p", "tsconfig.json"], counts: "none" },
  {
    name: "lint and format",
    command: ["node_modules/.bin/biome", "ci", "--error-on-warnings", "."],
    counts: "none",
  },
  mocha("golden"),
  mocha("architecture"),
];
