/** What a chart does so that one value does not hide the others, and names that tell rows apart. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema, type Series } from "../../../src/reconcile/result.ts";
import { clippedAt } from "../../../src/report/charts/clipping.ts";
import { lossMapFigure } from "../../../src/report/charts/loss-map.ts";
import { exposureFigures, rateFigures } from "../../../src/report/charts/series.ts";
import { timeFrame } from "../../../src/report/charts/time-frame.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const failed: Result = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const frame = timeFrame(failed);

function series(id: string, label: string, unit: string, values: number[]): Series {
  const points = values.map((value, at): [number, number] => [at * 100, value]);
  return { id, label, unit, meaning: "", points };
}

const steady = Array.from({ length: 200 }, (_, at) => 290 + (at % 20));
const spiked = steady.map((value, at) => (at === 150 ? 20_488 : at === 151 ? 9000 : value));

function ratesOf(values: number[]) {
  const rate = series("deliveredRate", "delivered", "records/s", values);
  return rateFigures({ ...failed, series: [rate] }, frame)[0];
}

describe(clippedAt.name, () => {
  it("cuts off a spike, and says its value and its time", () => {
    const figure = ratesOf(spiked);
    const ticks = figure?.drawing?.layers[2]?.texts.map(({ s }) => s) ?? [];
    expect(ticks).to.include("600").and.to.not.include("20,000");
    expect(figure?.lead).to.contain("the highest value, 20,488 records/s (delivered) at 15.00 s");
    expect(figure?.legend.map(({ label }) => label)).to.include("above the axis");
    const peaks = figure?.drawing?.layers[3]?.paths.filter(({ t }) => t?.includes("20,488"));
    expect(peaks).to.have.length(1);
  });

  it("cuts nothing where nothing stands out", () => {
    expect(clippedAt([series("a", "a", "records/s", steady)])).to.equal(null);
    expect(clippedAt([series("a", "a", "records/s", [])])).to.equal(null);
    expect(ratesOf(steady)?.lead).to.not.contain("The axis ends");
  });
});

describe("what is beside an axis", () => {
  it("has no unit that the ticks contradict, and headings begin with a capital", () => {
    const lag = series("replicationLag", "replication lag", "ms", steady);
    const age = series("deliveryAge", "delivery age", "ms", steady);
    const figures = exposureFigures({ ...failed, series: [lag, age] }, frame);
    const labels = figures.flatMap(({ legend }) => legend.map(({ label }) => label));
    expect(labels).to.include("replication lag").and.to.include("delivery age");
    expect(figures.map(({ heading }) => heading)).to.include("Delivery age");
  });

  it("names the cluster of a row where rows are of several", () => {
    const [row] = failed.lossMap.rows;
    if (!row) throw new Error("the fixture has a loss map");
    const rows = ["primary", "standby"].map((cluster) => ({ ...row, cluster }));
    const labels = (some: typeof rows) =>
      lossMapFigure({ ...failed, lossMap: { ...failed.lossMap, rows: some } }, frame)
        .drawing?.layers.at(-1)
        ?.texts.map(({ s }) => s);
    const name = `${row.topic} ${row.partition}`;
    expect(labels(rows)).to.deep.equal([`primary ${name}`, `standby ${name}`]);
    expect(labels(rows.slice(0, 1))).to.deep.equal([name]);
  });
});
