/** The rows of the catalogue, each an experiment file (or a cell of one), beside the runs of it. */
import { type Catalogue, rowName } from "../../history/catalogue.ts";
import type { MetricId } from "../../history/judging.ts";
import type { CatalogueRun } from "../../reconcile/catalogue/catalogue-run.ts";
import { type RowAnswer, rowAnswer } from "../../reconcile/catalogue/row.ts";

/** What the page takes of an experiment file. */
export interface CatalogueEntry {
  name: string;
  title: string;
  /** Path from the root of the repository. */
  file: string;
  /** Of the file and those it includes, as runs have it. */
  version: string;
  /** Absent for a shipped drill that is no row. */
  catalogue?: Catalogue;
  vars: Record<string, string>;
  cell?: string;
  kafka: string[];
  /** Metrics that it predicts or has an objective for. */
  metrics: MetricId[];
  predictions: { label: string; written: string }[];
  because?: string;
}

export interface Row {
  entry: CatalogueEntry;
  /** Letter of the catalogue's group; empty for a drill that is no row of it. */
  group: string;
  /** As the page calls it: `A1 full`, `C12 rtt=80ms`. */
  label: string;
  runs: CatalogueRun[];
  /** Runs of the file with another variable or another Kafka. */
  leftOut: CatalogueRun[];
  answer: RowAnswer;
}

export function rowsOf(entries: readonly CatalogueEntry[], runs: readonly CatalogueRun[]): Row[] {
  return entries
    .map((entry): Row => {
      const named = runs.filter(({ name, cell }) => name === entry.name && cell === entry.cell);
      const own = named.filter((run) => isAsFiled(run, entry));
      const leftOut = named.filter((run) => !own.includes(run));
      const cell = entry.cell === undefined ? "" : ` ${entry.cell}`;
      const label = `${entry.catalogue ? rowName(entry.catalogue) : entry.name}${cell}`;
      const group = entry.catalogue?.row.slice(0, 1) ?? "";
      return { entry, group, label, runs: own, leftOut, answer: rowAnswer(own) };
    })
    .sort((a, b) => compareGroups(a.group, b.group) || compareRows(a.label, b.label));
}

/** What is no row of the catalogue comes last. */
function compareGroups(a: string, b: string): number {
  return a === b ? 0 : b === "" || (a !== "" && a < b) ? -1 : 1;
}

function isAsFiled({ vars, kafka }: CatalogueRun, entry: CatalogueEntry): boolean {
  return textOf(vars) === textOf(entry.vars) && kafka.join() === entry.kafka.join();
}

function textOf(vars: Record<string, string>): string {
  return JSON.stringify(Object.entries(vars).sort());
}

/** A2 before A10, and A1 before A1g. */
export function compareRows(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
