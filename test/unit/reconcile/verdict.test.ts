/** Goal: missed > inconclusive > met, each with its reasons in order and its exit code. */
import { expect } from "chai";
import type { HistoryEvent } from "../../../src/history/events.ts";
import { EXIT } from "../../../src/kernel/errors.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
import { SIZE } from "../../../src/reconcile/limits.ts";
import type { Fate } from "../../../src/reconcile/loss.ts";
import type { Viewed } from "../../../src/reconcile/recovery.ts";
import type { Anomaly, Assessment, Measure } from "../../../src/reconcile/result.ts";
import { type VerdictInput, verdictOf } from "../../../src/reconcile/verdict.ts";
import { readByNobody } from "./hand-written.ts";

const exact = (value: number): Measure => ({ value, low: value, high: value, censored: false });

function aim(verdict: Assessment["verdict"], more: Partial<Assessment> = {}): Assessment {
  return {
    metric: "rpo.records",
    label: "RPO, records",
    unit: "records",
    target: "at most 5",
    measured: exact(9),
    margin: -4,
    how: "",
    verdict,
    ...more,
  };
}

function judgedWith(input: Partial<VerdictInput>, events: object[] = []) {
  const told = events.map((event, seq) => ({ ...event, seq, prev: "", tUs: seq }) as HistoryEvent);
  return verdictOf({
    objectives: [],
    predictions: [],
    problems: [],
    chronicle: new Chronicle(told, readByNobody()),
    anomalies: [],
    fates: [],
    views: [],
    ...input,
  });
}

describe(verdictOf.name, () => {
  it("is met when all objectives are, and says nothing", () => {
    expect(judgedWith({ objectives: [aim("met")] })).to.deep.equal({
      verdict: "met",
      exitCode: EXIT.met,
      reasons: [],
      warnings: [],
    });
  });

  it("is missed by one, whatever else is open, and names the miss first", () => {
    const problems = [{ scope: "all" as const, sentence: "a journal is missing" }];
    const open = aim("inconclusive", { label: "RTO", reason: "starved" });
    const result = judgedWith({ objectives: [open, aim("met"), aim("missed")], problems });
    expect(result).to.deep.include({ verdict: "missed", exitCode: EXIT.missed });
    expect(result.reasons).to.deep.equal([
      "RPO, records: measured 9 records, target at most 5",
      "a journal is missing",
      "RTO: starved",
    ]);
  });

  it("is open by an objective that is open or was not run, and says a reason once", () => {
    for (const verdict of ["inconclusive", "not-run"] as const) {
      const result = judgedWith({ objectives: [aim("met"), aim(verdict)] });
      expect(result).to.deep.include({ verdict: "inconclusive", exitCode: EXIT.inconclusive });
      expect(result.reasons).to.deep.equal(["RPO, records: no answer"]);
    }
    const problems = [{ scope: "timing" as const, sentence: "starved" }];
    const open = aim("inconclusive", { reason: "starved" });
    expect(judgedWith({ objectives: [open], problems }).reasons).to.deep.equal(["starved"]);
  });

  it("is open by a problem alone, with another exit code where evidence was altered", () => {
    const sentence = "the history was changed";
    const objectives = [aim("met")];
    expect(judgedWith({ objectives, problems: [{ scope: "all", sentence }] })).to.deep.include({
      verdict: "inconclusive",
      exitCode: EXIT.inconclusive,
      reasons: [sentence],
    });
    const altered = [{ scope: "all", sentence, altered: true }] as const;
    expect(judgedWith({ objectives, problems: altered }).exitCode).to.equal(EXIT.evidence);
  });

  it("is met by predictions, refuted ones too, and never on nothing", () => {
    expect(judgedWith({ predictions: [aim("refuted")] }).verdict).to.equal("met");
    for (const predictions of [[], [aim("inconclusive")], [aim("not-run")]]) {
      const result = judgedWith({ predictions });
      expect(result.verdict).to.equal("inconclusive");
      expect(result.reasons).to.deep.equal([
        "nothing was assessed: the experiment has no objective and no prediction",
      ]);
    }
  });

  it("cuts its reasons, and says none twice", () => {
    const many = Array.from({ length: SIZE.reasonsMax + 5 }, (_, n) => ({
      scope: "all" as const,
      sentence: `problem ${Math.floor(n / 2)}`,
    }));
    const { reasons } = judgedWith({ problems: many });
    expect(reasons).to.have.length(Math.ceil(many.length / 2));
    const all = Array.from({ length: SIZE.reasonsMax + 5 }, (_, n) => ({
      scope: "all" as const,
      sentence: `problem ${n}`,
    }));
    expect(judgedWith({ problems: all }).reasons).to.have.length(SIZE.reasonsMax);
  });
});

describe("the sentence of a missed objective", () => {
  it("has the reason, the word, or the number in its unit, as a bound where it is one", () => {
    const sentence = (more: Partial<Assessment>) =>
      judgedWith({ objectives: [aim("missed", more)] }).reasons[0];
    expect(sentence({ reason: "a hole" })).to.equal(
      "RPO, records: target at most 5 missed; a hole",
    );
    expect(sentence({ measured: { ...exact(9), text: "hole" } })).to.equal(
      "RPO, records: measured hole, target at most 5",
    );
    const said = (value: number, unit: "ms" | "bytes" | "records") =>
      sentence({ measured: exact(value), unit });
    expect(said(35_696, "records")).to.contain("measured 35,696 records,");
    expect(said(1, "records")).to.contain("measured 1 record,");
    expect(said(28_415.523, "ms")).to.contain("measured 28.42 s,");
    expect(said(1536, "bytes")).to.contain("measured 1.5 KiB,");
    expect(sentence({ measured: { ...exact(9), censored: true } })).to.equal(
      "RPO, records: measured ≥ 9 records, target at most 5",
    );
  });
});

describe("warnings", () => {
  const anomaly = (more: Partial<Anomaly>): Anomaly =>
    ({ class: "corrupt", count: 1200, violation: true, examples: [], ...more }) as Anomaly;
  const warnings = (input: Partial<VerdictInput>, events: object[] = []) =>
    judgedWith({ objectives: [aim("met")], ...input }, events).warnings;

  it("name a violation that no objective covers, and only such", () => {
    expect(warnings({ anomalies: [anomaly({})] })).to.deep.equal([
      "1,200 × corrupt found; no objective covers this class",
    ]);
    expect(warnings({ anomalies: [anomaly({ cause: "body" })] })[0]).to.contain("corrupt (body)");
    expect(warnings({ anomalies: [anomaly({ violation: false })] })).to.deep.equal([]);
    const covered = [aim("met", { metric: "corrupt.records" })];
    expect(warnings({ anomalies: [anomaly({})], objectives: covered })).to.deep.equal([]);
    const beside = [aim("met"), ...covered];
    expect(warnings({ anomalies: [anomaly({})], objectives: beside })).to.deep.equal([]);
    // A class that no metric is about is always told.
    const strange = anomaly({ class: "failed-read", count: 1 });
    expect(warnings({ anomalies: [strange], objectives: covered })).to.have.length(1);
  });

  it("tell what the run warned of, and a heal that failed apart from the verdict", () => {
    const failed = { type: "heal.failed", step: "cut", reason: "the gateway is gone" };
    const said = { type: "warning", code: "W", message: "the disk is slow" };
    expect(warnings({}, [said, failed])).to.deep.equal(["the disk is slow"]);
    expect(judgedWith({ objectives: [aim("met")] }, [failed])).to.deep.include({
      verdict: "met",
      reasons: [],
      healFailures: [{ step: "cut", reason: "the gateway is gone" }],
    });
  });

  it("count what was sent with acks=0 and is gone, where that is known and not asked for", () => {
    const fate = (acks: string, known: boolean) =>
      ({
        stream: { stream: { producer: { acks } } },
        ...{ known, unknown: 1500, unknownSurvived: 300 },
      }) as unknown as Fate;
    expect(warnings({ fates: [fate("0", true), fate("0", true)] })).to.deep.equal([
      "2,400 records sent with acks=0 are on no surviving log; nothing was acked, so they are no part of the RPO",
    ]);
    expect(warnings({ fates: [fate("0", false), fate("all", true)] })).to.deep.equal([]);
    const objectives = [aim("met"), aim("met", { metric: "unconfirmed.records" })];
    expect(warnings({ fates: [fate("0", true)], objectives })).to.deep.equal([]);
  });

  it("count partitions that stalled again", () => {
    const viewed = (...again: (number | null)[]) =>
      ({
        recovery: { viewpoint: "produce" },
        outages: new Map(again.map((againUs, n) => [`1/${n}`, { againUs }])),
      }) as unknown as Viewed;
    expect(warnings({ views: [viewed(null, null)] })).to.deep.equal([]);
    expect(warnings({ views: [viewed(5, null, 0), viewed(null)] })).to.deep.equal([
      "produce: 2 partitions stalled again after they had recovered",
    ]);
  });
});
