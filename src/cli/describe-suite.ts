/** A suite as text: what is run in which order, what it boots, how long it takes. */
import { describePlan } from "../experiment/describe.ts";
import type { LoadedSuite } from "../experiment/suite-file.ts";
import { availableMiB, formatMiB } from "./capacity.ts";
import type { SuiteDrill } from "./suite-plan.ts";

const WIDTH = 96;

/** `4 m 10 s`, `35 s`: no more precise than an estimate is. */
export function roughly(ms: number): string {
  const seconds = Math.max(5, Math.round(ms / 5000) * 5);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return seconds < 600
    ? `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`
    : minutes < 90
      ? `${minutes} m`
      : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

export function sizeOf(drills: readonly SuiteDrill[]): string {
  const topologies = new Set(drills.map(({ topology }) => topology)).size;
  const totalMs = drills.reduce((sum, { estimateMs }) => sum + estimateMs, 0);
  const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
  return (
    `${plural(drills.length, "drill", "drills")} on ` +
    `${plural(topologies, "topology", "topologies")}, about ${roughly(totalMs)}`
  );
}

/** What `blackstart suite` says of each, without a name. */
export function listSuite(suite: LoadedSuite, drills: readonly SuiteDrill[]): string {
  const names = wrapped(drills.map(({ name }) => name).join(" "));
  return [`${suite.name}  ${sizeOf(drills)}`, `  ${suite.title}`, ...names].join("\n");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(`    ${word}`);
  }
  return lines;
}

/** What `--dry-run` prints: the order first, then the plan of every drill. */
export function describeSuite(
  suite: LoadedSuite,
  drills: readonly SuiteDrill[],
  { warm }: { warm: boolean },
): string {
  const free = availableMiB();
  const rows = drills.map((drill, at) => {
    const { plan, topology } = drill;
    const first = at === 0 || drills[at - 1]?.topology !== topology;
    const need = plan.memoryMiB.total;
    return [
      String(drill.index),
      drill.name,
      warm ? `${topology}${first ? ", boots" : ", shared"}` : `${topology}, boots`,
      String(plan.topology.nodes.length + plan.topology.replications.length),
      `${formatMiB(need)}${need > free ? " DOES NOT FIT" : ""}`,
      roughly(drill.estimateMs),
    ];
  });
  const order = warm
    ? "In this order: drills of one topology follow one another, and share its nodes where they can be proven whole"
    : "In this order; every drill boots nodes of its own";
  return [
    suite.title,
    `${suite.name} · ${sizeOf(drills)} · ${suite.file}`,
    "",
    order,
    ...aligned([["#", "drill", "topology", "processes", "memory", "about"], ...rows]),
    `  of memory, ${formatMiB(free)} are free now`,
    ...drills.flatMap(({ index, plan }) => ["", `── ${index}`, describePlan(plan)]),
  ].join("\n");
}

function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
}

/** The same for programs. */
export function suitePlan(suite: LoadedSuite, drills: readonly SuiteDrill[], warm: boolean) {
  const free = availableMiB();
  return {
    schema: "blackstart/suite-plan.v1",
    name: suite.name,
    title: suite.title,
    suiteFile: suite.file,
    suiteSha256: suite.sha256,
    warm,
    estimateMs: drills.reduce((sum, { estimateMs }) => sum + estimateMs, 0),
    freeMiB: free,
    drills: drills.map(({ index, name, folder, topology, identity, estimateMs, plan }) => {
      const needMiB = plan.memoryMiB.total;
      return {
        index,
        name,
        folder,
        topology,
        identity,
        estimateMs,
        needMiB,
        fits: needMiB <= free,
        plan,
      };
    }),
  };
}
