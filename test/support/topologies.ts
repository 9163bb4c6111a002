/** Small topologies for tests, made by the same compiler as those of an experiment. */
import { compileTopology, type TopologySpec } from "../../src/topology/compile.ts";
import type { Replication, Topology } from "../../src/topology/types.ts";

export const KAFKA = "4.3.1";

/** east and west, each with a cluster of its own: nodes primary-east-N and standby-west-N. */
export function twoRegions(brokers = 1, run = "test"): Topology {
  return topologyOf(
    {
      primary: { kafka: KAFKA, brokers: { east: brokers } },
      standby: { kafka: KAFKA, brokers: { west: brokers } },
    },
    run,
  );
}

/** For brokers that come back quickly: a broker that was killed may return once it was fenced. */
export function quickFencing(topology: Topology): Topology {
  const timeouts = {
    "broker.session.timeout.ms": "1500",
    "broker.heartbeat.interval.ms": "300",
  };
  const nodes = topology.nodes.map((node) => ({
    ...node,
    config: { ...node.config, ...timeouts },
  }));
  return { ...topology, nodes };
}

/** One cluster over both regions: nodes stretched-east-N and stretched-west-N. */
export function stretched(brokers = 1): Topology {
  return topologyOf({ stretched: { kafka: KAFKA, brokers: { east: brokers, west: brokers } } });
}

function topologyOf(clusters: TopologySpec["clusters"], run = "test"): Topology {
  return compileTopology(
    { regions: ["east", "west"], clusters, links: [{ between: ["east", "west"], latency: 20 }] },
    run,
  );
}

export function replicationIn(region: string): Replication {
  return {
    name: "mm2-primary-standby",
    kind: "mirror-maker-2",
    from: "primary",
    to: "standby",
    region,
    topics: ["orders"],
    groups: ["billing"],
    config: {},
    heapMiB: 128,
    hostIndex: 9,
  };
}
