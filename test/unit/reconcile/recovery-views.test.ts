/**
 * Goal: whose stalls are judged, and how chains and partitions add up to the recovery of a run.
 *
 * Method: a record of one producer every 10 ms from 0 to 5 s, acked 2 ms later unless a test says
 * otherwise; a fault between 1000 and 1020 ms.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { judgingFor } from "./against-oracle.ts";
import { faultAt, judgedAll, type Place, readByNobody } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const STOP_MS = 5000;

/** Sends of one record each; `ackedMs` says when, or never. */
function sends(
  ackedMs: (dueMs: number) => number | null,
  { producer = 1, partition = 0, untilMs = STOP_MS }: Place & { untilMs?: number } = {},
): Row[] {
  const rows: Row[] = [];
  for (let seq = 0; seq * 10 < untilMs; seq += 1) {
    const dueMs = seq * 10;
    rows.push(row.intent(producer, partition, seq, 1, dueMs));
    const at = ackedMs(dueMs);
    if (at !== null) rows.push(row.outcome(producer, partition, seq, 1, OUTCOME.acked, -1, at));
  }
  return rows;
}

/** Nothing is acked from the fault until an instant; then everything at once. */
const downUntil = (upMs: number) => (dueMs: number) =>
  dueMs > 1000 && dueMs < upMs ? upMs : dueMs + 2;

const health = (atMs: number, loopDelayMaxUs: number, lateSendMaxUs: number): NewEvent => ({
  type: "health",
  tUs: us(atMs),
  agent: "agent",
  loopDelayP999Us: 0,
  loopDelayMaxUs,
  lateSendMaxUs,
  cpuThrottledUs: 0,
  journalWriteMaxUs: 0,
});

/** Only the producers and partitions that are used: one that never sends would never recover. */
function judging(producers = [1], partitions = 1): Judging {
  const plan = readByNobody();
  return {
    ...plan,
    faultStep: "disaster",
    producers: plan.producers.filter(({ id }) => producers.includes(id)),
    logs: plan.logs.map((log) => ({ ...log, partitions })),
  };
}

function produce(producer: Row[], others: NewEvent[] = [], plan = judging()) {
  const events = faultAt(1000, 1020, STOP_MS, others);
  const { recoveries } = judgedAll({ producer, events, judging: plan });
  const found = recoveries.find(({ viewpoint }) => viewpoint === "produce");
  if (!found) throw new Error("nobody produced");
  return found;
}

describe("a recovery time and its bounds", () => {
  it("lies between the fault and the first ack of those that last", () => {
    const { measure, partitions } = produce(sends(downUntil(1800)));
    expect(measure).to.deep.equal({ value: 790, low: 768, high: 800, censored: false });
    const [zero] = partitions;
    expect(zero).to.deep.equal({
      log: 1,
      cluster: "primary",
      topic: "orders",
      partition: 0,
      firstMissedAtMs: 1010,
      firstAckAtMs: 1800,
      sustainedAtMs: 1800,
      rtoMs: 790,
      lowMs: 768,
      highMs: 800,
      censored: false,
    });
  });

  it("is widened by what an agent was late by in the two seconds after it, and by nothing else", () => {
    const rows = sends(downUntil(1800));
    const low = (...reports: NewEvent[]) => produce(rows, reports).measure.low;
    expect(low(health(1800, 30_000, 45_000))).to.equal(768 - 45);
    expect(low(health(2500, 70_000, 45_000))).to.equal(768 - 70);
    expect(low(health(3800, 30_000, 0))).to.equal(768 - 30);
    expect(low(health(1799.999, 90_000, 0), health(3800.001, 90_000, 0))).to.equal(768);
    expect(low(health(2000, 0, 20_000), health(3000, 50_000, 0))).to.equal(768 - 50);
  });

  it("takes a second of acks on time, and no less", () => {
    // Sends due from 1600 on were acked on time, so the policy's 1000 ms are full at 2600, give or
    // take two distances.
    const again = (atMs: number) =>
      sends((dueMs) => (dueMs === atMs ? dueMs + 300 : downUntil(1800)(dueMs)));
    expect(produce(again(2580)).measure.value).to.equal(2592 - 1010);
    expect(produce(again(2590)).measure.value).to.equal(790);
  });
});

describe("the edges of a stall", () => {
  const late = (atMs: number, byMs: number) =>
    sends((dueMs) => (dueMs === atMs ? dueMs + byMs : dueMs + 2));
  const never = (atMs: number) => sends((dueMs) => (dueMs === atMs ? null : dueMs + 2));
  const healing = (atMs: number): NewEvent[] => [
    { type: "fault.healing", tUs: us(atMs), step: "disaster" },
  ];

  it("is late by more than the limit, not by the limit", () => {
    expect(produce(late(1500, 200)).measure).to.deep.equal({
      value: 0,
      low: 0,
      high: 200 + 10,
      censored: false,
    });
    expect(produce(late(1500, 200.001)).measure.value).to.equal(1512 - 1010);
  });

  it("is judged when its time was up as the clients stopped, or when it was answered", () => {
    // The last record is due at 4990.
    expect(produce(never(4790)).measure.censored).to.equal(true);
    expect(produce(never(4800)).measure).to.include({ value: 0, censored: false });
    expect(produce(late(4900, 300)).measure.censored).to.equal(true);
  });

  it("is the fault's when it was due by the instant of the healing", () => {
    expect(produce(late(2000, 500), healing(2000)).measure.value).to.equal(2012 - 1010);
    expect(produce(late(2000, 500), healing(1999.999)).measure.value).to.equal(0);
    expect(produce(late(2000, 150), healing(2000)).measure.high).to.equal(150 + 10);
    expect(produce(late(2000, 150), healing(1999.999)).measure.high).to.equal(2 + 10);
  });

  it("lasts over records that were due and never sent", () => {
    const unsent = { kind: ROW.unsent, actor: 1, partition: 0, count: 100 };
    const rows = [...sends((dueMs) => dueMs + 2, { untilMs: 4000 })];
    rows.push({ ...unsent, aux1: us(4000), aux2: us(4990), tUs: us(4990) });
    expect(produce(rows).measure).to.include({ censored: true, low: 4990 - 1020 });
  });

  it("has its first ack among sends that were due after the fault, not as it ended", () => {
    expect(produce(never(4990)).partitions[0]?.firstAckAtMs).to.equal(1032);
  });
});

describe("the recovery of partitions with several producers", () => {
  const two = { producer: 2 };

  it("is that of the worst of them, whichever comes first", () => {
    const [short, long] = [downUntil(1500), downUntil(2100)];
    const both = (rows: Row[]) => produce(rows, [], judging([1, 2])).measure.value;
    expect(both([...sends(short), ...sends(long, two)])).to.equal(1090);
    expect(both([...sends(long), ...sends(short, two)])).to.equal(1090);
  });

  it("is that of one that never came back, though its time so far is shorter", () => {
    const never = (dueMs: number) => (dueMs > 4000 ? null : dueMs + 2);
    const rows = [...sends(downUntil(4000)), ...sends(never, { ...two, untilMs: 4300 })];
    const { measure } = produce(rows, [], judging([1, 2]));
    expect(measure).to.include({ censored: true, high: null });
  });
});

describe("the recovery of several partitions", () => {
  it("is the slowest one's; the first and the median are beside it", () => {
    const rows = [1300, 1900, 1500, 1700].flatMap((upMs, partition) =>
      sends(downUntil(upMs), { partition }),
    );
    const recovery = produce(rows, [], judging([1], 4));
    expect(recovery).to.include({ firstPartitionMs: 290, medianPartitionMs: 490 });
    expect(recovery.measure).to.deep.equal({ value: 890, low: 868, high: 900, censored: false });
    expect(recovery.partitions.map(({ rtoMs }) => rtoMs)).to.deep.equal([290, 890, 490, 690]);
  });

  it("is in the order of logs, whoever wrote to them", () => {
    const plan = judging([1, 2]);
    for (const log of plan.logs) delete log.mirrorOf;
    const producers = plan.producers.map((one) => ({ ...one, log: one.id === 1 ? 3 : 1 }));
    const rows = [...sends(downUntil(1300)), ...sends(downUntil(1500), { producer: 2 })];
    const { partitions } = produce(rows, [], { ...plan, producers });
    const places = partitions.map(({ log, partition }) => [log, partition]);
    expect(places).to.deep.equal([
      [1, 0],
      [3, 0],
    ]);
  });

  it("is no number when nothing was due after the fault on one of them", () => {
    const rows = sends((dueMs) => dueMs + 2, { untilMs: 1030 });
    const events = faultAt(1000, 1020, 1030);
    const { recoveries } = judgedAll({ producer: rows, events, judging: judging() });
    expect(recoveries[0]?.measure).to.deep.equal({
      value: null,
      low: 0,
      high: null,
      censored: false,
      inconclusive: "nothing was due after the fault on 1 partitions",
    });
    expect(recoveries[0]?.partitions[0]).to.include({ rtoMs: null, lowMs: null, highMs: null });
    expect(recoveries[0]).to.include({ firstPartitionMs: null, medianPartitionMs: null });
  });
});

describe("which views there are", () => {
  it("is none when nothing was broken, and only the producers' when nobody reads or probes", () => {
    const rows = sends(downUntil(1800));
    const views = (events: NewEvent[]) =>
      judgedAll({ producer: rows, events, judging: judging() }).recoveries.map(
        ({ viewpoint }) => viewpoint,
      );
    expect(views(faultAt(1000, 1020, STOP_MS))).to.deep.equal(["produce"]);
    expect(views(faultAt(1000, 1020, STOP_MS).slice(0, 1))).to.deep.equal([]);
  });

  it("has the consumers' where a group reads the log or a mirror of it", () => {
    const producer = sends((dueMs) => dueMs + 2);
    const at = { log: 3, partition: 0 };
    const consumer = Array.from({ length: STOP_MS / 10 }, (_, seq) => {
      const dueMs = seq * 10;
      const atMs = dueMs > 1000 && dueMs < 2000 ? 2000 : dueMs + 5;
      return row.found(
        ROW.delivered,
        2,
        { ...at, offset: seq, atMs },
        { producer: 1, seq, count: 1 },
      );
    });
    const readers = (logs: number[]) => ({
      ...judging(),
      readers: [
        ...judging().readers,
        ...judgingFor("primary")
          .readers.filter(({ id }) => id === 2)
          .map((one) => {
            const { takesOverFrom: _, ...own } = one;
            return { ...own, logs };
          }),
      ],
    });
    const viewed = (logs: number[]) =>
      judgedAll({
        producer,
        consumer,
        events: faultAt(1000, 1020, STOP_MS),
        judging: readers(logs),
      }).recoveries.map(({ viewpoint, measure }) => [viewpoint, measure.value]);
    expect(viewed([3])).to.deep.include.members([["consume", 990]]);
    expect(viewed([]).map(([viewpoint]) => viewpoint)).to.deep.equal(["produce"]);
  });
});
