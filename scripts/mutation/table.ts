/** `npm run mutate:table`: puts docs/mutation.json into docs/mutation-testing.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/environment.ts";
import { type FileMeasured, type Measured, readMeasured } from "./measured.ts";

const PAGE = join(packageRoot(), "docs/mutation-testing.md");
const END = "<!-- end of table -->";

type Counts = Pick<FileMeasured, "mutants" | "near" | "whole" | "endless" | "untried">;

function countRow(name: string, commit: string, counts: Counts): string {
  const { mutants, near, whole, endless, untried = 0 } = counts;
  const found = near + whole + endless;
  const score = mutants === 0 ? "–" : `${((100 * found) / mutants).toFixed(1)} %`;
  const cells = [name, commit, mutants, near, whole, endless, mutants - found, score, untried];
  return `| ${cells.join(" | ")} |`;
}

function whenOf({ commit, again }: FileMeasured): string {
  return again === undefined ? commit : `${commit}, ${again}`;
}

function scores(all: Measured): string {
  const rows = Object.entries(all).map(([file, measured]) =>
    countRow(`\`${file.replace(/^src\//, "")}\``, whenOf(measured), measured),
  );
  const sum = (pick: (one: Counts) => number) =>
    Object.values(all).reduce((total, one) => total + pick(one), 0);
  const total = {
    mutants: sum(({ mutants }) => mutants),
    near: sum(({ near }) => near),
    whole: sum(({ whole }) => whole),
    endless: sum(({ endless }) => endless),
    untried: sum(({ untried }) => untried ?? 0),
  };
  return [
    "| file | measured at | tried | near | by whole runs alone | endless | survived | score | not tried |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ...rows,
    countRow("**all**", "", total),
  ].join("\n");
}

/** Code in a cell of a table: its bars and backticks must not end it. */
function code(text: string): string {
  const quoted = text.replaceAll("|", "\\|");
  return quoted.includes("`") ? `\`\` ${quoted} \`\`` : `\`${quoted}\``;
}

function survivors(all: Measured): string {
  const rows = Object.entries(all).flatMap(([file, { survivors: some }]) =>
    some.map(({ line, was, became, why }) => {
      const place = `\`${file.replace(/^src\/(reconcile\/)?/, "")}\` ${line}`;
      return `| ${place} | ${code(was)} → ${code(became)} | ${why ?? "not explained yet"} |`;
    }),
  );
  return ["| file, line | mutation | why no test finds it |", "|---|---|---|", ...rows].join("\n");
}

function filled(page: string, name: string, table: string): string {
  const begin = `<!-- ${name}: made by npm run mutate:table -->\n`;
  const start = page.indexOf(begin) + begin.length;
  const end = page.indexOf(END, start);
  if (start < begin.length || end < start) throw new Error(`${PAGE} has no place for ${name}`);
  return `${page.slice(0, start)}${table}\n${page.slice(end)}`;
}

const measured = readMeasured();
const page = readFileSync(PAGE, "utf8");
writeFileSync(
  PAGE,
  filled(filled(page, "scores", scores(measured)), "survivors", survivors(measured)),
);
