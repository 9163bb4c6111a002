/**
 * Writes `docs/errors.md` from the table of errors in `src/kernel/errors.ts`: `npm run docs`.
 *
 * The page is never written by hand; `test/architecture/docs.test.ts` fails when it is not what
 * this makes of the table.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ERRORS, EXIT } from "../src/kernel/errors.ts";

export const ERRORS_PAGE = join(resolve(import.meta.dirname, ".."), "docs", "errors.md");

/** What a caller may conclude from each exit code. */
const MEANING: Record<keyof typeof EXIT, string> = {
  met: "every objective was met",
  missed: "at least one objective was missed",
  usage: "wrong usage or an invalid file; nothing was booted",
  inconclusive: "the run cannot answer: never a pass, never a failure",
  environment: "the environment or the harness failed; what was measured until then is kept",
  evidence: "the evidence is not what was written: changed, cut or incomplete",
  interrupted: "stopped by SIGINT (Ctrl-C), after heals and clean-up",
  terminated: "stopped by SIGTERM, after heals and clean-up",
};

function exitRows(): string[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  return names.map((name) => `| ${EXIT[name]} | ${MEANING[name]} |`);
}

function errorRows(): string[] {
  return Object.entries(ERRORS).map(
    ([code, { exit, hint }]) => `| \`${code}\` | ${exit} | ${hint} |`,
  );
}

/** The page, whole. */
export function errorsPage(): string {
  return `${[
    "<!-- Made by `npm run docs` from src/kernel/errors.ts. Do not edit. -->",
    "# Errors",
    "",
    "Three things are never mixed. A *finding* (data was lost) is a value in `result.json`, not an",
    "error. An *operating error* (no container engine, a bad file) has one of the codes below. A",
    "*programmer error* is an assertion that fails: it crashes with a stack, and is a bug to report.",
    "",
    "An operating error is printed on stderr as what was expected and what came, and the way out:",
    "",
    "```",
    "error E_RUN_FOLDER: reports/x is not a run folder: no plan.json, no history.ndjson",
    `→ ${ERRORS.E_RUN_FOLDER.hint}`,
    "```",
    "",
    "## Codes",
    "",
    "| code | exit code | what to do |",
    "|---|---|---|",
    ...errorRows(),
    "",
    "## Exit codes",
    "",
    "| exit code | means |",
    "|---|---|",
    ...exitRows(),
    "",
    "A gate asks for 0 and nothing else. Codes 3, 4 and 5 say that there is no evidence, which is",
    "not the same as a disaster survived. A run without an end, because its harness was killed, is judged",
    "3 by `blackstart judge`: its evidence is whole as far as it goes, and goes too short for an answer.",
  ].join("\n")}\n`;
}

if (import.meta.main) {
  writeFileSync(ERRORS_PAGE, errorsPage());
  process.stderr.write(`wrote ${ERRORS_PAGE}\n`);
}
