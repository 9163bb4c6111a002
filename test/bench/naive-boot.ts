/**
 * The main topology as a team would boot it with testcontainers and nothing else. Written to be
 * fair: every step works the first time, and nothing waits longer than the usual recipe does.
 */
import { execFileSync } from "node:child_process";
import {
  GenericContainer,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from "testcontainers";
import { setEnvironmentVariable } from "../../src/kernel/environment.ts";
import { kafkaImage, readImages } from "../../src/runtime/docker/images.ts";

const STARTUP_MS = 180_000;
const BROKERS = ["e1", "e2", "e3", "w1", "w2", "w3"];

export async function bootNaively(): Promise<{ seconds: number; mebibytes: number }> {
  setEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
  const image = kafkaImage(readImages(), "4.3.1").tag;
  const startedMs = performance.now();
  const network = await new Network().start();
  const containers: StartedTestContainer[] = [];
  try {
    for (const name of BROKERS) containers.push(await startBroker(image, network, name));
    await createTopic(containers[0] as StartedTestContainer);
    containers.push(await startMirrorMaker(image, network));
    containers.push(await startProducer(image, network));
    const seconds = (performance.now() - startedMs) / 1000;
    return { seconds, mebibytes: residentMebibytes(containers.slice(0, 7)) };
  } finally {
    for (const container of containers.reverse()) await container.stop();
    await network.stop();
  }
}

function container(image: string, network: StartedNetwork, name: string): GenericContainer {
  return new GenericContainer(image)
    .withNetwork(network)
    .withNetworkAliases(name)
    .withEnvironment({ BLACKSTART_PROFILE: "defaults", KAFKA_CLUSTER_ID: clusterId(name) })
    .withStartupTimeout(STARTUP_MS);
}

function clusterId(name: string): string {
  return name.startsWith("e") ? "EEEEEEEEEEEEEEEEEEEEEE" : "WWWWWWWWWWWWWWWWWWWWWQ";
}

/** A lone broker logs "started" only when its quorum has a majority; see the wait below. */
async function startBroker(
  image: string,
  network: StartedNetwork,
  name: string,
): Promise<StartedTestContainer> {
  const region = name.slice(0, 1);
  const voters = [1, 2, 3].map((id) => `${id}@${region}${id}:9093`).join(",");
  const properties = [
    "process.roles=broker,controller",
    `node.id=${name.slice(1)}`,
    `controller.quorum.voters=${voters}`,
    "listeners=PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093",
    `advertised.listeners=PLAINTEXT://${name}:9092`,
    "controller.listener.names=CONTROLLER",
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs=/var/lib/kafka/data",
  ];
  // The first broker of a quorum cannot be "started" alone, so it is only waited for as a process.
  const first = name.endsWith("1");
  const line = first ? /Starting controller|Raft|Kafka version/ : /Kafka Server started/;
  return container(image, network, name)
    .withCopyContentToContainer([
      { content: `${properties.join("\n")}\n`, target: "/server.properties" },
    ])
    .withCommand(["/opt/blackstart/bin/kafka-node", "/server.properties"])
    .withWaitStrategy(Wait.forLogMessage(line))
    .start();
}

async function createTopic(broker: StartedTestContainer): Promise<void> {
  const args = ["--bootstrap-server", "e1:9092", "--create", "--topic", "orders"];
  const shape = [
    "--partitions",
    "12",
    "--replication-factor",
    "3",
    "--config",
    "min.insync.replicas=2",
  ];
  const done = await broker.exec([
    "java",
    "-cp",
    "/opt/kafka/libs/*",
    "org.apache.kafka.tools.TopicCommand",
    ...args,
    ...shape,
  ]);
  if (done.exitCode !== 0) throw new Error(`kafka-topics: ${done.output}`);
}

async function startMirrorMaker(
  image: string,
  network: StartedNetwork,
): Promise<StartedTestContainer> {
  const properties = [
    "clusters=primary,standby",
    "primary.bootstrap.servers=e1:9092,e2:9092,e3:9092",
    "standby.bootstrap.servers=w1:9092,w2:9092,w3:9092",
    "primary->standby.enabled=true",
    "primary->standby.topics=orders",
  ];
  return container(image, network, "mm2")
    .withCopyContentToContainer([
      { content: `${properties.join("\n")}\n`, target: "/mm2.properties" },
    ])
    .withCommand(["/opt/blackstart/bin/mirror-maker", "/mm2.properties"])
    .withWaitStrategy(
      Wait.forLogMessage(/MirrorSourceConnector.*(started|Started)|replicating \d+ topic/),
    )
    .start();
}

/** At its rate when kafka-producer-perf-test prints its first report: it does so every 5 s. */
async function startProducer(
  image: string,
  network: StartedNetwork,
): Promise<StartedTestContainer> {
  return container(image, network, "producer")
    .withEntrypoint(["java"])
    .withCommand([
      "-cp",
      "/opt/kafka/libs/*",
      "org.apache.kafka.tools.ProducerPerformance",
      ...["--topic", "orders", "--num-records", "200000", "--record-size", "512"],
      ...["--throughput", "2000", "--producer-props", "bootstrap.servers=e1:9092", "acks=all"],
    ])
    .withWaitStrategy(Wait.forLogMessage(/records sent, [\d.]+ records\/sec/))
    .start();
}

/** Memory without the page cache, as the engine counts it. */
function residentMebibytes(containers: StartedTestContainer[]): number {
  const ids = containers.map((one) => one.getId());
  const args = ["stats", "--no-stream", "--format", "{{.MemUsage}}", ...ids];
  const lines = execFileSync("docker", args, { encoding: "utf8" }).trim().split("\n");
  return lines.reduce((sum, line) => {
    const match = /^([\d.]+)(MiB|GiB)/.exec(line);
    if (!match) throw new Error(`docker stats said: ${line}`);
    return sum + Number(match[1]) * (match[2] === "GiB" ? 1024 : 1);
  }, 0);
}
