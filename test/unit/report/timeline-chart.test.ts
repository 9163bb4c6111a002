/** Where the marks of the timeline and their labels stand. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { timeFrame } from "../../../src/report/charts/time-frame.ts";
import { timelineFigure } from "../../../src/report/charts/timeline.ts";
import { isUnder, overlaps, placeLabels } from "../../../src/report/charts/timeline-labels.ts";
import { markerKind } from "../../../src/report/charts/timeline-marks.ts";
import { textWidth, WIDTH } from "../../../src/report/drawing.ts";

const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
const failed: Result = resultSchema.parse(JSON.parse(readFileSync(file, "utf8")));
const frame = timeFrame(failed);

describe(placeLabels.name, () => {
  const marks = fc.array(
    fc.record({
      lane: fc.constant(0),
      atMs: fc.integer({ min: -9000, max: 90_000 }),
      kind: fc.constantFrom("injected", "effective", "decided", "first-ack", "recovered", "x"),
      label: fc.constant(""),
    }),
    { maxLength: 25 },
  );

  it("covers no label by another, and draws no leader through one", () => {
    fc.assert(
      fc.property(marks, (unsorted) => {
        const sorted = [...unsorted].sort((a, b) => a.atMs - b.atMs);
        const placed = placeLabels(sorted, frame);
        for (const one of placed) {
          for (const other of placed) {
            if (one === other) continue;
            if (overlaps(one, other) && one.row === other.row) return false;
            if (isUnder(other, one) && one.row < other.row) return false;
          }
        }
        return placed.every((one) => (one.toLeft ? one.x : one.x + one.width) <= WIDTH);
      }),
      { numRuns: 500 },
    );
  });

  it("knows a kind however it is spelt", () => {
    expect(markerKind("First ack")).to.equal("first-ack");
    expect(markerKind("fault.injected")).to.equal("injected");
    expect(markerKind("leader.elected")).to.equal("leader.elected");
  });
});

describe(timelineFigure.name, () => {
  const afterMs = failed.timeline.toMs + 23_000;
  const late: Result = {
    ...failed,
    timeline: {
      ...failed.timeline,
      lanes: [
        {
          id: "node:n",
          kind: "node",
          label: "a-node-with-a-name-longer-than-its-lane",
          region: null,
          bars: [
            { fromMs: 0, toMs: afterMs, state: "down" },
            { fromMs: afterMs, toMs: null, state: "up" },
          ],
          markers: [{ atMs: afterMs, kind: "healed", label: "healed: it answered" }],
        },
      ],
    },
  };
  const figure = timelineFigure(late, timeFrame(late));
  const shapes = figure.drawing?.layers.flatMap(({ paths }) => paths) ?? [];
  const texts = figure.drawing?.layers.flatMap((layer) => layer.texts) ?? [];

  it("draws no event at the edge of a chart that ended before it", () => {
    expect(shapes.some(({ c }) => c === "bar-up")).to.equal(false);
    const marks = shapes.filter(({ t }) => t?.startsWith("healed"));
    expect(marks.map(({ c }) => c)).to.deep.equal(["mark k-edge"]);
    expect(texts.map(({ s }) => s).join("|")).to.match(/fault healed, later: \d+ m \d\d s/);
    expect(figure.legend.map(({ label }) => label)).to.include("after the chart ends");
    expect(figure.legend.map(({ label }) => label)).to.not.include("fault healed");
  });

  it("keeps the whole name of a lane that was cut", () => {
    const [name] = texts.filter(({ t }) => t !== null);
    expect(name?.t).to.equal("a-node-with-a-name-longer-than-its-lane");
    expect(name?.s.endsWith("…")).to.equal(true);
    expect(textWidth(name?.s ?? "")).to.be.below(150);
  });
});
