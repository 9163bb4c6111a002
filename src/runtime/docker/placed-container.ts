/**
 * A testcontainers container with what testcontainers has no words for: a fixed address, host names
 * on its networks, an open stdin, a port on loopback only.
 *
 * Everything else (creation, files, start, stop, reaping) is testcontainers' own.
 */
import { GenericContainer } from "testcontainers";

export interface Placement {
  network: string;
  /** Fixed address, or null to let the engine choose. */
  address: string | null;
  aliases: string[];
}

export interface PlacedOptions {
  name: string;
  labels: Record<string, string>;
  /** The first is the container's own network; others are joined before it starts. */
  placements?: [Placement, ...Placement[]];
  /** Instead of placements: lives in the network namespace of this container, with its volumes. */
  hostId?: string;
  /** A volume that goes with the container; with a size it is kept in memory. */
  volume?: { target: string; bytes: number | undefined };
  openStdin?: boolean;
  loopbackPort?: number;
  memoryMiB?: number;
  binds?: { source: string; target: string; mode: "ro" | "rw" }[];
  /** Joins a created container to a further network. */
  join(containerId: string, placement: Placement): Promise<void>;
}

export function endpointOf(placement: Placement) {
  return {
    Aliases: placement.aliases,
    ...(placement.address === null ? {} : { IPAMConfig: { IPv4Address: placement.address } }),
  };
}

/** Without a name, so that it is removed with the last container that has it. */
function volumeOf({ target, bytes }: { target: string; bytes: number | undefined }) {
  const inMemory = { type: "tmpfs", device: "tmpfs", o: `size=${bytes}` };
  return {
    Type: "volume" as const,
    Source: "",
    Target: target,
    ...(bytes === undefined
      ? {}
      : {
          VolumeOptions: {
            NoCopy: true,
            Labels: {},
            DriverConfig: { Name: "local", Options: inMemory },
          },
        }),
  };
}

export class PlacedContainer extends GenericContainer {
  readonly #options: PlacedOptions;

  constructor(image: string, options: PlacedOptions) {
    super(image);
    this.#options = options;
    this.withName(options.name).withLabels(options.labels);
    if (options.hostId !== undefined) {
      this.withNetworkMode(`container:${options.hostId}`);
      this.hostConfig.VolumesFrom = [options.hostId];
    }
    if (options.volume) this.hostConfig.Mounts = [volumeOf(options.volume)];
    const home = options.placements?.[0];
    if (home) {
      this.withNetworkMode(home.network);
      this.createOpts.NetworkingConfig = { EndpointsConfig: { [home.network]: endpointOf(home) } };
    }
    if (options.binds) this.withBindMounts(options.binds);
    if (options.openStdin) {
      Object.assign(this.createOpts, { OpenStdin: true, StdinOnce: false, AttachStdin: true });
    }
    if (options.loopbackPort !== undefined) {
      const port = `${options.loopbackPort}/tcp`;
      this.createOpts.ExposedPorts = { [port]: {} };
      this.hostConfig.PortBindings = { [port]: [{ HostIp: "127.0.0.1", HostPort: "0" }] };
    }
    if (options.memoryMiB !== undefined) {
      this.hostConfig.Memory = options.memoryMiB * 1024 * 1024;
    }
  }

  protected override async containerCreated(containerId: string): Promise<void> {
    for (const placement of this.#options.placements?.slice(1) ?? []) {
      await this.#options.join(containerId, placement);
    }
  }
}
