/**
 * Goal: one result holds what each part of the judge came to, of the run that the history names; and
 * a part that fails leaves the others as they were.
 */
import { expect } from "chai";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import type { Expectation, Judging } from "../../../src/history/judging.ts";
import { EXIT } from "../../../src/kernel/errors.ts";
import { type JudgeInput, judge, type PlanSummary } from "../../../src/reconcile/judge.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { journalInput, type Row, row, us } from "./memory-journal.ts";

interface Told {
  events?: NewEvent[];
  producer?: Row[];
  audit?: Row[];
  judging?: Partial<Judging>;
  plan?: Partial<PlanSummary>;
  onFinding?: JudgeInput["onFinding"];
}

function resultOf({ events = [], producer = [], audit = [], judging, plan, onFinding }: Told) {
  const journal = (role: string, rows: Row[]) =>
    journalInput({ file: `${role}.bin`, agent: "a", role, rows, state: "closed" });
  const numbered = events.map(
    (event, seq) => ({ ...event, seq, prev: "", tUs: event.tUs ?? 0 }) as HistoryEvent,
  );
  const names = { run: "planned", name: "crash", title: "A crash", seed: 42 };
  return judge({
    plan: {
      ...{ ...names, experimentFile: "crash.yaml", experimentSha256: "sha", topology: {} },
      judging: { ...readByNobody(), ...judging },
      ...plan,
    },
    history: { events: numbered, problems: [], sha256: "chain" },
    journals: [journal("producer", producer), journal("audit", audit)],
    tool: { name: "blackstart", version: "1" },
    ...(onFinding === undefined ? {} : { onFinding }),
  });
}

const started: NewEvent = {
  type: "run.started",
  tUs: us(-500),
  run: "run-7",
  wall: "2026-01-01T00:00:00Z",
  tool: "",
};
const PLANNED = {
  ...{ name: "crash", title: "A crash", seed: 42 },
  ...{ experimentFile: "crash.yaml", experimentSha256: "sha", historySha256: "chain" },
};

describe("the run of a result", () => {
  it("is the one that the history names, and how it ended", () => {
    const ended = { type: "run.ended", tUs: us(1500.6) } as const;
    const told = (more: object) =>
      resultOf({ events: [started, { ...ended, outcome: "completed", ...more }] }).run;
    const run = {
      ...{ id: "run-7", startedAt: "2026-01-01T00:00:00Z", durationMs: 2001 },
      ...PLANNED,
    };
    expect(told({})).to.deep.equal({ ...run, outcome: "completed" });
    expect(told({ outcome: "failed", code: "E_X" })).to.deep.equal({
      ...{ ...run, outcome: "failed", reason: "E_X" },
    });
    expect(told({ outcome: "failed", code: "E_X", reason: "gone" }).reason).to.equal("gone");
  });

  it("is the plan's, and crashed, where the history says nothing of it", () => {
    expect(resultOf({}).run).to.deep.equal({
      ...{ id: "planned", startedAt: "", durationMs: 0, outcome: "crashed" },
      ...PLANNED,
    });
  });

  it("has what the plan says of it, and nothing that it does not say", () => {
    const catalogue = { row: "A1", source: ["S0"] } as NonNullable<PlanSummary["catalogue"]>;
    const because = "leaders are elected";
    const topology = { regions: ["east"] };
    const result = resultOf({ judging: { because }, plan: { catalogue, topology } });
    expect(result).to.deep.include({ catalogue, because, topology });
    expect(resultOf({})).to.not.have.any.keys("catalogue", "because");
  });

  it("has the facts of its environment, the later over the earlier, and its world", () => {
    const fact = (facts: Record<string, unknown>): NewEvent => ({ type: "environment", facts });
    const world = { id: "w", warm: true, bootedBy: "r", served: 1, facts: [] };
    const events = [fact({ cpus: 2, kernel: "6" }), fact({ cpus: 4 })];
    expect(resultOf({ events: [started, ...events] }).environment).to.deep.equal({
      cpus: 4,
      kernel: "6",
    });
    expect(resultOf({ events: [{ ...started, world }, ...events] }).environment).to.deep.equal({
      cpus: 4,
      kernel: "6",
      world,
    });
  });
});

describe("a run that was not run", () => {
  const aim: Expectation = { metric: "lost.records", high: 0, written: "0" };
  const aims = { objectives: [aim], predictions: [{ ...aim, high: 5, written: "5" }] };
  const ended = { type: "run.ended", outcome: "not-run" } as const;
  const warning: NewEvent = { type: "warning", code: "W", message: "low on memory" };

  it("answers nothing, and says why in all places", () => {
    const reason = "it needs an image that others license";
    const result = resultOf({ events: [started, warning, { ...ended, reason }], judging: aims });
    expect(result).to.deep.include({
      verdict: "not-run",
      exitCode: EXIT.inconclusive,
      reasons: [reason],
      warnings: [],
    });
    const all = [...result.objectives, ...result.predictions];
    expect(all.map(({ target, verdict, reason: why }) => [target, verdict, why])).to.deep.equal([
      ["0", "not-run", reason],
      ["5", "not-run", reason],
    ]);
    expect(resultOf({ events: [started, ended] }).reasons).to.deep.equal(["it was not run"]);
  });

  it("is told from one that was", () => {
    const result = resultOf({ events: [started, warning, { ...ended, outcome: "completed" }] });
    expect(result.verdict).to.equal("inconclusive");
    expect(result.warnings).to.deep.equal(["low on memory"]);
  });
});

const bound = { pass: 1, by: "second", bounds: [{ partition: 0, start: 0, end: 6 }] };
const opened = (role: string): NewEvent => {
  return { type: "journal.opened", tUs: us(-90), agent: "a", file: `${role}.bin`, role };
};
const quiet = { loopDelayP999Us: 9, loopDelayMaxUs: 9, lateSendMaxUs: 9, cpuThrottledUs: 0 };
/** Of a run whose evidence is sound. */
const events: NewEvent[] = [
  started,
  opened("producer"),
  opened("audit"),
  { type: "steady.reached", tUs: us(50), checks: [] },
  ...faultAt(100, 120, 900, [
    { type: "fault.effective", tUs: us(130), step: "disaster", proof: "gone" },
    { type: "health", tUs: us(500), agent: "a", ...quiet, journalWriteMaxUs: 9 },
  ]),
  { type: "audit.bounds", tUs: us(1500), log: 1, ...bound },
  { type: "run.ended", tUs: us(2000), outcome: "completed" },
];
const producer = [...acked(0, 4, 0), ...acked(4, 2, 4)];
/** Record 1 lies twice, 3 is nowhere, and 0 comes after 1. */
const audit = [
  ...[seen(1, 0, 1, 1), seen(1, 1, 0, 3), seen(1, 4, 4, 2), end(1, 6), end(3, 0)],
  ...[end(1, 0, { partition: 1 }), end(3, 0, { partition: 1 })],
];
const aim: Expectation = { metric: "lost.records", high: 0, written: "0" };

describe("the parts of a result", () => {
  it("stand as they are when one of them fails, which makes the run inconclusive", () => {
    const told = { events, producer, audit, judging: { objectives: [aim] } };
    const sound = resultOf(told);
    const miss = "Acked records on no log anywhere: measured 1 record, target 0";
    expect([sound.verdict, ...sound.reasons]).to.deep.equal(["missed", miss]);
    const kinds = sound.anomalies.map((one) => one.class);
    expect(kinds).to.include.members(["lost", "duplicate-append", "reordered"]);
    const failing = (kind: string) =>
      resultOf({
        ...told,
        onFinding: (found) => {
          if (found.class === kind) throw new Error(`no room for ${kind}`);
        },
      });
    for (const [kind, check] of [
      ["lost", "losses"],
      ["duplicate-append", "noteDuplicates"],
      ["reordered", "noteReorders"],
    ] as const) {
      const result = failing(kind);
      expect(result.reasons[0]).to.equal(`the check "${check}" failed: no room for ${kind}`);
      expect(result).to.include({ verdict: "inconclusive", exitCode: EXIT.inconclusive });
      const others = (all: typeof sound) => all.anomalies.filter((one) => one.class !== kind);
      expect(others(result)).to.deep.equal(others(sound));
      expect(result.rpo).to.deep.equal(sound.rpo);
    }
  });

  it("are all there", () => {
    const result = resultOf({ events, producer, audit, judging: { predictions: [aim] } });
    expect(result.verdict).to.equal("met");
    expect(result.predictions[0]?.verdict).to.equal("refuted");
    expect(result.schema).to.equal("blackstart/result.v1");
    expect(result.tool).to.deep.equal({ name: "blackstart", version: "1" });
    expect(result.rpo.records.value).to.equal(1);
    expect(result.reasons).to.deep.equal([]);
    expect(result.instrument).to.include({ healthy: true });
    expect(result.instrument.problems).to.deep.equal([]);
    expect(result.instrument.journals.map(({ file, rows }) => [file, rows])).to.deep.equal([
      ["audit.bin", 7],
      ["producer.bin", 4],
    ]);
    expect(result.limits).to.not.deep.equal([]);
    expect(result.series[0]?.points.map(([atMs]) => atMs)).to.deep.equal([0, 225, 450, 675]);
  });
});

describe("the numbers of a result", () => {
  it("have the recovery from the fault that the plan names", () => {
    const told = { events, producer, audit, judging: { faultStep: "disaster" } };
    expect(resultOf(told).recoveries.map(({ viewpoint }) => viewpoint)).to.include("produce");
    expect(resultOf({ events, producer, audit }).recoveries).to.deep.equal([]);
  });

  it("say what is wrong with the instrument", () => {
    const blind = events.filter(({ type }) => type !== "health");
    expect(resultOf({ events: blind }).instrument).to.deep.include({
      healthy: false,
      problems: ["no agent reported its health"],
    });
  });

  it("miss an objective by a hole in what survived, and not by the end of it", () => {
    const loss: Expectation = { metric: "rpo.records", high: 5, written: "5" };
    const judging = { objectives: [loss] };
    const [hole] = resultOf({ events, producer, audit, judging }).objectives;
    expect(hole).to.include({ verdict: "missed" });
    expect(hole?.reason).to.match(/^the loss has a hole/);
    const tail = [seen(1, 0, 0, 5), ...audit.slice(3)];
    expect(resultOf({ events, producer, audit: tail, judging }).objectives[0]).to.include({
      verdict: "met",
    });
  });

  it("have what became of the offsets of each group", () => {
    const consumer = [row.commit(1, 1, 0, 2, 500), row.resume(2, 3, 0, 0, 2000)];
    const { offsets } = judgedAll({ producer, consumer, judging: judgingFor("standby") });
    expect(offsets).to.not.deep.equal([]);
    for (const one of offsets) expect(one).to.include({ group: "g" });
  });

  it("are drawn over a workload that never began as over one microsecond", () => {
    const { series } = resultOf({ events: [started] });
    expect(series[0]?.points).to.deep.equal([[0, 0]]);
  });

  it("are judged without a loss where nothing could be assessed, and never met", () => {
    const result = resultOf({ events, producer, judging: { objectives: [aim] } });
    expect(result.verdict).to.equal("inconclusive");
    expect(result.objectives[0]?.verdict).to.equal("inconclusive");
  });
});
