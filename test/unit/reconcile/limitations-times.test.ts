/** What a result says about its own limits, in words and numbers that people read. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { limitsOf } from "../../../src/reconcile/limitations.ts";
import { end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { us } from "./memory-journal.ts";

function limitsWith(events: NewEvent[]): string[] {
  const judging = { ...readByNobody(), faultStep: "disaster", failoverStep: "declare" };
  const audit = [seen(1, 0, 0, 1), end(1, 1), end(3, 0)];
  return judgedAll({ audit, judging, events: faultAt(1000, 2500, 9000, events) }).limits;
}

function failover(detectedMs: number, decidedMs: number): NewEvent[] {
  return [
    { type: "failover.detected", tUs: us(detectedMs), step: "declare", by: "watchdog" },
    { type: "failover.decided", tUs: us(decidedMs), step: "declare" },
  ];
}

describe(limitsOf.name, () => {
  it("says that nobody had to decide, where the failover followed at once", () => {
    const told = limitsWith(failover(3000, 3006)).filter((limit) => limit.includes("people"));
    expect(told).to.deep.equal([
      "Nobody had to decide (the failover followed its detection after 6 ms): people's time is not " +
        "in the RTO.",
    ]);
  });

  it("names the time that stands for a decision", () => {
    const told = limitsWith(failover(3000, 4500)).join(" ");
    expect(told).to.contain("simulated: 1.50 s after the detection stand for people's time");
  });

  it("says nothing of a decision where nothing was failed over", () => {
    expect(limitsWith([]).join(" ")).to.not.contain("people");
  });

  it("says how long a fault took that takes several, where that was no instant", () => {
    const dying = (...deathsMs: number[]) => {
      const dieUs = deathsMs.map(us);
      const events = faultAt(1000, 2500, 9000).map((event) =>
        event.type === "fault.injected" ? { ...event, dieUs } : event,
      );
      return judgedAll({ events }).limits.find((limit) => limit.includes("deaths"));
    };
    expect(dying(1100, 2264, 1500)).to.equal(
      "disaster took 1.16 s from the first of its 3 deaths to the last: who lived longer still took " +
        "records, and replication carried some of them over.",
    );
    expect(dying(1100, 1200)).to.equal(undefined);
    expect(dying(1100)).to.equal(undefined);
  });

  it("says that the plan is not anchored, where the history does not name it", () => {
    const started = (more: object): NewEvent => ({
      ...{ type: "run.started", tUs: us(-10), run: "r", wall: "2026-01-01T00:00:00Z", tool: "t" },
      ...more,
    });
    const anchored = (more: object) =>
      limitsWith([started(more)]).some((limit) => limit.includes("does not name the plan"));
    expect(anchored({})).to.equal(true);
    expect(anchored({ planSha256: "ab" })).to.equal(false);
  });

  it("gives times in the units of the tables", () => {
    const told = limitsWith([]).join(" ");
    expect(told).to.contain("within an interval of 1.50 s;");
    expect(told).to.match(
      /A stall shorter than \d+ m?s is not seen; recovery is told from [\d.]+ s /,
    );
  });
});
