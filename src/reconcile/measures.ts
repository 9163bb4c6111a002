/**
 * One measure per metric, computed when an expectation asks for it.
 *
 * A metric without data is inconclusive and says why; it is never 0. A function here that throws is
 * caught by the assessment and becomes an inconclusive metric with the error as its reason.
 */
import type { LogRef, MetricId } from "../history/judging.ts";
import type { Anomalies, FindingKind } from "./anomalies.ts";
import { auditedLogs, auditProblem, survivorsProblem } from "./audit-problems.ts";
import { select } from "./bit-plane.ts";
import type { Chronicle } from "./chronicle.ts";
import { leaderMeasure } from "./leaders.ts";
import type { Ledger } from "./ledger.ts";
import { type Fate, isUnconfirmed } from "./loss.ts";
import type { JudgedOffset } from "./offsets.ts";
import type { AnomalyClass, Measure, Recovery, Result } from "./result.ts";
import { longestStall } from "./stalls.ts";

export interface MeasureInput {
  ledger: Ledger;
  chronicle: Chronicle;
  fates: readonly Fate[];
  rpo: Result["rpo"];
  recoveries: readonly Recovery[];
  offsets: readonly JudgedOffset[];
  exposure: Result["exposure"];
  anomalies: Anomalies;
}

const exactly = (value: number): Measure => ({ value, low: value, high: value, censored: false });
const unknown = (inconclusive: string): Measure => ({
  value: null,
  low: null,
  high: null,
  censored: false,
  inconclusive,
});

const MEASURES: Record<MetricId, (input: MeasureInput) => Measure> = {
  "rpo.records": (input) => onSurvivors(input, input.rpo.records),
  "rpo.time": (input) => onSurvivors(input, input.rpo.timeMs),
  "rpo.bytes": (input) => onSurvivors(input, input.rpo.bytes),
  "rpo.shape": (input) => {
    const records = onSurvivors(input, input.rpo.records);
    if (records.inconclusive !== undefined) return unknown(records.inconclusive);
    return { value: null, low: null, high: null, censored: false, text: input.rpo.shape };
  },
  "rto.produce": (input) => recovery(input, "produce"),
  "rto.consume": (input) => recovery(input, "consume"),
  "rto.cluster": (input) => recovery(input, "cluster"),
  "rto.leader": ({ chronicle }) => leaderMeasure(chronicle),
  "rto.fresh": (input) => recovery(input, "fresh"),
  "stall.produce": (input) => longestStall(input, "produce"),
  "stall.cluster": clusterStall,
  "offsets.skipped": skippedRecords,
  "offsets.replayed": (input) => offsetSum(input, ({ replayed }) => replayed),
  "offsets.unmapped": (input) =>
    offsetSum(input, ({ verdict }) => (verdict.verdict === "unmapped" ? 1 : 0)),
  "exposure.records": (input) => input.exposure.maxRecords,
  "exposure.time": (input) => input.exposure.maxTimeMs,
  "lost.records": (input) => lost(input, input.rpo.lost),
  "stranded.records": (input) => split(input, input.rpo.stranded),
  "mirror.missing": mirrorMissing,
  "duplicates.records": (input) => found(input, "duplicate-append", (kind) => kind.violation),
  "redelivered.records": (input) =>
    input.ledger.groups.length === 0
      ? unknown("no consumer group reads")
      : exactly(input.anomalies.countOf("redelivery")),
  "reordered.records": (input) => found(input, "reordered"),
  "corrupt.records": (input) => found(input, "corrupt", (kind) => kind.violation),
  "phantom.records": (input) => found(input, "phantom", (kind) => kind.violation),
  "failedReads.records": (input) => found(input, "failed-read"),
  "unread.records": (input) => onSurvivors(input, found(input, "unread")),
  "unconfirmed.records": (input) => onSurvivors(input, unconfirmed(input.fates)),
};

export function measureOf(metric: MetricId, input: MeasureInput): Measure {
  return MEASURES[metric](input);
}

/** Where the recovery that the probe tells is in doubt, so is its longest stall. */
function clusterStall(input: MeasureInput): Measure {
  const seen = input.recoveries.find(({ viewpoint }) => viewpoint === "cluster");
  const { inconclusive } = seen?.measure ?? {};
  return inconclusive === undefined ? longestStall(input, "cluster") : unknown(inconclusive);
}

/** Logs on which application records survive, by id. */
function survivors({ ledger }: MeasureInput): LogRef[] {
  const logs = new Map(
    ledger.world.applicationStreams().flatMap(({ log, index }) => {
      const used = ledger.stream(index).sends.rows > 0;
      const survivor = used ? ledger.world.survivingLog(log) : undefined;
      return survivor ? [[survivor.id, survivor] as const] : [];
    }),
  );
  return [...logs.values()].sort((a, b) => a.id - b.id);
}

/** Only when what survives of every log was read to its end. */
function onSurvivors(input: MeasureInput, measure: Measure): Measure {
  if (measure.inconclusive !== undefined) return measure;
  for (const log of survivors(input)) {
    const problem = survivorsProblem(input.ledger, input.chronicle, log);
    if (problem !== undefined) return { ...unknown(problem), low: measure.low };
  }
  return measure;
}

/** Only when the logs, after every heal, were read to their ends. */
function onFinals(input: MeasureInput, measure: Measure): Measure {
  if (measure.inconclusive !== undefined) return measure;
  for (const { id } of survivors(input)) {
    const problem = auditProblem(input.ledger, input.chronicle, id);
    if (problem !== undefined) return { ...unknown(problem), low: measure.low };
  }
  return measure;
}

const NOT_ALL_READ = "not every log that may hold the missing records was read to its end";

function split(input: MeasureInput, count: number | null): Measure {
  if (count !== null) return onFinals(input, onSurvivors(input, exactly(count)));
  const whole = onSurvivors(input, input.rpo.records);
  return unknown(whole.inconclusive ?? NOT_ALL_READ);
}

/** What is on no log after the heal is lost, whatever the survivors held before it. */
function lost(input: MeasureInput, count: number | null): Measure {
  if (count !== null) return onFinals(input, exactly(count));
  return unknown(onFinals(input, input.rpo.records).inconclusive ?? NOT_ALL_READ);
}

/** A count of findings; the logs they were looked for on must have been read completely. */
function found(
  { ledger, chronicle, anomalies }: MeasureInput,
  name: AnomalyClass,
  accept?: (kind: FindingKind) => boolean,
): Measure {
  const count = anomalies.countOf(name, accept);
  const logs = auditedLogs(ledger);
  if (logs.length === 0) return unknown("no log was audited");
  for (const log of logs) {
    const problem = auditProblem(ledger, chronicle, log);
    if (problem !== undefined) return { ...unknown(problem), low: count };
  }
  return exactly(count);
}

function recovery({ chronicle, recoveries }: MeasureInput, viewpoint: string): Measure {
  const seen = recoveries.find((one) => one.viewpoint === viewpoint);
  if (seen) return seen.measure;
  if (!chronicle.t0) return unknown("nothing was broken, so there is nothing to recover from");
  return unknown(
    viewpoint === "fresh"
      ? "no fresh clients were probed in this run"
      : `there is no data for the viewpoint "${viewpoint}"`,
  );
}

/**
 * What the verdicts say, or what lies skipped on the surviving log, whichever is more: a group that
 * never had to resume has no verdict, and still must not have skipped anything.
 */
function skippedRecords(input: MeasureInput): Measure {
  const skippedUnread = input.anomalies.countOf(
    "unread",
    (kind) => kind.cause?.endsWith("skipped") ?? false,
  );
  const judged = offsetSum(input, ({ skipped }) => skipped);
  if (judged.value === null) return { ...judged, low: skippedUnread };
  return onSurvivors(input, exactly(Math.max(judged.value, skippedUnread)));
}

function offsetSum(
  { ledger, offsets }: MeasureInput,
  pick: (judged: JudgedOffset) => number,
): Measure {
  const handed = ledger.groups.reduce((sum, group) => sum + group.records, 0);
  if (handed === 0) return unknown("no group was handed any record");
  const open = offsets.find(({ verdict }) => verdict.verdict === "inconclusive");
  if (open) {
    const { group, topic, partition, detail } = open.verdict;
    return unknown(`${group} on ${topic}/${partition}: ${detail}`);
  }
  return exactly(offsets.reduce((sum, judged) => sum + pick(judged), 0));
}

/** Sends without an answer that could come: what of them no surviving log holds. */
function unconfirmed(fates: readonly Fate[]): Measure {
  const silent = fates.filter(isUnconfirmed);
  if (silent.length === 0) return unknown("no producer sent with acks=0");
  const missing = silent.reduce((sum, fate) => sum + fate.unknown - fate.unknownSurvived, 0);
  return exactly(missing);
}

/** Acked records that a mirror of their log does not hold, summed over mirrors. */
function mirrorMissing({ ledger, chronicle }: MeasureInput): Measure {
  let missing = 0;
  const mirrors = new Set<number>();
  for (const { stream, acked } of ledger.streams) {
    if (!stream.application || acked.size === 0) continue;
    for (const mirror of ledger.world.family(stream.log).slice(1)) {
      mirrors.add(mirror.id);
      const audit = ledger.finalAudit(mirror.id, stream.partition);
      const held = [audit?.seen.get(stream.index), audit?.damaged.get(stream.index)];
      missing += select({ inAll: [acked], inNone: held.flatMap((plane) => plane ?? []) });
    }
  }
  if (mirrors.size === 0) return unknown("nothing is replicated to a second cluster");
  for (const log of [...mirrors].sort((a, b) => a - b)) {
    const problem = auditProblem(ledger, chronicle, log);
    if (problem !== undefined) return unknown(problem);
  }
  return exactly(missing);
}
