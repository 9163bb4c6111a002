/** Claims, their runs and what comes of them: the work of `blackstart claims`. */
import { existsSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { askedOf, loadClaims } from "../experiment/claims.ts";
import { loadCells } from "../experiment/load.ts";
import { planExperiment } from "../experiment/planner.ts";
import type { Claim } from "../history/claims.ts";
import { packageRoot } from "../kernel/environment.ts";
import { EXIT } from "../kernel/errors.ts";
import type { CatalogueRun } from "../reconcile/catalogue/catalogue-run.ts";
import { judgeClaims } from "../reconcile/catalogue/judge-claims.ts";
import { type CatalogueEntry, rowsOf } from "../report/catalogue/rows.ts";
import { claimsPage, claimsText } from "../report/claims/claims-page.ts";
import { catalogueEntries, readRuns } from "./catalogue-files.ts";
import { newRunId, runOne } from "./run-one.ts";
import { listenForSignals } from "./signals.ts";

export interface ClaimsOptions {
  runs?: string[];
  run?: boolean;
  out: string;
  json?: boolean;
  write?: boolean;
}

/** Prints every claim with its verdict; the exit code tells of runs that failed only. */
export async function claims(file: string, options: ClaimsOptions): Promise<void> {
  const known = loadClaims(file);
  const entries = catalogueEntries();
  for (const gap of gapsOf(known, entries)) process.stderr.write(`${file}: ${gap}\n`);
  const read = () => runsOf(options, entries);
  const code = options.run ? await runMissing(known, entries, read(), options.out) : EXIT.met;
  const verdicts = judgeClaims(known, read());
  if (options.write) {
    const page = join(packageRoot(), "docs", "claims.md");
    writeFileSync(page, claimsPage(verdicts));
    process.stderr.write(`wrote ${relative(process.cwd(), page)}\n`);
  }
  const text = options.json
    ? JSON.stringify({ schema: "blackstart/claims.v1", claims: verdicts }, null, 2)
    : claimsText(verdicts);
  process.stdout.write(`${text}\n`);
  process.exitCode = code;
}

/** Rules that cannot be answered as they stand: their claims stay "not run". */
export function gapsOf(
  known: readonly Claim[],
  entries: readonly Pick<CatalogueEntry, "name" | "metrics">[],
): string[] {
  return [...askedOf(known)].flatMap(([name, asked]) => {
    const found = entries.filter((entry) => entry.name === name);
    if (found.length === 0) return [`no experiment is called ${name}`];
    const measured = new Set(found.flatMap(({ metrics }) => metrics));
    return [...asked]
      .filter((metric) => !measured.has(metric))
      .map((metric) => `${name} neither predicts ${metric} nor has an objective for it`);
  });
}

/** Runs of the files as they are; those with another variable or another Kafka are left out. */
function runsOf({ runs, out, run }: ClaimsOptions, entries: CatalogueEntry[]): CatalogueRun[] {
  const folders = [...(runs ?? []), ...(runs === undefined || run ? [out] : [])].filter(
    (folder) => folder !== out || existsSync(out),
  );
  const found = readRuns(folders, (why) => process.stderr.write(`left out: ${why}\n`));
  return rowsOf(entries, found).flatMap((row) => row.runs);
}

/** The worst exit code that says that something could not be run. */
async function runMissing(
  known: Claim[],
  entries: CatalogueEntry[],
  runs: CatalogueRun[],
  out: string,
): Promise<number> {
  const conclusive = new Set(
    runs.filter(({ verdict }) => verdict === "met" || verdict === "missed").map(({ name }) => name),
  );
  const wanted = [...askedOf(known).keys()].filter((name) => !conclusive.has(name));
  const interrupt = listenForSignals();
  const codes: number[] = [];
  for (const { file } of entries.filter(({ name }) => wanted.includes(name))) {
    for (const loaded of loadCells(join(packageRoot(), file))) {
      if (interrupt.signal.aborted) break;
      const plan = planExperiment(loaded, { run: newRunId() });
      const { exitCode } = await runOne({
        plan,
        dir: join(out, plan.run),
        interrupt: interrupt.signal,
        keep: false,
      });
      codes.push(exitCode);
    }
  }
  const failed = codes.filter((code) => code === EXIT.environment || code === EXIT.evidence);
  return interrupt.code ?? Math.max(EXIT.met, ...failed);
}
