/**
 * The world the drill ran in: a box per region with its nodes, and below the boxes one rung per
 * connection, so that no line crosses a box or a label.
 *
 *   ┌ east ─────┐   ┌ west ─────┐
 *   │ primary   │   │ standby   │
 *   └─┬──────┬──┘   └─┬──────┬──┘
 *     ◀─────────20 ms─▶      │        a link, the same both ways
 *            └──mirror────────▶        replication
 */
import {
  type Drawing,
  glyph,
  type Layer,
  layer,
  path,
  rect,
  shorten,
  text,
  textWidth,
  vertical,
  WIDTH,
} from "../drawing.ts";
import type { NodeBox, TopologyModel } from "../topology-reader.ts";

const GAP = 36;
const PAD = 12;
const NODE = 24;
const RUNG = 30;

interface Rung {
  from: string;
  to: string;
  label: string;
  both: boolean;
  kind: "link" | "replication";
}

/** Two directed links with one label become one rung with two arrows. */
export function rungsOf(model: TopologyModel): Rung[] {
  const rungs: Rung[] = [];
  for (const link of model.links) {
    const back = rungs.find(
      (r) => r.from === link.to && r.to === link.from && r.label === link.label && !r.both,
    );
    if (back) back.both = true;
    else rungs.push({ ...link, both: false, kind: "link" });
  }
  for (const replication of model.replications) {
    const home = (name: string, avoid: string) => {
      const regions = model.clusters.find((cluster) => cluster.name === name)?.regions ?? [];
      return regions.find((region) => region !== avoid) ?? regions[0] ?? "";
    };
    const to = home(replication.to, "");
    rungs.push({
      from: home(replication.from, to),
      to,
      label: `${replication.name}: ${replication.topics.join(", ")}`,
      both: false,
      kind: "replication",
    });
  }
  return rungs.filter((r) => model.regions.includes(r.from) && model.regions.includes(r.to));
}

export function topologyDrawing(model: TopologyModel): Drawing {
  const n = model.regions.length;
  const width = Math.min((WIDTH - 1 - GAP * (n - 1)) / n, 471);
  const left = (index: number) => index * (width + GAP) + 0.5;
  const boxes = layer();
  const heights = model.regions.map((region, index) =>
    drawRegion(boxes, model, region, left(index), width),
  );
  const tallest = Math.max(...heights);
  for (const [index] of model.regions.entries()) {
    boxes.paths.unshift(path(rect(left(index), 1, width, tallest), "region"));
  }
  const rungs = rungsOf(model);
  const lines = layer();
  for (const [index, rung] of rungs.entries()) {
    const at = (region: string) =>
      left(model.regions.indexOf(region)) + (width * (index + 1)) / (rungs.length + 1);
    drawRung(lines, rung, at(rung.from), at(rung.to), tallest, tallest + (index + 1) * RUNG);
  }
  return {
    id: "topology-chart",
    title: "Topology: regions, nodes, links and replication",
    desc: describe(model, rungs),
    width: WIDTH,
    height: tallest + rungs.length * RUNG + 14,
    layers: [boxes, lines],
  };
}

/** Draws what is inside a region and gives the height it needs. */
function drawRegion(
  drawn: Layer,
  model: TopologyModel,
  region: string,
  x: number,
  width: number,
): number {
  drawn.texts.push(text(x + PAD, 22, shorten(`Region ${region}`, width - 2 * PAD, 14), "t h"));
  let y = 32;
  for (const cluster of model.clusters) {
    const nodes = model.nodes.filter((n) => n.cluster === cluster.name && n.region === region);
    if (nodes.length === 0) continue;
    const title = `cluster ${cluster.name}, Kafka ${cluster.kafka}`;
    drawn.texts.push(text(x + PAD, y + 14, shorten(title, width - 2 * PAD), "t m"));
    y += 21;
    for (const node of nodes) {
      drawNode(drawn, node, x + PAD, y, width - 2 * PAD);
      y += NODE + 4;
    }
    y += 4;
  }
  for (const worker of model.replications.filter((r) => r.region === region)) {
    drawn.paths.push(path(rect(x + PAD, y, width - 2 * PAD, NODE), "node node-mirror"));
    drawn.texts.push(text(x + PAD + 8, y + 16, shorten(worker.name, width - 4 * PAD), "t"));
    y += NODE + 4;
  }
  return y + 8;
}

function drawNode(drawn: Layer, node: NodeBox, x: number, y: number, width: number): void {
  drawn.paths.push(path(rect(x, y, width, NODE), "node"));
  const port = node.port === "" ? "" : `:${node.port}`;
  const room = width - 16;
  const name = shorten(node.name, room);
  drawn.texts.push(text(x + 8, y + 16, name, "t"));
  const rest = room - textWidth(name) - 12;
  // What does not fit beside the name is in the table of nodes.
  const notes = [`${node.roles} ${port}`.trim(), node.roles, port];
  const note = notes.find((s) => s !== "" && textWidth(s) <= rest);
  if (note) drawn.texts.push(text(x + width - 8, y + 16, note, "t m", "end"));
}

function drawRung(
  drawn: Layer,
  rung: Rung,
  fromX: number,
  toX: number,
  top: number,
  y: number,
): void {
  const c = rung.kind === "link" ? "wire" : "wire wire-mirror";
  const to = fromX === toX ? toX + 60 : toX;
  drawn.paths.push(path(`${vertical(fromX, top + 1, y)}H${to}V${top + 1}`, c, rung.label));
  const arrow = (x: number) => drawn.paths.push(path(glyph("up", x, top + 6, 4), "arrow"));
  arrow(to);
  if (rung.both) arrow(fromX);
  const room = Math.abs(to - fromX) - 16;
  const label = shorten(rung.label, Math.max(room, 60));
  drawn.texts.push(text((fromX + to) / 2, y - 6, label, "t s halo", "middle"));
}

function describe(model: TopologyModel, rungs: Rung[]): string {
  const regions = model.regions.map((region) => {
    const nodes = model.nodes.filter((node) => node.region === region).length;
    return `${region} with ${nodes} nodes`;
  });
  const wires = rungs.map((rung) => {
    const arrow = rung.both ? "and" : "to";
    return `${rung.from} ${arrow} ${rung.to} ${rung.label}`;
  });
  return `Regions: ${regions.join(", ")}. Connections: ${wires.join("; ") || "none"}.`;
}
