/** What a recovery's time was spent on: the phases of one RTO, each begun where the last one ended. */
import { scaleLinear } from "d3-scale";
import type { Result } from "../../reconcile/result.ts";
import { type Drawing, layer, path, rect, shortText, text, vertical, WIDTH } from "../drawing.ts";
import { cell, type Figure, figure, num, table } from "../figure.ts";
import { formatMs } from "../format.ts";
import { LEFT, sinceFaultAxis } from "./time-frame.ts";

const RIGHT = 130;

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
    marks.texts.push(shortText(LEFT - 9, y + 15, phase.phase, LEFT - 14, "t", "end"));
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
