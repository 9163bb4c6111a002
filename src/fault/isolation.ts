/**
 * Which connections a set of nodes is cut off from, and where they are stopped.
 *
 * A node's machine stops what the node opens, and what is opened to it. The ports tell peers from
 * controllers. Who calls from another region comes from its gateway, peers and clients alike, so
 * what peers open to the set is stopped at the peers:
 * ```
 *  peers, controllers   out: at the set          in: at every other node, on its way out
 *  clients                                       in: at the set, but for peers of the same region
 *  all                  out: at the set          in: at the set
 * ```
 * The set is one side of a partition: its members see each other.
 */
import type { PacketCut } from "../runtime/runtime.ts";
import type { KafkaNode, Topology } from "../topology/types.ts";
import { byCluster } from "./cluster-acts.ts";

export type From = "peers" | "controllers" | "clients" | "all";
export type Direction = "in" | "out" | "both";

export interface Isolation {
  from: From;
  direction: Direction;
}

/** What each machine has to stop; machines without cuts are left out. */
export function cutsOf(
  topology: Topology,
  names: string[],
  isolation: Isolation,
): Map<string, PacketCut[]> {
  const cuts = new Map<string, PacketCut[]>();
  const stop = (at: KafkaNode, cut: PacketCut) => {
    if (cut.ports.length === 0) return;
    cuts.set(at.name, [...(cuts.get(at.name) ?? []), cut]);
  };
  for (const [cluster, set] of byCluster(topology, names)) {
    const others = topology.nodes.filter(
      (node) => node.cluster === cluster && !set.some(({ name }) => name === node.name),
    );
    for (const node of set) {
      if (isolation.direction !== "in" && isolation.from !== "clients") {
        stop(node, { direction: "out", ports: portsOf(others, isolation.from), except: [] });
      }
      if (isolation.direction === "out") continue;
      if (isolation.from === "clients") stop(node, inAt(node, "clients", [...set, ...others]));
      if (isolation.from === "all") stop(node, inAt(node, "all", set));
    }
    if (isolation.direction === "out" || !["peers", "controllers"].includes(isolation.from))
      continue;
    for (const other of others) {
      stop(other, { direction: "out", ports: portsOf(set, isolation.from), except: [] });
    }
  }
  return cuts;
}

function portsOf(nodes: KafkaNode[], from: From): number[] {
  const ports = nodes.flatMap(({ clientPort, controllerPort }) => [
    from === "controllers" ? null : clientPort,
    from === "peers" ? null : controllerPort,
  ]);
  return ports.filter((port) => port !== null);
}

/** Everybody who calls but the nodes that may, as far as they are known by their address. */
function inAt(node: KafkaNode, from: "clients" | "all", passing: KafkaNode[]): PacketCut {
  const except = passing.filter(({ name, region }) => region === node.region && name !== node.name);
  return {
    direction: "in",
    ports: portsOf([node], from === "clients" ? "peers" : "all"),
    except: except.map(({ name }) => name),
  };
}

/** Why this isolation cannot be made, or not be told from another; nothing when it can. */
export function isolationProblem(
  topology: Topology,
  names: string[],
  { from, direction }: Isolation,
): { key: string; message: string } | undefined {
  if (from === "clients" && direction === "out") {
    return { key: "direction", message: "a broker opens no connection to clients" };
  }
  for (const [cluster, set] of byCluster(topology, names)) {
    const all = topology.nodes.filter((node) => node.cluster === cluster);
    const regions = new Set(all.map(({ region }) => region));
    const own = new Set(set.map(({ region }) => region));
    if (from === "clients" && regions.size > 1) {
      const message = `${cluster} is stretched: its peers and clients of other regions come through one gateway`;
      return { key: "from", message };
    }
    if (from === "all" && own.size > 1) {
      const message = "a set of several regions cannot be told from others by its gateways";
      return { key: "from", message };
    }
    if (set.length === all.length && from !== "clients") {
      return { key: "brokers", message: `${cluster} has no node besides these to be cut off from` };
    }
  }
  if (cutsOf(topology, names, { from, direction }).size > 0) return undefined;
  return { key: "from", message: `these nodes have no connections of that kind to ${from}` };
}
