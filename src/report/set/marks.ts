/** How one repetition is drawn, wherever it is drawn: its shape says whether it counts, and as what. */
import type { SetMeasure, SetPoint } from "../../reconcile/repetition/set-result.ts";
import { glyph, glyphSample, type LegendItem, type PathShape, path } from "../drawing.ts";
import { formatUnit } from "../format.ts";

export const RADIUS = 3.6;

const CLASSES = {
  circle: "dot d-acked",
  right: "mark k-bad",
  cross: "dot d-indeterminate",
} as const;

function shapeOf({ censored, excluded }: SetPoint): keyof typeof CLASSES {
  if (excluded !== undefined) return "cross";
  return censored ? "right" : "circle";
}

/** A value as it is known: `8.20 s`, `≥ 60.0 s`. */
export function pointText({ value, censored }: SetPoint, unit: string): string {
  return value === null ? "no number" : `${censored ? "≥ " : ""}${formatUnit(value, unit)}`;
}

export function markOf(point: SetPoint, x: number, y: number, unit: string): PathShape {
  const shape = shapeOf(point);
  const left = point.excluded === undefined ? "" : `, left out: ${point.excluded}`;
  const title = `repetition ${point.repetition}: ${pointText(point, unit)}${left}`;
  return path(glyph(shape, x, y, RADIUS), CLASSES[shape], title);
}

/** Samples of the marks that are there, and of no others. */
export function markSamples({ points }: SetMeasure): LegendItem[] {
  const drawn = new Set(points.filter(({ value }) => value !== null).map(shapeOf));
  const words = {
    circle: "a repetition",
    right: "at least this: not recovered when the run ended",
    cross: "left out",
  } as const;
  return (["circle", "right", "cross"] as const)
    .filter((shape) => drawn.has(shape))
    .map((shape) => glyphSample(shape, CLASSES[shape], words[shape]));
}
