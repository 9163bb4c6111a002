/**
 * `npm run mutate:table -- REPORT…`: puts what Stryker measured into docs/mutation-testing.md.
 *
 * A report replaces the rows of the files it measured; rows of other files stay as they were
 * measured before. So the table can be filled file by file.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/kernel/environment.ts";

interface Mutant {
  status: string;
  killedBy?: string[];
}

interface Report {
  files: Record<string, { mutants: Mutant[] }>;
  testFiles?: Record<string, { tests: { id: string; name: string }[] }>;
}

type Counts = [
  killed: number,
  byGolden: number,
  timeout: number,
  survived: number,
  unreached: number,
];

const PAGE = join(packageRoot(), "docs/mutation-testing.md");
const [BEGIN, END] = ["<!-- table: made by npm run mutate:table -->\n", "<!-- end of table -->"];
const HEAD =
  "| file | mutants | killed | by goldens alone | ended late | survived | not reached | score |\n" +
  "|---|---:|---:|---:|---:|---:|---:|---:|\n";
/** A killed mutant names the first test that failed, and goldens run after everything exact. */
const GOLDEN = "golden judgement";

function countsOf(mutants: readonly Mutant[], nameOf: (id: string) => string): Counts {
  const having = (status: string) => mutants.filter((mutant) => mutant.status === status);
  const killed = having("Killed");
  const byGolden = killed.filter(({ killedBy }) => nameOf(killedBy?.[0] ?? "").startsWith(GOLDEN));
  const rest = ["Timeout", "Survived", "NoCoverage"].map((status) => having(status).length);
  const [timeout = 0, survived = 0, unreached = 0] = rest;
  return [killed.length, byGolden.length, timeout, survived, unreached];
}

function rowOf(name: string, [killed, byGolden, timeout, survived, unreached]: Counts): string {
  const found = killed + timeout;
  const all = found + survived + unreached;
  const score = all === 0 ? "–" : `${((100 * found) / all).toFixed(1)} %`;
  const cells = [name, all, killed, byGolden, timeout, survived, unreached, score];
  return `| ${cells.join(" | ")} |\n`;
}

/** The table's rows, by file; the last row is their sum and is made anew. */
function readRows(table: string): Map<string, Counts> {
  const rows = new Map<string, Counts>();
  for (const line of table.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const [, file = "", , ...numbers] = cells;
    if (!file.startsWith("`")) continue;
    rows.set(file, numbers.slice(0, 5).map(Number) as Counts);
  }
  return rows;
}

function take(rows: Map<string, Counts>, { files, testFiles }: Report): void {
  const names = new Map<string, string>();
  for (const { tests } of Object.values(testFiles ?? {})) {
    for (const { id, name } of tests) names.set(id, name);
  }
  for (const [file, { mutants }] of Object.entries(files)) {
    const counts = countsOf(mutants, (id) => names.get(id) ?? id);
    rows.set(`\`${file.replace(/^src\//, "")}\``, counts);
  }
}

function render(rows: Map<string, Counts>): string {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  const total = sorted.reduce<Counts>(
    (sum, [, counts]) => sum.map((one, at) => one + (counts[at] ?? 0)) as Counts,
    [0, 0, 0, 0, 0],
  );
  return `${HEAD}${sorted.map(([file, counts]) => rowOf(file, counts)).join("")}${rowOf("**all**", total)}`;
}

const reports = process.argv.slice(2);
const page = readFileSync(PAGE, "utf8");
const [start, end] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
if (start < BEGIN.length || end < start) throw new Error(`${PAGE} has no place for the table`);
const rows = readRows(page.slice(start, end));
for (const file of reports.length > 0 ? reports : ["reports/mutation/mutation.json"]) {
  take(rows, JSON.parse(readFileSync(file, "utf8")) as Report);
}
writeFileSync(PAGE, page.slice(0, start) + render(rows) + page.slice(end));
