/**
 * `npm run bench:producer`: the checksummed, journalled producer of the workload, against a bare
 * kafkajs loop and against Kafka's own `kafka-producer-perf-test` (org.apache.kafka.tools.
 * ProducerPerformance), in one region, to one broker, with the same acks, batch and record size.
 *
 * Ratios only, of rounds that take turns in one run: on another machine all three are others. Goal:
 * at least 0.95 of the bare loop. The Java client has a thread of its own for I/O and compiled code;
 * it is shown for scale, without a goal.
 *
 * ```
 *  region solo:  broker ◀── agent's container: ours ⇄ bare, in turn, one process (producer-rounds.ts)
 *                  └─ ProducerPerformance, in the broker's container, after each size's rounds
 * ```
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { newRunId } from "../../src/cli/run-one.ts";
import { AgentClient } from "../../src/drill/agent-client.ts";
import { loadExperiment } from "../../src/experiment/load.ts";
import { planExperiment } from "../../src/experiment/planner.ts";
import { DockerRuntime } from "../../src/runtime/docker/docker-runtime.ts";
import { median, say } from "./bench-tools.ts";
import type { Ask, Round } from "./producer-rounds.ts";

const GOAL = 0.95;
const PARTITIONS = 6;
/** Of 100 B records, what a batch of a kafkajs `send` holds in a busy drill. */
const BATCH_RECORDS = 1000;
const APP = "/opt/blackstart/app/src/";
const IN_AGENT = "/journals";
const WITHIN_MS = 240_000;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    sizes: { type: "string", default: "100,512" },
  },
});

const EXPERIMENT = `
version: 1
name: producer-bench
title: One region, one broker
topology:
  regions: [solo]
  clusters:
    main: { kafka: "4.3.1", brokers: { solo: 1 } }
workload:
  topics: [{ name: orders, cluster: main, partitions: ${PARTITIONS}, replication: 1, minInsync: 1 }]
  producers: [{ topic: orders, in: solo, rate: 1/s, size: 100B }]
steadyState: [{ check: acked-rate, atLeast: 90%, for: 1s }]
steps: []
`;

interface Region {
  runtime: DockerRuntime;
  agent: AgentClient;
  agentName: string;
  broker: string;
  bootstrap: string[];
  folder: string;
}

async function bootRegion(runtime: DockerRuntime, folder: string): Promise<Region> {
  const file = join(folder, "bench.yaml");
  writeFileSync(file, EXPERIMENT);
  const { topology } = planExperiment(loadExperiment(file, { vars: {} }), { run: newRunId() });
  const [node, cluster] = [topology.nodes[0], topology.clusters[0]];
  if (node === undefined || cluster === undefined) throw new Error("a broker was planned");
  await runtime.prepare(topology);
  const agentName = "agent-solo-observer";
  const [pipe] = await Promise.all([
    runtime.startAgent({ name: agentName, region: "solo", journals: folder }),
    runtime.startNode(node, cluster.clusterId, cluster.kafka),
  ]);
  const quiet = { onEvent: () => {}, onExit: () => {} };
  const agent = new AgentClient({
    name: agentName,
    region: "solo",
    role: "observer",
    pipe,
    ...quiet,
  });
  await agent.hello("bench", IN_AGENT);
  const bootstrap = [`${node.name}:${node.clientPort}`];
  const address = { cluster: "main", bootstrap };
  await agent.request("cluster.ready", { address, brokers: 1, withinMs: 60_000 }, 65_000);
  return { runtime, agent, agentName, broker: node.name, bootstrap, folder };
}

async function createTopic({ agent, bootstrap }: Region, topic: string): Promise<void> {
  const spec = { topic, partitions: PARTITIONS, replication: 1, config: {} };
  const address = { cluster: "main", bootstrap };
  await agent.request("topics.create", { address, topics: [spec], withinMs: 30_000 }, 35_000);
}

async function inTurn(region: Region, recordBytes: number): Promise<Round[]> {
  const { runtime, agentName, bootstrap, folder } = region;
  const source = readFileSync(join(import.meta.dirname, "producer-rounds.ts"), "utf8");
  writeFileSync(join(folder, "producer-rounds.ts"), source.replaceAll("../../src/", APP));
  const topic = `turns-${recordBytes}`;
  await createTopic(region, topic);
  const ask: Ask = {
    bootstrap,
    topic,
    partitions: PARTITIONS,
    recordBytes,
    batchRecords: BATCH_RECORDS,
    rounds: Number(values.rounds),
    secondsEach: Number(values.seconds),
    journalDir: IN_AGENT,
  };
  const argv = ["node", "--no-warnings", `${IN_AGENT}/producer-rounds.ts`, JSON.stringify(ask)];
  const { exitCode, output } = await runtime.exec(agentName, argv, WITHIN_MS);
  const line = output.split("\n").find((one) => one.startsWith("[{"));
  if (exitCode !== 0 || line === undefined) throw new Error(`the rounds failed: ${output}`);
  return JSON.parse(line) as Round[];
}

/** Records a second, as Kafka's own tool says in its last line. */
async function perfTest(region: Region, recordBytes: number): Promise<number> {
  const topic = `perf-${recordBytes}`;
  await createTopic(region, topic);
  const records = recordBytes > 200 ? 400_000 : 1_000_000;
  const argv = [
    ...["java", "-Xmx256m", "-cp", "/opt/kafka/libs/*"],
    ...["org.apache.kafka.tools.ProducerPerformance", "--topic", topic],
    ...["--num-records", String(records), "--record-size", String(recordBytes)],
    ...["--throughput", "-1", "--producer-props"],
    `bootstrap.servers=${region.bootstrap.join(",")}`,
    ...["acks=all", "enable.idempotence=false", "linger.ms=5"],
    // As many records in a batch as the others have, with what Kafka puts around a record.
    `batch.size=${BATCH_RECORDS * (recordBytes + 20)}`,
  ];
  const { exitCode, output } = await region.runtime.exec(region.broker, argv, WITHIN_MS);
  const rate = [...output.matchAll(/records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
  if (exitCode !== 0 || rate === undefined) throw new Error(`the perf test failed: ${output}`);
  return Number(rate);
}

const thousand = (rate: number) => `${(rate / 1000).toFixed(0)}k/s`;

async function compare(region: Region, recordBytes: number): Promise<boolean> {
  const rounds = await inTurn(region, recordBytes);
  const perf = await perfTest(region, recordBytes);
  for (const [at, one] of rounds.entries()) {
    const ratio = (one.ours / one.bare).toFixed(3);
    say(
      `${recordBytes} B, round ${at + 1}: ours ${thousand(one.ours)}, bare kafkajs ` +
        `${thousand(one.bare)}, of one record again and again ${thousand(one.same)}; ratio ${ratio}`,
    );
  }
  const ratio = median(rounds.map((one) => one.ours / one.bare));
  const same = median(rounds.map((one) => one.ours / one.same));
  const ours = median(rounds.map((one) => one.ours));
  say(
    `${recordBytes} B records, acks=all, batches of ${BATCH_RECORDS}, ${PARTITIONS} partitions: ` +
      `${ratio.toFixed(3)} of a bare kafkajs loop (median; goal ${GOAL}), ${same.toFixed(3)} of one ` +
      `that makes no records, ` +
      `${(ours / perf).toFixed(2)} of kafka-producer-perf-test (${thousand(perf)}); ` +
      `load ${loadavg()[0]?.toFixed(1)}`,
  );
  return ratio >= GOAL;
}

const folder = mkdtempSync(join(tmpdir(), "blackstart-bench-"));
const runtime = await DockerRuntime.connect({ run: newRunId() });
try {
  const region = await bootRegion(runtime, folder);
  const met: boolean[] = [];
  for (const size of values.sizes.split(",")) met.push(await compare(region, Number(size)));
  process.exitCode = met.every(Boolean) ? 0 : 1;
} finally {
  await runtime.destroy();
  rmSync(folder, { recursive: true, force: true });
}
