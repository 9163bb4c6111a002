/**
 * Goal: what was due and when it was done, over streams that take each other's place, with a hole
 * where a client was dead.
 *
 * Method: times in ms after the workload's start; records 10 ms apart, acked 2 ms after they were due.
 */
import { expect } from "chai";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging, ProducerRef } from "../../../src/history/judging.ts";
import { ackedUs, chainsOf, deliveredUs, slotsOf } from "../../../src/reconcile/slots.ts";
import { bookOf, readByNobody } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const plan = readByNobody();
const [first] = plan.producers as [ProducerRef];

function judging(...producers: Partial<ProducerRef>[]): Judging {
  const logs = plan.logs.map((log) => ({ ...log, partitions: 1 }));
  return { ...plan, logs, producers: producers.map((one) => ({ ...first, ...one })) };
}

/** One send of `count` records from `seq` on, due from `dueMs`; acked, or what `code` says. */
function send(
  producer: number,
  seq: number,
  count: number,
  dueMs: number,
  code: number = OUTCOME.acked,
): Row[] {
  const intent = row.intent(producer, 0, seq, count, dueMs, 10);
  const at = dueMs + 10 * (count - 1) + 2;
  return code === 0 ? [intent] : [intent, row.outcome(producer, 0, seq, count, code, -1, at)];
}

/** Single sends of the due times from `fromMs` up to before `toMs`. */
function every10(producer: number, fromMs: number, toMs: number, seq0 = 0): Row[] {
  return Array.from({ length: (toMs - fromMs) / 10 }, (_, n) =>
    send(producer, seq0 + n, 1, fromMs + 10 * n),
  ).flat();
}

const ms = (at: number) => (at === Infinity ? null : (at - us(0)) / 1000);

interface Case {
  rows: Row[];
  producers?: Partial<ProducerRef>[];
  fromMs?: number;
  endMs?: number;
}

/** Slots of the first chain as [due, last due, done]. */
function slots({ rows, producers = [{ id: 1 }], fromMs = 0, endMs = 10_000 }: Case) {
  const { ledger } = bookOf({ producer: rows, judging: judging(...producers) });
  const [chain] = chainsOf(ledger, ({ application }) => application);
  if (!chain) throw new Error("no chain");
  const window = { fromUs: us(fromMs), endUs: us(endMs), stallUs: 200_000 };
  return slotsOf(chain, window, ackedUs).map(({ dueUs, dueLastUs, doneUs }) => [
    ms(dueUs),
    ms(dueLastUs),
    ms(doneUs),
  ]);
}

describe(chainsOf.name, () => {
  const heads = (...producers: Partial<ProducerRef>[]) => {
    const { ledger } = bookOf({ judging: judging(...producers) });
    const chains = chainsOf(ledger, ({ producer }) => !producer.control);
    return chains.map(({ streams }) => streams.map(({ stream }) => stream.producer.id));
  };

  it("joins an heir to its elder, and an heir's heir to both, in whatever order they stand", () => {
    const heir = { id: 2, takesOverFrom: 1 };
    expect(heads({ id: 1 }, heir, { id: 3 })).to.deep.equal([[1, 2], [3]]);
    expect(heads({ id: 4 }, heir, { id: 1 }, { id: 3, takesOverFrom: 2 })).to.deep.equal([
      [1, 2, 3],
      [4],
    ]);
    expect(
      heads({ id: 1, takesOverFrom: 2 }, { id: 2, takesOverFrom: 3 }, { id: 3 }),
    ).to.deep.equal([[3, 2, 1]]);
  });

  it("leaves an heir whose elder is not asked for, or not there, to itself", () => {
    expect(heads({ id: 1, control: true }, { id: 2, takesOverFrom: 1 })).to.deep.equal([[2]]);
    expect(heads({ id: 2, takesOverFrom: 9 }, { id: 1 })).to.deep.equal([[1], [2]]);
  });
});

describe(slotsOf.name, () => {
  it("has one for each send, due with its first record and done when it was answered", () => {
    const rows = [...send(1, 0, 3, 0), ...send(1, 3, 1, 30), ...send(1, 4, 1, 40, 0)];
    expect(slots({ rows, endMs: 50, fromMs: -1 })).to.deep.equal([
      [0, 20, 22],
      [30, 30, 32],
      [40, 40, null],
    ]);
  });

  it("takes an abort that was asked for as service, and no other answer but an ack", () => {
    const done = (code: number) => slots({ rows: send(1, 0, 1, 10, code), endMs: 50 })[0]?.[2];
    expect(done(OUTCOME.aborted)).to.equal(12);
    expect(done(OUTCOME.failed)).to.equal(null);
    expect(done(OUTCOME.indeterminate)).to.equal(null);
  });

  it("leaves out what was due a stall before the window, and what was done before it", () => {
    const rows = [
      ...send(1, 0, 1, 290, 0),
      ...send(1, 1, 1, 300, 0),
      ...send(1, 2, 1, 490),
      ...send(1, 3, 1, 498),
      ...send(1, 4, 1, 499),
    ];
    expect(slots({ rows, fromMs: 500, endMs: 600 })).to.deep.equal([
      [300, 300, null],
      [499, 499, 501],
    ]);
    const between = [...send(1, 0, 1, 290, 0), ...send(1, 1, 1, 310, 0)];
    expect(slots({ rows: between, fromMs: 500, endMs: 510 })).to.deep.equal([[310, 310, null]]);
  });

  it("has what was due and never sent, if it was due in the window", () => {
    const unsent = (fromMs: number, toMs: number): Row => ({
      ...{ kind: ROW.unsent, actor: 1, partition: 0, count: 10 },
      ...{ aux1: us(fromMs), aux2: us(toMs), tUs: us(toMs) },
    });
    const rows = [...send(1, 0, 1, 490), unsent(100, 299), unsent(110, 300), unsent(520, 560)];
    const later = send(1, 1, 1, 590);
    expect(slots({ rows: [...rows, ...later], fromMs: 500, endMs: 600 })).to.deep.equal([
      [110, 300, null],
      [520, 560, null],
      [590, 590, 592],
    ]);
  });

  it("takes an elder's sends until its heir's first is due, and none of them after that", () => {
    const producers = [{ id: 1 }, { id: 2, takesOverFrom: 1 }];
    const unsent = (atMs: number): Row => ({
      ...{ kind: ROW.unsent, actor: 1, partition: 0, count: 1 },
      ...{ aux1: us(atMs), aux2: us(atMs), tUs: us(atMs) },
    });
    const rows = [...every10(1, 0, 50), unsent(25), unsent(30), ...every10(2, 30, 50)];
    const told = slots({ rows, producers, fromMs: -1, endMs: 60 });
    expect(told.map(([due]) => due)).to.deep.equal([0, 10, 20, 25, 30, 40]);
    expect(told[4]).to.deep.equal([30, 30, 32]);
    // An heir that never sent takes over nothing.
    expect(slots({ rows: every10(1, 0, 30), producers, fromMs: -1, endMs: 60 })).to.have.length(3);
  });
});

describe("a hole in what was due", () => {
  it("is a send that was never done, from the next that should have been to the next that was", () => {
    const rows = [...every10(1, 0, 100), ...every10(1, 500, 600, 50)];
    const told = slots({ rows, fromMs: -1, endMs: 600 });
    expect(told[10]).to.deep.equal([100, 500, null]);
    expect(told).to.have.length(21);
  });

  it("is one beyond a stall, not at it, and goes on to the end", () => {
    const gap = (toMs: number) =>
      slots({
        rows: [...every10(1, 0, 100), ...every10(1, toMs, toMs + 10, 50)],
        fromMs: -1,
        endMs: toMs + 10,
      });
    expect(gap(290).map(([due]) => due)).to.not.include(100);
    expect(gap(300).map(([due]) => due)).to.include(100);
    const ending = (endMs: number) => slots({ rows: every10(1, 0, 100), fromMs: -1, endMs }).length;
    expect(ending(290)).to.equal(10);
    expect(ending(291)).to.equal(11);
  });

  it("is no hole where records are due at longer distances", () => {
    const rows = [0, 100, 200, 300].flatMap((dueMs, seq) => send(1, seq, 1, dueMs));
    expect(slots({ rows, fromMs: -1, endMs: 700 })).to.have.length(4);
    expect(slots({ rows, fromMs: -1, endMs: 701 })).to.have.length(5);
  });

  it("begins with the last that was due before the window", () => {
    const rows = every10(1, 0, 400);
    expect(slots({ rows, fromMs: 600, endMs: 1000 })).to.deep.equal([[400, 1000, null]]);
    expect(slots({ rows: [], fromMs: 600, endMs: 1000 })).to.deep.equal([[600, 1000, null]]);
    expect(slots({ rows: [], fromMs: 600, endMs: 800 })).to.deep.equal([]);
    expect(slots({ rows: send(1, 0, 1, 400), fromMs: 600, endMs: 1000 })).to.deep.equal([
      [400, 1000, null],
    ]);
  });
});

describe(deliveredUs.name, () => {
  const readers = [
    ...plan.readers,
    { kind: "group" as const, region: "r", id: 1, name: "g-1", group: "g", logs: [1] },
  ];
  /** When each send was handed over; sends of three records each. */
  function done(codes: number[], ...handed: [atMs: number, seq: number, count: number][]) {
    const producer = codes.flatMap((code, n) => send(1, 3 * n, 3, 100 * n, code));
    const consumer = handed.map(([atMs, seq, count]) => {
      const at = { log: 1, partition: 0, offset: 1000 * atMs + seq, atMs };
      return row.found(ROW.delivered, 1, at, { producer: 1, seq, count });
    });
    const { ledger } = bookOf({ producer, consumer, judging: { ...judging({ id: 1 }), readers } });
    const [stream] = ledger.streams;
    const [group] = ledger.groups;
    if (!stream || !group) throw new Error("no stream, or no group");
    const when = deliveredUs(group);
    return codes.map((_, at) => ms(when(stream, at)));
  }
  const { acked, aborted } = OUTCOME;

  it("is when the last record of a send came, in whatever parts and order", () => {
    expect(done([acked, acked, acked], [20, 4, 2], [10, 0, 4])).to.deep.equal([10, 20, null]);
    expect(done([acked, acked], [10, 0, 2], [30, 2, 1], [40, 3, 2])).to.deep.equal([30, null]);
  });

  it("is not yet when the first records of a send are missing", () => {
    expect(done([acked], [10, 1, 2])).to.deep.equal([null]);
    expect(done([acked], [10, 1, 2], [20, 0, 1])).to.deep.equal([20]);
  });

  it("is not moved by what comes again", () => {
    expect(done([acked, acked], [10, 0, 2], [20, 0, 2], [30, 1, 5], [40, 0, 6])).to.deep.equal([
      30, 30,
    ]);
  });

  it("is the answer's time of what was aborted, for it is to reach nobody", () => {
    expect(done([aborted, acked], [150, 3, 3])).to.deep.equal([22, 150]);
    expect(done([aborted, acked])).to.deep.equal([22, null]);
  });
});
