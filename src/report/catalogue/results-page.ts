/**
 * `docs/results.md`: every row of the catalogue with what was predicted, what was measured, and what
 * follows. Made from results alone: a number on the page is a number of a run, with its id.
 */
import type { CatalogueRun } from "../../reconcile/catalogue/catalogue-run.ts";
import type { Spread } from "../../reconcile/catalogue/row.ts";
import type { Assessment } from "../../reconcile/result.ts";
import { count, formatMeasure } from "../format.ts";
import { escapeMarkdown } from "../markdown.ts";
import { knownText } from "../set/words.ts";
import { detailsOf } from "./row-details.ts";
import type { Row } from "./rows.ts";

const GROUPS: Record<string, string> = {
  A: "Partial failures in one cluster",
  B: "Asynchronous replication with MirrorMaker 2",
  C: "Stretched clusters",
  I: "Licensed images",
};
const DRILLS = "Drills outside the catalogue";

const HEAD = `# Results

Every row of the catalogue that has a file in \`experiments/\`, and the other shipped drills. Measured
on one machine that played all regions; generated from the \`result.json\` of real runs by
\`npm run results -- DIR…\`, nothing is typed by hand.

The newest conclusive run speaks for its row. *confirmed*: all that was predicted was measured.
*refuted*: none of it. *qualified*: some of it, or not in every run of the same file. *inconclusive*:
the instrument, the fault or the steady state was in doubt, or a target lay within the bounds of the
measurement. A refuted prediction is a result, and is printed bold. The spread is least, median and
greatest over the runs of the same version of the file, those it includes counted in, whose number may
be believed, whether or not a target lay within its bounds; ≥ means not over when the run ended. A
*quick* variant has timers scaled down, as its details say.
`;

export function resultsPage(rows: readonly Row[]): string {
  const images = new ImageSets();
  const groups = [...new Set(rows.map(({ group }) => group))];
  const within = (group: string) => rows.filter((row) => row.group === group);
  const tables = groups.flatMap((group) => [
    group === "" ? `## ${DRILLS}` : `## ${group}. ${GROUPS[group] ?? "More"}`,
    "",
    "| row | prediction | measured | verdict | spread | date | run | images |",
    "|---|---|---|---|---|---|---|---|",
    ...within(group).map((row) => tableRow(row, images)),
    "",
  ]);
  const details = groups.flatMap((group) => [
    group === "" ? `## Details of the drills` : `## Details of ${group}`,
    "",
    ...within(group).flatMap(detailsOf),
  ]);
  const lines = [...HEAD.split("\n"), summary(rows), "", ...tables, ...images.table(), ...details];
  return `${lines.join("\n").trimEnd()}\n`;
}

function summary(rows: readonly Row[]): string {
  const words = ["confirmed", "qualified", "refuted", "inconclusive", "not run"] as const;
  const told = words.flatMap((word) => {
    const n = rows.filter(({ answer }) => answer.word === word).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  const runs = rows.reduce((sum, row) => sum + row.runs.length, 0);
  return `${count(rows.length, "row")}: ${told.join(", ")}; ${count(runs, "run")} in all.`;
}

function tableRow({ entry, label, answer }: Row, images: ImageSets): string {
  const { run, word, note } = answer;
  const link = `[${entry.name}](../${entry.file})`;
  const name = entry.catalogue ? `**${escapeMarkdown(label)}** ${link}` : link;
  const predicted = run
    ? run.predictions.map((one) => `${one.label} ${one.target}`)
    : entry.predictions.map((one) => `${one.label} ${one.written}`);
  const cells = [
    name,
    lines(predicted.map(escapeMarkdown)),
    run ? lines(run.predictions.map(measuredCell)) : "–",
    note === undefined ? word : `${word}: ${escapeMarkdown(note)}`,
    lines(answer.spreads.map(spreadText)),
    run ? run.startedAt.slice(0, 10) : "–",
    run ? `\`${run.run}\`` : "–",
    run ? images.nameOf(run) : "–",
  ];
  return `| ${cells.join(" | ")} |`;
}

function lines(items: readonly string[]): string {
  return items.length === 0 ? "–" : items.join("<br>");
}

/** Refuted ones are bold, and what is open says so: they are what a reader looks for. */
function measuredCell(one: Assessment): string {
  const text = escapeMarkdown(measuredText(one));
  if (one.verdict === "refuted") return `**${text}**`;
  return one.verdict === "inconclusive" ? `${text} (inconclusive)` : text;
}

export function measuredText({ measured, unit }: Assessment): string {
  const { main, bounds } = formatMeasure(measured, unit);
  return bounds === "" ? main : `${main} (${bounds})`;
}

function spreadText({ label, min, median, max, n, unit }: Spread): string {
  const three = [min, median, max].map((known) => knownText(known, unit));
  const told = new Set(three).size === 1 ? three[0] : three.join(" – ");
  return escapeMarkdown(`${label}: ${told} (n ${n})`);
}

/** Which images made the numbers: a footnote for each set of them. */
class ImageSets {
  readonly #sets = new Map<string, { name: string; images: Record<string, string> }>();

  nameOf({ images }: CatalogueRun): string {
    const key = JSON.stringify(images);
    if (key === "{}") return "–";
    const known = this.#sets.get(key) ?? { name: `i${this.#sets.size + 1}`, images };
    this.#sets.set(key, known);
    return known.name;
  }

  table(): string[] {
    if (this.#sets.size === 0) return [];
    const rows = [...this.#sets.values()].flatMap(({ name, images }) =>
      Object.entries(images).map(([what, image]) => {
        const [tag = "", id = ""] = image.split(" ");
        return `| ${name} | ${escapeMarkdown(what)} | \`${tag}\` | \`${id}\` |`;
      }),
    );
    return ["## Images", "", "| set | for | tag | id |", "|---|---|---|---|", ...rows, ""];
  }
}
