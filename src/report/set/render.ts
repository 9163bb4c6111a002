/** A set's result.json → one HTML page: the verdict, every point of every measure, the repetitions. */
import Handlebars from "handlebars";
import { formatWritten } from "../../kernel/units.ts";
import type { SetResult } from "../../reconcile/repetition/set-result.ts";
import { cell, type Figure, num, type Table, table } from "../figure.ts";
import { count, formatMs, formatUtc, sentence } from "../format.ts";
import { unbroken } from "../no-break.ts";
import { partials } from "../templates/partials.ts";
import { setPageTemplate } from "../templates/set-page.ts";
import { phaseFigures } from "./phase-plot.ts";
import { stripFigure } from "./strip.ts";
import { assessmentWords, intervalText, knownText, setSentence, setWord } from "./words.ts";

interface Judged {
  label: string;
  target: string;
  repetitions: string;
  verdict: string;
  kind: string;
  reason: string;
}

interface SetPageView {
  documentTitle: string;
  verdict: object;
  objectives: Judged[];
  predictions: Judged[];
  because: string;
  measures: Table | null;
  figures: Figure[];
  byPhase: Figure[];
  repetitions: {
    folder: string;
    kind: string;
    verdict: string;
    world: string;
    phase: string;
    duration: string;
    overhead: string;
    reason: string;
  }[];
  phases: Table | null;
  limits: string[];
  footer: string;
}

function compilePage(): (view: SetPageView) => string {
  const handlebars = Handlebars.create();
  for (const [name, source] of Object.entries(partials)) handlebars.registerPartial(name, source);
  return handlebars.compile<SetPageView>(setPageTemplate, {
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  });
}

const page = compilePage();

/** The report of a set. The same result gives the same bytes. */
export function renderSetReport(result: SetResult): string {
  return page(unbroken(viewOf(result)));
}

function viewOf(result: SetResult): SetPageView {
  const { set, tool } = result;
  const word = setWord(result);
  const judged = (rows: SetResult["objectives"], yes: string, no: string): Judged[] =>
    rows.map((one) => ({
      label: one.label,
      target: formatWritten(one.target),
      repetitions: assessmentWords(one, yes, no),
      verdict: one.verdict,
      kind: one.verdict,
      reason: one.reason === undefined ? "" : sentence(one.reason),
    }));
  return {
    documentTitle: `${word} · ${set.title} · ${set.set}`,
    verdict: {
      kind: result.verdict,
      word,
      preface: `${set.planned} repetitions`,
      title: set.title || set.name,
      answer: setSentence(result),
      reasons: result.verdict === "met" ? [] : result.reasons.map(sentence),
      facts: factsOf(result),
    },
    objectives: judged(result.objectives, "met", "missed"),
    predictions: judged(result.predictions, "confirmed", "refuted"),
    because: result.because ?? "",
    measures: measureTable(result),
    figures: result.measures.map((measure) => stripFigure(measure, result.objectives)),
    byPhase: phaseFigures(result),
    repetitions: result.repetitions.map((one) => repetitionRow(one, set)),
    phases: phaseTable(set),
    limits: result.limits,
    footer:
      `Made by ${tool.name} ${tool.version} from result.json alone. This file loads ` +
      "nothing, runs no script, and can be rendered again to the same bytes.",
  };
}

/** In the order of a run's page, and with what only a set has. */
function factsOf({ set, tool, exitCode, repetitions }: SetResult) {
  const fact = (term: string, value: string, c = "") => ({ term, value, c });
  const ran = repetitions.filter(({ durationMs }) => durationMs > 0);
  const durationMs = ran.reduce((sum, one) => sum + one.durationMs, 0);
  return [
    fact("Set", set.set, "code"),
    fact("Started", formatUtc(set.startedAt)),
    fact("Duration", `${formatMs(durationMs)} in ${count(ran.length, "run")}`),
    fact("Tool", `${tool.name} ${tool.version}`),
    fact("Seed", String(set.seed)),
    fact("Exit code", String(exitCode)),
    fact("Worlds", set.warm ? "used again where proven whole" : "booted for each"),
    fact("Phases", set.phases === "none" ? "as they came" : set.phases),
    fact("Experiment", set.experimentFile, "code"),
    fact("Experiment SHA-256", set.experimentSha256, "code span"),
  ];
}

/** All measures in one look. */
function measureTable({ measures }: SetResult): Table | null {
  if (measures.length === 0) return null;
  return table(
    "Measures of all repetitions that count",
    [
      cell("measure"),
      num("runs"),
      num("smallest"),
      num("median"),
      num("largest"),
      cell("95 % interval of the median"),
    ],
    measures.map((measure) => [
      cell(measure.label),
      num(String(measure.n)),
      ...[measure.min, measure.median, measure.max].map((one) => num(knownText(one, measure.unit))),
      cell(measure.interval === null ? "–" : intervalText(measure)),
    ]),
  );
}

function repetitionRow(one: SetResult["repetitions"][number], set: SetResult["set"]) {
  const facts = set.repetitions.find(({ index }) => index === one.index);
  const world = facts?.world.warm
    ? "warm"
    : `booted${facts?.world.note ? `: ${facts.world.note}` : ""}`;
  return {
    folder: one.folder,
    kind: one.verdict,
    verdict: one.verdict.replace("-", " "),
    world,
    phase: (facts?.phase ?? []).map(({ name, phase }) => `${name} ${phase.toFixed(2)}`).join(", "),
    duration: formatMs(one.durationMs),
    overhead: formatMs(facts?.overheadMs ?? 0),
    reason: one.reason === undefined ? "" : sentence(one.reason),
  };
}

function phaseTable({ repetitions, phases }: SetResult["set"]): Table | null {
  if (phases === "none") return null;
  const cycles = repetitions[0]?.phase ?? [];
  return table(
    "Where in each cycle the fault was to begin, as a share of the cycle",
    [
      num("repetition"),
      ...cycles.map(({ name, everyMs }) => num(`${name} (${formatMs(everyMs)})`)),
    ],
    repetitions.map(({ index, phase }) => [
      num(String(index)),
      ...phase.map((one) => cell(one.phase.toFixed(3), "n")),
    ]),
  );
}
