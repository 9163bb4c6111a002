/**
 * Writes down each mutant's outcome as soon as it is known, one a line, beside the JSON report: a run
 * over many files takes hours, and what it found before it was stopped must not be lost.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import type { MutantResult, StrykerOptions } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import type { MutationTestingPlanReadyEvent, Reporter } from "@stryker-mutator/api/report";

/** What became of a mutant. */
export interface KeptMutant {
  file: string;
  status: MutantResult["status"];
  location: MutantResult["location"];
  replacement?: string;
  statusReason?: string;
}

/** How many mutants each file has; then the mutants, as they come. */
export type KeptLine = { file: string; mutants: number } | KeptMutant;

/** The file of a run, beside its JSON report. */
export function keptFile(report: string): string {
  return report.replace(/\.json$/, ".ndjson");
}

export class KeptReporter implements Reporter {
  static inject = tokens(commonTokens.options);
  readonly #file: string;

  constructor({ jsonReporter }: StrykerOptions) {
    this.#file = keptFile(jsonReporter.fileName);
  }

  onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent): void {
    const counts = new Map<string, number>();
    for (const { mutant } of mutantPlans) {
      const file = relative(mutant.fileName);
      counts.set(file, (counts.get(file) ?? 0) + 1);
    }
    writeFileSync(this.#file, "");
    for (const [file, mutants] of counts) this.#write({ file, mutants });
  }

  onMutantTested(result: Readonly<MutantResult>): void {
    const { status, replacement, location, statusReason } = result;
    this.#write({
      file: relative(result.fileName),
      status,
      location,
      ...(replacement === undefined ? {} : { replacement }),
      ...(statusReason === undefined || status === "Killed" ? {} : { statusReason }),
    });
  }

  #write(line: KeptLine): void {
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

function relative(file: string): string {
  return file.replace(`${process.cwd()}/`, "");
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, "kept", KeptReporter)];
