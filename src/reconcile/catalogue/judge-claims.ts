/**
 * Claims against runs. Pure.
 *
 * A condition is asked of every conclusive run of its experiment. Naive rule: one run that shows it
 * decides. Counter-example: a claim "nothing is lost" that one run of three refutes is neither refuted
 * everywhere nor confirmed; so where runs disagree, the claim is *qualified*, and it says how many.
 * They are runs of one version of the file: two versions that disagree may have asked different things.
 *
 * An inconclusive run never decides, and neither does a number whose whole interval is not on one side
 * of what is asked. What nothing decides is *not run*, and the reason says what is missing: a rule
 * that cannot be told yet is never skipped in favour of the next one.
 */
import type { Claim, ClaimCondition } from "../../history/claims.ts";
import { compare } from "../assess.ts";
import type { Assessment } from "../result.ts";
import type { CatalogueRun } from "./catalogue-run.ts";

export type ClaimWord = "confirmed" | "refuted" | "qualified" | "not run";

/** A number that a claim rests on. */
export interface Evidence {
  experiment: string;
  run: string;
  startedAt: string;
  label: string;
  unit: string;
  measured: Assessment["measured"];
  /** What was asked of it, as the file says it. */
  asked: string;
  answer: "yes" | "no";
}

export interface ClaimVerdict {
  claim: Claim;
  word: ClaimWord;
  /** Why it is not run, or how far runs agree. Empty where there is nothing to add. */
  note: string;
  evidence: Evidence[];
}

export function judgeClaims(
  claims: readonly Claim[],
  runs: readonly CatalogueRun[],
): ClaimVerdict[] {
  return claims.map((claim) => judgeClaim(claim, runs));
}

type Answer = "yes" | "no" | "some" | "open";

interface Told {
  answer: Answer;
  evidence: Evidence[];
  /** Why it is open, or how far runs agree. */
  note: string;
}

function judgeClaim(claim: Claim, runs: readonly CatalogueRun[]): ClaimVerdict {
  const { decides, rows } = claim;
  if (!decides) {
    const note = `nothing decides it here; its rows are ${rows.join(", ")}`;
    return { claim, word: "not run", note, evidence: [] };
  }
  const evidence: Evidence[] = [];
  for (const [conditions, word] of [
    [decides.refutedWhen, "refuted"],
    [decides.qualifiedWhen, "qualified"],
  ] as const) {
    if (conditions.length === 0) continue;
    const told = allOf(conditions, runs);
    if (told.answer === "open") {
      return { claim, word: "not run", note: told.note, evidence: [...evidence, ...told.evidence] };
    }
    evidence.push(...told.evidence);
    if (told.answer === "yes") return { claim, word, note: "", evidence };
    if (told.answer === "some") return { claim, word: "qualified", note: told.note, evidence };
  }
  return { claim, word: decides.otherwise, note: "", evidence };
}

/** One that does not hold is enough; else one that is open leaves all open. */
function allOf(conditions: readonly ClaimCondition[], runs: readonly CatalogueRun[]): Told {
  const told = conditions.map((condition) => ask(condition, runs));
  const evidence = told.flatMap((one) => one.evidence);
  for (const answer of ["no", "open", "some"] as const) {
    const found = told.find((one) => one.answer === answer);
    if (found) return { answer, evidence, note: found.note };
  }
  return { answer: "yes", evidence, note: "" };
}

function ask({ of, is }: ClaimCondition, runs: readonly CatalogueRun[]): Told {
  for (const experiment of of) {
    const own = runs.filter(({ name }) => name === experiment);
    const told = evidenceIn(newestFirst(own), is);
    const yes = told.filter(({ answer }) => answer === "yes").length;
    if (told.length === 0) continue;
    const note = yes === 0 || yes === told.length ? "" : `in ${yes} of ${told.length} runs`;
    return { answer: note === "" ? (yes === 0 ? "no" : "yes") : "some", evidence: told, note };
  }
  return { answer: "open", evidence: [], note: whyOpen(of, runs) };
}

function whyOpen(of: readonly string[], runs: readonly CatalogueRun[]): string {
  const tried = newestFirst(runs.filter(({ name }) => of.includes(name)));
  if (tried.length === 0) return `${of.join(" or ")} was not run`;
  return `no conclusive run of ${of.join(" or ")}: ${tried.map(({ run }) => run).join(", ")}`;
}

/** Of the newest run that has any, and of the others of the same file as it was then. */
function evidenceIn(newest: readonly CatalogueRun[], is: ClaimCondition["is"]): Evidence[] {
  const speaking = newest.find((run) => evidenceOf(run, is) !== undefined);
  return newest
    .filter(({ experimentSha256 }) => experimentSha256 === speaking?.experimentSha256)
    .flatMap((run) => evidenceOf(run, is) ?? []);
}

function evidenceOf(run: CatalogueRun, is: ClaimCondition["is"]): Evidence | undefined {
  if (run.verdict === "inconclusive" || run.verdict === "not-run") return undefined;
  const known = [...run.predictions, ...run.objectives].find(({ metric }) => metric === is.metric);
  // A run that missed an objective may have been in doubt about another: its answer is none.
  if (!known || known.verdict === "inconclusive") return undefined;
  const { answer } = compare(is, known.measured, Infinity);
  if (answer === "unsure") return undefined;
  const { label, unit, measured } = known;
  const facts = { experiment: run.name, run: run.run, startedAt: run.startedAt };
  return { ...facts, label, unit, measured, asked: is.written, answer };
}

function newestFirst(runs: readonly CatalogueRun[]): CatalogueRun[] {
  return [...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}
