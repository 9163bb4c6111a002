/** What the numbers rest on: faults and their proofs, accounts, anomalies, the instrument. */
import { formatWritten } from "../kernel/units.ts";
import type { Anomaly, AnomalyExample, Balance, Result } from "../reconcile/result.ts";
import { ANOMALY_DEFINITIONS } from "./definitions.ts";
import { cell, num, type Table, table } from "./figure.ts";
import {
  count,
  formatAt,
  formatMs,
  formatNumber,
  formatOptional,
  formatUnit,
  sentence,
} from "./format.ts";

export interface BalanceView {
  title: string;
  rows: { label: string; count: string; note: string; total: boolean }[];
  ties: boolean;
  tieText: string;
}

export function balanceView(balance: Balance): BalanceView {
  return {
    title: balance.title,
    rows: balance.rows.map((row) => ({
      label: row.label,
      count: row.sign < 0 ? `(${formatNumber(row.count)})` : formatNumber(row.count),
      note: row.note ?? "",
      total: row.sign === 0,
    })),
    ties: balance.ties,
    tieText: balance.ties
      ? "ties out: the parts, counted apart, add up to the total"
      : `does not tie out: off by ${count(balance.difference, "record")}`,
  };
}

export interface AnomalyView {
  name: string;
  count: string;
  cause: string;
  violation: boolean;
  /** For the verdict mark: missed, or neutral. */
  kind: string;
  meaning: string;
  examples: Table | null;
}

function places(example: AnomalyExample) {
  const seq =
    example.seqFirst === null
      ? "–"
      : example.seqLast === null || example.seqLast === example.seqFirst
        ? formatNumber(example.seqFirst)
        : `${formatNumber(example.seqFirst)} to ${formatNumber(example.seqLast)}`;
  return [
    cell(example.topic ?? "–"),
    num(example.partition === null ? "–" : String(example.partition)),
    cell(example.producer ?? "–"),
    num(seq),
    num(example.offset === null ? "–" : formatNumber(example.offset)),
    num(formatAt(example.atMs)),
    cell(example.detail, "wide"),
  ];
}

export function anomalyView(anomaly: Anomaly): AnomalyView {
  const shown = anomaly.examples.length;
  const head = [
    cell("topic"),
    num("partition"),
    cell("producer"),
    num("sequence"),
    num("offset"),
    num("at"),
    cell("detail"),
  ];
  const examples =
    shown === 0
      ? null
      : table(`Examples of ${anomaly.class}`, head, anomaly.examples.map(places), 50);
  if (examples && examples.note === null && shown < anomaly.count) {
    examples.note =
      `${count(shown, "example")}; the count is ${formatNumber(anomaly.count)}. ` +
      "findings.ndjson in the run's folder lists them all.";
  }
  return {
    name: anomaly.class.replaceAll("-", " "),
    count: formatNumber(anomaly.count),
    cause: anomaly.cause ?? "",
    violation: anomaly.violation,
    kind: anomaly.violation ? "missed" : "not-run",
    meaning: ANOMALY_DEFINITIONS[anomaly.class],
    examples,
  };
}

/** Violations first, then the larger counts; classes with nothing in them are left out. */
export function anomalyViews(result: Result): AnomalyView[] {
  return result.anomalies
    .filter((anomaly) => anomaly.count > 0)
    .sort((a, b) => Number(b.violation) - Number(a.violation) || b.count - a.count)
    .map(anomalyView);
}

/** What it means that no anomaly is listed: with nothing reconciled, nothing could be found. */
export function noAnomalyText(result: Result): string {
  return result.balances.length === 0 && result.rpo.records.value === null
    ? "Nothing was reconciled, so no anomaly could have been found."
    : "No anomaly of any class was found.";
}

/** Where the run did not go as the plan or the predictions say. */
export function deviationsOf(result: Result): string[] {
  const { run } = result;
  const ended =
    run.outcome === "completed"
      ? []
      : [`The run ${run.outcome === "interrupted" ? "was interrupted" : run.outcome}.`];
  const faults = result.faults.flatMap((fault) => [
    ...(fault.problem === undefined ? [] : [sentence(`Step ${fault.step}: ${fault.problem}`)]),
    ...(fault.injectedAtMs !== null && fault.effectiveAtMs === null
      ? [`Step ${fault.step}: the fault was not proven to have taken effect.`]
      : []),
    ...(fault.healedAtMs !== null && fault.healProof === null
      ? [`Step ${fault.step}: the heal was not proven.`]
      : []),
  ]);
  const refuted = result.predictions
    .filter((prediction) => prediction.verdict === "refuted")
    .map((p) => `The prediction on "${p.label}" was refuted; it said ${formatWritten(p.target)}.`);
  return [...ended, ...faults, ...refuted];
}

export function faultTable(result: Result): Table | null {
  if (result.faults.length === 0) return null;
  return table(
    "Faults, with the proof that each took hold",
    [
      cell("step"),
      cell("fault"),
      cell("targets"),
      num("injected"),
      num("began between"),
      cell("in effect, and what showed it"),
      cell("healed, and what showed it"),
    ],
    result.faults.map((fault) => [
      cell(fault.step),
      cell(`${fault.kind} (${fault.fidelity})`),
      cell(fault.targets.join(", ")),
      num(formatAt(fault.injectedAtMs)),
      num(
        fault.beganLowMs === null
          ? "–"
          : `${formatMs(fault.beganLowMs)} to ${formatAt(fault.beganHighMs)}`,
      ),
      cell(shown(fault.effectiveAtMs, fault.proof) ?? "not proven", "wide"),
      cell(shown(fault.healedAtMs, fault.healProof) ?? "–", "wide"),
    ]),
  );
}

/** When it was proven, and by what. */
function shown(atMs: number | null, proof: string | null): string | null {
  return proof === null ? null : `${formatAt(atMs)}: ${proof}`;
}

export interface InstrumentView {
  healthy: boolean;
  kind: string;
  word: string;
  problems: string[];
  facts: Table | null;
  controls: Table | null;
  journals: Table | null;
  journalsText: string;
}

export function instrumentView(result: Result): InstrumentView {
  const { instrument } = result;
  const rows = instrument.journals.reduce((sum, journal) => sum + journal.rows, 0);
  const bad = instrument.journals.filter((journal) => journal.state !== "closed");
  return {
    healthy: instrument.healthy,
    kind: instrument.healthy ? "met" : "inconclusive",
    word: instrument.healthy ? "healthy" : "not healthy",
    problems: instrument.problems,
    facts: factTable(result),
    controls: controlTable(result),
    journals: journalTable(result),
    journalsText:
      `${count(instrument.journals.length, "journal")} with ${count(rows, "row")} (a row is a batch ` +
      `of records, or what became of one), ${unclosedText(bad)}`,
  };
}

/** Most are not closed for a reason that is none to worry: a fault killed who wrote them. */
function unclosedText(bad: Result["instrument"]["journals"]): string {
  if (bad.length === 0) return "all closed";
  const killed = bad.every(({ state }) => state === "open-end");
  const why = killed
    ? "who wrote them was killed, and what they had written counts"
    : "why is beside each of them in the table";
  return `${formatNumber(bad.length)} not closed: ${why}`;
}

function factTable(result: Result): Table | null {
  const { facts } = result.instrument;
  if (facts.length === 0) return null;
  return table(
    "Facts about the instrument, against their limits",
    [cell("fact"), num("measured"), num("limit"), cell("within")],
    facts.map((fact) => [
      cell(fact.name),
      num(formatUnit(fact.value, fact.unit)),
      num(fact.limit === null ? "–" : formatUnit(fact.limit, fact.unit)),
      cell(fact.limit === null ? "no limit" : fact.value <= fact.limit ? "✓ yes" : "✗ no"),
    ]),
  );
}

function controlTable(result: Result): Table | null {
  const { controls } = result.instrument;
  if (controls.length === 0) return null;
  return table(
    "Controls: places the plan does not break must show no stall",
    [cell("control"), num("partitions"), num("worst gap"), cell("result")],
    controls.map((control) => [
      cell(control.name),
      num(formatNumber(control.partitions)),
      num(formatAt(control.worstGapMs)),
      cell(control.stalled ? "✗ stalled" : "✓ no stall"),
    ]),
  );
}

function journalTable(result: Result): Table | null {
  const { journals } = result.instrument;
  if (journals.length === 0) return null;
  return table(
    "Journals",
    [cell("file"), cell("agent"), cell("role"), num("rows"), cell("state"), cell("detail")],
    journals.map((journal) => [
      cell(journal.file, "code"),
      cell(journal.agent),
      cell(journal.role),
      num(formatNumber(journal.rows)),
      cell(journal.state),
      cell(journal.detail, "wide"),
    ]),
  );
}

export function rpoTable(result: Result): Table | null {
  const { partitions } = result.rpo;
  if (partitions.length === 0) return null;
  return table(
    `Acknowledged records against the logs of ${result.rpo.survivingCluster}`,
    [
      cell("topic"),
      num("partition"),
      num("acked"),
      num("missing"),
      num("lost"),
      num("stranded"),
      num("indeterminate"),
      num("of these survived"),
      cell("shape"),
      num("RPO time"),
    ],
    partitions.map((row) => [
      cell(row.topic),
      num(String(row.partition)),
      num(formatNumber(row.acked)),
      num(formatOptional(row.missing)),
      num(formatOptional(row.lost)),
      num(formatOptional(row.stranded)),
      num(formatNumber(row.indeterminate)),
      num(formatOptional(row.indeterminateSurvived)),
      cell(row.shape),
      num(row.timeMs === null ? "–" : formatMs(row.timeMs)),
    ]),
    120,
  );
}
