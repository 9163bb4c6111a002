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
  shortText,
  text,
  WIDTH,
} from "../drawing.ts";
import { cell, type Figure, figure, num, type Table, table } from "../figure.ts";
import { capitalise, count, formatAt, formatMeasure, formatMs, sentence } from "../format.ts";
import { viewpointNote } from "../viewpoint.ts";
import { placeName } from "./place-name.ts";
import { LEFT, sinceFaultAxis } from "./time-frame.ts";

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
  return beganMs(result);
}

/** The earliest instant of the fault that is T0: the one marked so, or the only one. */
function beganMs({ faults }: Result): number | null {
  const fault = faults.find(({ t0 }) => t0) ?? faults[0];
  return fault ? (fault.beganLowMs ?? fault.injectingAtMs) : null;
}

/** Partitions that missed sends before the fault could have begun: something else shut them out. */
function shutOutText({ partitions }: Recovery, result: Result): string {
  const began = beganMs(result);
  const since = partitions.flatMap(({ firstMissedAtMs: ms }) =>
    ms !== null && began !== null && ms < began ? [ms] : [],
  );
  if (since.length === 0) return "";
  const all = count(partitions.length, "partition");
  const verb = since.length === 1 ? "was" : "were";
  return (
    ` ${since.length} of ${all} ${verb} already shut out when the fault began, since ` +
    `${formatAt(Math.min(...since))} of the run's clock; T1 is then left of the chart.`
  );
}

/** A partition's time as it is known: with ≥ where one of that time had not recovered. */
function knownMs(ms: number | null, { partitions }: Recovery): string {
  const open = partitions.some(({ rtoMs, censored }) => censored && (rtoMs ?? 0) <= (ms ?? 0));
  return `${open ? "≥ " : ""}${formatAt(ms)}`;
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
      : ` First partition ${knownMs(recovery.firstPartitionMs, recovery)}, ` +
        `median ${knownMs(recovery.medianPartitionMs, recovery)}.`;
  const note = shutOutText(recovery, result) + viewpointNote(recovery, result);
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
    drawing: draw(recovery, kept, { t0: originMs(result), began: beganMs(result), reach }),
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

/** Times count from T0; `began` is the earliest it can have been. */
interface Scale {
  t0: number | null;
  began: number | null;
  reach: number;
}

function draw(recovery: Recovery, rows: PartitionRecovery[], scale: Scale): Drawing {
  const { reach } = scale;
  const top = 4;
  const bottom = top + rows.length * ROW;
  const x = scaleLinear([0, reach * 1.02], [LEFT, WIDTH - RIGHT]).clamp(true);
  const grid = sinceFaultAxis(reach, x, top, bottom);
  const marks = layer();
  for (const [index, row] of rows.entries()) {
    const y = top + index * ROW + ROW / 2;
    const name = placeName(row, rows);
    marks.texts.push(shortText(LEFT - 9, y + 4, name, LEFT - 14, "t m", "end"));
    const end = row.rtoMs === null ? LEFT : x(row.rtoMs);
    const label = rowLabel(row);
    marks.texts.push(text(Math.max(end, LEFT) + 12, y + 4, label, "t s halo"));
    if (row.rtoMs === null || row.rtoMs === 0) continue;
    const title = `${row.cluster} ${row.topic} ${row.partition}: ${label}`;
    marks.paths.push(path(rect(LEFT, y - 3.5, Math.max(end - LEFT, 1), 7), "rto-bar", title));
    drawInstants(marks, row, scale, x, y);
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
  { firstMissedAtMs, firstAckAtMs }: PartitionRecovery,
  { t0, began }: Scale,
  x: (ms: number) => number,
  y: number,
): void {
  if (t0 === null) return;
  // Due before the fault: a place left of the chart. Within the width of T0 it is at its edge.
  if (firstMissedAtMs !== null && firstMissedAtMs >= (began ?? t0)) {
    marks.paths.push(path(glyph("up", x(firstMissedAtMs - t0), y, 3.2), "mark k-bad"));
  }
  if (firstAckAtMs !== null) {
    marks.paths.push(path(glyph("circle", x(firstAckAtMs - t0), y, 3.2), "mark k-open"));
  }
}

function rowLabel(row: PartitionRecovery): string {
  if (row.rtoMs === null) return "no number";
  if (row.censored) return `≥ ${formatMs(row.rtoMs)}`;
  return row.rtoMs === 0 ? "no stall" : formatMs(row.rtoMs);
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
