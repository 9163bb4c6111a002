/**
 * One network per region, made so that nothing can leak out of it: masquerading is off.
 *
 * Subnets are our own because gateways forward to fixed addresses (facts: a gateway that resolves
 * names loops to itself). The lower half of each /24 is for fixed addresses, the upper for the
 * engine to give out, so the two never collide.
 */
import type Docker from "dockerode";
import { poll } from "../../kernel/clock.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import { hasStatus } from "./engine.ts";
import { labelsFor } from "./labels.ts";

const CANDIDATES = 200;
const REMOVED_WITHIN_MS = 15_000;

export interface RegionNetwork {
  region: string;
  id: string;
  name: string;
  /** First three bytes, e.g. "10.213.7". */
  prefix: string;
}

export async function createNetwork(
  docker: Docker,
  run: string,
  region: string,
  startAt: number,
): Promise<RegionNetwork> {
  const name = `blackstart-${run}-${region}`;
  let last: unknown;
  for (let attempt = 0; attempt < CANDIDATES; attempt += 1) {
    const prefix = `10.213.${(startAt + attempt) % 250}`;
    try {
      const network = await docker.createNetwork({
        Name: name,
        Driver: "bridge",
        CheckDuplicate: true,
        Labels: labelsFor(run, name),
        Options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
        IPAM: {
          Driver: "default",
          Config: [
            { Subnet: `${prefix}.0/24`, IPRange: `${prefix}.128/25`, Gateway: `${prefix}.1` },
          ],
        },
      });
      return { region, id: network.id, name, prefix };
    } catch (error) {
      // 403: the subnet overlaps one that exists, perhaps of another run. Any other is final.
      if (!hasStatus(error, 403) && !messageOf(error).includes("overlap")) {
        const message = `network ${name}: ${messageOf(error)}`;
        throw new DrillError("E_NETWORK", message, { cause: error });
      }
      last = error;
    }
  }
  const message = `no free subnet in 10.213.0.0/16: ${messageOf(last)}`;
  throw new DrillError("E_NETWORK", message, { cause: last });
}

/**
 * Removes networks, and gives the names of those the engine keeps. On a busy machine an engine may
 * hold the endpoint of a container that is gone already, for a moment or until it is restarted.
 */
export async function removeNetworks(
  docker: Docker,
  networks: { Id: string; Name: string }[],
): Promise<string[]> {
  const kept = await Promise.all(
    networks.map(async ({ Id, Name }) => {
      const wait = { everyMs: 100, withinMs: REMOVED_WITHIN_MS };
      const removed = await poll(() => removeNetwork(docker.getNetwork(Id)), wait);
      return removed ? [] : [Name];
    }),
  );
  return kept.flat();
}

async function removeNetwork(network: Docker.Network): Promise<true> {
  try {
    await network.remove();
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
  return true;
}
