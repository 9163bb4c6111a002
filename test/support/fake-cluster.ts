/**
 * What a cluster would answer on the fake runtime: leaders and ISR follow who runs, and the quorum
 * follows which controllers run and reach each other. Everything happens at once.
 */
import type { TopicPartitionView } from "../../src/fault/cluster-asks.ts";
import type { KafkaNode } from "../../src/topology/types.ts";
import type { FaultWorld } from "./fault-world.ts";

const NOT_NEEDED = 84;
const REFUSED = 80;

export class FakeCluster {
  readonly partitions: TopicPartitionView[];
  /** A node that is never in sync, whatever runs. */
  lagging: number | null = null;
  /** Whether a dead leader is replaced by one that was not in sync. */
  frozenLeaders = false;
  /** Elections are answered, and not held. */
  deaf = false;
  readonly #world: FaultWorld;
  readonly #nodes: KafkaNode[];
  #quorum = { leader: 1, leaderEpoch: 5 };

  /** `orders` with as many partitions as brokers, the first replica of each another one. */
  constructor(world: FaultWorld, cluster: string) {
    this.#world = world;
    this.#nodes = world.topology.nodes.filter((node) => node.cluster === cluster);
    const ids = this.#nodes.filter((node) => node.clientPort !== null).map(({ id }) => id);
    this.partitions = ids.map((id, partition) => {
      const replicas = [...ids.slice(partition), ...ids.slice(0, partition)];
      return { topic: "orders", partition, leader: id, leaderEpoch: 3, isr: replicas, replicas };
    });
    Object.assign(world.replies, {
      "partitions.describe": () => this.#described(),
      "leaders.elect": (ask: { type: string; partitions: { partition: number }[] }) =>
        ask.partitions.map(({ partition }) => this.#elect(partition, ask.type)),
      "replicas.reassign": (ask: { partitions: { partition: number; replicas: number[] }[] }) =>
        ask.partitions.map(({ partition, replicas }) => {
          const one = this.#partition(partition);
          one.replicas = replicas;
          return { topic: one.topic, partition, errorCode: 0, reason: "" };
        }),
      "quorum.describe": () => this.#quorumAnswer(),
    });
  }

  /** Another replica leads, as after a restart. */
  moveLeader(partition: number, leader: number): void {
    const one = this.#partition(partition);
    one.leader = leader;
    one.leaderEpoch += 1;
  }

  #partition(partition: number): TopicPartitionView {
    const found = this.partitions.find((one) => one.partition === partition);
    if (!found) throw new Error(`no partition ${partition}`);
    return found;
  }

  #described(): TopicPartitionView[] {
    for (const one of this.partitions) {
      one.isr = one.replicas.filter((id) => this.#runs(id) && id !== this.lagging);
      if (this.frozenLeaders || this.#runs(one.leader)) continue;
      one.leader = one.isr[0] ?? -1;
      one.leaderEpoch += 1;
    }
    return this.partitions.map((one) => ({ ...one }));
  }

  #elect(partition: number, type: string) {
    const one = this.#partition(partition);
    const wanted =
      type === "preferred" ? one.replicas[0] : one.replicas.find((id) => this.#runs(id));
    const answer = { topic: one.topic, partition, errorCode: 0, reason: "" };
    const needed = type === "preferred" ? one.leader !== wanted : one.leader < 0;
    if (!needed) return { ...answer, errorCode: NOT_NEEDED };
    if (wanted === undefined || !this.#runs(wanted)) return { ...answer, errorCode: REFUSED };
    if (this.deaf) return answer;
    one.leader = wanted;
    one.leaderEpoch += 1;
    return answer;
  }

  #runs(id: number): boolean {
    const node = this.#nodes.find((candidate) => candidate.id === id);
    return node !== undefined && this.#world.runtime.container(node.name).state === "running";
  }

  #quorumAnswer() {
    const voters = this.#nodes.filter(({ controllerPort }) => controllerPort !== null);
    const living = voters.filter(({ id }) => this.#runs(id));
    const able = living.filter((node) => !this.#cutOff(node, voters));
    const answered = living.length;
    if (able.length <= voters.length / 2) return { claim: null, answered };
    if (!able.some(({ id }) => id === this.#quorum.leader) && !this.deaf) {
      this.#quorum = { leader: able[0]?.id ?? 0, leaderEpoch: this.#quorum.leaderEpoch + 1 };
    }
    return { claim: this.#quorum, answered };
  }

  #cutOff(node: KafkaNode, voters: KafkaNode[]): boolean {
    const { runtime } = this.#world;
    const ports = voters
      .filter((other) => other !== node)
      .map((other) => other.controllerPort ?? 0);
    return ports.length > 0 && ports.every((port) => runtime.machine(node.name).stops("out", port));
  }
}
