/** `exec` steps: the node and the clusters they speak of must be there. */
import type { Topology } from "../topology/types.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./problems.ts";
import { clustersIn, type ExecParams } from "./schema-exec.ts";

/** `topology`: compiled, when there is nothing wrong with it; else nodes are not checked. */
export function checkExec(
  draft: Draft,
  path: Path,
  { node, args }: ExecParams,
  topology: Topology | undefined,
): void {
  if (topology) {
    const names = topology.nodes.map(({ name }) => name);
    draft.known(node, "node", names, [...path, "exec", "node"]);
  }
  for (const [index, arg] of args.entries()) {
    for (const cluster of clustersIn([arg])) {
      draft.known(cluster, "cluster", draft.clusterNames, [...path, "exec", "args", index]);
    }
  }
}
