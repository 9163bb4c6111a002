/** A set's result in a few lines, for a terminal. */
import { formatWritten } from "../../kernel/units.ts";
import type { SetResult } from "../../reconcile/repetition/set-result.ts";
import { oneLine } from "../plain-text.ts";
import {
  assessmentWords,
  intervalText,
  knownText,
  occurrenceText,
  setSentence,
  setWord,
} from "./words.ts";

const REASONS_MAX = 5;

function row(label: string, text: string): string {
  return `  ${label.padEnd(13)}${oneLine(text)}`;
}

export function summarizeSet(result: SetResult): string {
  const { set } = result;
  const measures = result.measures.filter(({ n }) => n > 0);
  const lines = [
    `${setWord(result)}  ${oneLine(set.title || set.name)}, ${set.planned} times`,
    `  ${oneLine(setSentence(result))}`,
    ...measures.flatMap((measure) => {
      const { label, unit, median, min, max, interval, n } = measure;
      const range = `${knownText(min, unit)} to ${knownText(max, unit)} in ${n}`;
      const lines = [`  ${label}: median ${knownText(median, unit)}, ${range}`];
      if (interval) lines.push(`    95 % interval of the median ${intervalText(measure)}`);
      const occurrence = occurrenceText(measure);
      if (occurrence !== "") lines.push(`    ${occurrence}`);
      return lines;
    }),
    ...result.objectives.map((one) =>
      row(
        one.verdict,
        `${one.label} ${formatWritten(one.target)}: ${assessmentWords(one, "met", "missed")}`,
      ),
    ),
  ];
  if (result.verdict !== "met") {
    lines.push(...result.reasons.slice(0, REASONS_MAX).map((reason) => row("because", reason)));
  }
  lines.push(row("set", `${set.set}, seed ${set.seed}`));
  return lines.join("\n");
}
