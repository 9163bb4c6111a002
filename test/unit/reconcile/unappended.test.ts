/**
 * Goal: an ack that names an offset below an end of the log known before its send, where the record is not,
 * is told; and no other ack.
 *
 * Method: sends of one record each, with the instants at which they left and were answered.
 * ```
 *   0     sent ──▶ answered 100: offset 10, so the log ends at 11 or later
 *   200   sent ──▶ answered 300: offset 5, where nothing of it lies
 * ```
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { end, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

interface Send {
  producer?: number;
  seq?: number;
  count?: number;
  sent: number;
  answered: number;
  /** -1: the ack names none. */
  offset: number;
}

const sends = (...all: Send[]): Row[] =>
  all.flatMap(({ producer = 1, seq = 0, count = 1, sent, answered, offset }) => [
    row.intent(producer, 0, seq, count, sent),
    row.outcome(producer, 0, seq, count, OUTCOME.acked, offset, answered),
  ]);

/** Ends of logs that were asked for while producers sent. */
const bounds = (atMs: number, upTo: number, { log = 1, partition = 0 } = {}): NewEvent => ({
  type: "audit.bounds",
  tUs: us(atMs),
  pass: 0,
  log,
  by: "kafkajs",
  bounds: [{ partition, start: 0, end: upTo }],
});

const AUDIT = [end(1, 30), end(3, 0)];

function told(producer: Row[], { audit = AUDIT, events = [] as NewEvent[] } = {}) {
  const result: Result = judgedAll({ producer, audit, events, judging: readByNobody() });
  return result.anomalies
    .filter((one) => one.class === "acked-not-appended")
    .flatMap(({ cause, count, examples }) =>
      examples.map(({ producer, seqFirst, offset, detail }) => {
        const known = Number(/known to be (\d+) before/.exec(detail)?.[1]);
        return { producer, seqFirst, offset, known, count, ...(cause ? { cause } : {}) };
      }),
    );
}

const high = { sent: 0, answered: 100, offset: 10 };
const low = { seq: 1, sent: 200, answered: 300, offset: 5 };
const FOUND = { producer: "one", seqFirst: 1, offset: 5, known: 11, count: 1 };

describe("an ack below an end that was known before its send", () => {
  it("is told with that end, once", () => {
    expect(told(sends(high, low))).to.deep.equal([FOUND]);
  });

  it("is none when the end was not known yet as the send left", () => {
    expect(told(sends(high, { ...low, sent: 100 }))).to.deep.equal([]);
    expect(told(sends(high, { ...low, sent: 101 }))).to.deep.equal([FOUND]);
    expect(told(sends({ ...high, answered: 250 }, low))).to.deep.equal([]);
  });

  it("is none at the end itself", () => {
    expect(told(sends(high, { ...low, offset: 11 }))).to.deep.equal([]);
  });

  it("takes the greatest end that was known", () => {
    const three = [high, { seq: 1, sent: 110, answered: 150, offset: 20 }, { ...low, seq: 2 }];
    expect(told(sends(...three))).to.deep.equal([{ ...FOUND, seqFirst: 2, known: 21 }]);
    const wide = { ...high, count: 4 };
    expect(told(sends(wide, { ...low, seq: 4 }))).to.deep.equal([
      { ...FOUND, seqFirst: 4, known: 14 },
    ]);
  });

  it("passes over acks that name no offset", () => {
    const unnamed = { seq: 1, sent: 110, answered: 150, offset: -1 };
    expect(told(sends(high, unnamed, { ...low, seq: 2 }))).to.deep.equal([
      { ...FOUND, seqFirst: 2 },
    ]);
    expect(told(sends(unnamed))).to.deep.equal([]);
  });

  it("leaves out what lies there all the same", () => {
    const wide = { ...low, count: 3 };
    expect(told(sends(high, wide), { audit: [seen(1, 5, 1, 1), ...AUDIT] })).to.deep.equal([
      { ...FOUND, count: 2 },
    ]);
    expect(told(sends(high, wide), { audit: [seen(1, 5, 1, 3), ...AUDIT] })).to.deep.equal([]);
  });

  it("is not told again where two acks name one offset", () => {
    expect(told(sends(high, { ...low, offset: 10 }))).to.deep.equal([]);
  });

  it("is told by the offset alone where the log was not read", () => {
    const cause = "by the offset alone, the log was not read";
    expect(told(sends(high, low), { audit: [] })).to.deep.equal([{ ...FOUND, cause }]);
  });
});

describe("an end that another producer's ack made known", () => {
  it("counts, whichever of them comes first in the plan", () => {
    const other = { ...FOUND, seqFirst: 0 };
    const late = { sent: 500, answered: 600, offset: 5 };
    expect(told(sends(late, { ...high, producer: 2 }))).to.deep.equal([other]);
    expect(told(sends(high, { ...late, producer: 2 }))).to.deep.equal([
      { ...other, producer: "two" },
    ]);
  });

  it("does not count when the lower offset was there first", () => {
    const early = { sent: 0, answered: 50, offset: 5 };
    const late = { sent: 500, answered: 600, offset: 10 };
    expect(told(sends(early, { ...late, producer: 2 }))).to.deep.equal([]);
    expect(told(sends(late, { ...early, producer: 2 }))).to.deep.equal([]);
  });

  it("counts in order of the answers, not of the sends", () => {
    // The wider answer came first though it was sent last.
    const slow = { sent: 0, answered: 900, offset: 2 };
    const quick = { producer: 2, sent: 100, answered: 150, offset: 10 };
    const third = { producer: 2, seq: 1, sent: 200, answered: 300, offset: 5 };
    expect(told(sends(slow, quick, third))).to.deep.equal([{ ...FOUND, producer: "two" }]);
  });
});

describe("an end that somebody asked for", () => {
  const first = { sent: 0, answered: 50, offset: 0 };

  it("counts for sends that left later, in its own place", () => {
    const events = [bounds(150, 20)];
    expect(told(sends(first, low), { events })).to.deep.equal([{ ...FOUND, known: 20 }]);
    const elsewhere = [bounds(150, 20, { log: 3 }), bounds(150, 20, { partition: 1 })];
    expect(told(sends(first, low), { events: elsewhere })).to.deep.equal([]);
  });

  it("does not count from the instant on at which the send left", () => {
    expect(told(sends(first, low), { events: [bounds(200, 20)] })).to.deep.equal([]);
    const last = { seq: 2, sent: 400, answered: 500, offset: 25 };
    expect(told(sends(first, low, last), { events: [bounds(200, 20)] })).to.deep.equal([]);
    expect(told(sends(first, low, last), { events: [bounds(300, 20)] })).to.deep.equal([]);
  });

  it("is one of several, of which the greatest counts", () => {
    const asked = (...all: number[]) => all.map((upTo, n) => bounds(110 + n, upTo));
    expect(told(sends(high, low), { events: asked(8) })).to.deep.equal([FOUND]);
    expect(told(sends(high, low), { events: asked(15, 20, 12) })).to.deep.equal([
      { ...FOUND, known: 20 },
    ]);
  });
});
