/** The two tables of judgements: objectives against measurements, and predictions. */
import { scaleLinear } from "d3-scale";
import { formatWritten } from "../kernel/units.ts";
import type { Assessment, Result } from "../reconcile/result.ts";
import { METRIC_DEFINITIONS } from "./definitions.ts";
import { glyph, horizontal, type PathShape, path, rect, vertical } from "./drawing.ts";
import { formatMargin, formatMeasure, sentence } from "./format.ts";
import { parseTarget } from "./target.ts";

export interface AssessmentRow {
  metric: string;
  label: string;
  target: string;
  main: string;
  bounds: string;
  margin: string;
  verdict: string;
  kind: string;
  reason: string;
  how: string;
  definition: string;
  /** A measure against its target as a 150 × 16 picture; empty when it cannot be drawn. */
  bullet: PathShape[];
}

const BULLET = 150;

/** Bar: the measured value. Whisker: its bounds. Tall line: the target. */
export function bullet(assessment: Assessment): PathShape[] {
  const { value, low, high, censored } = assessment.measured;
  const target = parseTarget(assessment.target, assessment.unit);
  if (target === null || value === null) return [];
  const most = Math.max(target, value, high ?? 0);
  if (most === 0) return [];
  const x = scaleLinear([0, most * 1.08], [1, BULLET - 5]);
  const bad = assessment.verdict === "missed" || assessment.verdict === "refuted";
  const shapes = [
    path(horizontal(1, BULLET - 1, 8), "axis"),
    path(rect(1, 5, Math.max(x(value) - 1, 1), 6), bad ? "bullet-bad" : "bullet"),
  ];
  if (low !== null && high !== null && high > low) {
    shapes.push(path(`${horizontal(x(low), x(high), 8)}`, "whisker"));
  }
  if (censored) shapes.push(path(glyph("right", x(value), 8, 4), "mark k-bad"));
  shapes.push(path(vertical(x(target), 0, 16), "bullet-target"));
  return shapes;
}

function rowOf(assessment: Assessment): AssessmentRow {
  const { measured, unit } = assessment;
  const { main, bounds } = formatMeasure(measured, unit);
  const doubts = [assessment.reason ?? "", measured.inconclusive ?? ""].map(sentence);
  return {
    metric: assessment.metric,
    label: assessment.label,
    target: formatWritten(assessment.target),
    main,
    bounds,
    margin: formatMargin(assessment),
    verdict: assessment.verdict.replace("-", " "),
    kind: assessment.verdict,
    reason: [...new Set(doubts)].join(" ").trim(),
    how: assessment.how,
    definition: METRIC_DEFINITIONS[assessment.metric],
    bullet: bullet(assessment),
  };
}

export interface ObjectivesView {
  objectives: AssessmentRow[];
  predictions: AssessmentRow[];
  because: string;
}

export function objectivesView(result: Result): ObjectivesView {
  return {
    objectives: result.objectives.map(rowOf),
    predictions: result.predictions.map(rowOf),
    because: result.because ?? "",
  };
}
