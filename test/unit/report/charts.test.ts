/** Scales, places and thinning: what decides whether a picture says what the numbers say. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { latencyFigure } from "../../../src/report/charts/latency.ts";
import { downsample } from "../../../src/report/charts/lines.ts";
import { lossMapFigure } from "../../../src/report/charts/loss-map.ts";
import { distanceOf, offsetsFigure } from "../../../src/report/charts/offsets.ts";
import { originMs, recoveryFigures } from "../../../src/report/charts/recovery.ts";
import { exposureFigures, rateFigures } from "../../../src/report/charts/series.ts";
import { LEFT, timeFrame, timeTicks } from "../../../src/report/charts/time-frame.ts";
import { timelineFigure } from "../../../src/report/charts/timeline.ts";
import { rungsOf } from "../../../src/report/charts/topology.ts";
import { shorten, textWidth, WIDTH } from "../../../src/report/drawing.ts";
import { readTopology } from "../../../src/report/topology-reader.ts";

function load(name: string): Result {
  const file = new URL(`../../golden/files/${name}.result.json`, import.meta.url);
  return resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
const failed = load("region-loss-failed");
const crashed = load("crash-inconclusive");

describe("time axis", () => {
  it("puts an instant at one place on every chart", () => {
    const frame = timeFrame(failed);
    const bands = [
      timelineFigure(failed, frame),
      ...rateFigures(failed, frame),
      latencyFigure(failed, frame),
      ...exposureFigures(failed, frame),
      lossMapFigure(failed, frame),
    ].flatMap((figure) => {
      const shades = figure.drawing?.layers[0]?.paths.filter((shape) => shape.c === "band") ?? [];
      return shades.map((shape) => /^M([\d.]+) [\d.]+h([\d.]+)/.exec(shape.d)?.slice(1).join());
    });
    expect(bands).to.have.length(8);
    expect(new Set(bands).size).to.equal(1);
    expect(bands[0]?.split(",")[0]).to.equal(String(Math.round(frame.x(20170) * 10) / 10));
  });

  it("keeps instants outside the run on its edge", () => {
    const frame = timeFrame(failed);
    expect(frame.x(-99_999)).to.equal(LEFT);
    expect(frame.x(99_999)).to.be.below(WIDTH);
  });

  it("never draws an unproven fault as one in effect", () => {
    const [band] = timeFrame(crashed).bands;
    expect(band?.effectiveMs).to.equal(band?.healingMs);
  });

  it("ticks at whole units", () => {
    const labels = (from: number, to: number) => timeTicks(from, to, 6).map((tick) => tick.label);
    expect(labels(-4000, 60_000)).to.deep.equal(["0 s", "15 s", "30 s", "45 s", "1:00"]);
    expect(labels(0, 300_000)).to.deep.equal(["0 s", "1:00", "2:00", "3:00", "4:00", "5:00"]);
    expect(labels(-1000, 0)).to.deep.equal(["−1 s", "−0.8 s", "−0.6 s", "−0.4 s", "−0.2 s", "0 s"]);
  });

  it("has few ticks for any span", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 0 }),
        fc.integer({ min: 1, max: 1e10 }),
        (a, b) => timeTicks(a, a + b, 10).length <= 11,
      ),
    );
  });
});

describe("thinning", () => {
  it("keeps every peak, every gap and the order of time", () => {
    const points: [number, number | null][] = Array.from({ length: 5000 }, (_, t) => [t, 1]);
    points[1234] = [1234, 900];
    points[3210] = [3210, null];
    const kept = downsample(points, 100);
    expect(kept.length).to.be.at.most(300);
    expect(kept).to.deep.include([1234, 900]);
    expect(kept).to.deep.include([3210, null]);
    const times = kept.map((point) => point[0]);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
  });

  it("leaves a short curve alone", () => {
    expect(
      downsample(
        [
          [0, 1],
          [1, null],
        ],
        10,
      ),
    ).to.deep.equal([
      [0, 1],
      [1, null],
    ]);
  });
});

describe("charts without data", () => {
  it("say so and show the raw points", () => {
    const [rates] = rateFigures(crashed, timeFrame(crashed));
    expect(rates?.drawing).to.equal(null);
    expect(rates?.empty).to.match(/Too few points/);
    expect(rates?.tableOpen).to.equal(true);
    expect(rates?.table?.rows).to.have.length(2);
  });

  it("leave no figure with neither a drawing nor words", () => {
    const frame = timeFrame(crashed);
    const figures = [
      timelineFigure(crashed, frame),
      ...rateFigures(crashed, frame),
      latencyFigure(crashed, frame),
      ...exposureFigures(crashed, frame),
      lossMapFigure(crashed, frame),
      offsetsFigure(crashed),
      ...recoveryFigures(crashed),
    ];
    expect(figures.length).to.be.greaterThan(6);
    for (const figure of figures) {
      expect((figure.drawing === null) !== (figure.empty === null), figure.id).to.equal(true);
    }
  });
});

describe("offsets and recovery", () => {
  it("draws replay to the left, skip to the right, exact on the line", () => {
    const distances = failed.offsets.map(distanceOf);
    expect(distances.slice(0, 4)).to.deep.equal([12, -312, 0, -1840]);
  });

  it("takes T0 from a recovered partition, else from the fault", () => {
    expect(originMs(failed)).to.equal(20013);
    expect(originMs(crashed)).to.equal(1900);
  });

  it("gives all viewpoints one scale and one legend", () => {
    const figures = recoveryFigures(failed);
    const grids = figures.map((figure) => figure.drawing?.layers[0]?.texts.map((t) => [t.x, t.s]));
    expect(new Set(grids.map((grid) => JSON.stringify(grid))).size).to.equal(1);
    expect(figures.filter((figure) => figure.legend.length > 0)).to.have.length(1);
  });
});

describe("topology", () => {
  it("joins two directions of a link only when they are alike", () => {
    const model = readTopology(crashed.topology);
    const rungs = model ? rungsOf(model) : [];
    expect(rungs.map((r) => [r.from, r.to, r.both, r.label])).to.deep.equal([
      ["north", "centre", true, "5 ms"],
      ["centre", "south", false, "20 ms"],
      ["south", "centre", false, "20 ms ± 3 ms, 10 Mbit/s"],
      ["north", "south", false, "25 ms"],
      ["south", "north", false, "50 ms ± 3 ms, 10 Mbit/s"],
    ]);
  });

  it("renders nothing from a record it does not know", () => {
    expect(readTopology({})).to.equal(null);
    expect(readTopology({ regions: "east", nodes: 3 })).to.equal(null);
    expect(readTopology({ regions: ["east"] })?.regions).to.deep.equal(["east"]);
  });
});

describe(shorten.name, () => {
  it("cuts to the width, and says so", () => {
    expect(shorten("orders", 100)).to.equal("orders");
    const cut = shorten("a-very-long-name-of-a-broker-in-the-east", 100);
    expect(cut.endsWith("…")).to.equal(true);
    expect(textWidth(cut)).to.be.at.most(100);
  });
});
