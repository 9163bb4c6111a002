/** Replicas that are placed by hand: on brokers that are there, and as many as the topic says. */
import { compileTopology } from "../topology/compile.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./problems.ts";
import type { ClusterEntry } from "./schema-topology.ts";
import type { TopicEntry } from "./schema-workload.ts";

export function checkPlacement(draft: Draft, topic: TopicEntry, path: Path): void {
  const { placement, leaders } = topic;
  const byRegion = placement !== undefined && !Array.isArray(placement);
  if (leaders !== undefined && !byRegion) {
    draft.find([...path, "leaders"], "`leaders` needs a `placement` by region", "key");
  }
  const cluster = draft.topology.clusters[topic.cluster];
  if (placement === undefined || !cluster) return;
  if (byRegion) checkCounts(draft, topic, placement, cluster, path);
  else checkLists(draft, topic, placement as string[][], cluster, [...path, "placement"]);
}

function checkCounts(
  draft: Draft,
  { cluster: name, replication, leaders }: TopicEntry,
  placement: Record<string, number>,
  cluster: ClusterEntry,
  path: Path,
): void {
  const at = [...path, "placement"];
  for (const [region, replicas] of Object.entries(placement)) {
    checkRegion(draft, name, cluster, { region, replicas }, [...at, region]);
  }
  const sum = Object.values(placement).reduce((total, replicas) => total + replicas, 0);
  if (sum !== replication) {
    draft.find(at, `the placement has ${sum} replicas, but replication is ${replication}`);
  }
  if (leaders === undefined) return;
  draft.known(leaders, "region", Object.keys(placement), [...path, "leaders"]);
}

function checkRegion(
  draft: Draft,
  name: string,
  { brokers }: ClusterEntry,
  { region, replicas }: { region: string; replicas: number },
  at: Path,
): void {
  if (!draft.region(region, at, "key")) return;
  const count = brokers[region] ?? 0;
  if (replicas <= count) return;
  const has = count === 0 ? "no broker" : counted(count, "broker");
  draft.find(at, `${counted(replicas, "replica")} in ${region}, where ${name} has ${has}`);
}

function checkLists(
  draft: Draft,
  { cluster: name, partitions, replication }: TopicEntry,
  lists: string[][],
  cluster: ClusterEntry,
  at: Path,
): void {
  if (lists.length !== partitions) {
    const message = `${counted(lists.length, "list")} of nodes for ${counted(partitions, "partition")}`;
    draft.find(at, `${message}: each needs one`);
  }
  const { nodes } = compileTopology(
    { regions: draft.regions, clusters: { [name]: cluster }, links: [] },
    "check",
  );
  const brokers = nodes.filter(({ clientPort }) => clientPort !== null);
  const names = brokers.map((broker) => broker.name);
  for (const [partition, list] of lists.entries()) {
    if (list.length !== replication) {
      const message = `${counted(list.length, "node")}, but replication is ${replication}`;
      draft.find([...at, partition], message);
    }
    for (const [index, node] of list.entries()) {
      if (!draft.known(node, "broker", names, [...at, partition, index])) continue;
      if (list.indexOf(node) === index) continue;
      draft.find([...at, partition, index], `"${node}" has this replica already`);
    }
  }
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
