/** A suite in lines, for a terminal. Words first, so it needs no colour. */
import { lastAttempt, type Suite, type SuiteRun } from "../../history/suite-folder.ts";
import type { Result } from "../../reconcile/result.ts";
import { count, formatMs, sentence, verdictWord } from "../format.ts";
import { oneLine } from "../plain-text.ts";
import { rpoText, rtoText } from "../summary.ts";
import { uncoveredLoss } from "../uncovered-loss.ts";

const WORD_WIDTH = "INCONCLUSIVE".length;
const REASONS_MAX = 2;

function row(word: string, text: string): string {
  return `${word.padEnd(WORD_WIDTH)}  ${oneLine(text)}`;
}

/** One run of it: its verdict and numbers, and why it did not pass. */
export function summarizeRun(run: SuiteRun, result: Result | undefined): string {
  const { confirmed, refuted, inconclusive } = run.predictions;
  const predictions = [
    ...(confirmed > 0 ? [`${confirmed} confirmed`] : []),
    ...(refuted > 0 ? [`${refuted} refuted`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
  ].join(", ");
  const uncovered = result ? uncoveredLoss(result) : "";
  const loss = uncovered === "" ? "" : ` (${uncovered})`;
  const numbers = result ? `RPO ${rpoText(result)}${loss} · RTO ${rtoText(result)}` : "no result";
  const told = predictions === "" ? "" : ` · predictions: ${predictions}`;
  const again = run.attempts.length > 1 ? ` · attempt ${run.attempts.length}` : "";
  return [
    row(verdictWord(run.verdict), `${run.name} · ${numbers}${told}${again}`),
    ...run.reasons.slice(0, REASONS_MAX).map((reason) => row("", sentence(reason))),
  ].join("\n");
}

export function summarizeSuite({ title, verdict, exitCode, runs, sittings }: Suite): string {
  const of = (wanted: SuiteRun["verdict"]) => runs.filter((run) => run.verdict === wanted).length;
  const counts = (["met", "missed", "inconclusive", "not-run"] as const)
    .filter((one) => of(one) > 0)
    .map((one) => `${of(one)} ${verdictWord(one).toLowerCase()}`);
  const spentMs = sittings.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const retried = runs.filter(({ attempts }) => attempts.length > 1);
  const warm = runs.filter((run) => lastAttempt(run)?.world.warm).length;
  return [
    row(verdictWord(verdict), title),
    row("", `${counts.join(", ")} of ${count(runs.length, "run")}, in ${formatMs(spentMs)}`),
    row("", `${count(warm, "run")} on nodes that another had booted`),
    ...retried.map(({ name, attempts }) => row("", `${name}: ${attempts.length} attempts`)),
    row("", `exit code ${exitCode}`),
  ].join("\n");
}
