/** The picture of the world: what it says of racks, controllers and cold clusters, and its lines. */
import { expect } from "chai";
import fc from "fast-check";
import { placeRungs, rungsOf, topologyDrawing } from "../../../src/report/charts/topology.ts";
import { readTopology, type TopologyModel } from "../../../src/report/topology-reader.ts";
import { compileTopology, type TopologySpec } from "../../../src/topology/compile.ts";

function modelOf(clusters: TopologySpec["clusters"], regions: string[]): TopologyModel {
  const compiled = compileTopology({ regions, clusters, links: [] }, "r1");
  const model = readTopology(JSON.parse(JSON.stringify(compiled)) as Record<string, unknown>);
  if (!model) throw new Error("no topology was read");
  return model;
}

const wordsOf = (model: TopologyModel) =>
  topologyDrawing(model).layers.flatMap(({ texts }) => texts.map(({ s }) => s));
const KAFKA = "4.3.1";

describe(topologyDrawing.name, () => {
  const half = modelOf(
    { main: { kafka: KAFKA, brokers: { a: 1, b: 1 }, controllers: { a: 1, b: 1, c: 1 } } },
    ["a", "b", "c"],
  );

  it("shades a controller of its own, and calls one without brokers a tiebreaker", () => {
    const words = wordsOf(half);
    expect(words.filter((word) => word.includes("controller"))).to.deep.equal([
      "controller :29102",
      "controller :29202",
      "tiebreaker controller :29301",
    ]);
    expect(words).to.include("cluster main, over 3 regions, Kafka 4.3.1");
    const shaded = topologyDrawing(half).layers.flatMap(({ paths }) =>
      paths.filter(({ c }) => c === "node node-controller"),
    );
    expect(shaded).to.have.length(3);
  });

  it("tells of a rack that is not the region, and of none", () => {
    const racks = (named: "none" | Record<string, string> | undefined) =>
      wordsOf(modelOf({ main: { kafka: KAFKA, brokers: { a: 1 }, racks: named } }, ["a"])).at(-1);
    expect(racks(undefined)).to.equal("broker + controller :19101");
    expect(racks({ a: "r7" })).to.equal("rack r7, broker + controller :19101");
    expect(racks("none")).to.equal("no rack, broker + controller :19101");
  });

  it("says nothing of racks for a result that has none in it", () => {
    const { nodes, ...rest } = compileTopology(
      { regions: ["a"], clusters: { main: { kafka: KAFKA, brokers: { a: 1 } } }, links: [] },
      "r1",
    );
    const old = nodes.map(({ rack, ...node }) => node);
    const model = readTopology({ ...rest, nodes: old });
    expect(model && wordsOf(model).at(-1)).to.equal("broker + controller :19101");
  });

  it("dashes what is cold", () => {
    const model = modelOf({ main: { kafka: KAFKA, brokers: { a: 2 }, cold: true } }, ["a"]);
    expect(wordsOf(model)).to.include("cluster main, Kafka 4.3.1, cold");
    const classes = topologyDrawing(model).layers.flatMap(({ paths }) => paths.map(({ c }) => c));
    expect(classes.filter((c) => c === "node node-cold")).to.have.length(2);
  });
});

describe(placeRungs.name, () => {
  it("puts two short rungs beside each other and the long one below both", () => {
    const model = modelOf({ main: { kafka: KAFKA, brokers: { a: 1 } } }, ["a", "b", "c"]);
    const placed = placeRungs(model, rungsOf(model));
    expect(placed.map(({ rung, level }) => `${rung.from}-${rung.to} ${level}`)).to.deep.equal([
      "a-b 0",
      "a-c 1",
      "b-c 0",
    ]);
    // Deeper is further to the left at the left end, and to the right at the right end.
    const [near, far, other] = placed;
    expect(far?.from.share).to.be.lessThan(near?.from.share ?? 0);
    expect(far?.to.share).to.be.greaterThan(other?.to.share ?? 1);
  });

  it("never lets two rungs share a piece of a level, nor an end", () => {
    const regions = ["a", "b", "c", "d", "e"];
    const ends = fc.constantFrom(...regions);
    fc.assert(
      fc.property(fc.array(fc.tuple(ends, ends), { maxLength: 12 }), (pairs) => {
        const model = modelOf({ main: { kafka: KAFKA, brokers: { a: 1 } } }, regions);
        const rungs = pairs.map(([from, to]) => {
          return { from, to, label: "", both: false, kind: "link" as const };
        });
        const placed = placeRungs(model, rungs);
        const points = placed.flatMap(({ from, to }) =>
          from.region === to.region ? [from] : [from, to],
        );
        const at = points.map(({ region, share }) => region + share);
        expect(new Set(at).size).to.equal(at.length);
        for (const one of placed) {
          for (const other of placed) {
            if (one === other || one.level !== other.level) continue;
            const [a, b] = [intervalOf(one), intervalOf(other)];
            expect(a.high < b.low || b.high < a.low).to.equal(true);
          }
        }
      }),
    );
  });
});

function intervalOf({ from, to }: ReturnType<typeof placeRungs>[number]) {
  const ends = [from.region + from.share, to.region + to.share];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
