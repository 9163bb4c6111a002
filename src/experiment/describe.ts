/** A plan as text for people: what would boot, what would happen when, what is aimed at. */
import { type Expectation, METRICS } from "../history/judging.ts";
import { formatBytes, formatCount, formatExactMs } from "../kernel/units.ts";
import type { Link } from "../topology/types.ts";
import { isMadeLater, type Plan, type PlannedStep, type SteadyCheck } from "./plan.ts";
import { waitWords } from "./plan-conditions.ts";
import { reachOfFault } from "./resolve.ts";

/** Columns padded to their widest cell, two spaces apart, indented by two. */
function table(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd(),
  );
}

/** Words to lines of at most 96 characters, indented by two. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 96) lines.push(`${lines.pop()} ${word}`);
    else lines.push(`  ${word}`);
  }
  return lines;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

export function describePlan(plan: Plan): string {
  const lines = [
    plan.title,
    `${plan.name} · seed ${plan.seed} · ${plan.experimentFile}`,
    ...variablesOf(plan),
    ...section(bootTitle(plan), table(nodeRows(plan))),
    ...section("Links (what each adds to connections opened in its direction)", linkRows(plan)),
    ...section("Replication", replicationRows(plan)),
    ...section("Topics", table(topicRows(plan))),
    ...section("Placement (nodes of each partition, the preferred leader first)", placedRows(plan)),
    ...section("Clients", table(clientRows(plan))),
    ...section("Steady state, before the first step", table(plan.steadyState.map(steadyRow))),
    ...section("Timeline", table(timelineRows(plan))),
    ...section("Ends early, inconclusive, if", guardRows(plan)),
    ...section("Objectives", table(plan.judging.objectives.map(objectiveRow))),
    ...section("Predictions", predictionRows(plan)),
  ];
  return lines.join("\n");
}

/** The plans of one file. Of several cells, what they are, and the plan of the first. */
export function describeMatrix(plans: Plan[]): string {
  const [first] = plans;
  if (!first || plans.length === 1) return plans.map(describePlan).join("\n");
  const rows = plans.map((plan) => [
    plan.cell ?? "",
    plan.steps.map(({ id }) => id).join(", "),
    formatBytes(plan.memoryMiB.total * 1024 * 1024),
  ]);
  return [
    `A matrix of ${plans.length} cells, one run each; --cell NAME picks one`,
    ...table([["cell", "steps", "memory"], ...rows]),
    "",
    "The plan of the first cell:",
    describePlan(first),
  ].join("\n");
}

function variablesOf({ vars }: Plan): string[] {
  const pairs = Object.entries(vars).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? [] : [`variables: ${pairs.join(", ")}`];
}

function bootTitle({ topology, memoryMiB }: Plan): string {
  const programs = topology.nodes.length + topology.replications.length;
  const regions = topology.regions.length === 1 ? "1 region" : `${topology.regions.length} regions`;
  const memory = formatBytes(memoryMiB.total * 1024 * 1024);
  return `Boots ${programs} Kafka processes in ${regions}, about ${memory} with gateways, agents, engine and harness`;
}

function nodeRows({ topology, memoryMiB }: Plan): string[][] {
  const versions = new Map(topology.clusters.map(({ name, kafka }) => [name, kafka]));
  const cold = topology.clusters.flatMap((cluster) => (cluster.cold ? [cluster.name] : []));
  return [
    ["name", "region", "kafka", "roles", "ports", "memory"],
    ...topology.nodes.map((node) => [
      node.name,
      node.region,
      versions.get(node.cluster) ?? "",
      node.roles.join(", ") + (cold.includes(node.cluster) ? " (cold)" : ""),
      [node.clientPort, node.controllerPort].filter((port) => port !== null).join(", "),
      `${memoryMiB.byNode[node.name]} MiB`,
    ]),
    ...topology.replications.map((worker) => [
      worker.name,
      worker.region,
      versions.get(worker.to) ?? "",
      "mirror-maker-2",
      "",
      `${memoryMiB.byNode[worker.name]} MiB`,
    ]),
  ];
}

function linkRows({ topology }: Plan): string[] {
  return table(topology.links.map((link) => [`${link.from} -> ${link.to}`, qualityOf(link)]));
}

function qualityOf({ latencyMs, jitterMs, bandwidthBytesPerSecond }: Link): string {
  const parts = [`${formatExactMs(latencyMs)} round trip`];
  if (jitterMs > 0) parts.push(`± ${formatExactMs(jitterMs)}`);
  if (bandwidthBytesPerSecond !== null) parts.push(`${formatBytes(bandwidthBytesPerSecond)}/s`);
  return parts.join(", ");
}

function replicationRows({ topology, replications }: Plan): string[] {
  return topology.replications.flatMap((worker) => {
    const expected = replications.find(({ name }) => name === worker.name);
    const groups = expected?.expectGroups.join(", ") || "none";
    const what = `${worker.from} -> ${worker.to}: ${worker.topics.join(", ")}`;
    return [`  ${worker.name}  ${what}; groups with synced offsets: ${groups}`];
  });
}

function topicRows({ topics, judging }: Plan): string[][] {
  return [
    ["log", "cluster", "topic", "partitions", "replicas", "min.insync", "role"],
    ...judging.logs.map((log) => {
      const spec = topics.find((topic) => topic.log === log.id)?.spec;
      const origin = judging.logs.find(({ id }) => id === log.mirrorOf);
      return [
        String(log.id),
        log.cluster,
        log.topic,
        log.partitionsAtStart === undefined
          ? String(log.partitions)
          : `${log.partitionsAtStart}, then ${log.partitions}`,
        spec ? String(spec.replication) : "-",
        spec?.config["min.insync.replicas"] ?? "-",
        origin ? `mirror of ${origin.cluster}/${origin.topic}` : log.role,
      ];
    }),
  ];
}

function placedRows({ topics, topology }: Plan): string[] {
  const rows = topics.flatMap(({ cluster, spec }) => {
    const named = (id: number) =>
      topology.nodes.find((node) => node.cluster === cluster && node.id === id)?.name ?? "";
    return (spec.placement ?? []).map((ids, partition) => [
      `${cluster}/${spec.topic}-${partition}`,
      ids.map(named).join(", "),
    ]);
  });
  return table(rows);
}

function clientRows(plan: Plan): string[][] {
  const logName = (id: number) => {
    const log = plan.judging.logs.find((one) => one.id === id);
    return log ? `${log.cluster}/${log.topic}` : "";
  };
  const starts = {
    initial: "with the workload",
    created: "with its topic",
    added: "with its partitions",
    failover: "at the failover",
    restart: "in the place of a killed one",
  };
  return [
    ["client", "region", "log", "what", "starts"],
    ...plan.producers.map((producer) => [
      producer.name,
      producer.region,
      logName(producer.log),
      `${formatCount(producer.ratePerSecond)}/s of ${formatBytes(producer.recordBytes)}, acks ${producer.acks}${
        producer.idempotent ? ", idempotent" : ""
      }${transactionWords(producer)}`,
      starts[producer.start],
    ]),
    ...plan.canaries.map((canary) => [
      canary.name,
      canary.region,
      logName(canary.log),
      `${canary.fresh ? "a new client" : "a record per partition"} every ${formatExactMs(canary.intervalMs)}`,
      starts[isMadeLater(plan, canary.log) ? "created" : "initial"],
    ]),
    ...plan.consumers.map((consumer) => [
      consumer.name,
      consumer.region,
      consumer.logs.map(logName).join(", "),
      `group ${consumer.group}, commits every ${formatExactMs(consumer.commitEveryMs)}`,
      starts[consumer.start],
    ]),
  ];
}

function transactionWords({ transactional }: Plan["producers"][number]): string {
  if (!transactional) return "";
  const { commitEveryMs, abortedShare } = transactional;
  const share = Math.round(abortedShare * 1000) / 10;
  return `, in transactions of ${formatExactMs(commitEveryMs)}, ${share}% aborted`;
}

function steadyRow(check: SteadyCheck): string[] {
  const bound =
    "atLeast" in check
      ? `at least ${Math.round(check.atLeast * 1000) / 10}%`
      : `at most ${formatExactMs(check.atMostMs)}`;
  return [check.check, bound, `for ${formatExactMs(check.forMs)}`];
}

function timelineRows(plan: Plan): string[][] {
  const steps = plan.steps.map((step) => [whenOf(step), step.id, step.label, detailOf(step, plan)]);
  const { settleMs, horizonMs } = plan.end;
  const end = `settles ${formatExactMs(settleMs)} after recovery, at most ${formatExactMs(horizonMs)}`;
  return [["when", "step", "what", "how"], ...steps, ["then", "end", end, ""]];
}

function guardRows({ abortIf = [] }: Plan): string[] {
  return abortIf.map(({ words, forMs }) => {
    return `  ${words}${forMs > 0 ? ` for ${formatExactMs(forMs)}` : ""}`;
  });
}

function whenOf(step: PlannedStep): string {
  const pace = step.notBefore;
  if (pace) return `${pace.step} + ${formatExactMs(pace.plusMs)}`;
  if (step.after === null) return `steady + ${formatExactMs(step.atMs ?? 0)}`;
  const plus = step.after.plusMs > 0 ? ` + ${formatExactMs(step.after.plusMs)}` : "";
  return `after ${step.after.steps.join(", ")}${plus}`;
}

function detailOf(step: PlannedStep, plan: Plan): string {
  const act = actOf(step, plan);
  if (!step.until) return act;
  const waits = waitWords(step.until);
  return act === "" ? waits : `${waits}; then ${act}`;
}

function actOf(step: PlannedStep, plan: Plan): string {
  if (step.type === "heal" || step.type === "wait") return "";
  if (step.type === "create") return `on ${step.cluster}; then its clients start`;
  if (step.type === "load") {
    const names = namesOf(plan, step.producers);
    return `${names}${step.overMs > 0 ? `; evenly over ${formatExactMs(step.overMs)}` : ""}`;
  }
  if (step.type === "send") return `${namesOf(plan, step.producers)}; answered`;
  if (step.type === "exec") return step.args.join(" ");
  if (step.type === "config") return `on ${step.cluster}; read back`;
  if (step.type === "failover") {
    const { everyMs, failures } = step.detect;
    const detect = `lost after ${failures} failed probes, one every ${formatExactMs(everyMs)}`;
    return `${detect}; decided ${formatExactMs(step.decisionMs)} later`;
  }
  const reach = reachOfFault(step.kind, step.params, plan.topology);
  const heal = plan.steps.find((other) => other.type === "heal" && other.heals === step.id);
  const until = heal ? `healed by ${heal.id}` : "healed at the end of the run";
  const healed = step.forMs === null ? until : `healed after ${formatExactMs(step.forMs)}`;
  return `${reach.fidelity}: ${reach.targets.join(", ")}; ${healed}`;
}

function namesOf({ producers }: Plan, refs: number[]): string {
  return producers
    .filter(({ ref }) => refs.includes(ref))
    .map(({ name }) => name)
    .join(", ");
}

function objectiveRow({ metric, written }: Expectation): string[] {
  const bound = written.startsWith("<=") ? written.slice(2).trim() : written;
  return [METRICS[metric].label, metric, metric.endsWith("shape") ? bound : `≤ ${bound}`];
}

function predictionRows({ judging }: Plan): string[] {
  const rows = judging.predictions.map(({ metric, written }) => [
    METRICS[metric].label,
    metric,
    written,
  ]);
  const because = judging.because === undefined ? [] : wrap(`because ${judging.because}`);
  return [...table(rows), ...because];
}
