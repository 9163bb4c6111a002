/**
 * The judge: plan, history and journals in, one `Result` out. Pure; no clock, no chance, no files.
 *
 * ```
 *  journals ──ingest──▶ Ledger ─┬─▶ loss, content, order, acks ─▶ Anomalies ─┐
 *  history ──▶ Chronicle ───────┼─▶ recovery, exposure, offsets ─────────────┼─▶ assess ─▶ verdict
 *                               └─▶ soundness, controls, balance ────────────┘
 * ```
 * The order of the journals does not matter, nor who asks: same input, same bytes. A check that
 * throws does not take the others with it; it makes the run inconclusive, with its error as reason.
 */
import { z } from "zod";
import type { Catalogue } from "../history/catalogue.ts";
import type { HistoryEvent } from "../history/events.ts";
import type { Expectation, Judging } from "../history/judging.ts";
import { EXIT, messageOf } from "../kernel/errors.ts";
import { noteAckDefects } from "./acks.ts";
import { Anomalies, type OnFinding } from "./anomalies.ts";
import { type AssessInput, assess } from "./assess.ts";
import { balancesOf } from "./balance.ts";
import { Chronicle } from "./chronicle.ts";
import {
  noteBadBeyond,
  noteBadRecords,
  noteDuplicates,
  noteImpossibleRecords,
  noteRedeliveries,
  noteUnread,
} from "./content.ts";
import { controlsOf } from "./controls.ts";
import { decompositionsOf } from "./decomposition.ts";
import { exposureOf } from "./exposure.ts";
import { bucketCount, latencyOf, lossMapOf, seriesOf } from "./flow-series.ts";
import { ingest } from "./ingest.ts";
import { limitsOf } from "./limitations.ts";
import { fatesOf, noteLosses } from "./loss.ts";
import { measureOf } from "./measures.ts";
import { offsetVerdictsOf } from "./offsets.ts";
import { noteReorders } from "./order.ts";
import { recoveriesOf } from "./recovery.ts";
import type { Result } from "./result.ts";
import type { JournalInput } from "./rows.ts";
import { rpoOf } from "./rpo.ts";
import {
  balanceProblems,
  evidenceProblems,
  experimentProblems,
  type HistoryFlaw,
  healthFacts,
  journalRows,
  type Problem,
} from "./soundness.ts";
import { faultsOf, timelineOf } from "./timeline.ts";
import { verdictOf } from "./verdict.ts";
import { World } from "./world.ts";

/** What the judge takes of `plan.json`; a whole plan fits. */
export interface PlanSummary {
  run: string;
  name: string;
  title: string;
  seed: number;
  experimentFile: string;
  experimentSha256: string;
  catalogue?: Catalogue;
  /** Shown in the report; only names and regions of nodes are read. */
  topology: object;
  judging: Judging;
}

export interface JudgeInput {
  plan: PlanSummary;
  history: { events: readonly HistoryEvent[]; problems: readonly HistoryFlaw[]; sha256: string };
  journals: Iterable<JournalInput>;
  tool: { name: string; version: string };
  /** Files of the run folder that are not what the run was started with, in words. */
  altered?: readonly string[];
  /** Called with every finding, also those that the result's cap leaves out. */
  onFinding?: OnFinding;
}

const recordSchema = z.record(z.string(), z.unknown());

/** Runs checks one by one; one that throws leaves its fallback and a problem. */
class Guard {
  readonly problems: Problem[] = [];

  run<T>(name: string, fallback: T, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const sentence = `the check "${name}" failed: ${messageOf(error)}`;
      this.problems.push({ scope: "all", sentence });
      return fallback;
    }
  }
}

export function judge(input: JudgeInput): Result {
  const result = judgeRun(input);
  return result.run.outcome === "not-run" ? asNotRun(result) : result;
}

/** Nothing was booted, so nothing is answered: neither a pass nor a failure of anything. */
function asNotRun(result: Result): Result {
  const reason = result.run.reason ?? "it was not run";
  const open = (all: Result["objectives"]) =>
    all.map((one) => ({ ...one, verdict: "not-run" as const, reason }));
  return {
    ...result,
    verdict: "not-run",
    exitCode: EXIT.inconclusive,
    reasons: [reason],
    warnings: [],
    objectives: open(result.objectives),
    predictions: open(result.predictions),
  };
}

function judgeRun(input: JudgeInput): Result {
  const { plan, history, altered = [] } = input;
  const world = new World(plan.judging);
  const chronicle = new Chronicle(history.events, plan.judging);
  const guard = new Guard();
  const { ledger, flow, journals } = ingest(world, input.journals, windowOf(world, chronicle));
  const anomalies = new Anomalies(input.onFinding);
  const book = { ledger, chronicle, anomalies };

  const fates = guard.run("loss", [], () => fatesOf(ledger, chronicle));
  guard.run("losses", undefined, () => noteLosses(ledger, chronicle, fates, anomalies));
  for (const check of CONTENT_CHECKS) guard.run(check.name, undefined, () => check(book));
  const views = guard.run("recovery", [], () => recoveriesOf(book));
  const offsets = guard.run("offsets", [], () => offsetVerdictsOf(ledger, chronicle));
  const balances = guard.run("balances", [], () => balancesOf(ledger, fates));
  const rpo = rpoOf(world, chronicle, fates);
  const exposure = exposureOf(ledger, chronicle);
  const recoveries = views.map(({ recovery }) => recovery);
  const { controls, problems: controlProblems } = controlsOf(ledger, chronicle);
  const rows = journalRows(chronicle, journals);
  const health = healthFacts(world, chronicle);
  const instrument = [...health.problems, ...controlProblems];
  const problems = [
    ...evidenceProblems(ledger, chronicle, { flaws: history.problems, altered }, rows),
    ...experimentProblems(world, chronicle),
    ...guard.problems,
    ...balanceProblems(balances),
    ...instrument,
  ];
  const measuring = { ledger, chronicle, fates, rpo, recoveries, offsets, exposure, anomalies };
  const aims: AssessInput = {
    measure: (metric) => measureOf(metric, measuring),
    problems,
    hole: rpo.shape === "hole",
    horizonMs: plan.judging.policy.horizonMs,
  };
  const each = (all: readonly Expectation[], kind: "objective" | "prediction") =>
    all.map((expectation) => assess(expectation, kind, aims));
  const objectives = each(plan.judging.objectives, "objective");
  const predictions = each(plan.judging.predictions, "prediction");
  const listed = anomalies.list();
  return {
    schema: "blackstart/result.v1",
    tool: input.tool,
    run: runOf(plan, chronicle, history.sha256),
    ...(plan.catalogue === undefined ? {} : { catalogue: plan.catalogue }),
    ...verdictOf({ objectives, predictions, problems, chronicle, anomalies: listed, fates, views }),
    objectives,
    predictions,
    ...(plan.judging.because === undefined ? {} : { because: plan.judging.because }),
    faults: faultsOf(chronicle),
    rpo,
    recoveries,
    decomposition: decompositionsOf(chronicle, views),
    offsets: offsets.map(({ verdict }) => verdict),
    exposure,
    anomalies: listed,
    balances,
    timeline: timelineOf(world, chronicle, plan.topology),
    series: seriesOf(ledger, chronicle, flow),
    latency: latencyOf(ledger, chronicle),
    lossMap: lossMapOf(ledger, chronicle, fates),
    instrument: {
      healthy: instrument.length === 0,
      problems: instrument.map(({ sentence }) => sentence),
      facts: health.facts,
      controls,
      journals: rows,
    },
    environment: environmentOf(chronicle),
    topology: recordSchema.parse(plan.topology),
    limits: limitsOf({ world, chronicle, ledger, catalogue: plan.catalogue }),
  };
}

const CONTENT_CHECKS = [
  noteDuplicates,
  noteReorders,
  noteBadRecords,
  noteBadBeyond,
  noteImpossibleRecords,
  noteRedeliveries,
  noteUnread,
  noteAckDefects,
];

function windowOf(world: World, chronicle: Chronicle) {
  const [fromUs, toUs] = [
    chronicle.originUs,
    Math.max(chronicle.workloadEndUs, chronicle.originUs + 1),
  ];
  const stallUs = world.judging.policy.stallMs * 1000;
  const sightingsFromUs = chronicle.t0 ? chronicle.t0.lowUs - stallUs : Infinity;
  return { fromUs, toUs, buckets: bucketCount(fromUs, toUs), sightingsFromUs };
}

/** What could change a number, from the machine to who used the brokers before. */
function environmentOf(chronicle: Chronicle): Result["environment"] {
  const world = chronicle.first("run.started")?.world;
  const told = chronicle.of("environment").map(({ facts }) => facts);
  return Object.assign({}, ...told, ...(world === undefined ? [] : [{ world }]));
}

function runOf(plan: PlanSummary, chronicle: Chronicle, historySha256: string): Result["run"] {
  const ended = chronicle.last("run.ended");
  const reason = ended?.reason ?? ended?.code;
  return {
    id: chronicle.first("run.started")?.run ?? plan.run,
    name: plan.name,
    title: plan.title,
    seed: plan.seed,
    startedAt: chronicle.first("run.started")?.wall ?? "",
    durationMs: Math.round((chronicle.endedUs - chronicle.startedUs) / 1000),
    outcome: ended?.outcome ?? "crashed",
    ...(reason === undefined ? {} : { reason }),
    experimentFile: plan.experimentFile,
    experimentSha256: plan.experimentSha256,
    historySha256,
  };
}
