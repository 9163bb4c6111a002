/**
 * The real runtime: testcontainers for lifecycle and reaping, dockerode for kill, pause, events.
 *
 * Every container and network carries the run's label and its owner; `destroy` and `sweep` go by
 * those. No broker port is published; the gateways' Toxiproxy API is, on loopback.
 */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { poll } from "../../kernel/clock.ts";
import { codeFolder, packageRoot, setEnvironmentVariable } from "../../kernel/environment.ts";
import { DrillError, messageOf } from "../../kernel/errors.ts";
import { formatArguments } from "../../topology/format-arguments.ts";
import { propertiesText } from "../../topology/properties-text.ts";
import type { KafkaNode, Link, Replication, Topology } from "../../topology/types.ts";
import { Listeners } from "../listeners.ts";
import type {
  AgentContainer,
  AgentPipe,
  ContainerDeath,
  ExecResult,
  LinkControl,
  NodeMachine,
  Runtime,
} from "../runtime.ts";
import { attachAgent } from "./agent-pipe.ts";
import {
  execIn,
  exitCodeOf,
  isRunning,
  logsOf,
  memoryOf,
  pauseContainer,
  removeContainer,
  restartContainer,
  resumeContainer,
  stopContainer,
  terminateContainer,
} from "./container-acts.ts";
import { readFileIn, writeFileIn } from "./container-files.ts";
import { DISK_MOUNT } from "./disk.ts";
import { DOCKER_CAPABILITIES } from "./docker-capabilities.ts";
import { connectEngine, followDeaths, hasStatus } from "./engine.ts";
import { engineFacts } from "./facts.ts";
import { Gateway, type GatewayRoute } from "./gateway.ts";
import { GIVEN_START, givenCommand, requireGiven } from "./given-image.ts";
import { type Image, type Images, kafkaImage, readImages, requireImages } from "./images.ts";
import { LABEL_RUN, labelsFor } from "./labels.ts";
import { Machine } from "./machine.ts";
import { createNetwork, type RegionNetwork, removeNetworks } from "./networks.ts";
import {
  endpointOf,
  PlacedContainer,
  type PlacedOptions,
  type Placement,
} from "./placed-container.ts";
import { Starts } from "./starts.ts";

const TOXIPROXY_PORT = 8474;
const APP = "/opt/blackstart/app";

export interface DockerRuntimeOptions {
  /** What everything is labelled with: the run, or the world that serves several. */
  run: string;
  /** `BLACKSTART_PROFILE` of the Kafka images: "drill", or "defaults" for benchmarks. */
  profile?: "drill" | "defaults";
}

export class DockerRuntime implements Runtime {
  readonly kind = "docker";
  readonly capabilities = DOCKER_CAPABILITIES;
  readonly #docker: Docker;
  readonly #images: Images;
  readonly #options: DockerRuntimeOptions;
  readonly #networks = new Map<string, RegionNetwork>();
  readonly #gateways = new Map<string, Gateway>();
  readonly #containers = new Map<string, string>();
  readonly #machines = new Map<string, Machine>();
  /** Ids of containers that were removed on purpose. */
  readonly #removed = new Set<string>();
  readonly #deathListeners = new Listeners<ContainerDeath>();
  readonly #lostListeners = new Listeners<string>();
  readonly #starts = new Starts();
  /** References of images that were given, by cluster. */
  readonly #given = new Map<string, Image>();
  #unfollow: () => void = () => {};

  private constructor(docker: Docker, images: Images, options: DockerRuntimeOptions) {
    this.#docker = docker;
    this.#images = images;
    this.#options = options;
  }

  /** Connects to the engine and starts to follow the run's containers. */
  static async connect(options: DockerRuntimeOptions): Promise<DockerRuntime> {
    const docker = await connectEngine();
    // The reaper's image cannot be had everywhere; our own labels and `sweep` do its work.
    setEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
    const runtime = new DockerRuntime(docker, readImages(), options);
    runtime.#unfollow = await followDeaths(docker, options.run, {
      onDeath: (death, id) => {
        // The engine may tell of it when another of that name lives already.
        if (runtime.#removed.has(id)) return;
        runtime.#deathListeners.tell(death);
      },
      onLost: (reason) => {
        runtime.#lostListeners.tell(reason);
      },
    });
    return runtime;
  }

  async prepare(topology: Topology): Promise<void> {
    const versions = new Set(
      topology.clusters.filter(({ image }) => image === undefined).map(({ kafka }) => kafka),
    );
    for (const { name, image } of topology.clusters) {
      if (image !== undefined) this.#given.set(name, await requireGiven(this.#docker, image));
    }
    await requireImages(this.#docker, [
      this.#images.gateway,
      this.#images.agent,
      ...[...versions].map((version) => kafkaImage(this.#images, version)),
    ]);
    const startAt = Math.abs(hashOf(this.#options.run)) % 250;
    for (const region of topology.regions) {
      const network = await this.#starts.track(`network ${region.name}`, () =>
        createNetwork(this.#docker, this.#options.run, region.name, startAt),
      );
      this.#networks.set(region.name, network);
    }
    await Promise.all(topology.links.map((link) => this.#startGateway(link, topology)));
  }

  async #startGateway(link: Link, topology: Topology): Promise<void> {
    const routes = this.#routesTo(link.to, topology);
    const name = `gateway-${link.from}-${link.to}`;
    const container = this.#place(this.#images.gateway.tag, name, {
      placements: [
        { ...this.#home(link.from), aliases: [...new Set(routes.map(({ node }) => node))] },
        this.#home(link.to),
      ],
      loopbackPort: TOXIPROXY_PORT,
    });
    const id = await this.#start(container.withAddedCapabilities("NET_ADMIN"), name);
    const apiUrl = `http://127.0.0.1:${await this.#loopbackPort(id)}`;
    const gateway = new Gateway({ link, routes, apiUrl, exec: (argv) => this.exec(name, argv) });
    this.#gateways.set(`${link.from}->${link.to}`, gateway);
    let last: unknown;
    const opened = await poll(() => gateway.open().then(() => true), {
      everyMs: 50,
      withinMs: 15_000,
      signal: this.#starts.over,
      onError: (error) => {
        last = error;
      },
    });
    if (!opened) throw new DrillError("E_NODE_NOT_READY", `${name}: ${messageOf(last)}`);
  }

  #routesTo(region: string, topology: Topology): GatewayRoute[] {
    const prefix = this.#network(region).prefix;
    return topology.nodes
      .filter((node) => node.region === region)
      .flatMap((node) =>
        [node.clientPort, node.controllerPort]
          .filter((port): port is number => port !== null)
          .map((port) => ({ node: node.name, port, address: `${prefix}.${node.hostIndex}` })),
      );
  }

  /**
   * A node is two containers: its host, which holds address, name and disk, and the Kafka process in
   * the host's network, with the host's disk. So a killed process is refused at once and its name still resolves, as on a
   * machine that lives on; without the host, Docker forgets the name, and its DNS hangs for seconds.
   */
  async startNode(node: KafkaNode, clusterId: string, kafka: string): Promise<void> {
    const host = this.#place(this.#images.gateway.tag, hostOf(node.name), {
      placements: [{ ...this.#home(node.region, node.hostIndex), aliases: [node.name] }],
      volume: { target: DISK_MOUNT, bytes: node.diskBytes },
    });
    const hostId = await this.#start(
      host
        .withEntrypoint(["sleep"])
        .withCommand(["infinity"])
        // For its firewall, and for a disk that takes no writes.
        .withAddedCapabilities("NET_ADMIN", "LINUX_IMMUTABLE"),
      hostOf(node.name),
    );
    this.#machines.set(node.name, this.#machineOf(node));
    const given = this.#given.get(node.cluster);
    const tag = given?.tag ?? kafkaImage(this.#images, kafka).tag;
    const container = this.#place(tag, node.name, { hostId });
    if (given) givenCommand(container, node.heapMiB);
    await this.#start(
      container
        .withEnvironment(
          this.#javaEnvironment(node.heapMiB, {
            KAFKA_CLUSTER_ID: clusterId,
            ...formatArguments(node),
          }),
        )
        .withCopyContentToContainer([
          { content: propertiesText(node.config), target: "/etc/blackstart/server.properties" },
        ])
        .withCommand(
          given
            ? ["-c", GIVEN_START]
            : ["/opt/blackstart/bin/kafka-node", "/etc/blackstart/server.properties"],
        ),
      node.name,
    );
  }

  #machineOf(node: KafkaNode): Machine {
    return new Machine({
      node: node.name,
      address: `${this.#network(node.region).prefix}.${node.hostIndex}`,
      sizedDisk: node.diskBytes !== undefined,
      addressOf: (other) => this.#machines.get(other)?.address,
      exec: (argv, withinMs) => this.exec(hostOf(node.name), argv, withinMs),
    });
  }

  async startReplication(replication: Replication, kafka: string): Promise<void> {
    const container = this.#place(kafkaImage(this.#images, kafka).tag, replication.name, {
      placements: [
        { ...this.#home(replication.region, replication.hostIndex), aliases: [replication.name] },
      ],
    });
    await this.#start(
      container
        .withEnvironment(this.#javaEnvironment(replication.heapMiB, {}))
        .withCopyContentToContainer([
          { content: propertiesText(replication.config), target: "/etc/blackstart/mm2.properties" },
        ])
        .withCommand(["/opt/blackstart/bin/mirror-maker", "/etc/blackstart/mm2.properties"]),
      replication.name,
    );
  }

  async startAgent(agent: AgentContainer): Promise<AgentPipe> {
    const code = codeFolder();
    const root = packageRoot();
    const modules = dirname(
      dirname(createRequire(import.meta.url).resolve("kafkajs/package.json")),
    );
    const container = this.#place(this.#images.agent.tag, agent.name, {
      placements: [this.#home(agent.region)],
      openStdin: true,
      binds: [
        { source: join(root, code.folder), target: `${APP}/${code.folder}`, mode: "ro" },
        { source: join(root, "package.json"), target: `${APP}/package.json`, mode: "ro" },
        { source: modules, target: `${APP}/node_modules`, mode: "ro" },
        { source: compileCache(), target: "/cache", mode: "rw" },
        ...(agent.journals === undefined
          ? []
          : [{ source: agent.journals, target: "/journals", mode: "rw" as const }]),
      ],
    });
    const entry = `${APP}/${code.folder}/workload/agent.${code.extension}`;
    const id = await this.#start(
      container
        // kafkajs resolves names on libuv's threads: a slow look-up must not hold up the others.
        .withEnvironment({ NODE_COMPILE_CACHE: "/cache", UV_THREADPOOL_SIZE: "64" })
        .withEntrypoint(["/usr/local/bin/node"])
        .withCommand(["--no-warnings", entry]),
      agent.name,
    );
    return attachAgent(this.#docker, id);
  }

  async kill(name: string): Promise<void> {
    const container = this.#container(name);
    const dead = container.wait();
    // When the kill itself fails, nobody waits for this any more.
    dead.catch(() => {});
    try {
      await container.kill();
    } catch (error) {
      // 409: it does not run.
      if (!hasStatus(error, 409)) throw error;
    }
    await dead;
  }

  async terminate(name: string): Promise<void> {
    await terminateContainer(this.#container(name));
  }

  async exitCode(name: string): Promise<number | null> {
    return exitCodeOf(this.#container(name));
  }

  async stop(name: string, graceMs: number): Promise<void> {
    await stopContainer(this.#container(name), graceMs);
  }

  async restart(name: string): Promise<void> {
    await restartContainer(this.#container(name));
  }

  async pause(name: string): Promise<void> {
    await pauseContainer(this.#container(name));
  }

  async resume(name: string): Promise<void> {
    await resumeContainer(this.#container(name));
  }

  async remove(name: string): Promise<void> {
    const id = this.#containers.get(name);
    if (id === undefined) return;
    this.#removed.add(id);
    await removeContainer(this.#docker.getContainer(id));
    this.#containers.delete(name);
  }

  async isRunning(name: string): Promise<boolean> {
    return isRunning(this.#container(name));
  }

  async exec(name: string, argv: string[], withinMs = 15_000): Promise<ExecResult> {
    return execIn(this.#container(name), argv, withinMs);
  }

  async readFile(name: string, path: string): Promise<Buffer> {
    return readFileIn(this.#container(name), path);
  }

  async writeFile(name: string, path: string, bytes: Buffer): Promise<void> {
    await writeFileIn(this.#container(name), path, bytes);
  }

  async logs(name: string, since?: string): Promise<string> {
    return logsOf(this.#container(name), since);
  }

  link(from: string, to: string): LinkControl {
    const gateway = this.#gateways.get(`${from}->${to}`);
    if (!gateway) throw new DrillError("E_INTERNAL", `no link ${from}->${to}`);
    return gateway;
  }

  machine(node: string): NodeMachine {
    const machine = this.#machines.get(node);
    if (!machine) throw new DrillError("E_INTERNAL", `no node ${node} in this run`);
    return machine;
  }

  onDeath(listener: (death: ContainerDeath) => void): () => void {
    return this.#deathListeners.add(listener);
  }

  onLost(listener: (reason: string) => void): () => void {
    return this.#lostListeners.add(listener);
  }

  async memory(): Promise<Record<string, number>> {
    const entries = await Promise.all(
      [...this.#containers].map(
        async ([name, id]) => [name, await memoryOf(this.#docker.getContainer(id))] as const,
      ),
    );
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async facts(): Promise<Record<string, unknown>> {
    const facts = await engineFacts(this.#docker, this.#images);
    return this.#given.size === 0 ? facts : { ...facts, given: Object.fromEntries(this.#given) };
  }

  detach(): void {
    this.#unfollow();
  }

  async destroy(): Promise<void> {
    this.detach();
    this.#starts.end();
    // Twice: what was starting fails sooner without its containers, and may leave one all the same.
    await this.#removeContainers();
    await this.#starts.settled();
    await this.#removeContainers();
    const networks = await this.#docker.listNetworks({ filters: this.#own() });
    const kept = await removeNetworks(this.#docker, networks);
    this.#containers.clear();
    if (kept.length > 0) {
      throw new DrillError("E_NETWORK", `the engine does not remove ${kept.join(", ")}`);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  async #removeContainers(): Promise<void> {
    const found = await this.#docker.listContainers({ all: true, filters: this.#own() });
    await Promise.all(found.map(({ Id }) => removeContainer(this.#docker.getContainer(Id))));
  }

  /** Everything that carries the label of this run. */
  #own(): { label: string[] } {
    return { label: [`${LABEL_RUN}=${this.#options.run}`] };
  }

  #place(
    image: string,
    name: string,
    options: Pick<
      PlacedOptions,
      "placements" | "hostId" | "volume" | "binds" | "openStdin" | "loopbackPort"
    >,
  ): PlacedContainer {
    return new PlacedContainer(image, {
      ...options,
      name: `blackstart-${this.#options.run}-${name}`,
      labels: labelsFor(this.#options.run, name),
      join: async (containerId, placement: Placement) => {
        await this.#docker.getNetwork(placement.network).connect({
          Container: containerId,
          EndpointConfig: endpointOf(placement),
        });
      },
    });
  }

  async #start(container: PlacedContainer, name: string): Promise<string> {
    try {
      const started = await this.#starts.track(name, () => container.start());
      this.#containers.set(name, started.getId());
      return started.getId();
    } catch (error) {
      if (this.#starts.over.aborted) throw error;
      throw new DrillError("E_NODE_NOT_READY", `${name} did not start: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async #loopbackPort(containerId: string): Promise<string> {
    const inspected = await this.#docker.getContainer(containerId).inspect();
    const bindings = inspected.NetworkSettings.Ports[`${TOXIPROXY_PORT}/tcp`];
    const port = bindings?.[0]?.HostPort;
    if (port === undefined) throw new DrillError("E_INTERNAL", "a gateway published no API port");
    return port;
  }

  #javaEnvironment(heapMiB: number, more: Record<string, string>): Record<string, string> {
    if (this.#options.profile === "defaults") return { BLACKSTART_PROFILE: "defaults", ...more };
    return { KAFKA_HEAP: `-Xms${Math.min(heapMiB, 128)}m -Xmx${heapMiB}m`, ...more };
  }

  #home(region: string, hostIndex?: number): Placement {
    const network = this.#network(region);
    const address = hostIndex === undefined ? null : `${network.prefix}.${hostIndex}`;
    return { network: network.name, address, aliases: [] };
  }

  #network(region: string): RegionNetwork {
    const network = this.#networks.get(region);
    if (!network) throw new DrillError("E_INTERNAL", `region ${region} has no network`);
    return network;
  }

  #container(name: string): Docker.Container {
    const id = this.#containers.get(name);
    if (id === undefined) throw new DrillError("E_INTERNAL", `no container ${name} in this run`);
    return this.#docker.getContainer(id);
  }
}

/** Where agents keep compiled code between runs: an agent starts in half the CPU time with it. */
function compileCache(): string {
  const folder = join(tmpdir(), "blackstart-agent-cache");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The container that is a node's machine: its address, its name, its firewall. */
function hostOf(node: string): string {
  return `${node}-host`;
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return hash;
}
