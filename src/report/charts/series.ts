/**
 * Which curve belongs on which chart. Every series of the result is drawn somewhere: what no rule
 * claims goes on a chart of its own unit.
 */
import type { Result, Series } from "../../reconcile/result.ts";
import type { Figure } from "../figure.ts";
import { capitalise, sentence } from "../format.ts";
import { parseTarget } from "../target.ts";
import { lineFigure } from "./lines.ts";
import type { TimeFrame } from "./time-frame.ts";

const LINE_CLASSES = ["line l-a", "line l-b", "line l-c", "line l-d", "line l-e"];
const RATE_CLASSES: Record<string, string> = {
  dueRate: "line l-due",
  ackRate: "line l-a",
  deliveredRate: "line l-b",
};

function isError(series: Series): boolean {
  return /error|fail|timeout/i.test(series.id);
}

function isRate(series: Series): boolean {
  return !isError(series) && /rate/i.test(series.id);
}

function isLag(series: Series): boolean {
  return /lag/i.test(series.id);
}

function rateFigure(result: Result, frame: TimeFrame): Figure {
  const order = Object.keys(RATE_CLASSES);
  const series = result.series
    .filter(isRate)
    .sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  let spare = 1;
  return lineFigure(
    {
      id: "rates",
      heading: "Due, acknowledged and delivered records",
      lead: meanings(series),
      unit: series[0]?.unit ?? "records/s",
      series,
      classes: series.map((s) => RATE_CLASSES[s.id] ?? LINE_CLASSES[++spare % 5] ?? "line"),
      step: true,
      clip: true,
      target: null,
      whenEmpty: "No rate was measured: no record was due, acknowledged or delivered.",
    },
    frame,
  );
}

function errorFigure(result: Result, frame: TimeFrame): Figure {
  const series = result.series.filter(isError);
  const quiet = series.length > 0 && series.every((s) => s.points.every(([, v]) => !v));
  return lineFigure(
    {
      id: "errors",
      heading: "Errors",
      lead: meanings(series),
      unit: series[0]?.unit ?? "errors/s",
      series: quiet ? [] : series,
      classes: LINE_CLASSES.map((c) => c.replace("l-a", "l-bad")),
      step: true,
      target: null,
      whenEmpty: quiet
        ? "No send failed and none was left indeterminate in this run."
        : "No error rate was measured.",
    },
    frame,
  );
}

function lagFigure(result: Result, frame: TimeFrame): Figure | null {
  const series = result.series.filter((s) => isLag(s) && !isError(s) && !isRate(s));
  if (series.length === 0) return null;
  return lineFigure(
    {
      id: "lag",
      heading: "Replication and consumer lag",
      lead: meanings(series),
      unit: series[0]?.unit ?? "records",
      series,
      classes: LINE_CLASSES,
      step: false,
      target: null,
      whenEmpty: "No lag was measured.",
    },
    frame,
  );
}

function otherFigures(result: Result, frame: TimeFrame): Figure[] {
  const left = result.series.filter((s) => !isError(s) && !isRate(s) && !isLag(s));
  const units = [...new Set(left.map((s) => s.unit))];
  return units.map((unit, index) => {
    const series = left.filter((s) => s.unit === unit);
    return lineFigure(
      {
        id: `other-${index}`,
        heading:
          series.length === 1 ? capitalise(series[0]?.label ?? unit) : `Other curves in ${unit}`,
        lead: meanings(series),
        unit,
        series,
        classes: LINE_CLASSES,
        step: false,
        target: null,
        whenEmpty: "Nothing was measured.",
      },
      frame,
    );
  });
}

function exposureFigure(result: Result, frame: TimeFrame, kind: "records" | "timeMs"): Figure {
  const series = result.exposure[kind];
  const metric = kind === "records" ? "rpo.records" : "rpo.time";
  const objective = result.objectives.find((o) => o.metric === metric);
  const target = objective ? parseTarget(objective.target, objective.unit) : null;
  const unit = kind === "records" ? "records" : "ms";
  return lineFigure(
    {
      id: `exposure-${kind === "records" ? "records" : "time"}`,
      heading: kind === "records" ? "Exposure in records" : "Exposure in time",
      lead:
        "What the RPO would have been, had the region died at that instant. " +
        (series ? sentence(series.meaning) : ""),
      unit: series?.unit ?? unit,
      series: series ? [series] : [],
      classes: ["line l-c"],
      step: false,
      target:
        objective && target !== null
          ? { value: target, label: `objective ${objective.target}` }
          : null,
      whenEmpty:
        sentence(
          result.exposure[kind === "records" ? "maxRecords" : "maxTimeMs"].inconclusive ?? "",
        ) || "Nothing is replicated here, so there is no second site to be exposed against.",
    },
    frame,
  );
}

function meanings(series: Series[]): string {
  return [...new Set(series.map((s) => sentence(s.meaning)))].filter((s) => s !== "").join(" ");
}

export function rateFigures(result: Result, frame: TimeFrame): Figure[] {
  return [rateFigure(result, frame), errorFigure(result, frame)];
}

export function exposureFigures(result: Result, frame: TimeFrame): Figure[] {
  const lag = lagFigure(result, frame);
  const exposed = result.exposure.records !== null || result.exposure.timeMs !== null;
  const exposure = exposed
    ? [exposureFigure(result, frame, "records"), exposureFigure(result, frame, "timeMs")]
    : [exposureFigure(result, frame, "records")];
  return [...(lag ? [lag] : []), ...exposure, ...otherFigures(result, frame)];
}
