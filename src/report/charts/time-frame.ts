/**
 * The one time axis of the report. Every chart over time takes its scale, its grid and its fault
 * bands from here, so an instant is at the same place on all of them.
 *
 *   |<-- LEFT -->|<------------- plot ------------->|RIGHT|
 *   labels, ticks    injecting ▨ effective ▩ healed
 */
import { scaleLinear } from "d3-scale";
import type { FaultResult, Result } from "../../reconcile/result.ts";
import {
  boxSample,
  type Layer,
  type LegendItem,
  layer,
  path,
  rect,
  text,
  vertical,
  WIDTH,
} from "../drawing.ts";

export const LEFT = 164;
export const RIGHT = 14;
/** Space under a plot for the tick labels. */
export const FOOT = 22;

export interface Band {
  step: string;
  label: string;
  fromMs: number;
  effectiveMs: number;
  healingMs: number;
  toMs: number;
}

/** Outside of the chart, and on which side of it; null within. */
export type Side = "earlier" | "later" | null;

export interface TimeFrame {
  fromMs: number;
  toMs: number;
  /** An instant outside of the chart is at its edge: `side` says so. */
  x: (ms: number) => number;
  side: (ms: number) => Side;
  ticks: { ms: number; label: string }[];
  bands: Band[];
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000,
];

/** Ticks at whole seconds and minutes, at most `most` of them. */
export function timeTicks(
  fromMs: number,
  toMs: number,
  most = 10,
): { ms: number; label: string }[] {
  const step = STEPS_MS.find((ms) => (toMs - fromMs) / ms <= most) ?? (toMs - fromMs) / most;
  const ticks = [];
  for (let k = Math.ceil(fromMs / step); k * step <= toMs; k += 1) {
    ticks.push({ ms: k * step, label: tickLabel(k * step, step) });
  }
  return ticks;
}

function tickLabel(ms: number, step: number): string {
  const sign = ms < 0 ? "−" : "";
  const size = Math.abs(ms);
  if (size === 0) return "0 s";
  if (step < 1000 && size < 60_000) return `${sign}${Number((size / 1000).toFixed(3))} s`;
  if (size < 60_000) return `${sign}${size / 1000} s`;
  const seconds = (size % 60_000) / 1000;
  const padded = `${seconds < 10 ? "0" : ""}${Number(seconds.toFixed(3))}`;
  return `${sign}${Math.floor(size / 60_000)}:${padded}`;
}

function bandOf(fault: FaultResult, endMs: number): Band {
  const healingMs = fault.healingAtMs ?? fault.healedAtMs ?? endMs;
  return {
    step: fault.step,
    label: fault.kind,
    fromMs: fault.injectingAtMs,
    // A fault that was not proven is never drawn as one that was.
    effectiveMs: Math.max(fault.injectingAtMs, fault.effectiveAtMs ?? healingMs),
    healingMs,
    toMs: Math.max(healingMs, fault.healedAtMs ?? endMs),
  };
}

export function timeFrame(result: Result): TimeFrame {
  const { timeline, run } = result;
  const fromMs = timeline.fromMs;
  const toMs = timeline.toMs > fromMs ? timeline.toMs : fromMs + Math.max(run.durationMs, 1000);
  const scale = scaleLinear([fromMs, toMs], [LEFT, WIDTH - RIGHT]);
  const clamped = scale.copy().clamp(true);
  return {
    fromMs,
    toMs,
    x: (ms) => clamped(ms),
    side: (ms) => sideOf(scale(ms)),
    ticks: timeTicks(fromMs, toMs),
    bands: result.faults.map((fault) => bandOf(fault, toMs)),
  };
}

/** Less than a mark is wide does not make an instant one of before or after. */
function sideOf(x: number): Side {
  if (x < LEFT - 2) return "earlier";
  return x > WIDTH - RIGHT + 2 ? "later" : null;
}

/** The shaded fault windows: hatched until the fault was proven, solid while it lasted. */
export function bandLayer(frame: TimeFrame, top: number, bottom: number): Layer {
  const drawn = layer();
  const height = bottom - top;
  for (const band of frame.bands) {
    if (band.fromMs > frame.toMs) continue;
    const title = `${band.label} (${band.step})`;
    const part = (fromMs: number, toMs: number, c: string) => {
      const x1 = frame.x(fromMs);
      const x2 = frame.x(toMs);
      if (x2 - x1 >= 0.5) drawn.paths.push(path(rect(x1, top, x2 - x1, height), c, title));
    };
    part(band.fromMs, band.effectiveMs, "band-edge");
    part(band.effectiveMs, band.healingMs, "band");
    part(band.healingMs, band.toMs, "band-edge");
    const open = band.toMs >= frame.toMs;
    const lines = [vertical(frame.x(band.fromMs), top, bottom)];
    if (!open) lines.push(vertical(frame.x(band.toMs), top, bottom));
    drawn.paths.push(path(lines.join(""), "band-line"));
  }
  return drawn;
}

/** Vertical grid lines, and the tick labels under the plot. */
export function axisLayer(frame: TimeFrame, top: number, bottom: number): Layer {
  const drawn = layer();
  const lines = frame.ticks.map((tick) => vertical(frame.x(tick.ms), top, bottom + 4));
  drawn.paths.push(path(lines.join(""), "grid"));
  drawn.paths.push(path(`M${LEFT} ${bottom}H${WIDTH - RIGHT}`, "axis"));
  for (const tick of frame.ticks) {
    const x = frame.x(tick.ms);
    const anchor = x > WIDTH - RIGHT - 14 ? "end" : "middle";
    drawn.texts.push(text(x, bottom + 17, tick.label, "t m", anchor));
  }
  return drawn;
}

/** Grid and labels of a scale that begins at the fault. */
export function sinceFaultAxis(
  reach: number,
  x: (ms: number) => number,
  top: number,
  bottom: number,
): Layer {
  const grid = layer();
  const ticks = timeTicks(0, reach * 1.02, 8);
  grid.paths.push(
    path(ticks.map((tick) => vertical(x(tick.ms), top, bottom + 4)).join(""), "grid"),
  );
  for (const tick of ticks) {
    grid.texts.push(text(x(tick.ms), bottom + 17, tick.label, "t m", "middle"));
  }
  return grid;
}

export function bandLegend(frame: TimeFrame): LegendItem[] {
  if (frame.bands.length === 0) return [];
  const proven = frame.bands.some((band) => band.effectiveMs < band.healingMs);
  return [
    ...(proven ? [boxSample("band", "fault in effect")] : []),
    boxSample("band-edge", "fault injected or healed, not yet proven"),
  ];
}
