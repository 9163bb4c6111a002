/**
 * How long each partition was down, from each viewpoint, and what the time was spent on. The
 * viewpoints have one scale and are never added or averaged: the same outage looks different to a
 * probe of the cluster, to a new client and to the application's own.
 */
import { scaleLinear } from "d3-scale";
import type { PartitionRecovery, Recovery, Result } from "../../reconcile/result.ts";
import {
  boxSample,
  type Drawing,
  glyph,
  glyphSample,
  type Layer,
  type LegendItem,
  layer,
  path,
  rect,
  shorten,
  text,
  vertical,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, type Table, table } from "../figure.ts";
import { capitalise, count, formatAt, formatMeasure, formatMs, sentence } from "../format.ts";
import { viewpointNote } from "../viewpoint.ts";
import { LEFT, timeTicks } from "./time-frame.ts";

const ROWS_MAX = 32;
const ROW = 16;
const RIGHT = 130;
export const VIEWPOINTS: Record<Recovery["viewpoint"], string> = {
  produce: "Produce, the application's own client",
  consume: "Consume, the application's own client",
  cluster: "Produce, the cluster (a probe that follows each leader)",
  fresh: "Produce, a fresh client",
};

/** T0 of a row: T3 − RTO when it recovered, else what another row or the fault says. */
export function originMs(result: Result): number | null {
  for (const recovery of result.recoveries) {
    for (const row of recovery.partitions) {
      if (row.sustainedAtMs !== null && row.rtoMs !== null && row.rtoMs > 0) {
        return row.sustainedAtMs - row.rtoMs;
      }
    }
  }
  const fault = result.faults[0];
  return fault ? (fault.beganLowMs ?? fault.injectingAtMs) : null;
}

/** The right edge of the scale: the longest recovery of any viewpoint. */
function reachMs(result: Result): number {
  const all = result.recoveries.flatMap((recovery) => recovery.partitions);
  return Math.max(0, ...all.map((row) => row.highMs ?? row.rtoMs ?? 0));
}

export function recoveryFigures(result: Result): Figure[] {
  const reach = reachMs(result);
  const figures = result.recoveries.map((recovery) => recoveryFigure(recovery, result, reach));
  // One legend serves them all: it stands on the first that has marks.
  const first = figures.find((one) => one.drawing !== null);
  const censored = result.recoveries.some((r) => r.partitions.some((row) => row.censored));
  if (first) first.legend = legend(censored);
  return figures;
}

function recoveryFigure(recovery: Recovery, result: Result, reach: number): Figure {
  const measured = formatMeasure(recovery.measure, "ms");
  const bounds = measured.bounds === "" ? "" : ` (${measured.bounds})`;
  const spread =
    recovery.firstPartitionMs === null
      ? ""
      : ` First partition ${formatAt(recovery.firstPartitionMs)}, ` +
        `median ${formatAt(recovery.medianPartitionMs)}.`;
  const note = viewpointNote(recovery, result);
  const base = {
    id: `recovery-${recovery.viewpoint}`,
    heading: VIEWPOINTS[recovery.viewpoint],
    lead: `${capitalise(measured.main)}${bounds}.${spread} ${sentence(recovery.how)}${note}`,
  };
  const stalled = recovery.partitions.filter((row) => row.rtoMs !== 0);
  const data = recovery.partitions.length === 0 ? null : partitionTable(recovery.partitions);
  if (recovery.measure.inconclusive !== undefined && stalled.length === 0) {
    return figure({ ...base, empty: sentence(recovery.measure.inconclusive), table: data });
  }
  if (stalled.length === 0 || reach <= 0) {
    const n = recovery.partitions.length;
    const none = recovery.measure.value === 0 ? "No stall was seen." : "No partition was measured.";
    const empty = n === 0 ? none : `None of ${count(n, "partition")} stalled.`;
    return figure({ ...base, empty, table: data });
  }
  const kept = worst(recovery.partitions);
  return figure({
    ...base,
    drawing: draw(recovery, kept, originMs(result), reach),
    table: data,
  });
}

function legend(censored: boolean): LegendItem[] {
  return [
    boxSample("rto-bar", "fault until sustained"),
    glyphSample("up", "mark k-bad", "T1 first missed send"),
    glyphSample("circle", "mark k-open", "T2 first ack"),
    glyphSample("square", "mark k-good", "T3 sustained"),
    ...(censored ? [glyphSample("right", "mark k-bad", "not over when the run ended")] : []),
  ];
}

function worst(rows: PartitionRecovery[]): PartitionRecovery[] {
  if (rows.length <= ROWS_MAX) return rows;
  const ranked = [...rows].sort((a, b) => (b.rtoMs ?? 0) - (a.rtoMs ?? 0)).slice(0, ROWS_MAX);
  return rows.filter((row) => ranked.includes(row));
}

function draw(
  recovery: Recovery,
  rows: PartitionRecovery[],
  t0: number | null,
  reach: number,
): Drawing {
  const top = 4;
  const bottom = top + rows.length * ROW;
  const x = scaleLinear([0, reach * 1.02], [LEFT, WIDTH - RIGHT]).clamp(true);
  const grid = sinceFaultAxis(reach, x, top, bottom);
  const marks = layer();
  for (const [index, row] of rows.entries()) {
    const y = top + index * ROW + ROW / 2;
    const name = shorten(`${row.topic} ${row.partition}`, LEFT - 14);
    marks.texts.push(text(LEFT - 9, y + 4, name, "t m", "end"));
    const end = row.rtoMs === null ? LEFT : x(row.rtoMs);
    const label = rowLabel(row);
    marks.texts.push(text(Math.max(end, LEFT) + 12, y + 4, label, "t s halo"));
    if (row.rtoMs === null || row.rtoMs === 0) continue;
    const title = `${row.cluster} ${row.topic} ${row.partition}: ${label}`;
    marks.paths.push(path(rect(LEFT, y - 3.5, Math.max(end - LEFT, 1), 7), "rto-bar", title));
    if (t0 !== null) drawInstants(marks, row, t0, x, y);
    marks.paths.push(
      row.censored
        ? path(glyph("right", end, y, 4), "mark k-bad")
        : path(glyph("square", end, y, 3.5), "mark k-good"),
    );
  }
  return {
    id: `recovery-${recovery.viewpoint}-chart`,
    title: `Recovery per partition: ${VIEWPOINTS[recovery.viewpoint]}`,
    desc: `${count(rows.length, "partition")}; times since the fault are in the table.`,
    width: WIDTH,
    height: bottom + 22,
    layers: [grid, marks],
  };
}

function drawInstants(
  marks: Layer,
  row: PartitionRecovery,
  t0: number,
  x: (ms: number) => number,
  y: number,
): void {
  if (row.firstMissedAtMs !== null) {
    marks.paths.push(path(glyph("up", x(row.firstMissedAtMs - t0), y, 3.2), "mark k-bad"));
  }
  if (row.firstAckAtMs !== null) {
    marks.paths.push(path(glyph("circle", x(row.firstAckAtMs - t0), y, 3.2), "mark k-open"));
  }
}

function rowLabel(row: PartitionRecovery): string {
  if (row.rtoMs === null) return "no number";
  if (row.censored) return `≥ ${formatMs(row.rtoMs)}`;
  return row.rtoMs === 0 ? "no stall" : formatMs(row.rtoMs);
}

function sinceFaultAxis(
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

function partitionTable(rows: PartitionRecovery[]): Table {
  return table(
    "Per partition, on the run's clock",
    [
      cell("cluster"),
      cell("topic"),
      num("partition"),
      num("T1 first missed"),
      num("T2 first ack"),
      num("T3 sustained"),
      num("RTO"),
      num("between"),
    ],
    rows.map((row) => [
      cell(row.cluster),
      cell(row.topic),
      num(String(row.partition)),
      num(formatAt(row.firstMissedAtMs)),
      num(formatAt(row.firstAckAtMs)),
      num(formatAt(row.sustainedAtMs)),
      num(rowLabel(row)),
      num(row.lowMs === null ? "–" : `${formatMs(row.lowMs)} to ${formatAt(row.highMs)}`),
    ]),
    120,
  );
}

type Decomposition = Result["decomposition"][number];

/** The phases of one RTO as a waterfall: each begins where the one before it ended. */
export function decompositionFigure(part: Decomposition, result: Result): Figure {
  const sum = part.phases.reduce((total, phase) => total + phase.ms, 0);
  const measured = result.recoveries.find((r) => r.viewpoint === part.viewpoint)?.measure.value;
  const compared =
    measured === null || measured === undefined
      ? ""
      : Math.abs(measured - sum) < 1
        ? " They add up to the measured RTO."
        : ` The measured RTO is ${formatMs(measured)}.`;
  const verb = part.viewpoint === "produce" ? "producing" : "consuming";
  const base = {
    id: `phases-${part.viewpoint}`,
    heading: `What the ${part.viewpoint} RTO was spent on`,
    lead: `The phases of the recovery of ${verb}; together ${formatMs(sum)}.${compared}`,
  };
  if (part.phases.length === 0) return figure({ ...base, empty: "No phase was observed." });
  return figure({
    ...base,
    drawing: waterfall(part, sum),
    table: table(
      "Phases in order",
      [cell("phase"), num("from"), num("to"), num("duration"), num("share")],
      part.phases.map((phase) => [
        cell(phase.phase),
        num(formatMs(phase.fromMs)),
        num(formatMs(phase.toMs)),
        num(formatMs(phase.ms)),
        num(sum > 0 ? `${Math.round((phase.ms / sum) * 100)} %` : "–"),
      ]),
    ),
  });
}

function waterfall(part: Decomposition, sum: number): Drawing {
  const top = 4;
  const row = 22;
  const bottom = top + part.phases.length * row;
  const start = part.phases[0]?.fromMs ?? 0;
  const end = Math.max(...part.phases.map((phase) => phase.toMs));
  const reach = Math.max(end - start, sum, 1);
  const x = scaleLinear([0, reach], [LEFT, WIDTH - RIGHT]).clamp(true);
  const marks = layer();
  for (const [index, phase] of part.phases.entries()) {
    const y = top + index * row;
    const x1 = x(phase.fromMs - start);
    const x2 = x(phase.toMs - start);
    const c = index % 2 === 0 ? "phase" : "phase phase-b";
    marks.texts.push(text(LEFT - 9, y + 15, shorten(phase.phase, LEFT - 14), "t", "end"));
    marks.paths.push(path(rect(x1, y + 4, Math.max(x2 - x1, 1), 14), c, phase.phase));
    if (index < part.phases.length - 1) {
      marks.paths.push(path(vertical(x2, y + 18, y + row + 4), "axis"));
    }
    marks.texts.push(text(x2 + 8, y + 15, formatMs(phase.ms), "t s halo"));
  }
  return {
    id: `phases-${part.viewpoint}-chart`,
    title: `Phases of the ${part.viewpoint} recovery`,
    desc: part.phases.map((phase) => `${phase.phase} ${formatMs(phase.ms)}`).join(", "),
    width: WIDTH,
    height: bottom + 22,
    layers: [sinceFaultAxis(reach, x, top, bottom), marks],
  };
}
