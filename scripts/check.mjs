/** `npm run check`: everything that needs no container. */
import { quickSuites, runSuites } from "./suites.mjs";

process.exitCode = await runSuites(quickSuites);
