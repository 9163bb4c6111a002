/** The first screen: the verdict in a word, the answer in a sentence, and what the run was. */
import { type Catalogue, rowName } from "../history/catalogue.ts";
import type { FaultResult, Recovery, Result } from "../reconcile/result.ts";
import {
  capitalise,
  count,
  formatMeasure,
  formatMs,
  formatNumber,
  formatUtc,
  list,
  type VerdictWord,
  verdictWord,
} from "./format.ts";
import { uncoveredLoss } from "./uncovered-loss.ts";

export interface VerdictView {
  word: VerdictWord;
  /** met, missed, inconclusive, not-run: class name and symbol id. */
  kind: string;
  title: string;
  preface: string;
  answer: string;
  facts: { term: string; value: string; c: string }[];
  reasons: string[];
}

const VERBS: Record<string, string> = {
  shutdown: "was shut down",
  kill: "was killed",
  crash: "crashed",
  pause: "was paused",
  stop: "was stopped",
  restart: "was restarted",
  wipe: "lost its disk",
  partition: "was cut off",
  isolate: "was cut off",
  blackhole: "was black-holed",
  cut: "was cut",
  latency: "was slowed down",
  degrade: "was degraded",
  flap: "flapped",
  bandwidth: "was narrowed",
};

/** `Region east was shut down (crash)`; a kind without a verb is named as it is. */
export function faultClause(fault: FaultResult): string {
  const [noun = fault.kind, action = ""] = fault.kind.split(".");
  // A region's fault acts on all its processes; what it is about is the region, named first.
  const named = noun === "region" ? fault.affects.slice(0, 1) : fault.targets;
  const many = named.length > 1;
  const subject = `${noun.replaceAll("-", " ")}${many ? "s" : ""} ${list(named)}`;
  const verb = VERBS[action];
  if (verb === undefined || named.length === 0) {
    const on = fault.targets.length === 0 ? "" : ` hit ${list(fault.targets)}`;
    return `fault ${fault.kind}${on} (${fault.fidelity})`;
  }
  const agreed = many ? verb.replace(/^was /, "were ").replace("its disk", "their disks") : verb;
  return `${subject} ${agreed} (${fault.fidelity})`;
}

function faultPart(faults: FaultResult[]): string {
  // The first that took hold speaks for the run, or the one that times count from; one that was only
  // begun is named as such.
  const weight = (fault: FaultResult) => doubt(fault) - (fault.t0 ? 0.5 : 0);
  const [first] = [...faults].sort((a, b) => weight(a) - weight(b));
  if (!first) return "no fault was injected";
  const clause = [
    faultClause(first),
    `${faultClause(first)}, which was not proven`,
    `fault ${first.kind} was begun, but is not known to have taken place`,
  ][doubt(first)];
  const rest = faults.length - 1;
  return rest === 0 ? `${clause}` : `${clause}, with ${count(rest, "more fault")}`;
}

/** 0: proven. 1: injected, effect not proven. 2: the call never came back. */
function doubt(fault: FaultResult): number {
  if (fault.effectiveAtMs !== null) return 0;
  return fault.injectedAtMs === null ? 2 : 1;
}

function lossPart(result: Result): string | null {
  const { rpo } = result;
  const { value } = rpo.records;
  if (value === null) return "what was lost could not be determined";
  if (value === 0) {
    return result.balances.length === 0 && rpo.partitions.length === 0
      ? null
      : `no acknowledged record is missing from ${rpo.survivingCluster}`;
  }
  const time = rpo.timeMs.value;
  const details = [
    ...(rpo.shape === "tail" || rpo.shape === "hole" ? [`a ${rpo.shape}`] : []),
    ...(time === null ? [] : [`the oldest due ${formatMs(time)} before the fault`]),
  ];
  const verb = value === 1 ? "is" : "are";
  const bracket = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const least = rpo.records.censored ? "at least " : "";
  return (
    `${least}${count(value, "acknowledged record")} ${verb} not on ` +
    `${rpo.survivingCluster}${bracket}`
  );
}

function downPart(recovery: Recovery | undefined, verb: string): string | null {
  if (!recovery) return null;
  const { value, censored } = recovery.measure;
  if (value === null) return `the time without ${verb} could not be measured`;
  if (censored) return `${verb} had not recovered after ${formatMs(value)}, when the run ended`;
  return value === 0 ? `${verb} never stalled` : `${verb} was down ${formatMs(value)}`;
}

function offsetPart(result: Result): string | null {
  if (result.offsets.length === 0) return null;
  const sum = (verdict: string) =>
    result.offsets
      .filter((row) => row.verdict === verdict)
      .reduce((total, row) => total + (row.records ?? 0), 0);
  if (result.offsets.every((row) => row.verdict === "exact")) {
    return "every group resumed at the right record";
  }
  const skipped = sum("skip");
  const parts = [
    skipped === 0 ? "skipped no record" : `skipped ${count(skipped, "record")}`,
    `replayed ${formatNumber(sum("replay"))}`,
    ...Object.entries(ODD_OFFSETS).flatMap(([verdict, words]) => {
      const n = result.offsets.filter((row) => row.verdict === verdict).length;
      return n === 0 ? [] : [`${words} on ${count(n, "partition")}`];
    }),
  ];
  return `groups ${list(parts, parts.length)}`;
}

const ODD_OFFSETS = {
  unmapped: "found no committed offset",
  "ahead-of-log": "resumed past the end of the log",
  stale: "resumed from a stale offset",
  inconclusive: "could not be judged",
} as const;

/** The one-sentence answer, made from the numbers alone. */
export function answerSentence(result: Result): string {
  const recovery = (viewpoint: Recovery["viewpoint"]) =>
    result.recoveries.find((r) => r.viewpoint === viewpoint);
  const parts = [
    faultPart(result.faults),
    lossPart(result),
    downPart(recovery("produce"), "producing"),
    downPart(recovery("consume"), "consuming"),
    offsetPart(result),
  ].filter((part) => part !== null);
  return `${capitalise(parts.join("; "))}.`;
}

function allMet(n: number): string {
  if (n > 2) return `All ${n} objectives were met`;
  return n === 1 ? "The objective was met" : "Both objectives were met";
}

function prefaceOf(result: Result): string {
  if (result.verdict === "inconclusive") return "This run does not answer the question.";
  if (result.verdict === "not-run") return "This drill was not run.";
  const n = result.objectives.length;
  if (n === 0) return "No objective was set.";
  const met = result.objectives.filter((o) => o.verdict === "met").length;
  const uncovered = uncoveredLoss(result);
  if (met === n) return `${allMet(n)}${uncovered === "" ? "" : `; there is ${uncovered}`}.`;
  return `${met} of ${count(n, "objective")} ${met === 1 ? "was" : "were"} met.`;
}

export function verdictView(result: Result): VerdictView {
  const { run, tool } = result;
  const fact = (term: string, value: string, c = "") => ({ term, value, c });
  return {
    word: verdictWord(result.verdict),
    kind: result.verdict,
    title: run.title === "" ? run.name : run.title,
    preface: prefaceOf(result),
    answer: answerSentence(result),
    reasons: result.verdict === "met" ? [] : result.reasons,
    facts: [
      fact("Run", run.id, "code"),
      fact("Started", formatUtc(run.startedAt)),
      fact("Duration", formatMs(run.durationMs)),
      fact("Outcome", run.reason === undefined ? run.outcome : `${run.outcome}: ${run.reason}`),
      fact("Tool", `${tool.name} ${tool.version}`),
      fact("Seed", String(run.seed)),
      fact("Exit code", String(result.exitCode)),
      ...(result.catalogue ? [fact("Catalogue", catalogueText(result.catalogue))] : []),
      fact("Experiment", run.experimentFile, "code"),
      fact("Experiment SHA-256", run.experimentSha256, "code span"),
      fact("History SHA-256", run.historySha256, "code span"),
    ],
  };
}

/** `A1 quick, from S2; timers scaled down: partition 10 min -> 40 s`. */
function catalogueText(catalogue: Catalogue): string {
  const { source, scaled } = catalogue;
  const from = source.length === 0 ? "" : `, from ${list(source, source.length)}`;
  const timers = scaled === undefined ? "" : `; timers scaled down: ${scaled}`;
  return `${rowName(catalogue)}${from}${timers}`;
}

/** Used where only one number fits: `1,204 records ± 0`. */
export function headline(recovery: Recovery | undefined): string {
  if (!recovery) return "not measured";
  const { main, bounds } = formatMeasure(recovery.measure, "ms");
  const { value, inconclusive } = recovery.measure;
  const doubt = value === null || inconclusive === undefined ? [] : ["in doubt"];
  const notes = [...(bounds === "" ? [] : [bounds]), ...doubt].join(", ");
  return notes === "" ? main : `${main} (${notes})`;
}
