/** Markdown of a set, for a job summary or a pull request. It starts at h3 and says the verdict first. */
import { formatWritten } from "../../kernel/units.ts";
import type { SetResult } from "../../reconcile/repetition/set-result.ts";
import { formatMs, formatUtc } from "../format.ts";
import { escapeMarkdown } from "../markdown.ts";
import {
  assessmentWords,
  intervalText,
  knownText,
  occurrenceText,
  setSentence,
  setWord,
} from "./words.ts";

const SYMBOLS = { PASSED: "✅", FAILED: "❌", INCONCLUSIVE: "⚠️", "NOT RUN": "⏭️" } as const;

function row(cells: string[]): string {
  return `| ${cells.map(escapeMarkdown).join(" | ")} |`;
}

export function renderSetMarkdown(result: SetResult): string {
  const { set } = result;
  const word = setWord(result);
  const lines = [
    `### ${SYMBOLS[word]} ${word}: ${escapeMarkdown(set.title || set.name)}, ${set.planned} times`,
    "",
    escapeMarkdown(setSentence(result)),
    "",
    ...(result.verdict === "met" ? [] : result.reasons.map((one) => `- ${escapeMarkdown(one)}`)),
    ...(result.verdict === "met" ? [] : [""]),
    "| measure | n | median | min | max | p95 | 95 % interval of the median | occurrence |",
    "|---|---:|---:|---:|---:|---:|---|---|",
    ...result.measures.map((one) =>
      row([
        one.label,
        String(one.n),
        knownText(one.median, one.unit),
        knownText(one.min, one.unit),
        knownText(one.max, one.unit),
        one.p95 === null ? "n < 59" : knownText(one.p95, one.unit),
        intervalText(one),
        occurrenceText(one),
      ]),
    ),
    "",
    ...(result.objectives.length === 0
      ? ["No objective was set."]
      : [
          "| objective | target | repetitions | verdict |",
          "|---|---|---|---|",
          ...result.objectives.map((one) =>
            row([
              one.label,
              formatWritten(one.target),
              assessmentWords(one, "met", "missed"),
              one.verdict,
            ]),
          ),
        ]),
    "",
    "| repetition | verdict | duration | reason |",
    "|---|---|---:|---|",
    ...result.repetitions.map(({ folder, verdict, durationMs, reason }) =>
      row([folder, verdict, formatMs(durationMs), reason ?? ""]),
    ),
    "",
    `Set ${escapeMarkdown(set.set)}, started ${escapeMarkdown(formatUtc(set.startedAt))}, seed ${set.seed}, exit code ${result.exitCode}`,
  ];
  return `${lines.join("\n")}\n`;
}
