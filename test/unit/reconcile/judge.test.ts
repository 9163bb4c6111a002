/** Goal: the judge as a whole: pure, order-free, accounts that tie, verdicts that follow the rules. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { canonicalJson } from "../../../src/history/run-folder.ts";
import { judge } from "../../../src/reconcile/judge.ts";
import { resultSchema } from "../../../src/reconcile/result.ts";
import { runInput } from "../../../src/reconcile/run-input.ts";
import { us } from "./memory-journal.ts";
import { writeRunFolder } from "./synthetic-folder.ts";
import { dropRecords } from "./synthetic-logs.ts";
import type { SyntheticOptions } from "./synthetic-model.ts";
import { SyntheticRun } from "./synthetic-run.ts";

const judged = (options: Partial<SyntheticOptions> = {}) =>
  judge(new SyntheticRun(options).input());
const scenarios = ["region-loss", "outage", "calm"] as const;

describe(judge.name, () => {
  it("gives results that the schema accepts and JSON can say", () => {
    for (const scenario of scenarios) {
      const result = judged({ scenario, mirrorLagMs: 100 });
      expect(resultSchema.parse(JSON.parse(canonicalJson(result)))).to.deep.equal(result);
    }
  });

  it("gives the same bytes for journals in any order", () => {
    const run = new SyntheticRun({ mirrorLagMs: 200 });
    const one = JSON.stringify(judge(run.input()));
    expect(JSON.stringify(judge(run.input((all) => all.reverse())))).to.equal(one);
  });

  it("judges a run folder as it judges the same rows from memory", () => {
    const run = new SyntheticRun({ mirrorLagMs: 200 });
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-judge-"));
    try {
      const paths = writeRunFolder(run, dir);
      const tool = { name: "blackstart", version: "0.0.0-test" };
      const fromDisk = judge(runInput(paths, run.plan(), tool));
      const fromMemory = judge(run.input());
      const { sha256 } = runInput(paths, run.plan(), tool).history;
      expect(fromDisk.run.historySha256).to.equal(sha256);
      const same = { ...fromMemory, run: fromDisk.run, instrument: fromDisk.instrument };
      expect(fromDisk).to.deep.equal(same);
      expect(fromDisk.instrument.problems).to.deep.equal([]);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });

  it("says when others used the brokers before, and nothing of it when nobody did", () => {
    const input = new SyntheticRun({}).input();
    const before = judge(input);
    expect(before.environment).to.not.have.property("world");
    const world = { id: "set", warm: true, bootedBy: "first", served: 2, facts: ["proven"] };
    const events = input.history.events.map((event) =>
      event.type === "run.started" ? { ...event, world } : event,
    );
    const after = judge({ ...input, history: { ...input.history, events } });
    expect(after.environment["world"]).to.deep.equal(world);
    const added = after.limits.filter((limit) => !before.limits.includes(limit));
    expect(added.join()).to.match(/run first booted them, and 2 runs used them/);
    const cold = { ...world, warm: false };
    const booted = input.history.events.map((event) =>
      event.type === "run.started" ? { ...event, world: cold } : event,
    );
    expect(judge({ ...input, history: { ...input.history, events: booted } }).limits).to.deep.equal(
      before.limits,
    );
  });

  it("ties every account out", () => {
    for (const scenario of scenarios) {
      const { balances } = judged({ scenario, mirrorLagMs: 300 });
      expect(balances.length).to.be.greaterThan(3);
      for (const { title, ties } of balances) expect(ties, title).to.equal(true);
    }
  });
});

describe("verdict", () => {
  it("never says met on nothing", () => {
    const { verdict, exitCode, reasons } = judged();
    expect({ verdict, exitCode }).to.deep.equal({ verdict: "inconclusive", exitCode: 3 });
    expect(reasons[0]).to.match(/nothing was assessed/);
  });

  it("is met by predictions alone, also refuted ones, when the run was sound", () => {
    const { verdict, predictions } = judged({
      predictions: [{ metric: "rpo.records", low: 5, written: "≥ 5" }],
    });
    expect(predictions[0]?.verdict).to.equal("refuted");
    expect(verdict).to.equal("met");
  });

  it("lets a miss outweigh a doubt elsewhere", () => {
    const { verdict, exitCode } = judged({
      mirrorLagMs: 300,
      objectives: [
        { metric: "rpo.records", high: 10, written: "10" },
        { metric: "rto.fresh", high: 10, written: "10ms" },
      ],
    });
    expect({ verdict, exitCode }).to.deep.equal({ verdict: "missed", exitCode: 1 });
  });

  it("measures every metric or says why it cannot", () => {
    const { objectives } = judged({
      mirrorLagMs: 100,
      objectives: [
        { metric: "rpo.bytes", high: 1e6, written: "1MB" },
        { metric: "mirror.missing", high: 100, written: "100" },
        { metric: "exposure.records", high: 500, written: "500" },
        { metric: "exposure.time", high: 5000, written: "5s" },
        { metric: "stranded.records", low: 1, written: "≥ 1" },
        { metric: "redelivered.records", high: 0, written: "0" },
        { metric: "offsets.unmapped", high: 0, written: "0" },
        { metric: "rto.fresh", high: 1, written: "1ms" },
      ],
    });
    const verdicts = Object.fromEntries(objectives.map(({ metric, verdict }) => [metric, verdict]));
    expect(verdicts).to.deep.equal({
      "rpo.bytes": "met",
      "mirror.missing": "met",
      "exposure.records": "met",
      "exposure.time": "met",
      "stranded.records": "met",
      "redelivered.records": "met",
      "offsets.unmapped": "met",
      "rto.fresh": "inconclusive",
    });
  });
});

describe("findings and failing checks", () => {
  it("makes a check that throws a reason, not a crash", () => {
    const run = new SyntheticRun();
    const input = run.input();
    const result = judge({
      ...input,
      onFinding: () => {
        throw new Error("disk full");
      },
    });
    expect(result.verdict).to.equal("inconclusive");
    const broken = new SyntheticRun({ mirrorLagMs: 300 }).input();
    const reasons = judge({
      ...broken,
      onFinding: () => {
        throw new Error("disk full");
      },
    }).reasons;
    expect(reasons.join()).to.match(/the check "losses" failed: disk full/);
  });

  it("gives every finding to whoever asks, also beyond the cap", () => {
    const run = new SyntheticRun();
    for (let offset = 0; offset < 200; offset += 4) {
      run.tampering.redelivered.push({ log: 1, partition: 0, offset, count: 1 });
    }
    let given = 0;
    const result = judge({
      ...run.input(),
      onFinding: (_kind, _example, count) => {
        given += count;
      },
    });
    const [redelivery] = result.anomalies;
    expect(redelivery).to.include({ class: "redelivery", count: 50 });
    expect(redelivery?.examples.length).to.be.at.most(12);
    expect(given).to.equal(50);
  });
});

describe("exposure", () => {
  it("grows to what a disaster would have taken, and to how old it was", () => {
    const { exposure } = judged({ scenario: "calm", mirrorLagMs: 500 });
    // 100 records a second on 3 partitions, seen about 500 ms after their ack.
    expect(exposure.maxRecords.value).to.be.within(135, 170);
    expect(exposure.maxTimeMs.value).to.be.within(500, 560);
    expect(exposure.records?.points.length).to.be.at.most(600);
  });

  it("is the RPO at the instant of the fault", () => {
    const { exposure, rpo } = judged({ mirrorLagMs: 300 });
    const last = exposure.records?.points.filter(([atMs]) => atMs < 4020).at(-1);
    expect(last?.[1]).to.be.closeTo(rpo.records.value ?? -1, 16);
  });

  it("has no curve where nothing is watched", () => {
    const run = new SyntheticRun({ scenario: "calm" });
    run.logs.set(3, [[], [], []]);
    const { exposure } = judge(run.input());
    expect(exposure.records).to.equal(null);
    expect(exposure.maxRecords.value).to.equal(null);
  });
});

describe("what must not be taken for more than it is", () => {
  it("ends a control's gap with the next ack, not with the run", () => {
    const run = new SyntheticRun();
    const lost = run.sends.find(
      ({ producer, sentMs }) => producer === 4 && sentMs > run.faultMs + 1000,
    );
    if (!lost) throw new Error("the synthetic run has no control probe after the fault");
    delete lost.answer;
    const [control] = judge(run.input()).instrument.controls;
    expect(control?.stalled).to.equal(false);
    expect(control?.worstGapMs).to.be.lessThan(200);
  });

  it("does not hold against a process what a fault did to it: frozen, it reports late", () => {
    const problemsOf = (agent: string) => {
      const run = new SyntheticRun();
      run.tampering.events = (events) => {
        const report = events.find(({ type }) => type === "health");
        if (report?.type !== "health") throw new Error("the synthetic run has reports");
        const state = { type: "node.state", node: agent, expected: true } as const;
        const atUs = report.tUs ?? 0;
        return [
          ...events,
          { ...state, tUs: atUs + 1000, state: "paused" },
          { ...state, tUs: atUs + 5000, state: "resumed" },
          { ...report, tUs: atUs + 6000, lateSendMaxUs: 40_000_000 },
        ];
      };
      return judge(run.input()).instrument.problems.join("; ");
    };
    expect(problemsOf("east-producers")).to.not.contain("latest send");
    expect(problemsOf("west-producers")).to.contain("latest send");
  });

  it("does not hold the start of a program against what it measured later", () => {
    const run = new SyntheticRun();
    run.tampering.events = (events) =>
      events.map((event) =>
        event.type === "health" ? { ...event, tUs: us(1500), loopDelayP999Us: 900_000 } : event,
      );
    const { problems, facts } = judge(run.input()).instrument;
    expect(facts[0]?.value).to.equal(0);
    expect(problems).to.include("no agent reported its health");
  });
});

describe("a partition that was not read", () => {
  it("has no split of its loss where the failed region was not read", () => {
    const run = new SyntheticRun({ mirrorLagMs: 200 });
    // Log 1 is the primary's: what its audit leaves out may be stranded there, or lost.
    run.tampering.hidden.push({ log: 1, partition: 0 });
    const { rpo } = judge(run.input());
    expect(rpo.lost).to.equal(null);
    const [hidden, read] = rpo.partitions.filter(({ log, missing }) => log === 1 && missing !== 0);
    expect(hidden).to.include({ partition: 0, lost: null, stranded: null });
    expect(read).to.include({ lost: 0, stranded: read?.missing });
  });

  it("has no number for a partition whose surviving log was not read", () => {
    const run = new SyntheticRun({ mirrorLagMs: 200 });
    run.tampering.hidden.push({ log: 3, partition: 1 });
    const { rpo, lossMap } = judge(run.input());
    const [read, hidden] = rpo.partitions;
    expect(read).to.include({ partition: 0, missing: 20, shape: "tail" });
    expect(hidden).to.deep.equal({
      log: 1,
      topic: "orders",
      partition: 1,
      acked: 400,
      missing: null,
      lost: null,
      stranded: null,
      indeterminate: 0,
      indeterminateSurvived: null,
      shape: "unknown",
      oldestMissingDueAtMs: null,
      timeMs: null,
    });
    expect(lossMap.rows[1]?.cells[0]).to.include({ acked: 25, missing: null });
    expect(lossMap.rows[0]?.cells[0]).to.include({ acked: 25, missing: 0 });
  });

  it("has no RPO time for a partition when nothing was broken", () => {
    const run = new SyntheticRun({ scenario: "calm" });
    dropRecords(run.records(1, 2), ({ producer, seq }) => producer === 1 && seq === 1000);
    const { rpo } = judge(run.input());
    expect(rpo.timeMs.value).to.equal(null);
    expect(rpo.partitions.map(({ missing, timeMs }) => [missing, timeMs])).to.deep.equal([
      [0, 0],
      [0, 0],
      [1, null],
    ]);
  });
});
