/**
 * Goal: each metric is measured on what it stands on, and is no number where that was not read.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { DEFECT, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging, MetricId } from "../../../src/history/judging.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, bad, end, faultAt, readByNobody, seen } from "./hand-written.ts";
import { exactly, measure, open, plan } from "./measuring.ts";
import { type Row, row, us } from "./memory-journal.ts";

const producer = acked(0, 4, 0);
const CUT = "the audit of orders/0 on primary did not reach the log's end";

describe("a number of findings", () => {
  const findings: [MetricId, Row[], number][] = [
    ["duplicates.records", [seen(1, 0, 0, 4), seen(1, 4, 1, 2)], 2],
    ["corrupt.records", [seen(1, 0, 0, 3), bad(1, 3, DEFECT.crc, 3)], 1],
    ["phantom.records", [seen(1, 0, 0, 4), bad(1, 4, DEFECT.alien)], 1],
    ["reordered.records", [seen(1, 0, 2, 2), seen(1, 2, 0, 2)], 2],
  ];

  it("is exact where the logs were read, and 0 where there was nothing to find", () => {
    for (const [metric, rows, count] of findings) {
      const audit = [...rows, end(1, 6), end(3, 0)];
      expect(measure(metric, { producer, audit }), metric).to.deep.equal(exactly(count));
      const clean = [seen(1, 0, 0, 4), end(1, 4), end(3, 0)];
      expect(measure(metric, { producer, audit: clean }), metric).to.deep.equal(exactly(0));
    }
  });

  it("is but a lower bound where a log was not read to its end, and none where none was", () => {
    for (const [metric, rows, count] of findings) {
      const audit = [...rows, end(1, 6, { complete: false }), end(3, 0)];
      expect(measure(metric, { producer, audit }), metric).to.deep.equal(open(CUT, count));
      expect(measure(metric, { producer }), metric).to.deep.equal(open("no log was audited"));
    }
  });

  it("leaves out copies that a mirror made of copies and of damage", () => {
    const rows = (log: number) => [
      seen(log, 0, 0, 3),
      seen(log, 3, 0, 1),
      bad(log, 4, DEFECT.crc, 3),
    ];
    const audit = [...rows(1), end(1, 5), ...rows(3), end(3, 5)];
    expect(measure("duplicates.records", { producer, audit })).to.deep.equal(exactly(1));
    expect(measure("corrupt.records", { producer, audit })).to.deep.equal(exactly(1));
  });

  it("is of failed reads: what was refused or aborted and is there", () => {
    const failed = [
      row.intent(1, 0, 4, 2, 40, 10),
      row.outcome(1, 0, 4, 2, OUTCOME.failed, -1, 1000),
    ];
    const audit = [seen(1, 0, 0, 6), end(1, 6), end(3, 0)];
    const told = measure("failedReads.records", { producer: [...producer, ...failed], audit });
    expect(told).to.deep.equal(exactly(2));
  });
});

describe("what is missing", () => {
  const audit = [seen(1, 0, 0, 2), end(1, 2), seen(3, 0, 0, 3), end(3, 3)];
  const of = (metric: MetricId, rows = audit) => measure(metric, { producer, audit: rows });

  it("is measured where all that may hold it was read", () => {
    expect(of("rpo.records")).to.deep.equal(exactly(2));
    expect(of("rpo.bytes")).to.deep.equal(exactly(200));
    expect(of("rpo.shape")).to.deep.equal({
      ...{ value: null, low: null, high: null, censored: false },
      text: "tail",
    });
    expect(of("lost.records")).to.deep.equal(exactly(1));
    expect(of("stranded.records")).to.deep.equal(exactly(1));
    expect(of("mirror.missing")).to.deep.equal(exactly(1));
  });

  it("has no number where the surviving log was not read", () => {
    const why = "the surviving log of orders/0 was not read to its end";
    const unread = audit.slice(2);
    expect(of("rpo.records", unread)).to.deep.include({ value: null, inconclusive: why });
    expect(of("rpo.shape", unread)).to.deep.equal(open(why));
    expect(of("lost.records", unread)).to.deep.equal(open(why));
    expect(of("stranded.records", unread)).to.deep.equal(open(why));
    expect(of("mirror.missing", unread)).to.deep.equal(exactly(1));
  });

  it("is not split where a mirror that may hold it was not read", () => {
    const why = "not every log that may hold the missing records was read to its end";
    const half = audit.slice(0, 2);
    expect(of("rpo.records", half)).to.deep.equal(exactly(2));
    expect(of("lost.records", half)).to.deep.equal(open(why));
    expect(of("stranded.records", half)).to.deep.equal(open(why));
    expect(of("mirror.missing", half)).to.deep.equal(
      open("p.orders/0 on standby was never audited"),
    );
  });

  it("does not count as missing on a mirror what lies there damaged", () => {
    const hurt = [...audit.slice(0, 3), bad(3, 3, DEFECT.crc, 3), end(3, 4)];
    expect(of("mirror.missing", hurt)).to.deep.equal(exactly(0));
  });

  it("is measured whatever became of the logs of those who sent nothing", () => {
    const other = { ...(plan().logs[0] as Judging["logs"][number]), id: 2, topic: "unused" };
    const producers = plan().producers.map((one) => (one.id === 2 ? { ...one, log: 2 } : one));
    const judging = { ...plan(), logs: [...plan().logs, other], producers };
    expect(measure("rpo.records", { producer, audit, judging })).to.deep.equal(exactly(2));
  });

  it("does not count probes, nor a mirror of what was never acked", () => {
    const producers = plan().producers.map((one) =>
      one.id === 2 ? { ...one, kind: "canary" as const } : one,
    );
    const judging = { ...plan(), producers };
    const probes = [...producer, ...acked(0, 5, 10, { producer: 2 })];
    expect(measure("mirror.missing", { producer: probes, audit, judging })).to.deep.equal(
      exactly(1),
    );
    const sent = [row.intent(1, 0, 0, 1, 0)];
    expect(measure("mirror.missing", { producer: sent, audit: audit.slice(1, 2) })).to.deep.equal(
      open("nothing is replicated to a second cluster"),
    );
  });

  it("cannot be missing on a mirror where nothing is replicated", () => {
    const logs = plan().logs.map(({ mirrorOf: _, ...log }) => log);
    const judging = { ...plan(), logs };
    expect(measure("mirror.missing", { producer, audit, judging })).to.deep.equal(
      open("nothing is replicated to a second cluster"),
    );
  });
});

describe("a log that two clients saw differently", () => {
  const audit = [seen(1, 0, 0, 2), end(1, 2), end(3, 0)];
  const bounds = (pass: number, atMs: number, last: number, log = 1): NewEvent => ({
    type: "audit.bounds",
    tUs: us(atMs),
    pass,
    log,
    by: "other",
    bounds: [{ partition: 0, start: 0, end: last }],
  });
  const rpo = (...events: NewEvent[]) => measure("rpo.records", { producer, audit, events });

  it("has no number when the second client saw another end before the reading ended", () => {
    const why = "the audit of orders/0 on primary ended at 2, a second client saw the end at 4";
    expect(rpo(bounds(1, 5000, 2))).to.deep.equal(exactly(2));
    expect(rpo(bounds(1, 5000, 4))).to.deep.equal(open(why, 2));
    // The last pass before the end of the reading counts, of this log.
    expect(rpo(bounds(1, 5000, 4), bounds(2, 6000, 2))).to.deep.equal(exactly(2));
    expect(rpo(bounds(1, 5000, 2), bounds(2, 6000.001, 4))).to.deep.equal(exactly(2));
    expect(rpo(bounds(1, 5000, 4, 3))).to.deep.equal(exactly(2));
    const lost = measure("lost.records", { producer, audit, events: [bounds(1, 5000, 4)] });
    expect(lost).to.deep.equal(open(why, 2));
  });

  it("is held against the bounds of each partition, as far as they were taken", () => {
    const one = { partition: 1 };
    const rows = [...audit, seen(1, 0, 0, 1, one), end(1, 1, one), end(3, 0, one)];
    const taken = (...bounds: [partition: number, end: number][]) =>
      measure("rpo.records", {
        producer,
        audit: rows,
        judging: readByNobody(),
        events: [
          {
            ...{ type: "audit.bounds", tUs: us(5000), pass: 1, log: 1, by: "other" },
            bounds: bounds.map(([partition, last]) => ({ partition, start: 0, end: last })),
          } as NewEvent,
        ],
      });
    expect(taken([0, 2], [1, 1])).to.deep.equal(exactly(2));
    expect(taken([0, 2])).to.deep.equal(exactly(2));
    expect(taken([0, 2], [1, 2]).inconclusive).to.equal(
      "the audit of orders/1 on primary ended at 1, a second client saw the end at 2",
    );
  });

  it("has no number when they disagree about what lies there", () => {
    const disagreement = (log: number): NewEvent => ({
      type: "audit.disagreement",
      log,
      partition: 0,
      detail: "2 or 3 records",
    });
    const why = "two clients disagree about orders/0 on primary: 2 or 3 records";
    expect(rpo(disagreement(1))).to.deep.equal(open(why, 2));
    expect(rpo(disagreement(3))).to.deep.equal(exactly(2));
  });
});

describe("what groups made of it", () => {
  const judging = plan(judgingFor("primary"));
  const handed = (offset: number, count: number) =>
    row.found(
      ROW.delivered,
      1,
      { log: 1, partition: 0, offset, atMs: 3000 },
      { producer: 1, seq: offset, count },
    );
  const audit = [seen(1, 0, 0, 4), end(1, 4), end(3, 0)];
  const of = (metric: MetricId, consumer: Row[], rows = audit) =>
    measure(metric, { producer, audit: rows, consumer, judging });

  it("is no number when nobody reads or nobody was handed anything", () => {
    expect(measure("redelivered.records", { producer, audit })).to.deep.equal(
      open("no consumer group reads"),
    );
    const why = "no group was handed any record";
    expect(of("offsets.replayed", [])).to.deep.equal(open(why));
    expect(of("offsets.skipped", [])).to.deep.equal(open(why, 0));
  });

  it("counts what came again, what is unread, and of that what was skipped", () => {
    const consumer = [handed(0, 1), handed(0, 1), handed(2, 1)];
    expect(of("redelivered.records", consumer)).to.deep.equal(exactly(1));
    expect(of("unread.records", consumer)).to.deep.equal(exactly(2));
    expect(of("offsets.skipped", consumer)).to.deep.equal(exactly(1));
    expect(of("offsets.replayed", consumer)).to.deep.equal(exactly(0));
  });

  it("adds up what the verdicts say", () => {
    const moved = [row.commit(1, 1, 0, 3, 2000), handed(0, 4)];
    const mirror = [...audit.slice(0, 2), seen(3, 0, 0, 4), end(3, 4)];
    const resumed = (offset: number) => [...moved, row.resume(2, 3, 0, offset, 3500)];
    expect(of("offsets.replayed", resumed(1), mirror)).to.deep.equal(exactly(2));
    const skipping = [row.commit(1, 1, 0, 1, 2000), row.resume(2, 3, 0, 3, 3500), handed(0, 1)];
    expect(of("offsets.skipped", skipping, mirror)).to.deep.equal(exactly(2));
    expect(of("offsets.unmapped", resumed(1), mirror)).to.deep.equal(exactly(0));
    expect(of("offsets.unmapped", resumed(-1), mirror)).to.deep.equal(exactly(1));
    expect(of("offsets.replayed", resumed(1), audit.slice(0, 2))).to.deep.equal(
      open("g on orders/0: the log it resumed on was not read to its end"),
    );
  });
});

describe("a recovery time", () => {
  it("is that of its viewpoint", () => {
    const sends = Array.from({ length: 500 }, (_, n) => [
      row.intent(1, 0, n, 1, n * 10),
      row.outcome(1, 0, n, 1, OUTCOME.acked, -1, n > 100 && n < 180 ? 1800 : n * 10 + 2),
    ]).flat();
    const told = measure("rto.produce", {
      producer: sends,
      events: faultAt(1000, 1020, 5000),
      judging: {
        ...plan(),
        faultStep: "disaster",
        producers: plan().producers.filter(({ id }) => id === 1),
      },
    });
    expect(told).to.deep.equal({ value: 790, low: 768, high: 800, censored: false });
  });
});

describe("a recovery time of which there is no data", () => {
  it("says why", () => {
    const of = (metric: MetricId, events: NewEvent[]) =>
      measure(metric, { events, judging: { ...plan(), faultStep: "disaster" } });
    const broken = faultAt(1000, 1020, 5000);
    const calm = broken.slice(0, 1);
    const calmly = open("nothing was broken, so there is nothing to recover from");
    for (const viewpoint of ["produce", "consume", "cluster"] as const) {
      expect(of(`rto.${viewpoint}`, calm)).to.deep.equal(calmly);
    }
    expect(of("rto.fresh", calm)).to.deep.equal(calmly);
    expect(of("rto.fresh", broken)).to.deep.equal(open("no fresh clients were probed in this run"));
    expect(of("rto.consume", broken)).to.deep.equal(
      open('there is no data for the viewpoint "consume"'),
    );
    expect(of("rto.cluster", broken)).to.deep.equal(
      open('there is no data for the viewpoint "cluster"'),
    );
  });
});
