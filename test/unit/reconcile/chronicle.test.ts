/** Goal: T0 is an interval that holds the truth, and no wider than the evidence. */
import { expect } from "chai";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
import { faultAt, readByNobody } from "./hand-written.ts";
import { us } from "./memory-journal.ts";
import { eventsOf } from "./synthetic-rows.ts";
import { SyntheticRun } from "./synthetic-run.ts";

function chronicle(change: (events: NewEvent[]) => NewEvent[]): Chronicle {
  const run = new SyntheticRun();
  run.tampering.events = change;
  return new Chronicle(eventsOf(run, []), run.judging);
}

const injected = (fields: object) => (events: NewEvent[]) =>
  events.map((event) => (event.type === "fault.injected" ? { ...event, ...fields } : event));

/** A history of these events alone, in this order, with their numbers in it. */
function told(...events: NewEvent[]): Chronicle {
  const numbered = events.map(
    (event, seq) => ({ ...event, seq, prev: "", tUs: event.tUs ?? 0 }) as HistoryEvent,
  );
  const judging = { ...readByNobody(), faultStep: "disaster", failoverStep: "declare" };
  return new Chronicle(numbered, judging);
}

const fault = (step: string, atMs: number): NewEvent => ({
  type: "fault.injecting",
  tUs: us(atMs),
  step,
  kind: "broker.kill",
  fidelity: "crash",
  targets: [],
  affects: [],
});
const note = (atMs: number): NewEvent => ({
  type: "fault.note",
  tUs: us(atMs),
  step: "x",
  note: "",
});

describe(Chronicle.name, () => {
  it("puts T0 between the call and its return", () => {
    const { t0 } = chronicle((events) => events);
    expect(t0).to.deep.equal({ lowUs: us(4000), highUs: us(4040) });
  });

  it("narrows T0 by the first death the engine reported within the call", () => {
    const { t0 } = chronicle(injected({ dieUs: [us(4031), us(4012), us(3990), us(4100)] }));
    expect(t0).to.deep.equal({ lowUs: us(4000), highUs: us(4012) });
    const at = (dieUs: number[]) => chronicle(injected({ dieUs })).t0?.highUs;
    expect(at([us(4000)])).to.equal(us(4000));
    expect(at([us(3999), us(4041)])).to.equal(us(4040));
  });

  it("has no T0 when the call never returned, or nothing was broken", () => {
    const lost = chronicle((events) => events.filter(({ type }) => type !== "fault.injected"));
    expect(lost.fault).to.not.equal(undefined);
    expect(lost.t0).to.equal(undefined);
    const run = new SyntheticRun({ scenario: "calm" });
    expect(new Chronicle(eventsOf(run, []), run.judging).t0).to.equal(undefined);
  });

  it("attributes stalls until the heal or another fault", () => {
    const healed = chronicle((events) => [
      ...events,
      { type: "fault.healing", step: "disaster", tUs: us(9000) },
    ]);
    expect(healed.attributionEndUs).to.equal(us(9000));
    const second = chronicle((events) => [
      ...events,
      {
        type: "fault.injecting",
        step: "second",
        kind: "broker.kill",
        fidelity: "crash",
        targets: [],
        affects: [],
        tUs: us(7000),
      },
    ]);
    expect(second.attributionEndUs).to.equal(us(7000));
  });

  it("lays no stall at the door of a fault that began before, or with T0", () => {
    const others = [fault("earlier", 50), fault("with it", 120), fault("after", 400)];
    const { attributionEndUs } = told(...faultAt(100, 120, 900, others));
    expect(attributionEndUs).to.equal(us(400));
    expect(told(...faultAt(100, 120, 900, others.slice(0, 2))).attributionEndUs).to.equal(us(900));
  });

  it("attributes stalls to the end of the workload when nobody knows T0", () => {
    const healing: NewEvent = { type: "fault.healing", step: "disaster", tUs: us(300) };
    const events = faultAt(100, 120, 900, [fault("second", 400), healing]);
    const lost = told(...events.filter(({ type }) => type !== "fault.injected"));
    expect(lost.fault?.healing?.tUs).to.equal(us(300));
    expect(lost.attributionEndUs).to.equal(us(900));
  });
});

describe("the beginning and the end of a run", () => {
  const started: NewEvent = {
    type: "run.started",
    tUs: us(-50),
    run: "r",
    wall: "",
    tool: "",
  };
  const ended: NewEvent = { type: "run.ended", tUs: us(700), outcome: "completed" };

  it("are said by the history", () => {
    const { startedUs, originUs, endedUs, workloadEndUs } = told(
      note(-60),
      started,
      { type: "workload.started", tUs: us(-1), t0Us: us(0) },
      { type: "workload.stopped", tUs: us(500), producers: 1 },
      ended,
      note(800),
    );
    expect([startedUs, originUs, endedUs, workloadEndUs]).to.deep.equal(
      [-50, 0, 700, 500].map((ms) => us(ms)),
    );
  });

  it("are those of its events where it does not say them", () => {
    const torn = told(note(10), note(300), note(200));
    expect([torn.startedUs, torn.originUs, torn.endedUs, torn.workloadEndUs]).to.deep.equal(
      [10, 10, 300, 300].map((ms) => us(ms)),
    );
    expect(told(started).endedUs).to.equal(us(-50));
    const none = told();
    expect([none.startedUs, none.endedUs]).to.deep.equal([0, 0]);
  });

  it("are found in a history of any length", () => {
    const events = Array.from({ length: 200_000 }, (_, n) => note(n));
    const long = events.map((event, seq) => ({ ...event, seq }) as HistoryEvent);
    expect(new Chronicle(long, readByNobody()).endedUs).to.equal(us(199_999));
  });

  it("do not depend on the order in which events are handed in", () => {
    const events = eventsOf(new SyntheticRun(), []);
    const { judging } = new SyntheticRun();
    const [one, other] = [events, events.toReversed()].map((all) => new Chronicle(all, judging));
    expect(other?.events).to.deep.equal(events);
    expect(other).to.deep.equal(one);
  });
});

describe("the story of a fault", () => {
  it("is what was said first of each thing, and stands in order of time", () => {
    const step = "disaster";
    const first: NewEvent[] = [
      { type: "fault.injected", tUs: us(110), step },
      { type: "fault.effective", tUs: us(120), step, proof: "gone" },
      { type: "fault.unproven", tUs: us(125), step, reason: "not seen" },
      { type: "fault.healing", tUs: us(130), step },
      { type: "fault.healed", tUs: us(140), step, proof: "back" },
      { type: "heal.failed", tUs: us(150), step, reason: "stuck" },
    ];
    const again = [fault(step, 160), ...first.map((event) => ({ ...event, tUs: us(170) }))];
    const late = fault("late", 90);
    const { faults } = told(fault(step, 100), note(105), ...first, ...again, late);
    expect(faults.map(({ injecting }) => injecting.step)).to.deep.equal(["late", step]);
    const at = Object.entries(faults[1] ?? {}).map(([name, event]) => [
      name,
      "tUs" in event ? (event.tUs - us(0)) / 1000 : event,
    ]);
    expect(at).to.deep.equal([
      ["injecting", 100],
      ["injected", 110],
      ["effective", 120],
      ["unproven", 125],
      ["healing", 130],
      ["healed", 140],
      ["healFailed", 150],
      ["began", { lowUs: us(100), highUs: us(110) }],
    ]);
  });

  it("holds nothing of what other events tell of its step", () => {
    const step = "disaster";
    const begun = fault(step, 100);
    const events: NewEvent[] = [
      { type: "step.started", tUs: us(99), step, label: "kill" },
      begun,
      { type: "step.ended", tUs: us(101), step, outcome: "failed" },
      { type: "fault.note", tUs: us(102), step, note: "" },
      { type: "fault.healed", tUs: us(103), step: "another", proof: "" },
    ];
    expect(told(...events).faults).to.deep.equal([{ injecting: { ...begun, seq: 1, prev: "" } }]);
  });
});

describe("the story of a failover", () => {
  it("has the last of each thing that its step did, and nothing that was not said", () => {
    const step = "declare";
    const by = "watchdog";
    const cluster = "standby";
    const clients = ["a"];
    const all: NewEvent[] = [
      { type: "failover.detected", tUs: us(1), step, by },
      { type: "failover.detected", tUs: us(2), step: "another", by },
      { type: "failover.decided", tUs: us(3), step },
      { type: "cluster.started", tUs: us(4), step, cluster },
      { type: "cluster.started", tUs: us(5), step, cluster },
      { type: "failover.restarted", tUs: us(6), step, clients },
    ];
    const names = ["detectedUs", "decidedUs", "bootedUs", "restartedUs"];
    const times = [1, 3, 5, 6].map((ms) => us(ms));
    expect(told(...all).failover).to.deep.equal(
      Object.fromEntries(names.map((name, at) => [name, times[at]])),
    );
    expect(told(note(1)).failover).to.deep.equal({});
    for (const [type, name] of [
      ["failover.detected", "detectedUs"],
      ["failover.decided", "decidedUs"],
      ["cluster.started", "bootedUs"],
      ["failover.restarted", "restartedUs"],
    ] as const) {
      const { failover } = told(...all.filter((event) => event.type === type));
      expect(Object.keys(failover)).to.deep.equal([name]);
    }
  });
});
