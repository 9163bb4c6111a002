/**
 * The judge of a set: the results of its repetitions in, one result out. Pure.
 *
 * An objective is met when it was met in every conclusive repetition, and one miss misses it: a set is
 * no average, because a disaster happens once. A repetition that was judged inconclusive is left out
 * and counted, unless a target that is too close to what it measured is all that keeps it from a
 * verdict: it counts, and leaves the objective open. One that did not come to its end leaves the set
 * open, since nobody knows whether what ended it was the system.
 */

import type { SetFacts } from "../../history/set-folder.ts";
import { EXIT } from "../../kernel/errors.ts";
import type { Assessment, Result } from "../result.ts";
import { isOnlyUnsure } from "./doubt.ts";
import { type Judged, setMeasures } from "./set-measures.ts";
import type { SetAssessment, SetResult } from "./set-result.ts";

/** Of the repetitions that were planned, so many must be conclusive. */
const CONCLUSIVE_SHARE_MIN = 2 / 3;
const REASONS_MAX = 20;

export interface SetInput {
  set: SetFacts;
  /** By index of the repetition; absent where there is nothing that could be judged. */
  results: ReadonlyMap<number, Result>;
  /** SHA-256 of each one's result.json, by index. */
  sums: ReadonlyMap<number, string>;
  tool: { name: string; version: string };
}

export function judgeSet({ set, results, sums, tool }: SetInput): SetResult {
  const repetitions = set.repetitions.map((facts) => {
    const resultSha256 = sums.get(facts.index);
    const told = repetitionOf(facts, results.get(facts.index));
    return resultSha256 === undefined ? told : { ...told, resultSha256 };
  });
  const judged = repetitions.flatMap(({ index, conclusive, reason }): Judged[] => {
    const result = results.get(index);
    if (!result) return [];
    const phase = longestPhase(set, index);
    return [
      {
        index,
        result,
        ...(conclusive ? {} : { excluded: reason ?? "inconclusive" }),
        ...(phase === undefined ? {} : { phase }),
      },
    ];
  });
  const conclusive = repetitions.filter((one) => one.conclusive).length;
  const notRun = set.planned - repetitions.filter(({ verdict }) => verdict !== "not-run").length;
  const inconclusive = set.planned - notRun - conclusive;
  const objectives = assessmentsOf(judged, ({ result }) => result.objectives, "objective");
  const doubts = doubtsOf(set, { conclusive, notRun }, repetitions);
  const missed = objectives.filter(({ verdict }) => verdict === "missed");
  const open = objectives.filter(({ verdict }) => verdict === "inconclusive");
  const verdict =
    missed.length > 0 ? "missed" : doubts.length + open.length > 0 ? "inconclusive" : "met";
  const because = judged.find(({ result }) => result.because !== undefined)?.result.because;
  return {
    schema: "blackstart/set-result.v1",
    tool,
    set,
    verdict,
    exitCode: exitOf(verdict, set, judged),
    reasons: [
      ...missed.map(({ label, target, failed }) => {
        const where = `in ${failed.length} of ${conclusive} conclusive repetitions (${failed.join(", ")})`;
        return `${label}: target ${target} missed ${where}`;
      }),
      ...doubts,
      ...open.map(({ label, reason }) => `${label}: ${reason ?? "no answer"}`),
    ].slice(0, REASONS_MAX),
    repetitions,
    conclusive,
    inconclusive,
    notRun,
    objectives,
    predictions: assessmentsOf(judged, ({ result }) => result.predictions, "prediction"),
    ...(because === undefined ? {} : { because }),
    measures: setMeasures(judged, set.seed),
    limits: limitsOf(set, judged),
  };
}

/** Where in the longest cycle a stratified repetition was placed. */
function longestPhase({ phases, repetitions }: SetFacts, index: number): number | undefined {
  if (phases !== "stratified") return undefined;
  const cycles = repetitions.find((one) => one.index === index)?.phase ?? [];
  return [...cycles].sort((a, b) => b.everyMs - a.everyMs)[0]?.phase;
}

type RepetitionResult = SetResult["repetitions"][number];

function repetitionOf(
  { index, folder, run, outcome, error }: SetFacts["repetitions"][number],
  result: Result | undefined,
): RepetitionResult {
  const base = {
    index,
    folder,
    run,
    startedAt: result?.run.startedAt ?? "",
    durationMs: result?.run.durationMs ?? 0,
  };
  // A run that was ended because it could not answer (a condition never came) is a run that was judged.
  const open = outcome === "completed" || error?.exit === EXIT.inconclusive;
  if (!result || !open) {
    const reason = error?.message ?? result?.run.reason ?? "it left nothing that could be judged";
    return { ...base, verdict: "not-run", conclusive: false, reason };
  }
  const verdict = outcome === "completed" ? result.verdict : "inconclusive";
  const unsure = outcome === "completed" && isOnlyUnsure(result);
  const conclusive = verdict === "met" || verdict === "missed" || unsure;
  const reason = error?.message ?? result.reasons[0];
  return { ...base, verdict, conclusive, ...(reason === undefined ? {} : { reason }) };
}

/** What keeps the set from a pass, whatever its objectives say. */
function doubtsOf(
  { planned, interrupted }: SetFacts,
  { conclusive, notRun }: { conclusive: number; notRun: number },
  repetitions: readonly RepetitionResult[],
): string[] {
  const doubts: string[] = [];
  const broken = repetitions.filter(({ verdict }) => verdict === "not-run");
  for (const { index, reason } of broken) doubts.push(`repetition ${index} did not run: ${reason}`);
  const missing = notRun - broken.length;
  if (missing > 0) {
    const why = interrupted ? "the set was interrupted" : "the set ended early";
    doubts.push(`${missing} of ${planned} repetitions were not begun: ${why}`);
  }
  if (conclusive < planned * CONCLUSIVE_SHARE_MIN) {
    const needed = Math.ceil(planned * CONCLUSIVE_SHARE_MIN);
    doubts.push(`${conclusive} of ${planned} repetitions are conclusive, ${needed} are needed`);
  }
  return doubts;
}

const ANSWERS = {
  objective: { yes: "met", no: "missed" },
  prediction: { yes: "confirmed", no: "refuted" },
} as const;

/** Held only when it held in every conclusive repetition; what one of them leaves open stays open. */
function assessmentsOf(
  judged: readonly Judged[],
  of: (one: Judged) => readonly Assessment[],
  kind: "objective" | "prediction",
): SetAssessment[] {
  const first = judged[0];
  if (!first) return [];
  return of(first).map((aim, at) => {
    const told = judged.flatMap((one) => {
      const found = of(one)[at];
      return one.excluded === undefined && found ? [{ index: one.index, ...found }] : [];
    });
    const having = (...verdicts: Assessment["verdict"][]) =>
      told.filter(({ verdict }) => verdicts.includes(verdict)).map(({ index }) => index);
    const held = having("met", "confirmed");
    const failed = having("missed", "refuted");
    const open = having("inconclusive", "not-run");
    const answer: SetAssessment["verdict"] =
      failed.length > 0
        ? ANSWERS[kind].no
        : open.length > 0 || held.length === 0
          ? "inconclusive"
          : ANSWERS[kind].yes;
    const doubt = told.find(({ index }) => open.includes(index))?.reason;
    const { metric, label, unit, target } = aim;
    const reason =
      answer === "inconclusive" ? (doubt ?? "no conclusive repetition answers it") : undefined;
    const common = { metric, label, unit, target, verdict: answer, held, failed, open };
    return reason === undefined ? common : { ...common, reason };
  });
}

/** Decision 0016: a broken environment, then altered evidence, then the verdict. */
function exitOf(
  verdict: SetResult["verdict"],
  { repetitions, interrupted }: SetFacts,
  judged: readonly Judged[],
): number {
  const failed = repetitions.some(({ error }) => error?.exit === EXIT.environment);
  if (failed && !interrupted) return EXIT.environment;
  if (judged.some(({ result }) => result.exitCode === EXIT.evidence)) return EXIT.evidence;
  return EXIT[verdict];
}

function limitsOf({ warm, phases, repetitions }: SetFacts, judged: readonly Judged[]): string[] {
  const limits = [...new Set(judged.flatMap(({ result }) => result.limits.slice(0, 1)))];
  limits.push(
    "Repetitions ran one after another on one machine: what changes slowly there (its load, its " +
      "temperature) they have in common, and no interval shows it.",
  );
  const used = repetitions.filter(({ world }) => world.warm).length;
  if (warm) {
    limits.push(
      `${used} of ${repetitions.length} repetitions ran on Kafka nodes that others had used: proven ` +
        "whole, with new topics and groups, but with compiled code and filled caches.",
    );
  }
  if (phases === "stratified") {
    limits.push(
      "The instant of the fault was spread over the cycles that the experiment names. A cycle whose " +
        "own phase cannot be seen is spread against the instant the step was due only.",
    );
  }
  return limits;
}
