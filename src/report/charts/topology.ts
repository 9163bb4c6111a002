/**
 * The world the drill ran in: a box per region with its nodes, and below the boxes one rung per
 * connection, so that no line crosses a box or a label. Short rungs are near the boxes, and rungs
 * that do not overlap share a level. A mere controller is shaded, what is cold is dashed.
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
  shortText,
  text,
  textWidth,
  vertical,
  WIDTH,
} from "../drawing.ts";
import type { ClusterLine, NodeBox, TopologyModel } from "../topology-reader.ts";

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
  const placed = placeRungs(model, rungs);
  const lines = layer();
  for (const { rung, level, from, to } of placed) {
    const at = ({ region, share }: End) => left(region) + width * share;
    drawRung(lines, rung, at(from), at(to), tallest, tallest + (level + 1) * RUNG);
  }
  const levels = Math.max(0, ...placed.map(({ level }) => level + 1));
  return {
    id: "topology-chart",
    title: "Topology: regions, nodes, links and replication",
    desc: describe(model, rungs),
    width: WIDTH,
    height: tallest + levels * RUNG + 14,
    layers: [boxes, lines],
  };
}

/** Where a rung meets a region: the region's place, and how far to the right, from 0 to 1. */
interface End {
  region: number;
  share: number;
}

interface PlacedRung {
  rung: Rung;
  /** From 0, downwards. */
  level: number;
  from: End;
  to: End;
}

/**
 * Levels and ends so that lines cross as little as they can: at its left end a deeper rung is to the
 * left of the others, at its right end to the right of them.
 */
export function placeRungs(model: TopologyModel, rungs: Rung[]): PlacedRung[] {
  const place = (region: string) => model.regions.indexOf(region);
  const spans = rungs.map((rung) => {
    const ends = [place(rung.from), place(rung.to)];
    return { rung, low: Math.min(...ends), high: Math.max(...ends), level: 0 };
  });
  const byLength = [...spans].sort((a, b) => a.high - a.low - (b.high - b.low));
  const done: typeof spans = [];
  for (const span of byLength) {
    // Rungs that only meet at a region do not overlap, but one that stays in its region does.
    const overlaps = (other: (typeof spans)[number]) =>
      span.low === span.high || other.low === other.high
        ? span.low <= other.high && other.low <= span.high
        : span.low < other.high && other.low < span.high;
    while (done.some((other) => other.level === span.level && overlaps(other))) span.level += 1;
    done.push(span);
  }
  const shareOf = (span: (typeof spans)[number], region: number) => {
    const arriving = spans.filter(({ low, high }) => high === region && low < region);
    const leaving = spans.filter(({ low }) => low === region);
    const order = [
      ...arriving.sort((a, b) => a.level - b.level),
      ...leaving.sort((a, b) => b.level - a.level),
    ];
    return (order.indexOf(span) + 1) / (order.length + 1);
  };
  return spans.map((span) => {
    const end = (region: number) => ({ region, share: shareOf(span, region) });
    const { rung, level } = span;
    return { rung, level, from: end(place(rung.from)), to: end(place(rung.to)) };
  });
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
    // Controllers of a stretched cluster where it has no broker.
    const lone = cluster.regions.length > 1 && nodes.every(({ roles }) => roles === "controller");
    const title = titleOf(cluster);
    drawn.texts.push(shortText(x + PAD, y + 14, title, width - 2 * PAD, "t m"));
    y += 21;
    for (const node of nodes) {
      drawNode(drawn, node, cluster, lone, x + PAD, y, width - 2 * PAD);
      y += NODE + 4;
    }
    y += 4;
  }
  for (const worker of model.replications.filter((r) => r.region === region)) {
    drawn.paths.push(path(rect(x + PAD, y, width - 2 * PAD, NODE), "node node-mirror"));
    drawn.texts.push(shortText(x + PAD + 8, y + 16, worker.name, width - 4 * PAD));
    y += NODE + 4;
  }
  return y + 8;
}

function titleOf({ name, kafka, regions, cold }: ClusterLine): string {
  const stretched = regions.length > 1 ? `, over ${regions.length} regions` : "";
  return `cluster ${name}${stretched}, Kafka ${kafka}${cold ? ", cold" : ""}`;
}

function drawNode(
  drawn: Layer,
  node: NodeBox,
  { cold }: ClusterLine,
  lone: boolean,
  x: number,
  y: number,
  width: number,
): void {
  const kind = node.roles === "controller" ? " node-controller" : "";
  const state = cold ? " node-cold" : "";
  drawn.paths.push(path(rect(x, y, width, NODE), `node${kind}${state}`));
  const port = node.port === "" ? "" : `:${node.port}`;
  const room = width - 16;
  const name = shortText(x + 8, y + 16, node.name, room);
  drawn.texts.push(name);
  const rest = room - textWidth(name.s) - 12;
  const what = `${rackOf(node)}${lone ? "tiebreaker " : ""}${node.roles}`;
  // What does not fit beside the name is in the table of nodes.
  const notes = [`${what} ${port}`.trim(), what, node.roles, port];
  const note = notes.find((s) => s !== "" && textWidth(s) <= rest);
  if (note) drawn.texts.push(text(x + width - 8, y + 16, note, "t m", "end"));
}

/** Of a broker whose rack is not its region: that is said of the region already. */
function rackOf({ roles, rack, region }: NodeBox): string {
  if (!roles.includes("broker") || rack === region) return "";
  return rack === "" ? "no rack, " : `rack ${rack}, `;
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
  const middle = (fromX + to) / 2;
  const width = Math.max(room, 60);
  drawn.texts.push(shortText(middle, y - 6, rung.label, width, "t s halo", "middle"));
}

function describe(model: TopologyModel, rungs: Rung[]): string {
  const regions = model.regions.map((region) => {
    const nodes = model.nodes.filter((node) => node.region === region).length;
    return `${region} with ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
  });
  const wires = rungs.map((rung) => {
    const arrow = rung.both ? "and" : "to";
    return `${rung.from} ${arrow} ${rung.to} ${rung.label}`;
  });
  return `Regions: ${regions.join(", ")}. Connections: ${wires.join("; ") || "none"}.`;
}
