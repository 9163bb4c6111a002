/**
 * Runs suites one after another, shows what they print, and counts. A suite that saw nothing fails:
 * a gate that passes on nothing is no gate. The last line is "N passed, N failed".
 */
import { spawn } from "node:child_process";

/**
 * @typedef {{ name: string, command: string[], counts: "mocha" | "none" }} Suite
 */

/** @param {Suite[]} suites @returns {Promise<number>} exit code */
export async function runSuites(suites) {
  const totals = { passed: 0, failed: 0 };
  for (const suite of suites) {
    const startedMs = performance.now();
    process.stdout.write(`\n── ${suite.name}\n`);
    const { code, output } = await run(suite.command);
    const seen = countsOf(suite, code, output);
    totals.passed += seen.passed;
    totals.failed += seen.failed;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(
      `── ${suite.name}: ${seen.passed} passed, ${seen.failed} failed, ${seconds} s\n`,
    );
  }
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
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

/** @param {string[]} command @returns {Promise<{ code: number, output: string }>} */
function run(command) {
  return new Promise((resolve, reject) => {
    const [file = "", ...args] = command;
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
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
  { name: "types", command: ["node_modules/.bin/tsc", "-p", "tsconfig.json"], counts: "none" },
  {
    name: "lint and format",
    command: ["node_modules/.bin/biome", "ci", "--error-on-warnings", "."],
    counts: "none",
  },
  mocha("unit"),
  mocha("calibration", 60_000),
  mocha("golden"),
  mocha("architecture"),
];
