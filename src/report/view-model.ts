/**
 * The page as data: everything the templates print, already in words and paths. Pure: no clock, no
 * locale, no file; the same result gives the same model, and so the same bytes.
 */
import type { Result } from "../reconcile/result.ts";
import { latencyFigure } from "./charts/latency.ts";
import { lossMapFigure } from "./charts/loss-map.ts";
import { offsetsFigure } from "./charts/offsets.ts";
import { decompositionFigure } from "./charts/phases.ts";
import { recoveryFigures } from "./charts/recovery.ts";
import { exposureFigures, rateFigures } from "./charts/series.ts";
import { timeFrame } from "./charts/time-frame.ts";
import { timelineFigure } from "./charts/timeline.ts";
import { GLOSSARY } from "./definitions.ts";
import type { Figure, Table } from "./figure.ts";
import { capitalise, count, formatMeasure } from "./format.ts";
import { type EnvironmentView, environmentView } from "./view-model-environment.ts";
import {
  type AnomalyView,
  anomalyViews,
  type BalanceView,
  balanceView,
  deviationsOf,
  faultTable,
  type InstrumentView,
  instrumentView,
  noAnomalyText,
  rpoTable,
} from "./view-model-evidence.ts";
import { type ObjectivesView, objectivesView } from "./view-model-objectives.ts";
import { type VerdictView, verdictView } from "./view-model-verdict.ts";

export interface PageView {
  documentTitle: string;
  verdict: VerdictView;
  judged: ObjectivesView;
  faults: Table | null;
  overTime: Figure[];
  rpo: { lines: { term: string; value: string; note: string }[]; table: Table | null };
  offsets: Figure;
  recoveries: Figure[];
  phases: Figure[];
  balances: BalanceView[];
  anomalies: AnomalyView[];
  noAnomaly: string;
  warnings: string[];
  /** Heals that failed; none: no section. */
  unhealed: { step: string; reason: string }[];
  deviations: string[];
  instrument: InstrumentView;
  environment: EnvironmentView;
  limits: string[];
  glossary: { term: string; meaning: string }[];
  footer: string;
}

function rpoLines(result: Result): PageView["rpo"]["lines"] {
  const { rpo, exposure } = result;
  const line = (term: string, measure: Parameters<typeof formatMeasure>[0], unit: string) => {
    const { main, bounds } = formatMeasure(measure, unit);
    const why = measure.inconclusive ?? "";
    return { term, value: main, note: [bounds, why].filter((s) => s !== "").join("; ") };
  };
  const part = (term: string, note: string, n: number | null) => ({
    term,
    value: n === null ? "not known" : count(n, "record"),
    note,
  });
  return [
    line("Records", rpo.records, "records"),
    line("Time", rpo.timeMs, "ms"),
    line("Bytes", rpo.bytes, "bytes"),
    { term: "Shape", value: capitalise(rpo.shape), note: "" },
    part("Lost", "on no log anywhere", rpo.lost),
    part("Stranded", "only on the failed region's disks", rpo.stranded),
    ...(rpo.overwritten === null
      ? []
      : [part("Overwritten", "was stranded, destroyed by the failback", rpo.overwritten)]),
    line("Largest exposure, records", exposure.maxRecords, "records"),
    line("Largest exposure, time", exposure.maxTimeMs, "ms"),
  ];
}

export function pageView(result: Result): PageView {
  const frame = timeFrame(result);
  const verdict = verdictView(result);
  return {
    documentTitle: `${verdict.word} · ${verdict.title} · ${result.run.id}`,
    verdict,
    judged: objectivesView(result),
    faults: faultTable(result),
    overTime: [
      timelineFigure(result, frame),
      ...rateFigures(result, frame),
      latencyFigure(result, frame),
      ...exposureFigures(result, frame),
      lossMapFigure(result, frame),
    ],
    rpo: { lines: rpoLines(result), table: rpoTable(result) },
    offsets: offsetsFigure(result),
    recoveries: recoveryFigures(result),
    phases: result.decomposition.map((part) => decompositionFigure(part, result)),
    balances: result.balances.map(balanceView),
    anomalies: anomalyViews(result),
    noAnomaly: noAnomalyText(result),
    warnings: result.warnings,
    unhealed: result.healFailures ?? [],
    deviations: deviationsOf(result),
    instrument: instrumentView(result),
    environment: environmentView(result),
    limits: result.limits,
    glossary: GLOSSARY,
    footer:
      `Made by ${result.tool.name} ${result.tool.version} from result.json alone. This file loads ` +
      "nothing, runs no script, and can be rendered again to the same bytes.",
  };
}
