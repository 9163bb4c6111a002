/**
 * Reads the plan's topology out of the result, where it is an open record: the report must still
 * render when a field is missing or another shape was written by an older version.
 */

export interface NodeBox {
  name: string;
  cluster: string;
  region: string;
  roles: string;
  /** Where clients reach it; a mere controller's own port. */
  port: string;
  rack: string;
  config: Record<string, string>;
}

export interface ClusterLine {
  name: string;
  kafka: string;
  regions: string[];
  /** Not booted with the run. */
  cold: boolean;
}

export interface LinkLine {
  from: string;
  to: string;
  label: string;
}

export interface ReplicationLine {
  name: string;
  from: string;
  to: string;
  region: string;
  topics: string[];
  config: Record<string, string>;
}

export interface TopologyModel {
  regions: string[];
  clusters: ClusterLine[];
  nodes: NodeBox[];
  links: LinkLine[];
  replications: ReplicationLine[];
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function scalar(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(scalar) : [];
}

function settings(value: unknown): Record<string, string> {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scalar(item)]));
}

/** `20 ms ± 3 ms, 10 Mbit/s`: what the link adds, and what it lets through. */
function linkLabel(link: Fields): string {
  const { latencyMs, jitterMs, bandwidthBytesPerSecond: rate } = link;
  const jitter = typeof jitterMs === "number" && jitterMs > 0 ? ` ± ${jitterMs} ms` : "";
  const latency = typeof latencyMs === "number" ? `${latencyMs} ms${jitter}` : "";
  const bandwidth = typeof rate === "number" ? `${Math.round((rate * 8) / 1e5) / 10} Mbit/s` : "";
  return [latency, bandwidth].filter((s) => s !== "").join(", ");
}

/** Null when the record does not hold regions: there is nothing to draw then. */
export function readTopology(source: Fields): TopologyModel | null {
  const regions = (Array.isArray(source["regions"]) ? source["regions"] : []).map((region) =>
    isFields(region) ? scalar(region["name"]) : scalar(region),
  );
  if (regions.length === 0) return null;
  return {
    regions,
    clusters: records(source["clusters"]).map((cluster) => ({
      name: scalar(cluster["name"]),
      kafka: scalar(cluster["kafka"]),
      regions: texts(cluster["regions"]),
      cold: cluster["cold"] === true,
    })),
    nodes: records(source["nodes"]).map((node) => ({
      name: scalar(node["name"]),
      cluster: scalar(node["cluster"]),
      region: scalar(node["region"]),
      roles: texts(node["roles"]).join(" + "),
      port: scalar(node["clientPort"] ?? node["controllerPort"]),
      rack: scalar("rack" in node ? node["rack"] : node["region"]),
      config: settings(node["config"]),
    })),
    links: records(source["links"]).map((link) => ({
      from: scalar(link["from"]),
      to: scalar(link["to"]),
      label: linkLabel(link),
    })),
    replications: records(source["replications"]).map((replication) => ({
      name: scalar(replication["name"]),
      from: scalar(replication["from"]),
      to: scalar(replication["to"]),
      region: scalar(replication["region"]),
      topics: texts(replication["topics"]),
      config: settings(replication["config"]),
    })),
  };
}
