import { expect } from "chai";
import {
  expectationsOf,
  METRIC_PATHS,
  objectivesSchema,
  predictionsSchema,
} from "../../../src/experiment/schema-targets.ts";
import { metricIds } from "../../../src/history/judging.ts";

const predicted = (targets: unknown) => expectationsOf(predictionsSchema.parse(targets));
const aimed = (targets: unknown) => expectationsOf(objectivesSchema.parse(targets));

describe("objectives and predictions", () => {
  it("have a place for every metric", () => {
    expect(METRIC_PATHS.map(([metric]) => metric)).to.deep.equal([...metricIds]);
    const places = METRIC_PATHS.map(([, [group, name]]) => `${group}/${name}`);
    expect(new Set(places).size).to.equal(metricIds.length);
  });

  it("read an objective as an upper bound, in the metric's unit", () => {
    expect(
      aimed({
        rpo: { records: 500, time: "5s", bytes: "1MiB" },
        rto: { produce: "<= 30s" },
        lost: 0,
      }),
    ).to.deep.equal([
      { metric: "rpo.records", high: 500, written: "500" },
      { metric: "rpo.time", high: 5000, written: "5s" },
      { metric: "rpo.bytes", high: 1048576, written: "1MiB" },
      { metric: "rto.produce", high: 30_000, written: "<= 30s" },
      { metric: "lost.records", high: 0, written: "0" },
    ]);
  });

  it("read a prediction as a value, a range or a bound", () => {
    expect(
      predicted({
        rpo: { records: 0, time: "7s..1m", shape: "tail" },
        rto: { produce: ">= 1s", consume: "0s" },
        offsets: { replayed: "<=12" },
        duplicates: "1 .. 5",
      }),
    ).to.deep.equal([
      { metric: "rpo.records", low: 0, high: 0, written: "0" },
      { metric: "rpo.time", low: 7000, high: 60_000, written: "7s..1m" },
      { metric: "rpo.shape", text: "tail", written: "tail" },
      { metric: "rto.produce", low: 1000, written: ">= 1s" },
      { metric: "rto.consume", low: 0, high: 0, written: "0s" },
      { metric: "offsets.replayed", high: 12, written: "<=12" },
      { metric: "duplicates.records", low: 1, high: 5, written: "1 .. 5" },
    ]);
  });
});
