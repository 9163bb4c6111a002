/** `npm test`: every suite, the quick ones first, real drills last. */
import { mocha, quickSuites, runSuites } from "./suites.mjs";

process.exitCode = await runSuites(quickSuites, [
  mocha("integration", 120_000),
  mocha("drill", 400_000),
]);
