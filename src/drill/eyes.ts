/** The observer that faults look through: probes and partition states, asked from the agents. */
import type { Observer, PartitionView, ProbeOutcome } from "../fault/fault.ts";
import { DrillError } from "../kernel/errors.ts";
import { addressOf, observerFor, type RunContext } from "./run-context.ts";

export function eyesOf(context: RunContext): Observer {
  const eyes: Observer = {
    async probe(region, nodeName, timeoutMs): Promise<ProbeOutcome> {
      return (await eyes.roundTrip(region, nodeName, timeoutMs)).outcome;
    },
    async roundTrip(region, nodeName, timeoutMs) {
      const node = context.plan.topology.nodes.find(({ name }) => name === nodeName);
      const port = node?.clientPort ?? node?.controllerPort;
      const agent = context.agents.alive().find((candidate) => candidate.region === region);
      if (!node || port === undefined || port === null || !agent) {
        throw new DrillError("E_AGENT_LOST", `nothing in ${region} can probe ${nodeName}`);
      }
      const ask = { host: node.name, port, timeoutMs };
      return agent.request("probe.connect", ask, timeoutMs + 5000);
    },
    async partitions(cluster, topic): Promise<PartitionView[] | null> {
      const address = addressOf(context.plan, cluster);
      return observerFor(context, cluster).request("topic.describe", { address, topic });
    },
  };
  return eyes;
}
