/** Goal: T0 is an interval that holds the truth, and no wider than the evidence. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
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

describe(Chronicle.name, () => {
  it("puts T0 between the call and its return", () => {
    const { t0 } = chronicle((events) => events);
    expect(t0).to.deep.equal({ lowUs: us(4000), highUs: us(4040) });
  });

  it("narrows T0 by the first death the engine reported within the call", () => {
    const { t0 } = chronicle(injected({ dieUs: [us(4031), us(4012), us(3990), us(4100)] }));
    expect(t0).to.deep.equal({ lowUs: us(4000), highUs: us(4012) });
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
});
