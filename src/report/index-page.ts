/**
 * One page over several runs (the cells of a matrix, a suite), each with a link to its own report. As every
 * page here: one file, no script, no request, and nothing that a run said is taken for markup.
 */
import Handlebars from "handlebars";
import { EXIT } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import { count, formatMs, sentence, verdictWord } from "./format.ts";
import { unbroken } from "./no-break.ts";
import { assessmentText, offsetsText, rpoText } from "./summary.ts";
import { indexTemplate } from "./templates/index-page.ts";
import { partials } from "./templates/partials.ts";
import { uncoveredLoss } from "./uncovered-loss.ts";
import { headline } from "./view-model-verdict.ts";

export interface IndexedRun {
  name: string;
  /** Path of its report, from the page's folder; null when it left none. */
  report: string | null;
  /** Null: it could not be run, or was not begun. */
  result: Result | null;
  /** Why there is no result. */
  problem?: string;
  exitCode: number | null;
  /** Of its experiment, where that is not the same for all. */
  title?: string;
  /** Instead of the result's own. */
  reasons?: readonly string[];
  /** Instead of the result's own; null: it is not known. */
  durationMs?: number | null;
  /** What a reader must know of it beside its numbers. */
  notes?: readonly string[];
}

export interface Index {
  title: string;
  description?: string;
  runs: IndexedRun[];
  exitCode: number;
  /** About all of them together. */
  facts?: readonly (readonly [string, string])[];
}

const REASONS_MAX = 3;
const NAMES = { [EXIT.met]: "met", [EXIT.missed]: "missed" } as const;
type Kind = "met" | "missed" | "inconclusive" | "not-run";

/** Everything but a pass and a miss leaves the question open. */
function worstOf(exitCode: number): Kind {
  return NAMES[exitCode as keyof typeof NAMES] ?? "inconclusive";
}

function rowOf({ name, title, report, result, exitCode, durationMs }: IndexedRun) {
  const kind: Kind = result?.verdict ?? "not-run";
  const spentMs = durationMs === undefined ? (result?.run.durationMs ?? null) : durationMs;
  return {
    name,
    title: title ?? "",
    // A name of ours, and still a path: what it holds is no part of an address.
    href: report === null ? "" : report.split("/").map(encodeURIComponent).join("/"),
    kind,
    word: verdictWord(kind),
    // A miss is no good news of the loss, either: but only a pass can be misread.
    wordNote: result && kind === "met" ? uncoveredLoss(result) : "",
    predictions: result ? predictionsText(result) : "–",
    rpo: result ? rpoText(result) : "–",
    rpoNote: result ? uncoveredLoss(result) : "",
    rto: result ? result.recoveries.map(recoveryOf) : [],
    offsets: result ? offsetsText(result) : "–",
    duration: spentMs === null ? "–" : formatMs(spentMs),
    exitCode: exitCode === null ? "–" : String(exitCode),
  };
}

function recoveryOf(recovery: Result["recoveries"][number]) {
  return { viewpoint: recovery.viewpoint, text: headline(recovery) };
}

/** `2 confirmed, 1 refuted`. */
function predictionsText({ predictions }: Result): string {
  const of = (verdict: string) => predictions.filter((one) => one.verdict === verdict).length;
  const words = ["confirmed", "refuted", "inconclusive"]
    .map((verdict) => [verdict, of(verdict)] as const)
    .filter(([, n]) => n > 0)
    .map(([verdict, n]) => `${n} ${verdict}`);
  return words.length === 0 ? "none made" : words.join(", ");
}

function reasonsOf({ name, result, problem, reasons }: IndexedRun) {
  const all = reasons ?? result?.reasons ?? [problem ?? "not begun"];
  const told = result?.verdict === "met" ? [] : all;
  const more = told.length - REASONS_MAX;
  const sentences = told.slice(0, REASONS_MAX).map(sentence);
  if (more > 0) sentences.push(`… and ${count(more, "more reason")}, in its report.`);
  return { name, sentences };
}

/** Predictions that did not hold: a result, and no failure. */
function refutedOf({ name, result }: IndexedRun) {
  const refuted = (result?.predictions ?? []).filter(({ verdict }) => verdict === "refuted");
  return { name, sentences: refuted.map((one) => `${assessmentText(one)}.`) };
}

function viewOf({ title, description, runs, exitCode, facts }: Index) {
  const rows = runs.map(rowOf);
  const kind = worstOf(exitCode);
  const kinds: Kind[] = ["met", "missed", "inconclusive", "not-run"];
  const counts = kinds
    .map((one) => [one, rows.filter((row) => row.kind === one).length] as const)
    .filter(([, n]) => n > 0)
    .map(([one, n]) => `${n} ${verdictWord(one).toLowerCase()}`);
  const some = (lists: { name: string; sentences: string[] }[]) =>
    lists.filter(({ sentences }) => sentences.length > 0);
  return {
    documentTitle: `${verdictWord(kind)} · ${title}`,
    kind,
    word: verdictWord(kind),
    title,
    description: description ?? "",
    count: count(rows.length, "run"),
    answer: `${counts.join(", ")}. Exit code ${exitCode}.`,
    rows,
    facts: (facts ?? []).map(([label, value]) => ({ label, value })),
    reasons: some(runs.map(reasonsOf)),
    refuted: some(runs.map(refutedOf)),
    notes: some(runs.map(({ name, notes }) => ({ name, sentences: (notes ?? []).map(sentence) }))),
    footer: "Made from the result.json of each run. This file loads nothing and runs no script.",
  };
}

function compile(): (view: ReturnType<typeof viewOf>) => string {
  const handlebars = Handlebars.create();
  for (const name of ["style", "symbols", "mark"]) {
    handlebars.registerPartial(name, partials[name] ?? "");
  }
  return handlebars.compile(indexTemplate, {
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  });
}

const page = compile();

/** The same runs give the same bytes. */
export function renderIndex(index: Index): string {
  return page(unbroken(viewOf(index)));
}
