/**
 * Claims against runs. Pure.
 *
 * A condition is asked of every conclusive run of its experiment. Naive rule: one run that shows it
 * decides. Counter-example: a claim "nothing is lost" that one run of three refutes is neither refuted
 * everywhere nor confirmed; so where runs disagree, the claim is *qualified*, and it says how many.
 * They are runs of one version of the file: two versions that disagree may have asked different things.
 *
 * An inconclusive run never decides, and neither does a number whose whole interval is not on one side
 * of what is asked, nor the shape of a loss of a run that lost nothing. What nothing decides is *not
 * run*, and the reason says what is missing: a rule that cannot be told yet is never skipped in favour
 * of the next one.
 */
import type { Claim, ClaimCondition } from "../../history/claims.ts";
import { compare } from "../assess.ts";
import { doubtAbout } from "../repetition/doubt.ts";
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
  return claims.map((claim) => {
    const verdict = judgeClaim(claim, runs);
    return { ...verdict, evidence: eachOnce(verdict.evidence) };
  });
}

/** Two rules of a claim may ask the same of the same experiment. */
function eachOnce(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((one) => [JSON.stringify(one), one])).values()];
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
  return { answer: "open", evidence: [], note: whyOpen({ of, is }, runs) };
}

function whyOpen({ of, is }: ClaimCondition, runs: readonly CatalogueRun[]): string {
  const tried = newestFirst(runs.filter(({ name }) => of.includes(name)));
  if (tried.length === 0) return `${of.join(" or ")} was not run`;
  const unharmed = tried.filter((run) => isConclusive(run) && isOfNoLoss(numberOf(run, is), is));
  if (unharmed.length > 0) {
    return `nothing was lost, so no loss has a shape: ${unharmed.map(({ run }) => run).join(", ")}`;
  }
  return `no conclusive run of ${of.join(" or ")}: ${tried.map(({ run }) => run).join(", ")}`;
}

/** Of the newest run that has any, and of the others of the same file as it was then. */
function evidenceIn(newest: readonly CatalogueRun[], is: ClaimCondition["is"]): Evidence[] {
  const speaking = newest.find((run) => evidenceOf(run, is) !== undefined);
  return newest
    .filter(({ version }) => version === speaking?.version)
    .flatMap((run) => evidenceOf(run, is) ?? []);
}

function evidenceOf(run: CatalogueRun, is: ClaimCondition["is"]): Evidence | undefined {
  if (!isConclusive(run)) return undefined;
  const known = numberOf(run, is);
  if (!known || known.verdict === "not-run" || isOfNoLoss(known, is)) return undefined;
  // A run that missed an objective may have been in doubt about another: its answer is none. One that
  // is too close to its own target is asked another thing here.
  if (doubtAbout(known, run.reasons) !== undefined) return undefined;
  const { answer } = compare(is, known.measured, Infinity);
  if (answer === "unsure") return undefined;
  const { label, unit, measured } = known;
  const facts = { experiment: run.name, run: run.run, startedAt: run.startedAt };
  return { ...facts, label, unit, measured, asked: is.written, answer };
}

function isConclusive({ verdict }: CatalogueRun): boolean {
  return verdict === "met" || verdict === "missed";
}

function numberOf(run: CatalogueRun, is: ClaimCondition["is"]): Assessment | undefined {
  return [...run.predictions, ...run.objectives].find(({ metric }) => metric === is.metric);
}

/** Asked for the shape of its loss, a run that lost nothing says nothing. */
function isOfNoLoss(known: Assessment | undefined, is: ClaimCondition["is"]): boolean {
  return known?.measured.text === "none" && is.text !== undefined && is.text !== "none";
}

function newestFirst(runs: readonly CatalogueRun[]): CatalogueRun[] {
  return [...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}
