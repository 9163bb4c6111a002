/**
 * The verdict: missed > inconclusive > met, and never "met" on nothing.
 *
 * A miss stands only on sound data, because `assess` has made an unsound one inconclusive already.
 * A run without objectives (an exploration with predictions) is met when it was sound and something
 * could be assessed, whatever the predictions came to: a refuted prediction is a result.
 */
import { EXIT } from "../kernel/errors.ts";
import { formatBytes, formatCount, formatDurationMs, formatWritten } from "../kernel/units.ts";
import type { Chronicle } from "./chronicle.ts";
import { SIZE } from "./limits.ts";
import { type Fate, isUnconfirmed } from "./loss.ts";
import type { Viewed } from "./recovery.ts";
import type { Anomaly, Assessment, Result } from "./result.ts";
import type { Problem } from "./soundness.ts";

export interface VerdictInput {
  objectives: readonly Assessment[];
  predictions: readonly Assessment[];
  problems: readonly Problem[];
  chronicle: Chronicle;
  anomalies: readonly Anomaly[];
  fates: readonly Fate[];
  views: readonly Viewed[];
}

type Verdict = Pick<Result, "verdict" | "exitCode" | "reasons" | "warnings" | "healFailures">;

export function verdictOf(input: VerdictInput): Verdict {
  const { objectives, predictions, problems } = input;
  const missed = objectives.filter(({ verdict }) => verdict === "missed");
  const open = objectives.filter(
    ({ verdict }) => verdict === "inconclusive" || verdict === "not-run",
  );
  const told = [...objectives, ...predictions].some(
    ({ verdict }) => verdict !== "inconclusive" && verdict !== "not-run",
  );
  const reasons = [
    ...missed.map(missedSentence),
    ...problems.map(({ sentence }) => sentence),
    ...open
      .filter(({ reason }) => !problems.some(({ sentence }) => sentence === reason))
      .map(({ label, reason }) => `${label}: ${reason ?? "no answer"}`),
  ];
  const verdict =
    missed.length > 0
      ? "missed"
      : open.length > 0 || problems.length > 0 || !told
        ? "inconclusive"
        : "met";
  if (verdict === "inconclusive" && reasons.length === 0) {
    reasons.push("nothing was assessed: the experiment has no objective and no prediction");
  }
  return {
    verdict,
    exitCode: problems.some(({ altered }) => altered) ? EXIT.evidence : EXIT[verdict],
    reasons: [...new Set(reasons)].slice(0, SIZE.reasonsMax),
    warnings: [...new Set(warningsOf(input))],
    ...healFailures(input.chronicle),
  };
}

function missedSentence({ label, target, measured, unit, reason }: Assessment): string {
  if (reason !== undefined) return `${label}: target ${formatWritten(target)} missed; ${reason}`;
  const value = measured.text ?? inUnit(measured.value ?? 0, unit);
  return `${label}: measured ${measured.censored ? "≥ " : ""}${value}, target ${formatWritten(target)}`;
}

/** As the tables of the report have it. */
function inUnit(value: number, unit: string): string {
  if (unit === "ms") return formatDurationMs(value);
  if (unit === "bytes") return formatBytes(value);
  return `${formatCount(value)} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}

/** Of no bearing on what was measured, and all the more on what is left behind. */
function healFailures(chronicle: Chronicle): Pick<Result, "healFailures"> {
  const healFailures = chronicle.of("heal.failed").map(({ step, reason }) => ({ step, reason }));
  return healFailures.length === 0 ? {} : { healFailures };
}

function warningsOf({ chronicle, anomalies, fates, views, objectives }: VerdictInput): string[] {
  const warnings = chronicle.of("warning").map(({ message }) => message);
  for (const { class: name, count, violation, cause } of anomalies) {
    if (!violation) continue;
    const covered = objectives.some(({ metric }) => COVERED_BY[name]?.includes(metric));
    if (covered) continue;
    const what = `${name}${cause === undefined ? "" : ` (${cause})`}`;
    warnings.push(`${formatCount(count)} × ${what} found; no objective covers this class`);
  }
  const silent = fates.filter((fate) => isUnconfirmed(fate) && fate.known);
  const gone = silent.reduce((sum, fate) => sum + fate.unknown - fate.unknownSurvived, 0);
  if (gone > 0 && !objectives.some(({ metric }) => metric === "unconfirmed.records")) {
    warnings.push(
      `${formatCount(gone)} records sent with acks=0 are on no surviving log; nothing was acked, so ` +
        "they are no part of the RPO",
    );
  }
  for (const { recovery, outages } of views) {
    const again = [...outages.values()].filter(({ againUs }) => againUs !== null).length;
    if (again === 0) continue;
    warnings.push(
      `${recovery.viewpoint}: ${again} partitions stalled again after they had recovered`,
    );
  }
  return warnings;
}

const COVERED_BY: Partial<Record<Anomaly["class"], readonly Assessment["metric"][]>> = {
  lost: ["rpo.records", "lost.records"],
  overwritten: ["rpo.records"],
  unread: ["unread.records", "offsets.skipped"],
  "duplicate-append": ["duplicates.records"],
  phantom: ["phantom.records"],
  corrupt: ["corrupt.records"],
  reordered: ["reordered.records"],
};
