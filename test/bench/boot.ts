/**
 * `npm run bench:boot`: from the command to the workload at its rate, ours against the naive way a
 * team would write it, interleaved, three times each; and the memory of both topologies.
 *
 * Both boot the main drill's topology: six brokers in two clusters, MirrorMaker 2, twelve
 * partitions, 2,000 records a second. Ours is the real command with an experiment that breaks
 * nothing. The naive way: testcontainers one after the other, the JVM settings Kafka ships with, a
 * log line as readiness, Kafka's command-line tools for topics, kafka-producer-perf-test as
 * workload; one network, no gateways, no canaries, no consumers, which is all in its favour.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readHistory } from "../../src/history/history-reader.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import { bootNaively } from "./naive-boot.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const ROUNDS = Number(process.argv[2] ?? 3);

const EXPERIMENT = `
version: 1
name: boot-only
title: Boot of the main topology
seed: 1
topology:
  regions: [east, west]
  clusters:
    primary: { kafka: "4.3.1", brokers: { east: 3 } }
    standby: { kafka: "4.3.1", brokers: { west: 3 } }
  links: [{ between: [east, west], latency: 20ms }]
  replication:
    - { kind: mirror-maker-2, from: primary, to: standby, in: west, topics: [orders] }
workload:
  topics: [{ name: orders, cluster: primary, partitions: 12, replication: 3, minInsync: 2 }]
  producers: [{ topic: orders, in: east, rate: 2000/s, size: 512B, acks: all, idempotent: true }]
  consumers: [{ topic: orders, group: billing, in: east, commitEvery: 1s }]
steadyState: [{ check: acked-rate, atLeast: 95%, for: 2s }]
steps: []
objectives: { lost: 0 }
end: { settle: 0s, horizon: 10s }
`;

interface Boot {
  seconds: number;
  mebibytes: number;
}

/** Time from the spawn of the command to the instant its history says the rate was reached. */
async function bootOurs(): Promise<Boot> {
  const folder = mkdtempSync(join(tmpdir(), "blackstart-bench-"));
  const file = join(folder, "boot.yaml");
  writeFileSync(file, EXPERIMENT);
  const out = join(folder, "runs");
  const startedUs = monotonicUs();
  const args = ["--no-warnings", join(ROOT, "src/main.ts"), "run", file, "--out", out];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const exit = await new Promise<number | null>((done) => child.on("exit", done));
  const [run = ""] = readdirSync(out);
  const { events } = readHistory(join(out, run, "history.ndjson"));
  rmSync(folder, { recursive: true });
  const steady = events.find(({ type }) => type === "steady.reached");
  const memory = events.flatMap((event) =>
    event.type === "environment" && event.facts["memoryBytes"] ? [event.facts["memoryBytes"]] : [],
  )[0] as Record<string, number> | undefined;
  if (!steady || !memory) throw new Error(`our boot did not get to its rate (exit ${exit})`);
  const bytes = Object.values(memory).reduce((sum, one) => sum + one, 0);
  return { seconds: (steady.tUs - startedUs) / 1e6, mebibytes: bytes / 1_048_576 };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

const ours: Boot[] = [];
const naive: Boot[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  ours.push(await bootOurs());
  naive.push(await bootNaively());
  const [a, b] = [ours.at(-1) as Boot, naive.at(-1) as Boot];
  process.stdout.write(
    `round ${round}: ours ${a.seconds.toFixed(1)} s ${a.mebibytes.toFixed(0)} MiB, ` +
      `naive ${b.seconds.toFixed(1)} s ${b.mebibytes.toFixed(0)} MiB, ` +
      `time ratio ${(a.seconds / b.seconds).toFixed(2)}\n`,
  );
}
const time = median(ours.map((one, at) => one.seconds / (naive[at] as Boot).seconds));
const memory = median(ours.map((one, at) => one.mebibytes / (naive[at] as Boot).mebibytes));
process.stdout.write(`boot to rate: ${time.toFixed(2)}x of the naive way (goal 0.35x)\n`);
process.stdout.write(`memory: ${memory.toFixed(2)}x of the image defaults (goal 0.60x)\n`);
