/** What a run took beside its drill, from its history. */
import { expect } from "chai";
import { overheadMs } from "../../../src/cli/overhead.ts";
import type { HistoryEvent } from "../../../src/history/events.ts";

/** [ms, type, its stage or its step] */
type Told = [number, string, string];

const eventsOf = (told: Told[]) =>
  told.map(([ms, type, name], seq) => {
    const subject = type.startsWith("stage.")
      ? { stage: name, ok: true }
      : { step: name, proof: "" };
    return { seq, tUs: ms * 1000, type, ...subject } as unknown as HistoryEvent;
  });

const DRILL: Told[] = [
  [9_000, "stage.started", "workload"],
  [12_000, "fault.healing", "inside"],
  [13_000, "fault.healed", "inside"],
  [40_000, "stage.ended", "recovery and drain"],
  [40_100, "stage.started", "audit"],
];

describe("what a run took beside its drill", () => {
  it("is all but workload, steps and recovery", () => {
    expect(overheadMs(eventsOf(DRILL), 45_000)).to.equal(14_000);
  });

  it("leaves out the heals of faults that were still open, each moment once", () => {
    const heals: Told[] = [
      [41_000, "fault.healing", "cut"],
      [42_000, "fault.healing", "lost"],
      [50_000, "fault.healed", "lost"],
      [53_000, "heal.failed", "cut"],
      [60_000, "fault.healing", "late"],
      [61_000, "fault.healed", "late"],
    ];
    expect(overheadMs(eventsOf([...DRILL, ...heals]), 70_000)).to.equal(39_000 - 13_000);
  });

  it("is everything when the drill did not come to its end", () => {
    expect(overheadMs(eventsOf(DRILL.slice(0, 3)), 20_000)).to.equal(20_000);
    expect(overheadMs([], 500.4)).to.equal(500);
  });
});
