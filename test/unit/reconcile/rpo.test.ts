/** Goal: fates add up to the RPO of a run and of each partition; one unknown leaves a sum unknown. */
import { expect } from "chai";
import { acked, end, faultAt, judged, judgedAll, readByNobody, seen } from "./hand-written.ts";
import { row } from "./memory-journal.ts";

const two = { producer: 2 };

describe("the RPO of a partition", () => {
  it("adds its producers up, and dates the oldest record that any of them misses", () => {
    const { rpo } = judged(
      [...acked(0, 3, 0), ...acked(0, 5, 3, two)],
      [seen(1, 0, 0, 2), seen(1, 3, 0, 1, two), end(1, 8), seen(3, 0, 1, 2, two), end(3, 2)],
    );
    expect(rpo.partitions).to.deep.equal([
      {
        log: 1,
        topic: "orders",
        partition: 0,
        acked: 8,
        missing: 5,
        lost: 3,
        stranded: 2,
        indeterminate: 0,
        indeterminateSurvived: 0,
        shape: "tail",
        oldestMissingDueAtMs: 1_000_010,
        timeMs: null,
      },
    ]);
    expect(rpo).to.include({ lost: 3, stranded: 2, overwritten: 0, shape: "tail" });
    expect(rpo.bytes.value).to.equal(500);
  });

  it("has no split when that of one producer is not known", () => {
    const { rpo } = judged(
      [...acked(0, 3, 0), ...acked(0, 1, 3, two)],
      [seen(1, 0, 0, 2), seen(1, 3, 0, 1, two), end(1, 4)],
    );
    expect(rpo.partitions[0]).to.include({ missing: 1, lost: null, stranded: null });
    expect(rpo).to.include({ lost: null, stranded: null, overwritten: null });
  });
});

describe("the RPO of a partition that was not read", () => {
  it("has no number when its log was not read, though one producer was acked nothing", () => {
    const { rpo } = judged(
      [...acked(0, 3, 0), row.intent(2, 0, 0, 2, 0, 10)],
      [seen(1, 0, 0, 3), end(1, 3, { complete: false }), end(3, 0)],
    );
    expect(rpo.partitions[0]).to.include({
      acked: 3,
      missing: null,
      indeterminate: 2,
      indeterminateSurvived: null,
      shape: "unknown",
      oldestMissingDueAtMs: null,
      timeMs: null,
    });
    expect(rpo.timeMs).to.deep.equal({
      value: null,
      low: null,
      high: null,
      censored: false,
      inconclusive: "the surviving log of orders/0 was not read to its end",
    });
    expect(rpo.records).to.deep.equal({
      value: null,
      low: 0,
      high: 0,
      censored: false,
      inconclusive: "the surviving log of orders/0 was not read to its end",
    });
  });

  it("is bounded by what was read from below, and by all that may be missing from above", () => {
    const one = { partition: 1 };
    const { rpo } = judged(
      [...acked(0, 3, 0), ...acked(0, 3, 0, one)],
      [
        seen(1, 0, 0, 1),
        end(1, 1, { complete: false }),
        seen(1, 0, 0, 2, one),
        end(1, 2, { partition: 1 }),
      ],
    );
    expect(rpo.records).to.include({ value: null, low: 1, high: 3 });
    expect(rpo.bytes).to.include({ value: null, low: 100, high: 300 });
  });

  it("has no sum of what is lost while one partition may still have it on a mirror", () => {
    const one = { partition: 1 };
    const { rpo } = judged(
      [...acked(0, 3, 0), ...acked(0, 3, 0, one)],
      [seen(1, 0, 0, 2), end(1, 2), end(3, 0), seen(1, 0, 0, 2, one), end(1, 2, { partition: 1 })],
    );
    expect(rpo).to.include({ lost: null, stranded: null, overwritten: null });
    expect(rpo.partitions.map(({ lost }) => lost)).to.deep.equal([1, null]);
  });

  it("is told of the log on which its records should have survived", () => {
    const { rpo } = judged(acked(0, 1, 0), [end(1, 1)], readByNobody("standby"));
    expect(rpo.records.inconclusive).to.equal(
      "the surviving log of p.orders/0 was not read to its end",
    );
  });

  it("needs no reading of a log on which nothing was acked", () => {
    const { rpo } = judged([row.intent(1, 0, 0, 2, 0, 10)], []);
    expect(rpo.records.value).to.equal(0);
    expect(rpo.partitions[0]).to.include({ missing: 0, indeterminateSurvived: null });
  });
});

describe("the RPO in bytes", () => {
  const sent = (seq: number, partition = 0, producer = 1) =>
    ({
      type: "record.sent",
      step: "big",
      producer,
      partition,
      recordSeq: seq,
      bytes: 5000,
      outcome: "acked",
      offset: seq,
    }) as const;
  const missing = (events: ReturnType<typeof sent>[]) =>
    judgedAll({
      producer: acked(0, 5, 0),
      audit: [seen(1, 0, 0, 2), end(1, 2), end(3, 0)],
      events,
    }).rpo.bytes.value;

  it("takes a record of another size as large as it was, if it is missing", () => {
    expect(missing([])).to.equal(300);
    expect(missing([sent(3)])).to.equal(5200);
    expect(missing([sent(1), sent(3, 1), sent(3, 0, 2)])).to.equal(300);
  });
});

describe("rows of the RPO", () => {
  it("stand in the order of logs and partitions, whoever wrote to them", () => {
    const judging = readByNobody();
    const logs = judging.logs.map((log) => ({ ...log, cluster: "primary" }));
    for (const log of logs) delete log.mirrorOf;
    const producers = judging.producers.map((one) => (one.id === 1 ? { ...one, log: 3 } : one));
    const { rpo } = judged(
      [
        ...acked(0, 1, 0, { partition: 1 }),
        ...acked(0, 1, 0, { ...two, partition: 1 }),
        ...acked(0, 1, 0, two),
      ],
      [],
      { ...judging, logs, producers },
    );
    const places = rpo.partitions.map(({ log, partition }) => [log, partition]);
    expect(places).to.deep.equal([
      [1, 0],
      [1, 1],
      [3, 1],
    ]);
    expect(rpo.records.inconclusive).to.equal(
      "the surviving log of p.orders/1 was not read to its end (and 2 more streams)",
    );
  });

  it("stand in the order of partitions, whichever producer used them first", () => {
    const { rpo } = judged([...acked(0, 1, 0, { partition: 1 }), ...acked(0, 1, 0, two)], []);
    expect(rpo.partitions.map(({ partition }) => partition)).to.deep.equal([0, 1]);
  });
});

describe("the RPO of a run", () => {
  it("is no number when nothing was sent", () => {
    const { rpo } = judged([], [end(1, 0)]);
    expect(rpo.records.inconclusive).to.equal("no records were sent");
    expect(rpo).to.include({ shape: "unknown", lost: null, stranded: null, overwritten: null });
  });

  it("has the worst shape of any stream", () => {
    const { rpo } = judged(
      [...acked(0, 3, 0), ...acked(0, 3, 3, two)],
      [seen(1, 0, 0, 2), seen(1, 3, 0, 1, two), seen(1, 5, 2, 1, two), end(1, 6), end(3, 0)],
    );
    expect(rpo.shape).to.equal("hole");
    expect(rpo.records.value).to.equal(2);
  });
});

describe("the time of an RPO", () => {
  /** Five records, due each 10 ms from 0 on, of which the last two are missing: due at 30 and 40. */
  const timeAfter = (lowMs: number, highMs: number) =>
    judgedAll({
      producer: acked(0, 5, 0),
      audit: [seen(1, 0, 0, 3), end(1, 3)],
      events: faultAt(lowMs, highMs, 100),
      judging: { ...readByNobody(), faultStep: "disaster" },
    }).rpo.timeMs;

  it("is the age of the oldest missing record at the fault", () => {
    expect(timeAfter(50, 52)).to.deep.equal({ value: 21, low: 20, high: 22, censored: false });
  });

  it("is not 0, but no number, when all that is missing was due after the fault", () => {
    const time = timeAfter(10, 12);
    expect(time).to.deep.equal({
      value: null,
      low: null,
      high: null,
      censored: false,
      inconclusive:
        "the oldest missing record was due 0.0 s after the fault: that instant did not take it",
    });
  });

  it("is a number while the oldest may have been due before it", () => {
    expect(timeAfter(20, 35)).to.deep.include({ low: 0, high: 5 });
    expect(timeAfter(20, 30)).to.deep.equal({ value: 0, low: 0, high: 0, censored: false });
  });

  it("is 0 when nothing is missing, broken or not", () => {
    const audit = [seen(1, 0, 0, 3), end(1, 3), end(3, 0)];
    const none = { value: 0, low: 0, high: 0, censored: false };
    expect(judged(acked(0, 3, 0), audit).rpo.timeMs).to.deep.equal(none);
    const judging = { ...readByNobody(), faultStep: "disaster" };
    const events = faultAt(50, 52, 100);
    const broken = judgedAll({ producer: acked(0, 3, 0), audit, events, judging });
    expect(broken.rpo.timeMs).to.deep.equal(none);
  });

  it("has nothing to be measured from when nothing was broken", () => {
    const { timeMs } = judged(acked(0, 5, 0), [seen(1, 0, 0, 3), end(1, 3), end(3, 0)]).rpo;
    expect(timeMs).to.deep.equal({
      value: null,
      low: null,
      high: null,
      censored: false,
      inconclusive: "records are missing, but no fault gives the instant to measure from",
    });
  });
});
