/**
 * A runtime under contract, with two regions of one Kafka node each and an agent in both. The agents
 * are its eyes: what a node looks like is asked from inside a region, never from the host.
 */
import { AgentClient } from "../../src/drill/agent-client.ts";
import { monotonicUs, poll } from "../../src/kernel/clock.ts";
import type { ContainerDeath, Runtime } from "../../src/runtime/runtime.ts";
import type { Topology } from "../../src/topology/types.ts";
import type { Answer } from "../../src/workload/protocol.ts";
import { KAFKA } from "./topologies.ts";

export interface RuntimeUnderTest {
  runtime: Runtime;
  topology: Topology;
  /** Names of what the engine still has of this run: containers, networks. */
  leftovers(): Promise<string[]>;
}

export const EAST = "primary-east-1";
export const WEST = "standby-west-1";
const PROBE_MS = 500;
const READY_WITHIN_MS = 45_000;

export class ContractWorld {
  readonly runtime: Runtime;
  readonly topology: Topology;
  readonly leftovers: () => Promise<string[]>;
  readonly deaths: ContainerDeath[] = [];
  readonly exits: string[] = [];
  readonly #agents = new Map<string, AgentClient>();

  constructor(made: RuntimeUnderTest) {
    this.runtime = made.runtime;
    this.topology = made.topology;
    this.leftovers = made.leftovers;
    this.runtime.onDeath((death) => void this.deaths.push(death));
  }

  async boot(): Promise<void> {
    await this.runtime.prepare(this.topology);
    await Promise.all([
      ...this.topology.nodes.map((node) => this.startNode(node.name)),
      ...this.topology.regions.map(({ name }) => this.startAgent(`agent-${name}-observer`, name)),
    ]);
    for (const from of ["east", "west"]) {
      for (const node of [EAST, WEST]) await this.answers(from, node);
    }
  }

  async startNode(name: string): Promise<void> {
    const node = this.topology.nodes.find((candidate) => candidate.name === name);
    const cluster = this.topology.clusters.find((candidate) => candidate.name === node?.cluster);
    if (!node || !cluster) throw new Error(`no node ${name} in the topology`);
    await this.runtime.startNode(node, cluster.clusterId, KAFKA);
  }

  async startAgent(name: string, region: string): Promise<AgentClient> {
    const pipe = await this.runtime.startAgent({ name, region });
    const agent = new AgentClient({
      name,
      region,
      role: "observer",
      pipe,
      onEvent: () => {},
      onExit: () => void this.exits.push(name),
    });
    await agent.hello("contract", "/journals");
    this.#agents.set(name, agent);
    return agent;
  }

  /** What a TCP connect and one Kafka request from a region to a node meet. */
  async probe(from: string, node: string, timeoutMs = PROBE_MS): Promise<Answer<"probe.connect">> {
    const agent = this.#agents.get(`agent-${from}-observer`);
    const port = this.topology.nodes.find(({ name }) => name === node)?.clientPort;
    if (!agent || typeof port !== "number") throw new Error(`cannot probe ${node} from ${from}`);
    return agent.request("probe.connect", { host: node, port, timeoutMs }, timeoutMs + 5000);
  }

  async outcome(from: string, node: string): Promise<string> {
    return (await this.probe(from, node)).outcome;
  }

  /** Waits until a node answers: a broker that was started needs its time. */
  async answers(from: string, node: string): Promise<void> {
    let last = "nothing";
    const found = await poll(
      async () => {
        last = await this.outcome(from, node);
        return last === "answered" || undefined;
      },
      { everyMs: 50, withinMs: READY_WITHIN_MS },
    );
    if (!found) throw new Error(`${node} does not answer ${from}: a probe met "${last}"`);
  }

  /** The death of a container, which an engine tells a moment later. */
  async death(name: string): Promise<ContainerDeath> {
    const find = async () => this.deaths.find((death) => death.name === name);
    const found = await poll(find, { everyMs: 5, withinMs: 5000 });
    if (!found) throw new Error(`the runtime told nothing of the death of ${name}`);
    return found;
  }

  /** Whether the pipe of an agent told of its end. */
  async exited(name: string): Promise<boolean> {
    const find = async () => this.exits.includes(name) || undefined;
    return (await poll(find, { everyMs: 5, withinMs: 5000 })) === true;
  }
}

/** The instants right before and right after an act, µs. */
export async function around(act: () => Promise<void>): Promise<[number, number]> {
  const beforeUs = monotonicUs();
  await act();
  return [beforeUs, monotonicUs()];
}
