/**
 * Goal: the curves show what was due and answered, each when it was.
 *
 * Method: a run of one second, so that a column is 250 ms; times in ms.
 */
import { expect } from "chai";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import { bucketCount } from "../../../src/reconcile/flow-series.ts";
import { judgingFor } from "./against-oracle.ts";
import { acked, judgedAll, readByNobody } from "./hand-written.ts";
import { row, us } from "./memory-journal.ts";
import { EVENTS, send, shown } from "./one-second.ts";

const plan = readByNobody();

describe(bucketCount.name, () => {
  it("has a column for each 250 ms begun, at least one and at most 600", () => {
    const of = (ms: number) => bucketCount(us(0), us(ms));
    expect([0, 1, 250, 251, 1000, 150_000, 150_001, 900_000].map(of)).to.deep.equal([
      1, 1, 1, 2, 4, 600, 600, 600,
    ]);
  });
});

const rates = (result: ReturnType<typeof shown>, id: string) =>
  result.series.find((one) => one.id === id)?.points;

describe("the rates of a run", () => {
  it("are of what was due, acked and in error, in records a second", () => {
    const unsent = { kind: ROW.unsent, actor: 1, partition: 0, count: 5 };
    const result = shown([
      ...send(0, 10, 0, OUTCOME.acked, 300),
      ...send(10, 20, 125, OUTCOME.failed, 400, 375),
      ...send(30, 4, 500, OUTCOME.indeterminate, 800),
      ...send(34, 6, 500, OUTCOME.aborted, 800),
      row.intent(1, 0, 40, 2, 800),
      { ...unsent, aux1: us(900), aux2: us(900), tUs: us(950) },
    ]);
    expect(rates(result, "dueRate")).to.deep.equal([
      [0, 80],
      [250, 40],
      [500, 40],
      [750, 28],
    ]);
    expect(rates(result, "ackRate")?.map(([, value]) => value)).to.deep.equal([0, 40, 0, 0]);
    expect(rates(result, "errorRate")?.map(([, value]) => value)).to.deep.equal([0, 80, 0, 16]);
    expect(rates(result, "deliveryAge")?.map(([, value]) => value)).to.deep.equal(
      Array(4).fill(null),
    );
  });

  it("leave probes out", () => {
    const producers = plan.producers.map((one) => ({ ...one, kind: "canary" as const }));
    const result = shown(send(0, 10, 0, OUTCOME.acked, 300), { judging: { ...plan, producers } });
    expect(rates(result, "dueRate")?.every(([, value]) => value === 0)).to.equal(true);
    expect(result.latency).to.deep.equal([]);
  });
});

describe("the curves of a run", () => {
  it("say what they are, in which unit and how wide", () => {
    const words = shown([]).series.map(({ id, label, unit, meaning }) => [
      id,
      label,
      unit,
      meaning,
    ]);
    const age = "age (since due) of the oldest record";
    expect(words).to.deep.equal([
      ["dueRate", "due", "records/s", "records due on the schedule a second, per 250 ms"],
      ["ackRate", "acknowledged", "records/s", "acknowledged records a second, per 250 ms"],
      [
        "deliveredRate",
        "delivered",
        "records/s",
        "records handed to consumer groups a second, per 250 ms",
      ],
      [
        "errorRate",
        "failed or indeterminate",
        "records/s",
        "records answered by an error a second, per 250 ms",
      ],
      [
        "replicationLag",
        "replication lag",
        "ms",
        `${age} first seen on a mirror, per 250 ms; no point where none was`,
      ],
      [
        "deliveryAge",
        "delivery age",
        "ms",
        `${age} handed to a group, per 250 ms; no point where none was`,
      ],
    ]);
  });

  it("have the age of the oldest record that was handed over, or seen on the mirror", () => {
    const watcher = { kind: "watcher" as const, id: 200, name: "w", region: "r", logs: [3] };
    const judging = judgingFor("primary");
    const at = (reader: number, log: number, seq: number, atMs: number) => {
      const kind = reader === 200 ? ROW.seen : ROW.delivered;
      const place = { log, partition: 0, offset: seq, atMs };
      return row.found(kind, reader, place, { producer: 1, seq, count: 1 });
    };
    const result = judgedAll({
      producer: acked(0, 4, 0),
      consumer: [at(1, 1, 0, 12.5), at(1, 1, 1, 14), at(1, 1, 2, 520), at(200, 3, 3, 930)],
      judging: { ...judging, readers: [...judging.readers, watcher] },
      events: [...EVENTS],
    });
    expect(rates(result, "deliveredRate")).to.deep.equal([
      [0, 8],
      [250, 0],
      [500, 4],
      [750, 0],
    ]);
    expect(rates(result, "deliveryAge")).to.deep.equal([
      [0, 12.5],
      [250, null],
      [500, 500],
      [750, null],
    ]);
    expect(rates(result, "replicationLag")).to.deep.equal([
      [0, null],
      [250, null],
      [500, null],
      [750, 900],
    ]);
  });
});

describe("the dots of latency", () => {
  it("are of each column and outcome the slowest and the quickest, where they were due", () => {
    const result = shown([
      ...send(0, 1, 100, OUTCOME.acked, 130),
      ...send(1, 1, 100.5, OUTCOME.acked, 190.5),
      ...send(2, 1, 101, OUTCOME.acked, 161),
      ...send(3, 1, 100.2, OUTCOME.failed, 105.2),
      ...send(4, 1, 100.3, OUTCOME.aborted, 120.3),
      ...send(5, 1, 500, OUTCOME.indeterminate, 900),
      row.intent(1, 0, 6, 1, 600),
    ]);
    expect(result.latency).to.deep.equal([
      [100, 30, "acked"],
      [100.2, 5, "failed"],
      [100.3, 20, "failed"],
      [100.5, 90, "acked"],
      [500, 400, "indeterminate"],
    ]);
  });
});

describe("the columns of latency", () => {
  const dots = (...sent: [dueMs: number, latencyMs: number, code?: number][]) =>
    shown(
      sent.flatMap(([dueMs, latencyMs, code = OUTCOME.acked], seq) =>
        send(seq, 1, dueMs, code, dueMs + latencyMs),
      ),
    ).latency.map(([dueMs, latencyMs]) => [dueMs, latencyMs]);

  it("are six hundred from the start of the workload to its end, and one for what came later", () => {
    const due = [
      [0, 40],
      [1.6, 30],
      [1.7, 20],
      [500, 10],
      [998.3, 15],
      [998.4, 12],
      [1000, 5],
      [1200, 50],
      [1300, 25],
    ] as [number, number][];
    const middle = [1250, 30] as [number, number];
    // The last of all has the quickest and the slowest of what came at the end or later.
    const kept = due.filter(([dueMs]) => dueMs !== 1300);
    expect(dots(...due, middle)).to.deep.equal(kept);
  });

  it("keep of equals the first, and an answer that took no time", () => {
    expect(dots([100, 30], [100.2, 30], [100.4, 60], [100.6, 60])).to.deep.equal([
      [100, 30],
      [100.4, 60],
    ]);
    expect(dots([300, 0])).to.deep.equal([[300, 0]]);
  });

  it("have their dots by time, and at one time the quicker first", () => {
    const { failed, indeterminate } = OUTCOME;
    const sent = dots([400, 90], [400, 70, failed], [400, 80, indeterminate], [200, 95, failed]);
    expect(sent).to.deep.equal([
      [200, 95],
      [400, 70],
      [400, 80],
      [400, 90],
    ]);
  });
});
