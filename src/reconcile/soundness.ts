/**
 * May the numbers be believed at all?
 *
 * A judge that finds nothing wrong has two reasons: nothing was wrong, or it could not have seen it.
 * So before any objective is judged, everything the numbers rest on is asked for, and each thing
 * that is absent or doubtful becomes a sentence. A sentence has a scope: a starved event loop spoils
 * times and no counts; a missing journal spoils everything.
 */
import type { Chronicle } from "./chronicle.ts";
import type { Ledger } from "./ledger.ts";
import { HEALTH } from "./limits.ts";
import type { Balance, Result } from "./result.ts";
import type { JournalFact } from "./rows.ts";
import { endingOf, isToldOtherwise, waitProblems } from "./waits.ts";
import type { World } from "./world.ts";

/** all: every number. timing: recovery times and exposure. */
export type Scope = "all" | "timing";

export interface Problem {
  scope: Scope;
  sentence: string;
  /** The evidence is not what the run wrote: exit code 5 instead of 3. */
  altered?: true;
}

/** What the history's reader found wrong with the file itself. */
export interface HistoryFlaw {
  kind: string;
  line: number;
  detail: string;
}

type JournalRow = Result["instrument"]["journals"][number];

/** Every journal there is or should be: read ones, announced but absent, and unannounced ones. */
export function journalRows(chronicle: Chronicle, read: readonly JournalFact[]): JournalRow[] {
  const opened = new Map(chronicle.of("journal.opened").map((event) => [event.file, event]));
  const rows: JournalRow[] = read.map(({ file, agent, role, rows, state, detail }) => {
    const listed = opened.has(file) || opened.has(baseName(file));
    if (listed) return { file, agent, role, rows, state, detail };
    const why = "the history does not announce it";
    return { file, agent, role, rows, state: "unlisted", detail: why };
  });
  const known = new Set(read.flatMap(({ file }) => [file, baseName(file)]));
  for (const { file, agent, role } of opened.values()) {
    if (known.has(file) || known.has(baseName(file))) continue;
    const detail = "the history announces it, and it is not there";
    rows.push({ file, agent, role, rows: 0, state: "missing", detail });
  }
  return rows.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** Problems of the evidence: history, journals, and what the rows say of themselves. */
export function evidenceProblems(
  ledger: Ledger,
  chronicle: Chronicle,
  found: { flaws: readonly HistoryFlaw[]; altered: readonly string[] },
  journals: readonly JournalRow[],
): Problem[] {
  const sentences: string[] = [];
  const altered = [...found.altered];
  const ended = chronicle.last("run.ended");
  if (!ended) sentences.push("the run has no end: the harness died, and what it left is partial");
  else if (ended.outcome !== "completed" && !isToldOtherwise(ended, chronicle)) {
    const why = ended.reason ?? ended.code;
    sentences.push(`the run ${endingOf(ended)}${why ? `: ${why}` : ""}`);
  }
  for (const flaw of found.flaws) {
    if (flaw.kind === "torn-line" && !ended) continue;
    altered.push(`history, line ${flaw.line}: ${flaw.detail}`);
  }
  for (const { file, state, detail } of journals) {
    if (state === "closed" || state === "open-end" || state === "torn-end") continue;
    altered.push(`journal ${file} is ${state}: ${detail}`);
  }
  for (const [sentence, times] of [...ledger.oddities].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sentences.push(times > 1 ? `${sentence} (${times} times)` : sentence);
  }
  const stray = ledger.streams.reduce((sum, stream) => sum + stream.strayAnswers, 0);
  if (stray > 0) sentences.push(`${stray} records were answered that no journalled send announced`);
  return [
    ...altered.map((sentence): Problem => ({ scope: "all", sentence, altered: true })),
    ...sentences.map((sentence): Problem => ({ scope: "all", sentence })),
  ];
}

/** Problems of the experiment: did what was planned happen, from a state that was steady? */
export function experimentProblems(world: World, chronicle: Chronicle): Problem[] {
  const problems: Problem[] = [];
  const all = (sentence: string) => problems.push({ scope: "all", sentence });
  if (!chronicle.first("steady.reached")) {
    const missed = chronicle.first("steady.missed")?.checks.map(({ check }) => check);
    all(`the steady state was not reached${missed?.length ? ` (${missed.join(", ")})` : ""}`);
  }
  for (const sentence of waitProblems(chronicle)) all(sentence);
  const { faultStep } = world.judging;
  if (faultStep !== undefined && !chronicle.fault) all(`the fault ${faultStep} was never injected`);
  for (const { injecting, injected, effective, unproven } of chronicle.faults) {
    const name = `${injecting.step} (${injecting.kind})`;
    if (unproven) all(`${name} was not proven to have taken effect: ${unproven.reason}`);
    else if (!effective) all(`nothing proves that ${name} took effect`);
    if (!injected) all(`the injection of ${name} never returned`);
  }
  return problems;
}

type Instrument = Result["instrument"];

/** A report is of up to a second, and an agent that wakes needs another to catch up. */
const WAKING_US = 2_000_000;

interface Frozen {
  node: string;
  fromUs: number;
  toUs: number;
}

/**
 * When a fault had frozen a process on purpose: what such a process then tells of its own lateness is
 * the fault, and not the instrument's health. What it did late is in its journal, and counts.
 */
function frozenSpans(chronicle: Chronicle): Frozen[] {
  const states = chronicle.of("node.state").filter(({ expected }) => expected === true);
  return states
    .filter(({ state }) => state === "paused")
    .map(({ node, tUs }) => {
      const thaw = states.find(
        (later) => later.node === node && later.state === "resumed" && later.tUs >= tUs,
      );
      return { node, fromUs: tUs, toUs: (thaw?.tUs ?? Infinity) + WAKING_US };
    });
}

function covers(span: Frozen, { agent, tUs }: { agent: string; tUs: number }): boolean {
  return agent === span.node && tUs >= span.fromUs && tUs <= span.toUs;
}

/** Health of the instrument while the workload ran, against the limits. */
export function healthFacts(
  world: World,
  chronicle: Chronicle,
): { facts: Instrument["facts"]; problems: Problem[] } {
  const { stallMs } = world.judging.policy;
  // What is measured is measured after the steady state; before it, programs load and compile.
  const fromUs = chronicle.first("steady.reached")?.tUs ?? chronicle.originUs;
  const during = ({ tUs }: { tUs: number }) => tUs >= fromUs && tUs <= chronicle.workloadEndUs;
  const frozen = frozenSpans(chronicle);
  const agents = chronicle
    .of("health")
    .filter((event) => during(event) && !frozen.some((span) => covers(span, event)));
  // A sample is of the time before it: the one that spans the end of the workload counts.
  const host = chronicle
    .of("health.host")
    .filter(
      ({ tUs, intervalMs }) => tUs >= fromUs && tUs - intervalMs * 1000 <= chronicle.workloadEndUs,
    );
  const most = (pick: (event: (typeof agents)[number]) => number) =>
    agents.reduce((max, event) => Math.max(max, pick(event)), 0);
  const throttled = agents.reduce((sum, event) => sum + event.cpuThrottledUs, 0);
  const stolen = host.reduce((sum, event) => sum + event.stealMs, 0);
  const watched = host.reduce((sum, event) => sum + event.intervalMs, 0);
  // The agent's percentile is that of all its time since the steady state: its last word counts.
  const lastOf = new Map(agents.map((event) => [event.agent, event.loopDelayP999Us]));
  const limited: { name: string; value: number; limit: number; unit: string }[] = [
    {
      name: "event-loop delay, p99.9, worst agent",
      value: Math.max(0, ...lastOf.values()) / 1000,
      limit: stallMs * HEALTH.loopDelayShareOfStall,
      unit: "ms",
    },
    {
      name: "latest send, by the client's own fault",
      value: most((event) => event.lateSendMaxUs) / 1000,
      limit: stallMs * HEALTH.lateSendShareOfStall,
      unit: "ms",
    },
    {
      name: "longest journal write",
      value: most((event) => event.journalWriteMaxUs) / 1000,
      limit: stallMs * HEALTH.journalWriteShareOfStall,
      unit: "ms",
    },
    {
      name: "CPU throttled, all agents",
      value: throttled / 1000,
      limit: HEALTH.cpuThrottledUsMax / 1000,
      unit: "ms",
    },
    {
      name: "CPU stolen from this machine",
      value: watched === 0 ? 0 : (100 * stolen) / watched,
      limit: HEALTH.stealShareMax * 100,
      unit: "%",
    },
  ];
  const problems = limited
    .filter(({ value, limit }) => value > limit)
    .map(({ name, value, limit, unit }): Problem => {
      const sentence = `${name}: ${rounded(value)} ${unit}, more than the limit of ${limit} ${unit}`;
      return { scope: "timing", sentence };
    });
  const unwatched = agents.length === 0 && chronicle.first("workload.started") !== undefined;
  if (unwatched) problems.push({ scope: "timing", sentence: "no agent reported its health" });
  const busy = host.reduce((max, event) => Math.max(max, event.cpuBusyPercent), 0);
  const facts = [
    ...limited.map((fact) => ({ ...fact, value: rounded(fact.value) })),
    {
      name: "longest event-loop delay",
      value: rounded(most((event) => event.loopDelayMaxUs) / 1000),
      limit: null,
      unit: "ms",
    },
    { name: "CPU busy, worst second", value: rounded(busy), limit: null, unit: "%" },
    { name: "health samples", value: agents.length, limit: null, unit: "samples" },
  ];
  return { facts, problems };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function balanceProblems(balances: readonly Balance[]): Problem[] {
  return balances
    .filter(({ ties }) => !ties)
    .map(({ title, difference }) => ({
      scope: "all",
      sentence: `the account "${title}" does not tie out: ${difference} records`,
    }));
}
