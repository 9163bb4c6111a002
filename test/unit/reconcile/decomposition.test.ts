/**
 * Goal: the phases of a recovery add up to it, each from one mark to the next, and what nobody
 * recorded has no length.
 *
 * Method: an outage by hand, times in ms; a fault between 1000 and 1020, so it counts from 1010.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { decompositionsOf } from "../../../src/reconcile/decomposition.ts";
import type { Outage } from "../../../src/reconcile/outage.ts";
import type { Viewed } from "../../../src/reconcile/recovery.ts";
import { bookOf, faultAt, readByNobody } from "./hand-written.ts";
import { us } from "./memory-journal.ts";

const judging = { ...readByNobody(), faultStep: "disaster", failoverStep: "declare" };

/** Recovered `valueMs` after 1010; the first done send at `firstMs`. */
function outage(valueMs: number, firstMs: number | null, censored = false): Outage {
  return {
    firstMissedUs: us(1030),
    firstDoneUs: firstMs === null ? null : us(firstMs),
    sustainedUs: censored ? null : us(1010 + valueMs),
    valueUs: valueMs * 1000,
    lowUs: 0,
    highUs: null,
    censored,
    againUs: null,
    observed: true,
  };
}

function phases(outages: Record<string, Outage>, events: NewEvent[] = [], viewpoint = "produce") {
  const { chronicle } = bookOf({ judging, events: faultAt(1000, 1020, 9000, events) });
  const view = { recovery: { viewpoint }, outages: new Map(Object.entries(outages)) };
  const told = decompositionsOf(chronicle, [view as unknown as Viewed]);
  return told.map(({ viewpoint: of, phases: cut }) => [
    of,
    ...cut.map(({ phase, ms, fromMs, toMs }) => {
      expect(toMs - fromMs, phase).to.be.closeTo(ms, 0.001);
      return `${phase} ${fromMs} + ${ms}`;
    }),
  ]);
}

const failover = (type: string, atMs: number, more: object = {}): NewEvent =>
  ({ type: `failover.${type}`, tUs: us(atMs), step: "declare", ...more }) as NewEvent;
const state = (atMs: number, leader: number, leaderEpoch: number, log = 1): NewEvent => ({
  ...{ type: "partition.state", tUs: us(atMs), log, partition: 0 },
  ...{ leader, leaderEpoch, isr: [1], replicas: [1, 2] },
});

describe("the phases of a failover", () => {
  it("go from mark to mark, to the first ack and to the last of the stall", () => {
    const marks = [
      failover("detected", 1500),
      failover("decided", 2500),
      { type: "cluster.started", tUs: us(2600), step: "declare", cluster: "b" } as NewEvent,
      failover("restarted", 3000),
    ];
    const told = [
      "produce",
      "detect 1010 + 490",
      "decide 1500 + 1000",
      "boot 2500 + 100",
      "restart 2600 + 400",
      "reconnect 3000 + 1200",
      "catch up 4200 + 800",
    ];
    expect(phases({ "1/0": outage(3990, 4200) }, marks)).to.deep.equal([told]);
    const bootless = phases({ "1/0": outage(3990, 4200) }, [
      ...marks.slice(0, 2),
      marks[3] as NewEvent,
    ]);
    expect(bootless[0]?.slice(2, 5)).to.deep.equal([
      "decide 1500 + 1000",
      "restart 2500 + 500",
      "reconnect 3000 + 1200",
    ]);
  });

  it("have no length where a mark lies before the one before it, or behind the end", () => {
    const marks = [
      failover("detected", 900),
      failover("decided", 2500),
      failover("restarted", 9000),
    ];
    expect(phases({ "1/0": outage(3990, 4200) }, marks)).to.deep.equal([
      [
        "produce",
        "detect 1010 + 0",
        "decide 1010 + 1490",
        "restart 2500 + 2500",
        "reconnect 5000 + 0",
        "catch up 5000 + 0",
      ],
    ]);
  });
});

describe("the phases without a failover", () => {
  it("begin with the change of the leader, if the history saw it after the fault", () => {
    const one = { "1/0": outage(990, 1800) };
    const changed = [state(500, 1, 4), state(1400, 2, 5), state(1500, 3, 6)];
    expect(phases(one, changed)).to.deep.equal([
      ["produce", "detect 1010 + 390", "reconnect 1400 + 400", "catch up 1800 + 200"],
    ]);
    const without = [["produce", "reconnect 1010 + 790", "catch up 1800 + 200"]];
    expect(phases(one)).to.deep.equal(without);
    // Another partition's, one before the fault, a look that showed none, or no change at all.
    expect(phases(one, [state(500, 1, 4, 3), state(1400, 2, 5, 3)])).to.deep.equal(without);
    expect(phases(one, [state(500, 1, 4), state(1000, 2, 5)])).to.deep.equal(without);
    expect(phases(one, [state(500, 1, 4), state(1400, -1, 5)])).to.deep.equal(without);
    expect(phases(one, [state(1400, 2, 5)])).to.deep.equal(without);
    expect(phases(one, [state(500, 1, 4), state(1400, 1, 4)])).to.deep.equal(without);
    // Another epoch of the same leader is a change.
    expect(phases(one, [state(500, 1, 4), state(1400, 1, 5)])[0]?.[1]).to.equal(
      "detect 1010 + 390",
    );
  });

  it("end in a stall that lasted, which counts from the end of the fault's interval", () => {
    expect(phases({ "1/0": outage(2980, null, true) })).to.deep.equal([
      ["produce", "not recovered 1020 + 2980"],
    ]);
  });
});

describe("which recovery is cut", () => {
  it("is the slowest partition's, and one that never came back is slower than any", () => {
    const all = { "1/0": outage(500, 1100), "1/1": outage(900, 1200), "1/2": outage(700, 1300) };
    expect(phases(all)[0]?.[1]).to.equal("reconnect 1010 + 190");
    const open = { ...all, "1/3": outage(100, null, true) };
    expect(phases(open)[0]?.[1]).to.equal("not recovered 1020 + 100");
  });

  it("is the application's that stalled at all", () => {
    expect(phases({ "1/0": outage(500, 1100) }, [], "consume")).to.have.length(1);
    expect(phases({ "1/0": outage(500, 1100) }, [], "cluster")).to.deep.equal([]);
    expect(phases({ "1/0": outage(0, 1100) })).to.deep.equal([]);
    expect(phases({})).to.deep.equal([]);
  });
});
