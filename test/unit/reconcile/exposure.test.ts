/**
 * Goal: at every instant, what a disaster would take: acked records not yet seen on the mirror, and
 * the age of the oldest of them.
 *
 * Method: a run of one second, so that a bucket is a millisecond; times in ms. A record is due, acked
 * and seen when a test says.
 */
import { expect } from "chai";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { exposureOf } from "../../../src/reconcile/exposure.ts";
import { ingest } from "../../../src/reconcile/ingest.ts";
import { World } from "../../../src/reconcile/world.ts";
import { bookOf, readByNobody } from "./hand-written.ts";
import { journalInput, type Row, row, us } from "./memory-journal.ts";

const plan = readByNobody();
const WATCHER = { kind: "watcher" as const, id: 200, name: "w", region: "r", logs: [3] };
const watched: Judging = { ...plan, readers: [...plan.readers, WATCHER] };
const WHY =
  "acked records of the workload that the watcher had not yet seen on the mirror; " +
  "of each column the largest value";

/** Records from `seq` on, due together. */
const send = (
  seq: number,
  count: number,
  dueMs: number,
  ackMs: number | null,
  producer = 1,
): Row[] => {
  const intent = row.intent(producer, 0, seq, count, dueMs);
  if (ackMs === null) return [intent];
  return [intent, row.outcome(producer, 0, seq, count, OUTCOME.acked, -1, ackMs)];
};
const sight = (seq: number, count: number, atMs: number, log = 3, producer = 1): Row =>
  row.found(
    ROW.seen,
    WATCHER.id,
    { log, partition: 0, offset: seq, atMs },
    { producer, seq, count },
  );

function exposure(producer: Row[], watcher: Row[], judging = watched, endMs = 1000) {
  const journal = (role: string, rows: Row[]) =>
    journalInput({ file: role, agent: "a", role, rows, state: "closed" });
  const inputs = [journal("producer", producer), journal("watcher", watcher)];
  const window = { fromUs: us(0), toUs: us(endMs), buckets: 10, sightingsFromUs: us(0) };
  const { ledger } = ingest(new World(judging), inputs, window);
  const { chronicle } = bookOf({
    judging,
    events: [
      { type: "workload.started", tUs: us(0), t0Us: us(0) },
      {
        type: "fault.injecting",
        tUs: us(500),
        step: "f",
        kind: "k",
        fidelity: "crash",
        targets: [],
        affects: [],
      },
      { type: "fault.injected", tUs: us(510), step: "f" },
      { type: "workload.stopped", tUs: us(endMs), producers: 1 },
    ],
  });
  return exposureOf(ledger, chronicle);
}

/** The columns in which something is exposed, as [ms, value]; columns are 2 ms wide. */
const shown = (series: { points: readonly (readonly [number, number | null])[] } | null) =>
  series?.points.filter(([, value]) => value !== 0);

describe(exposureOf.name, () => {
  it("counts records from their ack until they were seen, and the age of the oldest", () => {
    const told = exposure(
      [...send(0, 3, 100, 110), ...send(3, 2, 105, 112)],
      [sight(0, 3, 114), sight(3, 2, 116)],
    );
    expect(told.maxRecords).to.deep.equal({ value: 5, low: 5, high: 5, censored: false });
    expect(told.maxTimeMs).to.deep.equal({ value: 14, low: 13, high: 15, censored: false });
    expect(shown(told.records)).to.deep.equal([
      [110, 3],
      [112, 5],
      [114, 2],
    ]);
    expect(told.records).to.include({ unit: "records", label: "Exposure, records", meaning: WHY });
    expect(told.records?.id).to.equal("exposure.records");
    expect(told.timeMs).to.include({ id: "exposure.time", unit: "ms", label: "Exposure, time" });
    expect(told.records?.points).to.have.length(500);
  });

  it("takes what was acked and seen within a bucket for an upper bound only", () => {
    const { maxRecords } = exposure(send(0, 4, 100, 110.2), [sight(0, 4, 110.6)]);
    expect(maxRecords).to.deep.equal({ value: 0, low: 0, high: 4, censored: false });
  });

  it("does not count what was not acked, nor what the mirror had before the ack", () => {
    const none = exposure([...send(0, 3, 100, null), ...send(3, 2, 100, 120)], [sight(3, 2, 115)]);
    expect(none.maxRecords).to.include({ value: 0, high: 0 });
    expect(none.maxTimeMs).to.include({ value: 0, low: 0 });
  });

  it("goes on to the end of what was never seen", () => {
    const { maxRecords, maxTimeMs } = exposure(send(0, 5, 100, 110), [sight(0, 2, 114)]);
    expect(maxRecords).to.include({ value: 5 });
    expect(maxTimeMs).to.include({ value: 900 });
    expect(shown(exposure(send(0, 5, 100, 110), [sight(0, 2, 114)]).records)?.at(-1)?.[1]).to.equal(
      3,
    );
  });

  it("ends with the fault for a cluster that died: what it lost is the RPO", () => {
    const judging = {
      ...watched,
      faultStep: "f",
      failedClusters: ["primary"],
      survivingCluster: "standby",
    };
    const told = exposure(
      [...send(0, 5, 100, 110), ...send(5, 5, 600, 610)],
      [sight(0, 2, 114)],
      judging,
    );
    expect(told.maxRecords).to.include({ value: 5 });
    expect(shown(told.records)?.at(-1)).to.deep.equal([508, 3]);
    expect(told.maxTimeMs).to.include({ value: 410 });
    const living = exposure(send(5, 5, 600, 610), [sight(0, 2, 114)], {
      ...judging,
      failedClusters: [],
    });
    expect(living.maxRecords).to.include({ value: 5 });
  });
});

describe("sightings that do not lie as the sends do", () => {
  it("cut a send into parts, each seen in its time or never", () => {
    const { records } = exposure(send(0, 10, 100, 110), [sight(2, 3, 114), sight(7, 1, 118)]);
    expect(shown(records)?.slice(0, 8)).to.deep.equal([
      [110, 10],
      [112, 10],
      [114, 7],
      [116, 7],
      [118, 6],
      [120, 6],
      [122, 6],
      [124, 6],
    ]);
  });

  it("may span sends, and come again", () => {
    const told = exposure(
      [...send(0, 4, 100, 110), ...send(4, 4, 104, 110), ...send(8, 4, 108, 110)],
      [sight(0, 6, 114), sight(2, 6, 118), sight(8, 4, 120)],
    );
    expect(shown(told.records)).to.deep.equal([
      [110, 12],
      [112, 12],
      [114, 6],
      [116, 6],
      [118, 4],
    ]);
  });
});

describe("the curve", () => {
  it("shows the largest value of each column, where it was", () => {
    const { records } = exposure(send(0, 3, 100, 111), [sight(0, 3, 112)]);
    expect(shown(records)).to.deep.equal([[111, 3]]);
    const both = exposure(
      [...send(0, 2, 100, 110), ...send(2, 3, 100, 111)],
      [sight(0, 2, 111), sight(2, 3, 112)],
    );
    expect(shown(both.records)).to.deep.equal([[111, 3]]);
  });

  it("lets ages grow to the sighting, from bucket to bucket", () => {
    const { timeMs } = exposure(send(0, 1, 100, 110), [sight(0, 1, 114.5)]);
    expect(shown(timeMs)).to.deep.equal([
      [111, 12],
      [113, 14],
      [114, 14.5],
    ]);
  });

  it("counts nothing of what was seen as it was acked, or before", () => {
    const together = exposure(send(0, 3, 100, 110), [sight(0, 3, 110)]);
    expect(together.maxRecords).to.include({ value: 0, high: 0 });
    const before = exposure(send(0, 3, 100, 120), [sight(0, 3, 115)]);
    expect(shown(before.records)).to.deep.equal([]);
  });

  it("ends open where the last bucket brings what nobody saw", () => {
    const { records } = exposure(send(0, 5, 990, 999.2), [sight(9, 1, 120)]);
    expect(shown(records)).to.deep.equal([[999, 5]]);
  });

  it("has all of a stream that the watcher saw nothing of", () => {
    const rows = [...send(0, 2, 100, 110), ...send(0, 4, 100, 110, 2)];
    const { records } = exposure(rows, [sight(0, 2, 114)]);
    expect(shown(records)?.slice(0, 4)).to.deep.equal([
      [110, 6],
      [112, 6],
      [114, 4],
      [116, 4],
    ]);
    expect(shown(records)?.at(-1)).to.deep.equal([998, 4]);
  });

  it("has nothing of what a cluster acked in the instant in which it died", () => {
    const judging = {
      ...watched,
      faultStep: "f",
      failedClusters: ["primary"],
      survivingCluster: "standby",
    };
    const at = (ackMs: number) => exposure(send(0, 5, 500, ackMs), [sight(9, 1, 120)], judging);
    expect(at(510).maxRecords).to.include({ value: 0, high: 0 });
    expect(at(509).maxRecords).to.include({ value: 5, high: 5 });
  });
});

describe("whose exposure it is", () => {
  it("is none where nobody watched a mirror, or there is none", () => {
    const none = (why: string) => {
      const measure = { value: null, low: null, high: null, censored: false, inconclusive: why };
      return { maxRecords: measure, maxTimeMs: measure, records: null, timeMs: null };
    };
    const unwatched = none("no watcher saw anything on a mirror");
    expect(exposure(send(0, 3, 100, 110), [])).to.deep.equal(unwatched);
    const logs = watched.logs.map(({ mirrorOf: _, ...log }) => ({
      ...log,
      role: "workload" as const,
    }));
    expect(exposure(send(0, 3, 100, 110), [], { ...watched, logs })).to.deep.equal(
      none("nothing is replicated to a second cluster"),
    );
    // Its own log is no mirror.
    expect(exposure(send(0, 3, 100, 110), [sight(0, 3, 114, 1)])).to.deep.equal(unwatched);
  });

  it("is the application's, and of two mirrors that on the surviving cluster counts", () => {
    const producers = watched.producers.map((one) =>
      one.id === 2 ? { ...one, kind: "canary" as const } : one,
    );
    const other = {
      ...(watched.logs[1] as (typeof watched.logs)[number]),
      id: 2,
      cluster: "third",
    };
    const judging = { ...watched, producers, logs: [...watched.logs, other] };
    const rows = [...send(0, 3, 100, 110), ...send(0, 9, 100, 110, 2)];
    const both = [sight(0, 3, 112, 2), sight(0, 3, 118)];
    const last = (survivingCluster: string) =>
      shown(exposure(rows, both, { ...judging, survivingCluster }).records)?.at(-1);
    expect(last("standby")).to.deep.equal([116, 3]);
    expect(last("third")).to.deep.equal([110, 3]);
    // Where none of them survives, the first in the plan's order.
    expect(last("primary")).to.deep.equal([110, 3]);
  });
});
