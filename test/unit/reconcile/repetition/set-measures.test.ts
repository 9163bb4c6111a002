/**
 * Goal: every repetition that measured something has a point, what is in doubt is shown and not
 * counted, and nothing else is left out: least of all by its value.
 *
 * Method: results of a few fields, written by hand.
 */
import { expect } from "chai";
import { type Judged, setMeasures } from "../../../../src/reconcile/repetition/set-measures.ts";
import type { SetMeasure } from "../../../../src/reconcile/repetition/set-result.ts";
import type { Assessment, Measure, Result } from "../../../../src/reconcile/result.ts";
import { assessment } from "../../../support/catalogue-runs.ts";

const exactly = (value: number | null, more: Partial<Measure> = {}): Measure => ({
  value,
  low: value,
  high: value,
  censored: false,
  ...more,
});

/** What one repetition came to; nothing was lost, and nothing broken that could recover. */
interface Told {
  objectives?: Assessment[];
  predictions?: Assessment[];
  records?: Measure;
  timeMs?: Measure;
  recoveries?: Record<string, Measure>;
  excluded?: string;
  /** What the run is in doubt about. */
  reasons?: string[];
}

function judged(told: Told, at: number): Judged {
  const { objectives = [], predictions = [], records, timeMs, recoveries = {}, excluded } = told;
  const { reasons = [] } = told;
  const result = {
    objectives,
    predictions,
    reasons,
    instrument: { problems: [] },
    rpo: { records: records ?? exactly(0), timeMs: timeMs ?? exactly(0) },
    recoveries: Object.entries(recoveries).map(([viewpoint, measure]) => ({ viewpoint, measure })),
  } as unknown as Result;
  return { index: at + 1, result, ...(excluded === undefined ? {} : { excluded }) };
}

const measuresOf = (...all: Told[]) => setMeasures(all.map(judged), 1);

function measureOf(metric: string, ...all: Told[]): SetMeasure {
  const found = measuresOf(...all).find((one) => one.metric === metric);
  if (!found) throw new Error(`no measure ${metric}`);
  return found;
}

const counted = ({ points }: SetMeasure) =>
  points.map(({ repetition, value, excluded }) => [repetition, value, excluded ?? "counts"]);

describe(setMeasures.name, () => {
  it("measures losses and recoveries always, the rest where it is aimed at, and no shape", () => {
    const ids = (...all: Told[]) => measuresOf(...all).map(({ metric }) => metric);
    expect(ids({})).to.deep.equal(["rpo.records", "rpo.time"]);
    const recoveries = { consume: exactly(2), produce: exactly(1), fresh: exactly(3) };
    const predictions = [
      assessment("rpo.shape", { value: null, text: "none" }),
      assessment("redelivered.records", { value: 4 }),
    ];
    const objectives = [assessment("rpo.bytes", { value: 0, verdict: "met" })];
    expect(ids({ recoveries }, { predictions }, { objectives })).to.deep.equal([
      "rpo.records",
      "rpo.time",
      "rpo.bytes",
      "rto.produce",
      "rto.consume",
      "redelivered.records",
    ]);
    expect(ids()).to.deep.equal([]);
  });

  it("takes each from where the result has it", () => {
    const told: Told = {
      records: exactly(3),
      timeMs: exactly(400),
      recoveries: { produce: exactly(7000), consume: exactly(8000), cluster: exactly(9000) },
    };
    const own = measuresOf(told).map(({ metric, points }) => [metric, points[0]?.value]);
    expect(own).to.deep.equal([
      ["rpo.records", 3],
      ["rpo.time", 400],
      ["rto.produce", 7000],
      ["rto.consume", 8000],
      ["rto.cluster", 9000],
    ]);
  });

  it("has the bounds of each point, and of what was aimed at what was compared with the aim", () => {
    const aim = assessment("rto.produce", { value: 70, low: 60, high: 80, verdict: "met" });
    const recoveries = { produce: exactly(71, { low: 65, high: null, censored: true }) };
    const { points } = measureOf("rto.produce", { recoveries }, { objectives: [aim], recoveries });
    expect(points).to.deep.equal([
      { repetition: 1, value: 71, low: 65, high: null, censored: true },
      { repetition: 2, value: 70, low: 60, high: 80, censored: false },
    ]);
  });
});

describe("the points of a set", () => {
  it("count nothing of a repetition, a measure or an answer that is in doubt, and says why", () => {
    const starved = { verdict: "inconclusive", reason: "an instrument starved" } as const;
    const of = (value: number, more: object = {}) => ({
      predictions: [assessment("rto.produce", { value, ...more })],
    });
    const found = measureOf(
      "rto.produce",
      of(100),
      { ...of(1), excluded: "no steady state" },
      { recoveries: { produce: exactly(2, { inconclusive: "nobody saw it" }) } },
      { ...of(3, starved), reasons: [starved.reason] },
      { ...of(4, { ...starved, censored: true }), reasons: [starved.reason] },
      { recoveries: { produce: exactly(null) } },
      of(200, { verdict: "refuted", reason: "not recovered within the horizon" }),
    );
    expect(counted(found)).to.deep.equal([
      [1, 100, "counts"],
      [2, 1, "no steady state"],
      [3, 2, "nobody saw it"],
      [4, 3, "an instrument starved"],
      [5, 4, "an instrument starved"],
      [6, null, "there is no number"],
      [7, 200, "counts"],
    ]);
    expect(found).to.deep.include({
      n: 2,
      min: { value: 100, atLeast: false },
      median: { value: 150, atLeast: false },
      max: { value: 200, atLeast: false },
    });
  });

  it("count where a number is known, though its bounds hold both answers to the prediction", () => {
    const within = "the target lies within the bounds of the measurement";
    const ended = "not recovered when the run ended, before the target";
    const of = (value: number, reason: string, censored = false) => ({
      predictions: [
        assessment("rto.produce", { value, censored, verdict: "inconclusive", reason }),
      ],
    });
    const found = measureOf(
      "rto.produce",
      of(990, within),
      of(1010, within),
      of(5000, ended, true),
    );
    expect(counted(found).map(([, , why]) => why)).to.deep.equal(Array(3).fill("counts"));
    expect(found).to.deep.include({
      n: 3,
      min: { value: 990, atLeast: false },
      median: { value: 1010, atLeast: false },
      max: { value: 5000, atLeast: true },
    });
  });
});

describe("the statistics of a set", () => {
  it("are none where no point counts", () => {
    const found = measureOf("rpo.records", { excluded: "a" }, { excluded: "b" });
    expect(found).to.deep.include({
      n: 0,
      median: null,
      min: null,
      max: null,
      p95: null,
      interval: null,
      occurred: null,
      probabilityAtMost: null,
    });
    expect(found.points).to.have.length(2);
  });

  it("tell of counts in how many repetitions there was any, and of nothing else", () => {
    const of = (...values: number[]) =>
      values.map((value) => ({
        records: exactly(value),
        timeMs: exactly(value),
        predictions: [assessment("offsets.unmapped", { value })],
      }));
    const told = (metric: string, ...values: number[]) => {
      const { occurred, probabilityAtMost } = measureOf(metric, ...of(...values));
      return [occurred, probabilityAtMost];
    };
    for (const metric of ["rpo.records", "offsets.unmapped"]) {
      expect(told(metric, 0, 5, 0, 1)).to.deep.equal([2, null]);
      expect(told(metric, 0, 0, 0, 0)).to.deep.equal([0, 0.75]);
    }
    expect(told("rpo.time", 0, 5, 0, 1)).to.deep.equal([null, null]);
  });
});
