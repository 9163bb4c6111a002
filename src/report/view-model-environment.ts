/**
 * Every effective setting, flattened so that it can be read and searched. Settings that all nodes
 * of a cluster share are said once; those that differ name their nodes.
 */
import { formatBytes } from "../kernel/units.ts";
import type { Result } from "../reconcile/result.ts";
import { topologyDrawing } from "./charts/topology.ts";
import { cell, type Figure, figure, num, type Table, table } from "./figure.ts";
import { readTopology, scalar, type TopologyModel } from "./topology-reader.ts";

/** `{a: {b: [1]}}` → `a.b.0 = 1`. Empty branches are kept, because "none" is a setting too. */
export function flatten(value: unknown, prefix = ""): [string, string][] {
  if (typeof value !== "object" || value === null) {
    return [[prefix, value === null ? "null" : scalar(value)]];
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return [[prefix, Array.isArray(value) ? "none" : "empty"]];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return [[prefix, value.map(scalar).join(", ")]];
  }
  return entries.flatMap(([key, item]) => flatten(item, prefix === "" ? key : `${prefix}.${key}`));
}

/** Numbers under a key that says they are bytes, as sizes: `25276063744` → `23.54 GiB`. */
function inSizes(value: unknown, key: string): unknown {
  if (typeof value === "number" && key.endsWith("Bytes")) return formatBytes(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const named = (inner: string) => (key.endsWith("Bytes") ? key : inner);
  return Object.fromEntries(
    Object.entries(value).map(([inner, item]) => [inner, inSizes(item, named(inner))]),
  );
}

function settingsTable(caption: string, rows: [string, string][]): Table {
  return table(
    caption,
    [cell("setting"), cell("value")],
    rows.map(([key, value]) => [cell(key, "code"), cell(value, "code wide")]),
  );
}

function clusterTable(model: TopologyModel, cluster: string): Table | null {
  const nodes = model.nodes.filter((node) => node.cluster === cluster);
  const keys = [...new Set(nodes.flatMap((node) => Object.keys(node.config)))].sort();
  if (keys.length === 0) return null;
  const rows = keys.map((key): [string, string] => {
    const byValue = new Map<string, string[]>();
    for (const node of nodes) {
      const value = node.config[key] ?? "(not set)";
      byValue.set(value, [...(byValue.get(value) ?? []), node.name]);
    }
    if (byValue.size === 1) return [key, [...byValue.keys()].join("")];
    return [key, [...byValue].map(([value, names]) => `${names.join(", ")}: ${value}`).join("; ")];
  });
  return settingsTable(`Cluster ${cluster}: ${nodes.length} nodes`, rows);
}

export interface EnvironmentView {
  topology: Figure;
  groups: Table[];
}

export function environmentView(result: Result): EnvironmentView {
  const model = readTopology(result.topology);
  const base = {
    id: "topology",
    heading: "Topology",
    lead: "A latency is the round-trip time that a link adds; half of it each way.",
  };
  const drawn = model
    ? figure({ ...base, drawing: topologyDrawing(model), table: nodeTable(model) })
    : figure({
        ...base,
        lead: "",
        empty: "The run holds no topology: it ended before one was up.",
      });
  const clusters = (model?.clusters ?? []).flatMap((cluster) => {
    const made = model ? clusterTable(model, cluster.name) : null;
    return made ? [made] : [];
  });
  const mirrors = (model?.replications ?? []).map((replication) =>
    settingsTable(
      `Replication ${replication.name}`,
      Object.entries(replication.config).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    ),
  );
  const loose: [string, string][] = [];
  const facts: Table[] = [];
  for (const [key, value] of Object.entries(result.environment)) {
    const rows = flatten(inSizes(value, key));
    const [first] = rows;
    // A single value, or a list of values, has no name of its own but the key.
    if (first && first[0] === "") loose.push([key, first[1]]);
    else facts.push(settingsTable(key, rows));
  }
  const other = loose.length === 0 ? [] : [settingsTable("Other facts", loose)];
  return { topology: drawn, groups: [...facts, ...other, ...clusters, ...mirrors] };
}

function nodeTable(model: TopologyModel): Table {
  return table(
    "Nodes",
    [cell("node"), cell("cluster"), cell("region"), cell("roles"), cell("rack"), num("port")],
    model.nodes.map((node) => [
      cell(node.name, "code"),
      cell(node.cluster),
      cell(node.region),
      cell(node.roles),
      cell(node.rack === "" ? "none" : node.rack),
      num(node.port),
    ]),
  );
}
