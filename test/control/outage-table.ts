/** Errors of each method against the known lengths, as lines for a terminal and as a page. */
import type { Measure } from "../../src/reconcile/result.ts";
import type { Judged } from "./outage-judging.ts";
import type { KnownOutage } from "./outage-stub.ts";
import { MODES, type Mode } from "./path-cut.ts";
import type { Usual } from "./usual-methods.ts";

/** One outage: what it was, and what each method made of it. */
export interface Measured extends Judged {
  outage: KnownOutage;
  truth: { lowMs: number; highMs: number };
  /** Whether the printed bounds meet the truth. */
  within: boolean;
  usual: Record<Usual, number>;
}

export interface Made {
  date: string;
  machine: string;
  seed: number;
  paths: number;
  intervalMs: number;
  tookS: number;
  realtime: boolean;
}

const GOAL_MS = 10;

/** How long it really was: between the acts, at least and at most, ms. */
export function truthOf({ cut, mend }: KnownOutage): Measured["truth"] {
  return {
    lowMs: (mend.beforeUs - cut.afterUs) / 1000,
    highMs: (mend.afterUs - cut.beforeUs) / 1000,
  };
}

export function isWithin({ low, high }: Measure, truth: Measured["truth"]): boolean {
  return low !== null && low <= truth.highMs && (high === null || high >= truth.lowMs);
}

type Method = { name: string; value: (one: Measured) => number | null };

const METHODS: readonly Method[] = [
  { name: "Blackstart, cluster", value: ({ cluster }) => cluster.value },
  { name: "longest gap between acks", value: ({ usual }) => usual.gap },
  { name: "one-second windows without an ack", value: ({ usual }) => usual.windows },
  { name: "first to last failed callback", value: ({ usual }) => usual.callbacks },
  { name: "fault − last ack", value: ({ usual }) => usual.lastAck },
];

interface Row {
  method: string;
  mode: Mode | "all";
  n: number;
  median: number;
  p99: number;
  worst: number;
}

/** How far a value lies from the truth, ms, with its sign; 0 when the truth may be just that. */
function errorOf({ value }: Method, one: Measured): number {
  const said = value(one) ?? 0;
  if (said > one.truth.highMs) return said - one.truth.highMs;
  return Math.min(said - one.truth.lowMs, 0);
}

/** The value that a share of the sorted numbers does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function errorRows(measured: readonly Measured[]): Row[] {
  return METHODS.flatMap((method) =>
    (["all", ...MODES] as const).map((mode) => {
      const of = measured.filter(({ outage }) => mode === "all" || outage.mode === mode);
      const errors = of.map((one) => Math.abs(errorOf(method, one))).sort((a, b) => a - b);
      return {
        method: method.name,
        mode,
        n: errors.length,
        median: quantile(errors, 0.5),
        p99: quantile(errors, 0.99),
        worst: errors.at(-1) ?? Number.NaN,
      };
    }),
  );
}

interface Tally {
  n: number;
  doubted: number;
  outside: number;
  close: number;
  medianTruthMs: number;
  widestTruthMs: number;
  medianBoundsMs: number;
}

function tallyOf(measured: readonly Measured[]): Tally {
  const [meter] = METHODS as readonly [Method, ...Method[]];
  const widths = measured
    .map(({ cluster }) => (cluster.high ?? Infinity) - (cluster.low ?? 0))
    .sort((a, b) => a - b);
  const truths = measured.map(({ truth }) => truth.highMs - truth.lowMs).sort((a, b) => a - b);
  return {
    n: measured.length,
    doubted: measured.filter(({ doubts }) => doubts.length > 0).length,
    outside: measured.filter(({ within }) => !within).length,
    close: measured.filter((one) => Math.abs(errorOf(meter, one)) <= GOAL_MS).length,
    medianTruthMs: quantile(truths, 0.5),
    widestTruthMs: truths.at(-1) ?? Number.NaN,
    medianBoundsMs: quantile(widths, 0.5),
  };
}

export function summaryLines(measured: readonly Measured[]): string[] {
  const tally = tallyOf(measured);
  const rows = errorRows(measured).map(
    ({ method, mode, n, median, p99, worst }) =>
      `${method.padEnd(36)} ${mode.padEnd(10)} ${String(n).padStart(4)}` +
      [median, p99, worst].map((ms) => ms.toFixed(1).padStart(10)).join(""),
  );
  return [
    `${"error, ms".padEnd(36)} ${"mode".padEnd(10)}    n    median       p99     worst`,
    ...rows,
    `${tally.close} of ${tally.n} within ${GOAL_MS} ms of the truth; ` +
      `${tally.outside} outside their printed bounds; ` +
      `${tally.doubted} called inconclusive by the instrument's own health`,
  ];
}

export function controlPage(measured: readonly Measured[], made: Made): string {
  const tally = tallyOf(measured);
  const priority = made.realtime
    ? "The canary and the brokers ran at real-time priority, because the machine was busy with other work."
    : "Nothing ran at a priority of its own.";
  const truths = measured.map(({ truth }) => (truth.lowMs + truth.highMs) / 2);
  const span = `${Math.min(...truths).toFixed(0)} ms to ${(Math.max(...truths) / 1000).toFixed(1)} s`;
  return [
    "# Outages of known length",
    "",
    "`npm run control:outages -- --write` made this page; do not edit it.",
    "",
    "A recovery time is worth what the meter is worth that took it. So outages of known length are",
    "made, and the meter must find that length: a path between the real canary and a broker in",
    "another process is cut and mended again, and the judge reads the journals as it reads a drill's.",
    "Whoever makes the cut notes the clock right before and right after each act; the truth is an",
    "interval, too.",
    "",
    `${tally.n} outages of ${span}, log-uniform, on ${made.paths} paths side by side; seed ${made.seed}, ` +
      `${made.date}, ${made.machine}, ${made.tookS.toFixed(0)} s. The canary probes every ` +
      `${made.intervalMs} ms. ${priority}`,
    "",
    `**${tally.close} of ${tally.n} recovery times were within ${GOAL_MS} ms of the truth, and ` +
      `${tally.outside} lay outside their printed bounds**, which were ${tally.medianBoundsMs.toFixed(1)} ms ` +
      `wide (median). The truth itself was known to ${tally.medianTruthMs.toFixed(1)} ms (median), at worst to ` +
      `${tally.widestTruthMs.toFixed(1)} ms: the kernel takes its time to drop a packet filter's rule. ` +
      `In ${tally.doubted} cases the instrument's own health made the number inconclusive.`,
    "",
    "## The same outages by other methods",
    "",
    "Error: how far what a method says lies from the truth, which is an interval, ms. All methods read the",
    "same journals.",
    "",
    "| method | mode | n | median | p99 | worst |",
    "|---|---|---:|---:|---:|---:|",
    ...errorRows(measured).map(
      ({ method, mode, n, median, p99, worst }) =>
        `| ${method} | ${mode} | ${n} | ${median.toFixed(1)} | ${p99.toFixed(1)} | ${worst.toFixed(1)} |`,
    ),
    "",
    "- *refuse*: the port is closed, connections are reset. *stall*: connections are accepted and",
    "  nothing is answered. *blackhole*: packets are dropped.",
    "- *one-second windows* count the seconds without an ack, so they see nothing of most outages",
    "  under two seconds.",
    "- *failed callbacks* are those of a kafkajs producer with its own retries, which waits an outage",
    "  out and reports nothing until it gives up.",
    "- *fault − last ack* says how old the last ack was when the fault began, and nothing of when",
    "  records were taken again. Known tools print it.",
    "- *longest gap between acks* is close here, where each path has one partition, one cause and",
    "  nothing else that stalls. In a drill it cannot tell the fault's stall from another one, and it",
    "  has no bounds.",
    "",
    "The application's own recovery time is not compared: it is the length of the outage and what its",
    "client adds, and that is what a drill wants to know.",
    "",
  ].join("\n");
}
