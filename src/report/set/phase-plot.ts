/**
 * What a measure owes to the instant of the fault: every repetition at its place in the cycle. A slope
 * is what stratifying is for; a cloud says that this cycle explains nothing.
 */
import { scaleLinear } from "d3-scale";
import type { SetMeasure, SetResult } from "../../reconcile/repetition/set-result.ts";
import { type Drawing, horizontal, layer, path, text, vertical, WIDTH } from "../drawing.ts";
import { type Figure, figure } from "../figure.ts";
import { formatMs, formatUnit } from "../format.ts";
import { markOf, markSamples } from "./marks.ts";
import { domainOf } from "./strip.ts";

const LEFT = 110;
const RIGHT = 44;
const TOP = 12;
const FLOOR = 172;
const HEIGHT = 210;
const VALUES_MIN = 3;

/** One for each measure that differs between repetitions, over the set's longest cycle. */
export function phaseFigures({ set, measures }: SetResult): Figure[] {
  const [longest] = [...(set.repetitions[0]?.phase ?? [])].sort((a, b) => b.everyMs - a.everyMs);
  if (set.phases === "none" || longest === undefined) return [];
  const { name, everyMs } = longest;
  const phases = new Map(
    set.repetitions.map(({ index, phase }) => {
      return [index, phase.find((cycle) => cycle.name === name)?.phase];
    }),
  );
  return measures
    .filter(({ points }) => new Set(points.map(({ value }) => value)).size >= VALUES_MIN)
    .map((measure) =>
      figure({
        id: `p-${measure.metric.replace(".", "-")}`,
        heading: `${measure.label}, by the instant in ${name} (${formatMs(everyMs)})`,
        lead: "",
        legend: markSamples(measure),
        drawing: draw(measure, phases, { name, everyMs }),
      }),
    );
}

function draw(
  measure: SetMeasure,
  phases: ReadonlyMap<number, number | undefined>,
  cycle: { name: string; everyMs: number },
): Drawing {
  const { points, unit, label, metric } = measure;
  const x = scaleLinear([0, cycle.everyMs], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear(domainOf(points.flatMap(({ value }) => value ?? [])), [FLOOR, TOP]);
  const axes = layer();
  for (const tick of y.ticks(5)) {
    axes.paths.push(path(horizontal(LEFT, WIDTH - RIGHT, y(tick)), "grid"));
    axes.texts.push(text(LEFT - 10, y(tick) + 4, formatUnit(tick, unit), "m s", "end"));
  }
  axes.paths.push(path(horizontal(LEFT, WIDTH - RIGHT, FLOOR), "axis"));
  for (const tick of x.ticks(6)) {
    axes.paths.push(path(vertical(x(tick), FLOOR, FLOOR + 4), "axis"));
    axes.texts.push(text(x(tick), FLOOR + 18, formatMs(tick), "m s", "middle"));
  }
  const since = `since the last ${cycle.name}`;
  axes.texts.push(text(WIDTH - RIGHT, FLOOR + 34, since, "m s", "end"));
  const marks = layer();
  for (const point of points) {
    const phase = phases.get(point.repetition);
    if (point.value === null || phase === undefined) continue;
    marks.paths.push(markOf(point, x(phase * cycle.everyMs), y(point.value), unit));
  }
  return {
    id: `p-${metric.replace(".", "-")}-chart`,
    title: `${label} against the instant in ${cycle.name}`,
    desc: `${marks.paths.length} repetitions at their place in a cycle of ${formatMs(cycle.everyMs)}.`,
    width: WIDTH,
    height: HEIGHT,
    layers: [axes, marks],
  };
}
