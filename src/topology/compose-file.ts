/**
 * A topology as a Compose file, for exploring by hand what a drill boots: the same networks, fixed
 * addresses, gateways and settings. It runs no workload, breaks nothing and measures nothing.
 *
 * ```
 *  network east                 gateway-east-west             network west
 *  primary-east-1 ──▶ is called standby-west-1 :19201 ──▶ standby-west-1 10.214.x.11:19201
 * ```
 * What differs from a run: a node is one container, so its name goes with its process; the addresses
 * are of another range, so that a run is not in the way; Toxiproxy's ports are the same every time.
 * Settings travel in the environment: one file is all there is. Tags are variables, because an image
 * built here has a name that no other machine knows: `compose/.env` says them.
 */
import { propertiesText } from "./properties-text.ts";
import type { KafkaNode, Link, Replication, Topology } from "./types.ts";

const TOXIPROXY_PORT = 8474;
/** On loopback; those of gateways count up from here. */
const FIRST_PUBLISHED = 18_474;
const REGIONS_A_FILE = 16;

const NODE_SCRIPT =
  'printf "%s" "$$SERVER_PROPERTIES" >/tmp/server.properties && ' +
  "exec /opt/blackstart/bin/kafka-node /tmp/server.properties";
const MIRROR_SCRIPT =
  'printf "%s" "$$MIRROR_PROPERTIES" >/tmp/mm2.properties && ' +
  "exec /opt/blackstart/bin/mirror-maker /tmp/mm2.properties";

/** Toxiproxy reads proxies from a file, and takes toxics by its API only: one line each. */
const GATEWAY_SCRIPT = `printf "%s" "$$PROXIES" >/tmp/proxies.json
toxiproxy-server -host 0.0.0.0 -config /tmp/proxies.json &
server=$$!
trap 'kill $$server' TERM INT
until (: </dev/tcp/127.0.0.1/${TOXIPROXY_PORT}) 2>/dev/null; do
  kill -0 $$server || exit 1
  sleep 0.1
done
while read -r proxy toxic; do
  [ -n "$$proxy" ] || continue
  exec 3<>/dev/tcp/127.0.0.1/${TOXIPROXY_PORT}
  printf 'POST /proxies/%s/toxics HTTP/1.0\\r\\nContent-Length: %s\\r\\n\\r\\n%s' \\
    "$$proxy" "$\${#toxic}" "$$toxic" >&3
  head -n 1 <&3 | grep -q ' 200 ' || { echo "refused: $$proxy $$toxic" >&2; exit 1; }
  exec 3>&-
done <<<"$$TOXICS"
wait $$server
`;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type ComposeFile = { [key: string]: Json };

/** `index`: of the file among those that may run side by side; it chooses addresses and ports. */
export function composeFile(topology: Topology, name: string, index: number): ComposeFile {
  const prefixes = new Map(
    topology.regions.map((region) => [
      region.name,
      `10.214.${index * REGIONS_A_FILE + region.index}`,
    ]),
  );
  const addressOf = (node: { region: string; hostIndex: number }) =>
    `${prefixes.get(node.region)}.${node.hostIndex}`;
  const services: Record<string, Json> = {};
  for (const [at, link] of topology.links.entries()) {
    const published = FIRST_PUBLISHED + index * 100 + at;
    services[`gateway-${link.from}-${link.to}`] = gatewayOf(link, topology, addressOf, published);
  }
  for (const node of topology.nodes) services[node.name] = nodeOf(node, topology, addressOf(node));
  for (const mirror of topology.replications) {
    services[mirror.name] = mirrorOf(mirror, topology, addressOf(mirror));
  }
  return { "x-topology": name, services, networks: networksOf(prefixes) };
}

/** The variable that names the image of a role or of a Kafka version. */
export function imageVariableOf(role: string): string {
  return `BLACKSTART_IMAGE_${role.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;
}

function imageOf(role: string): string {
  return `\${${imageVariableOf(role)}:?npm run compose writes compose/.env}`;
}

function networksOf(prefixes: ReadonlyMap<string, string>): Json {
  const networks = [...prefixes].map(([region, prefix]) => [
    region,
    {
      driver: "bridge",
      // As in a run: nothing in it reaches beyond it.
      driver_opts: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
      ipam: { config: [{ subnet: `${prefix}.0/24`, ip_range: `${prefix}.128/25` }] },
    },
  ]);
  return Object.fromEntries(networks);
}

function nodeOf(node: KafkaNode, { clusters }: Topology, address: string): Json {
  const cluster = clusters.find(({ name }) => name === node.cluster);
  return {
    image: imageOf(`kafka ${cluster?.kafka}`),
    command: ["sh", "-c", NODE_SCRIPT],
    environment: {
      ...heapOf(node.heapMiB),
      KAFKA_CLUSTER_ID: cluster?.clusterId ?? "",
      SERVER_PROPERTIES: escaped(propertiesText(node.config)),
    },
    networks: { [node.region]: { ipv4_address: address } },
    // A cold cluster is started by hand: --profile cold.
    ...(cluster?.cold ? { profiles: ["cold"] } : {}),
  };
}

function mirrorOf(mirror: Replication, { clusters }: Topology, address: string): Json {
  const target = clusters.find(({ name }) => name === mirror.to);
  return {
    image: imageOf(`kafka ${target?.kafka}`),
    command: ["sh", "-c", MIRROR_SCRIPT],
    environment: {
      ...heapOf(mirror.heapMiB),
      MIRROR_PROPERTIES: escaped(propertiesText(mirror.config)),
    },
    networks: { [mirror.region]: { ipv4_address: address } },
  };
}

function heapOf(heapMiB: number): Record<string, string> {
  return { KAFKA_HEAP: `-Xms${Math.min(heapMiB, 128)}m -Xmx${heapMiB}m` };
}

function gatewayOf(
  link: Link,
  topology: Topology,
  addressOf: (node: KafkaNode) => string,
  published: number,
): Json {
  const nodes = topology.nodes.filter(({ region }) => region === link.to);
  const routes = nodes.flatMap((node) =>
    [node.clientPort, node.controllerPort]
      .filter((port) => port !== null)
      .map((port) => ({
        name: `${node.name}-${port}`,
        listen: `0.0.0.0:${port}`,
        upstream: `${addressOf(node)}:${port}`,
        enabled: true,
      })),
  );
  return {
    image: imageOf("gateway"),
    entrypoint: ["bash", "-c", GATEWAY_SCRIPT],
    cap_add: ["NET_ADMIN"],
    environment: {
      PROXIES: JSON.stringify(routes),
      TOXICS: routes.flatMap(({ name }) => toxicsOf(link, name)).join("\n"),
    },
    networks: {
      // In the network of the callers it bears the names of the nodes behind it.
      [link.from]: { aliases: nodes.map(({ name }) => name) },
      [link.to]: {},
    },
    ports: [`127.0.0.1:${published}:${TOXIPROXY_PORT}`],
  };
}

/** What the link adds, half each way; as `runtime/docker/gateway.ts` asks for it. */
function toxicsOf(link: Link, proxy: string): string[] {
  const { latencyMs, jitterMs, bandwidthBytesPerSecond } = link;
  const half = { latency: Math.round(latencyMs / 2), jitter: Math.round(jitterMs / 2) };
  const rate = Math.max(1, Math.round((bandwidthBytesPerSecond ?? 0) / 1000));
  return ["upstream", "downstream"].flatMap((stream) =>
    [
      ...(latencyMs === 0 && jitterMs === 0 ? [] : [{ type: "latency", attributes: half }]),
      ...(bandwidthBytesPerSecond === null ? [] : [{ type: "bandwidth", attributes: { rate } }]),
    ].map(({ type, attributes }) => {
      const toxic = { name: `${type}-${stream}`, type, stream, toxicity: 1, attributes };
      return `${proxy} ${JSON.stringify(toxic)}`;
    }),
  );
}

/** Compose puts variables in wherever a dollar stands. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}
