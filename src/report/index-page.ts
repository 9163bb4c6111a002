/**
 * One page over several runs (the cells of a matrix), each with a link to its own report. As every
 * page here: one file, no script, no request, and nothing that a run said is taken for markup.
 */
import Handlebars from "handlebars";
import { EXIT } from "../kernel/errors.ts";
import type { Result } from "../reconcile/result.ts";
import { count, sentence, verdictWord } from "./format.ts";
import { offsetsText, rpoText, rtoText } from "./summary.ts";
import { indexTemplate } from "./templates/index-page.ts";
import { partials } from "./templates/partials.ts";

export interface IndexedRun {
  name: string;
  /** Path of its report, from the page's folder; null when it left none. */
  report: string | null;
  /** Null: it could not be run, or was not begun. */
  result: Result | null;
  /** Why there is no result. */
  problem?: string;
  exitCode: number | null;
}

export interface Index {
  title: string;
  runs: IndexedRun[];
  exitCode: number;
}

const REASONS_MAX = 3;
const NAMES = { [EXIT.met]: "met", [EXIT.missed]: "missed" } as const;
type Kind = "met" | "missed" | "inconclusive" | "not-run";

/** Everything but a pass and a miss leaves the question open. */
function worstOf(exitCode: number): Kind {
  return NAMES[exitCode as keyof typeof NAMES] ?? "inconclusive";
}

function rowOf({ name, report, result, exitCode }: IndexedRun) {
  const kind: Kind = result?.verdict ?? "not-run";
  return {
    name,
    // A name of ours, and still a path: what it holds is no part of an address.
    href: report === null ? "" : report.split("/").map(encodeURIComponent).join("/"),
    kind,
    word: verdictWord(kind),
    rpo: result ? rpoText(result) : "not run",
    rto: result ? rtoText(result) : "not run",
    offsets: result ? offsetsText(result) : "not run",
    exitCode: exitCode === null ? "" : String(exitCode),
  };
}

function reasonsOf({ name, result, problem }: IndexedRun) {
  const told = result?.verdict === "met" ? [] : (result?.reasons ?? [problem ?? "not begun"]);
  const more = told.length - REASONS_MAX;
  const sentences = told.slice(0, REASONS_MAX).map(sentence);
  if (more > 0) sentences.push(`… and ${count(more, "more reason")}, in its report.`);
  return { name, sentences };
}

function viewOf({ title, runs, exitCode }: Index) {
  const rows = runs.map(rowOf);
  const kind = worstOf(exitCode);
  const kinds: Kind[] = ["met", "missed", "inconclusive", "not-run"];
  const counts = kinds
    .map((one) => [one, rows.filter((row) => row.kind === one).length] as const)
    .filter(([, n]) => n > 0)
    .map(([one, n]) => `${n} ${verdictWord(one).toLowerCase()}`);
  return {
    documentTitle: `${verdictWord(kind)} · ${title}`,
    kind,
    word: verdictWord(kind),
    title,
    count: count(rows.length, "run"),
    answer: `${counts.join(", ")}. Exit code ${exitCode}.`,
    rows,
    reasons: runs.map(reasonsOf).filter(({ sentences }) => sentences.length > 0),
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
  return page(viewOf(index));
}
