/**
 * One node's `server.properties`, complete.
 *
 * What is ours, and why:
 * - who the node is and how it is reached: never the user's (`OWNED_KEYS`);
 * - internal topics small and as replicated as the cluster allows: boot time, and no drill fails
 *   because `__consumer_offsets` had one replica;
 * - threads and buffers for a small heap on a shared machine;
 * - `group.initial.rebalance.delay.ms=0`: it would add 3 s to every cold consumer, and says nothing
 *   about Kafka; `min.insync.replicas` 2 where there are three brokers, as in production.
 *
 * Kafka's timeouts are left at the shipped defaults, because they are what a drill measures. The
 * user's settings come last and win. Valid for Kafka 3.3 and later.
 */
import type { KafkaNode } from "./types.ts";

export interface ClusterFacts {
  kafka: string;
  /** `id@host:port` of every controller. */
  voters: string[];
  brokers: number;
}

/** Settings that make a node itself; an experiment that sets one is refused. */
export const OWNED_KEYS: readonly string[] = [
  "process.roles",
  "node.id",
  "broker.id",
  "controller.quorum.voters",
  "controller.quorum.bootstrap.servers",
  "listeners",
  "advertised.listeners",
  "controller.listener.names",
  "inter.broker.listener.name",
  "listener.security.protocol.map",
  "log.dirs",
  "log.dir",
  "metadata.log.dir",
  "broker.rack",
];

const REPLICATION_MAX = 3;

/** 4.3.1 → [4, 3]. */
function versionOf(kafka: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = kafka.split(".").map(Number);
  return [major, minor];
}

function identity(node: Omit<KafkaNode, "config" | "heapMiB">, cluster: ClusterFacts) {
  const [major, minor] = versionOf(cluster.kafka);
  const listeners: string[] = [];
  const advertised: string[] = [];
  if (node.clientPort !== null) {
    listeners.push(`PLAINTEXT://0.0.0.0:${node.clientPort}`);
    advertised.push(`PLAINTEXT://${node.name}:${node.clientPort}`);
  }
  if (node.controllerPort !== null) {
    listeners.push(`CONTROLLER://0.0.0.0:${node.controllerPort}`);
    // Until 3.9 a controller's listener must not be advertised; since then it should be.
    if (major > 3 || minor >= 9)
      advertised.push(`CONTROLLER://${node.name}:${node.controllerPort}`);
  }
  return {
    "process.roles": node.roles.join(","),
    "node.id": String(node.id),
    "controller.quorum.voters": cluster.voters.join(","),
    listeners: listeners.join(","),
    ...(advertised.length > 0 ? { "advertised.listeners": advertised.join(",") } : {}),
    "controller.listener.names": "CONTROLLER",
    ...(node.clientPort === null ? {} : { "inter.broker.listener.name": "PLAINTEXT" }),
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": "/var/lib/kafka/data",
    ...(node.rack === null ? {} : { "broker.rack": node.rack }),
  };
}

function topicDefaults(roles: KafkaNode["roles"], cluster: ClusterFacts): Record<string, string> {
  const replication = String(Math.min(REPLICATION_MAX, cluster.brokers));
  const insync = cluster.brokers >= REPLICATION_MAX ? "2" : "1";
  const share = {
    "share.coordinator.state.topic.replication.factor": replication,
    "share.coordinator.state.topic.min.isr": insync,
    "share.coordinator.state.topic.num.partitions": "3",
  };
  // Topics are made by the controller; Kafka 4.3 warns of these two on a mere broker.
  const made = { "default.replication.factor": replication, "num.partitions": "1" };
  return {
    ...(roles.includes("controller") ? made : {}),
    "min.insync.replicas": insync,
    "offsets.topic.replication.factor": replication,
    "offsets.topic.num.partitions": "5",
    "transaction.state.log.replication.factor": replication,
    "transaction.state.log.min.isr": insync,
    "transaction.state.log.num.partitions": "3",
    ...(versionOf(cluster.kafka)[0] >= 4 ? share : {}),
  };
}

const SMALL: Record<string, string> = {
  "auto.create.topics.enable": "false",
  "group.initial.rebalance.delay.ms": "0",
  "num.network.threads": "2",
  "num.io.threads": "4",
  "num.recovery.threads.per.data.dir": "2",
  "background.threads": "4",
  "log.cleaner.dedupe.buffer.size": "4194304",
};

export function serverProperties(
  node: Omit<KafkaNode, "config" | "heapMiB">,
  cluster: ClusterFacts,
  overrides: Record<string, string | number | boolean>,
): Record<string, string> {
  return {
    ...identity(node, cluster),
    ...topicDefaults(node.roles, cluster),
    ...SMALL,
    ...Object.fromEntries(Object.entries(overrides).map(([key, value]) => [key, String(value)])),
  };
}
