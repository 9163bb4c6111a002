/** Goal: which step of a group is judged: from where, to where, and what counts as its start. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { type Move, movesOf } from "../../../src/reconcile/group-moves.ts";
import { offsetVerdictsOf } from "../../../src/reconcile/offsets.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bookOf, end, faultAt, seen } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const plan = judgingFor("standby");
/** Readers 1 and 4 of group g on log 1; 2 and 5 take over from them on the mirror, log 3. */
const members: Judging = {
  ...plan,
  readers: [
    ...plan.readers,
    { kind: "group", group: "g", region: "r", id: 4, name: "g-4", logs: [1] },
    { kind: "group", group: "g", region: "r", id: 5, name: "g-5", logs: [3], takesOverFrom: 4 },
  ],
  faultStep: "disaster",
};

function handed(reader: number, log: number, offset: number, atMs: number, partition = 0): Row {
  const at = { log, partition, offset, atMs };
  return row.found(ROW.delivered, reader, at, { producer: 1, seq: offset, count: 1 });
}

const producer = acked(0, 10, 0);
const audit = [seen(1, 0, 0, 10), end(1, 10), seen(3, 0, 0, 10), end(3, 10)];

function told(consumer: Row[], { judging = members, events = [] as NewEvent[], sends = producer }) {
  return bookOf({ producer: sends, audit, consumer, events, judging });
}

/** Moves of partition 0, with the places as logs and times in ms. */
function moves(consumer: Row[], more: { judging?: Judging; events?: NewEvent[] } = {}) {
  const { ledger, chronicle } = told(consumer, more);
  const ms = (at: number) => (at - us(0)) / 1000;
  return movesOf(ledger, chronicle)
    .filter(({ partition }) => partition === 0)
    .map(({ from, to, resumedUs, resumed, firstDelivered }: Move) => {
      return { from: from.log, to: to.log, atMs: ms(resumedUs), resumed, firstDelivered };
    });
}

describe("the takeover of a group by other members", () => {
  it("is one move for each partition of what the elders read, resumed or not", () => {
    const { ledger, chronicle } = told([], {});
    const all = movesOf(ledger, chronicle);
    expect(all.map(({ partition }) => partition)).to.deep.equal([0, 1]);
    expect(all[1]).to.deep.include({
      from: { log: 1, topic: "orders", place: 1 },
      to: { log: 3, place: 3 },
      resumedUs: Infinity,
      resumed: undefined,
      firstDelivered: undefined,
    });
  });

  it("starts with the first record that any of the heirs was handed", () => {
    const consumer = [handed(2, 3, 7, 3400), handed(5, 3, 4, 3300), handed(1, 1, 0, 1000)];
    expect(moves(consumer)).to.deep.equal([
      { from: 1, to: 3, atMs: 3300, resumed: undefined, firstDelivered: 4 },
    ]);
    expect(moves(consumer.slice(1))[0]).to.include({ atMs: 3300, firstDelivered: 4 });
  });

  it("starts where the last answer before that delivery put it", () => {
    const answers = [
      row.resume(2, 3, 0, 2, 3000),
      row.resume(5, 3, 0, 5, 3200),
      row.resume(2, 3, 0, 9, 3500),
      row.resume(2, 3, 1, 8, 3100),
      row.resume(1, 1, 0, 1, 3100),
    ];
    expect(moves([...answers, handed(2, 3, 5, 3200)])).to.deep.equal([
      { from: 1, to: 3, atMs: 3200, resumed: 5, firstDelivered: 5 },
    ]);
    // Without a delivery the last answer of all is the one.
    expect(moves(answers)[0]).to.include({ atMs: 3500, resumed: 9 });
    // An answer that came only after the delivery is better than none.
    expect(moves([row.resume(2, 3, 0, 6, 3500), handed(2, 3, 5, 3200)])[0]).to.include({
      atMs: 3500,
      resumed: 6,
    });
  });

  it("goes to the same log where the heirs read it, else to its mirror, else nowhere", () => {
    const heirsOn = (...logs: number[]) => ({
      ...members,
      readers: members.readers.map((one) => (one.takesOverFrom ? { ...one, logs } : one)),
    });
    const to = (judging: Judging) => moves([], { judging }).map((one) => one.to);
    expect(to(heirsOn(1, 3))).to.deep.equal([1]);
    expect(to(heirsOn(3))).to.deep.equal([3]);
    const orphans = members.readers.map((one) =>
      one.takesOverFrom ? { ...one, takesOverFrom: 77 } : one,
    );
    expect(to({ ...members, readers: orphans })).to.deep.equal([]);
    const unmirrored = heirsOn(3);
    const logs = unmirrored.logs.map(({ mirrorOf: _, ...log }) => log);
    expect(to({ ...unmirrored, logs })).to.deep.equal([]);
  });
});

describe("a group that came back to where it was", () => {
  const events = faultAt(1000, 1100, 9000);
  const back = (atMs: number, offset: number, reader = 1) => row.resume(reader, 1, 0, offset, atMs);
  const stayed = (consumer: Row[], more: { events?: NewEvent[] } = { events }) =>
    moves(consumer, more).filter(({ to }) => to === 1);

  it("is judged by its first return after the fault", () => {
    const consumer = [back(900, 1), back(1100, 2), back(1100.5, 3), back(2000, 4)];
    expect(stayed([...consumer, handed(1, 1, 3, 1200)])).to.deep.equal([
      { from: 1, to: 1, atMs: 1100.5, resumed: 3, firstDelivered: 3 },
    ]);
  });

  it("is not judged where nothing was broken, and heirs do not come back", () => {
    expect(stayed([back(2000, 3)], {})).to.deep.equal([]);
    expect(stayed([back(2000, 3, 2)])).to.deep.equal([]);
  });

  it("should go on at its own commit, on its own log", () => {
    const own = (committed: number, rows: Row[]) => {
      const other = row.commit(1, 1, 1, 1, 900);
      const consumer = [row.commit(1, 1, 0, committed, 900), other, back(2000, 4)];
      const { ledger, chronicle } = bookOf({
        producer,
        audit: rows,
        consumer,
        events,
        judging: members,
      });
      const all = offsetVerdictsOf(ledger, chronicle);
      expect(all.map(({ verdict }) => verdict.partition)).to.deep.equal([0, 0, 1]);
      return all.find(({ verdict }) => verdict.resumedLog === 1);
    };
    const six = own(6, audit);
    expect(six).to.deep.include({ skipped: 0, replayed: 2 });
    expect(six?.verdict).to.include({ verdict: "replay", trueOffset: 6, resumedOffset: 4 });
    // Offset 5 is a marker's: a commit behind it is a commit all the same.
    const marked = [seen(1, 0, 0, 5), seen(1, 6, 5, 5), end(1, 11), end(3, 0)];
    expect(own(6, marked)?.verdict).to.include({ verdict: "replay", trueOffset: 6, records: 1 });
  });
});

describe("a place beyond the end of a log", () => {
  const commit = row.commit(1, 1, 0, 10, 2000);
  const word = (offset: number, sends = producer) => {
    const { ledger, chronicle } = told([commit, row.resume(2, 3, 0, offset, 3000)], { sends });
    const [first] = offsetVerdictsOf(ledger, chronicle);
    return first?.verdict;
  };

  it("is told as such, and the end itself is not beyond", () => {
    expect(word(10)).to.include({ verdict: "exact", trueOffset: 10 });
    expect(word(11)).to.include({
      verdict: "ahead-of-log",
      records: null,
      trueOffset: 10,
      detail: "offset 11 lies beyond the log's end 10 at that time",
    });
  });

  it("is measured by the end at that time, before producers went on there", () => {
    const judging = {
      ...members,
      producers: members.producers.map((one) => (one.id === 2 ? { ...one, log: 3 } : one)),
    };
    const later = (sentMs: number, partition = 0) => [
      row.intent(2, partition, 0, 2, sentMs),
      row.outcome(2, partition, 0, 2, OUTCOME.acked, 8, sentMs + 50),
    ];
    const at = (sends: Row[]) => {
      const consumer = [commit, row.resume(2, 3, 0, 9, 3000)];
      const { ledger, chronicle } = bookOf({
        producer: [...acked(0, 8, 0), ...sends],
        audit: [seen(3, 0, 0, 8), seen(3, 8, 0, 2, { producer: 2 }), end(3, 10)],
        consumer,
        judging,
      });
      return offsetVerdictsOf(ledger, chronicle)[0]?.verdict;
    };
    expect(at(later(3500))).to.include({
      verdict: "ahead-of-log",
      detail: "offset 9 lies beyond the log's end 8 at that time",
    });
    expect(at(later(3000))?.verdict).to.equal("skip");
    expect(at(later(3500, 1))?.verdict).to.equal("skip");
    // What has no ack has no place, and does not say where the log ended.
    expect(at(later(3500).slice(0, 1))?.verdict).to.equal("skip");
  });

  it("is measured by that log alone: the source may end where it likes", () => {
    const late = [row.intent(1, 0, 10, 1, 3500), row.outcome(1, 0, 10, 1, OUTCOME.acked, 10, 3600)];
    const consumer = [row.commit(1, 1, 0, 5, 2000), row.resume(2, 3, 0, 105, 3000)];
    const { ledger, chronicle } = bookOf({
      producer: [...producer, ...late],
      audit: [
        seen(1, 0, 0, 10),
        end(1, 11),
        seen(3, 100, 0, 10),
        row.end(103, 3, 0, 100, 110, 6000, true),
      ],
      consumer,
      judging: members,
    });
    expect(offsetVerdictsOf(ledger, chronicle)[0]?.verdict).to.include({
      verdict: "exact",
      trueOffset: 105,
    });
  });

  it("is any place but the first of a log that was empty then", () => {
    const judging = {
      ...members,
      producers: members.producers.map((one) => (one.id === 2 ? { ...one, log: 3 } : one)),
    };
    const late = [row.intent(2, 0, 0, 4, 3500), row.outcome(2, 0, 0, 4, OUTCOME.acked, 0, 3600)];
    const consumer = [row.commit(1, 1, 0, 0, 2000), row.resume(2, 3, 0, 1, 3000)];
    const audit = [seen(3, 0, 0, 4, { producer: 2 }), end(3, 4)];
    const { ledger, chronicle } = bookOf({ producer: late, audit, consumer, judging });
    expect(offsetVerdictsOf(ledger, chronicle)[0]?.verdict.verdict).to.equal("ahead-of-log");
  });
});

describe("the verdicts of several groups", () => {
  const order = (first: number, second: number) => {
    const group = (id: number, name: string, logs: number[], takesOverFrom?: number) => ({
      ...{ kind: "group" as const, region: "r", id, name: `${name}-${id}`, group: name, logs },
      ...(takesOverFrom === undefined ? {} : { takesOverFrom }),
    });
    const logs = [...plan.logs];
    const base = { partitions: 2, region: "r", role: "workload" as const, cluster: "primary" };
    logs.push({ ...base, id: 2, topic: "audits" });
    const judging = {
      ...plan,
      logs,
      readers: [
        group(first, "z", [1, 2]),
        group(first + 1, "z", [1, 2], first),
        group(second, "a", [1]),
        group(second + 1, "a", [1], second),
      ],
    };
    const commits = [
      row.commit(first, 1, 1, 1, 900),
      row.commit(first, 1, 0, 1, 900),
      row.commit(first, 2, 1, 1, 900),
      row.commit(second, 1, 1, 1, 900),
      row.commit(second, 1, 0, 1, 900),
    ];
    const { ledger, chronicle } = bookOf({ producer, audit: [], consumer: commits, judging });
    return offsetVerdictsOf(ledger, chronicle).map(
      ({ verdict: { group: name, topic, partition } }) => `${name} ${topic} ${partition}`,
    );
  };

  it("stand in the order of group, topic and partition, whoever comes first in the plan", () => {
    const sorted = ["a orders 0", "a orders 1", "z audits 1", "z orders 0", "z orders 1"];
    expect(order(1, 3)).to.deep.equal(sorted);
    expect(order(3, 1)).to.deep.equal(sorted);
  });
});
