/** What faults look and ask through: probes and requests to clusters, made by the agents. */
import type { AskCluster, ClusterAsks, PartitionView } from "../fault/cluster-asks.ts";
import type { Observer, ProbeOutcome } from "../fault/fault.ts";
import { DrillError } from "../kernel/errors.ts";
import type { Answer, Ask, Operation } from "../workload/protocol.ts";
import { addressOf, observerFor, type RunContext } from "./run-context.ts";

const TRANSFER_WITHIN_MS = 30_000;

export function eyesOf(context: RunContext): Observer {
  const eyes: Observer = {
    async probe(region, nodeName, timeoutMs): Promise<ProbeOutcome> {
      return (await eyes.roundTrip(region, nodeName, timeoutMs)).outcome;
    },
    async roundTrip(region, nodeName, timeoutMs) {
      const { agent, host, port } = lineTo(context, region, nodeName);
      return agent.request("probe.connect", { host, port, timeoutMs }, timeoutMs + 5000);
    },
    async transfer(region, nodeName, bytes) {
      const { agent, host, port } = lineTo(context, region, nodeName);
      const ask = { host, port, bytes, timeoutMs: TRANSFER_WITHIN_MS };
      return agent.request("probe.transfer", ask, 2 * TRANSFER_WITHIN_MS);
    },
    async partitions(cluster, topic): Promise<PartitionView[] | null> {
      const address = addressOf(context.plan, cluster);
      return observerFor(context, cluster).request("topic.describe", { address, topic });
    },
  };
  return eyes;
}

/** An operation of the agents' protocol as a fault may ask it: without the address. */
type Asked<O extends Operation> = { ask: Omit<Ask<O>, "address">; answer: Answer<O> };
type Carried = { [O in keyof ClusterAsks & Operation]: Asked<O> };

/** Carries a fault's question to an observer. What faults may ask is what agents understand. */
export function askingOf(context: RunContext): AskCluster {
  const carry = <O extends keyof Carried>(
    cluster: string,
    operation: O,
    ask: Carried[O]["ask"],
  ): Promise<Carried[O]["answer"]> => {
    const address = addressOf(context.plan, cluster);
    return observerFor(context, cluster).request(operation, { address, ...ask } as Ask<O>);
  };
  return carry;
}

/** A node's address, and a living agent of the region to ask from. */
function lineTo(context: RunContext, region: string, nodeName: string) {
  const node = context.plan.topology.nodes.find(({ name }) => name === nodeName);
  const port = node?.clientPort ?? node?.controllerPort;
  const agent = context.agents.alive().find((candidate) => candidate.region === region);
  if (!node || port === undefined || port === null || !agent) {
    throw new DrillError("E_AGENT_LOST", `nothing in ${region} can probe ${nodeName}`);
  }
  return { agent, host: node.name, port };
}
