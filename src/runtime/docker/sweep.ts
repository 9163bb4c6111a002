/**
 * Removes what dead runs left behind: containers and networks that carry our label and whose owner
 * process no longer runs. A run that is still going on is never touched.
 */
import { removeContainer } from "./container-acts.ts";
import { connectEngine } from "./engine.ts";
import { LABEL_OWNER, LABEL_RUN, ownerAlive } from "./labels.ts";
import { removeNetworks } from "./networks.ts";

export interface Swept {
  containers: number;
  networks: number;
  /** Runs that were left alone, because their harness lives. */
  alive: string[];
  /** Networks that the engine does not remove: it counts endpoints that are gone. */
  kept: string[];
}

export interface SweepOptions {
  /** Limits the sweep to one run, which is then swept even when its owner seems alive. */
  run?: string;
  /** Looks at these runs only. Owners count: a living run is left alone. */
  among?: readonly string[];
}

export async function sweep(options: SweepOptions): Promise<Swept> {
  const docker = await connectEngine();
  const label = options.run === undefined ? LABEL_RUN : `${LABEL_RUN}=${options.run}`;
  const filters = { label: [label] };
  const alive = new Set<string>();
  const dead = (labels: Record<string, string> | undefined): boolean => {
    if (options.run !== undefined) return true;
    if (options.among?.includes(labels?.[LABEL_RUN] ?? "") === false) return false;
    if (!ownerAlive(labels?.[LABEL_OWNER] ?? "")) return true;
    alive.add(labels?.[LABEL_RUN] ?? "");
    return false;
  };
  const containers = (await docker.listContainers({ all: true, filters })).filter((container) =>
    dead(container.Labels),
  );
  await Promise.all(containers.map(({ Id }) => removeContainer(docker.getContainer(Id))));
  const networks = (await docker.listNetworks({ filters })).filter((net) => dead(net.Labels));
  const kept = await removeNetworks(docker, networks);
  return {
    containers: containers.length,
    networks: networks.length - kept.length,
    alive: [...alive].sort(),
    kept,
  };
}
