/**
 * Measured against aimed at.
 *
 * Naive rule: value ≤ target is met. Two counter-examples. A measured 29.9 s ± 0.2 s does not say
 * whether 30 s were kept; so the whole interval must lie on one side, or the answer is inconclusive.
 * And "not recovered when the run ended after 60 s" is no 60 s: it is at least 60 s, which misses a
 * target of 30 s for certain and says nothing about one of 300 s, unless the horizon was reached.
 *
 * A hole in the sequence misses any RPO objective: what lag cannot explain no bound on lag excuses.
 */
import { type Expectation, METRICS, type MetricId } from "../history/judging.ts";
import { messageOf } from "../kernel/errors.ts";
import { round } from "./buckets.ts";
import type { Assessment, Measure } from "./result.ts";
import type { Problem, Scope } from "./soundness.ts";

export interface AssessInput {
  measure: (metric: MetricId) => Measure;
  problems: readonly Problem[];
  /** The loss has a hole. */
  hole: boolean;
  horizonMs: number;
}

type Answer = "yes" | "no" | "unsure";

const TIMING: ReadonlySet<MetricId> = new Set<MetricId>([
  "rto.produce",
  "rto.consume",
  "rto.cluster",
  "rto.leader",
  "rto.fresh",
  "exposure.records",
  "exposure.time",
]);

const HOW: Record<MetricId, string> = {
  "rpo.records":
    "acked records, by identity, that the audited log of the surviving cluster does not hold",
  "rpo.time": "start of the fault − due time of the oldest missing acked record",
  "rpo.bytes": "missing acked records × their size",
  "rpo.shape": "tail: only the end of a stream is missing; hole: a later record survived",
  "rto.produce": "T0 to the first of sustained on-time acks of the application, slowest partition",
  "rto.consume": "T0 to the first of sustained on-time deliveries, slowest partition",
  "rto.cluster": "as rto.produce, by a probe that always talks to the current leader",
  "rto.leader":
    "T0 to the first look that showed another leader, slowest partition that changed it",
  "rto.fresh": "as rto.produce, by a client that connects anew",
  "offsets.skipped": "records after the last commit that the group resumed beyond, never delivered",
  "offsets.replayed": "records before the last commit that the group was to read again",
  "offsets.unmapped": "partitions where the group found no committed offset",
  "exposure.records": "largest number of acked records not yet seen on the mirror, over the run",
  "exposure.time": "largest age of an acked record not yet seen on the mirror, over the run",
  "lost.records": "acked records that no audited log holds",
  "stranded.records": "acked records that only a log that did not survive holds",
  "mirror.missing": "acked records that the audited mirror does not hold",
  "duplicates.records": "further copies of a record on one log, copies of copies not counted",
  "redelivered.records": "offsets handed to a group more than once",
  "reordered.records": "records that appear after a later record of their stream",
  "corrupt.records": "records whose checksum, length or re-derived body does not match",
  "phantom.records": "records on a log or handed over that no producer of this run announced",
  "failedReads.records": "records on a log or handed over whose send failed, or was aborted",
  "unread.records": "records on the surviving log that the group was never handed",
  "unconfirmed.records":
    "records handed to a client with acks=0, by identity, that the surviving log does not hold",
};

export function assess(
  expectation: Expectation,
  kind: "objective" | "prediction",
  input: AssessInput,
): Assessment {
  const { metric } = expectation;
  const measured = safely(() => input.measure(metric));
  const { label, unit } = METRICS[metric];
  const common = {
    metric,
    label,
    unit,
    target: expectation.written,
    measured,
    margin: marginOf(expectation, measured),
    how: HOW[metric],
  };
  const unsound = unsoundFor(metric, input.problems);
  const doubt = unsound ?? measured.inconclusive;
  if (doubt !== undefined) return { ...common, verdict: "inconclusive", reason: doubt };
  const { answer, reason } = compare(expectation, measured, input.horizonMs);
  if (kind === "objective" && metric.startsWith("rpo.") && input.hole && metric !== "rpo.shape") {
    const why = "the loss has a hole: a later acked record survived, which no lag explains";
    return { ...common, verdict: "missed", reason: why };
  }
  const verdict =
    answer === "unsure"
      ? "inconclusive"
      : kind === "objective"
        ? ({ yes: "met", no: "missed" } as const)[answer]
        : ({ yes: "confirmed", no: "refuted" } as const)[answer];
  return reason === undefined ? { ...common, verdict } : { ...common, verdict, reason };
}

/** The first thing that makes this metric doubtful. */
function unsoundFor(metric: MetricId, problems: readonly Problem[]): string | undefined {
  const scopes: readonly Scope[] = TIMING.has(metric) ? ["all", "timing"] : ["all"];
  return problems.find(({ scope }) => scopes.includes(scope))?.sentence;
}

/** A measure that throws is a measure without a number. */
export function safely(measure: () => Measure): Measure {
  try {
    return measure();
  } catch (error) {
    const inconclusive = `the check itself failed: ${messageOf(error)}`;
    return { value: null, low: null, high: null, censored: false, inconclusive };
  }
}

/** Whether what was measured is what was expected, with its bounds and all. */
export function compare(
  { low, high, text }: Expectation,
  measured: Measure,
  horizonMs: number,
): { answer: Answer; reason?: string } {
  if (text !== undefined) return { answer: measured.text === text ? "yes" : "no" };
  const least = measured.low ?? measured.value;
  const most = measured.censored ? Infinity : (measured.high ?? measured.value);
  if (least === null || most === null) {
    return { answer: "unsure", reason: "there is no number to compare" };
  }
  if (high !== undefined && least > high) return { answer: "no" };
  if (low !== undefined && most < low) return { answer: "no" };
  const withinHigh = high === undefined || most <= high;
  const withinLow = low === undefined || least >= low;
  if (withinHigh && withinLow) return { answer: "yes" };
  if (measured.censored) {
    if (high !== undefined && least >= horizonMs) {
      return { answer: "no", reason: "not recovered within the horizon" };
    }
    return { answer: "unsure", reason: "not recovered when the run ended, before the target" };
  }
  return { answer: "unsure", reason: "the target lies within the bounds of the measurement" };
}

/**
 * Whether an answer is open only because the bounds of the measurement hold both: then there is a
 * number, and statistics that left it out would leave out what lies close to the target.
 */
export function isOnlyUnsure({ verdict, reason = "" }: Assessment): boolean {
  return verdict === "inconclusive" && UNSURE.test(reason);
}

/** How `compare` begins where it is unsure of a number. */
const UNSURE = /^(the target lies within|not recovered when the run ended)/;

/** Distance to the nearer target, negative when missed. Null where there is no such number. */
function marginOf({ low, high }: Expectation, { value }: Measure): number | null {
  if (value === null || (low === undefined && high === undefined)) return null;
  const above = high === undefined ? Infinity : high - value;
  const below = low === undefined ? Infinity : value - low;
  return round(Math.min(above, below));
}
