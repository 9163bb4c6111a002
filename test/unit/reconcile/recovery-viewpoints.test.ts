/**
 * Goal: who counts for which viewpoint, and what a partition's recovery is when its clients differ:
 * killed ones, ones that never came back, probes, groups.
 *
 * Method: a record every 10 ms, acked 2 ms later unless a test says otherwise; a fault between 1000
 * and 1020 ms, the workload stopped at 5000 ms.
 */
import { expect } from "chai";
import { OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import type { Judging, ProducerRef } from "../../../src/history/judging.ts";
import { stoppedByPlanUs } from "../../../src/reconcile/recovery.ts";
import { bookOf, faultAt, judgedAll, type Place, readByNobody } from "./hand-written.ts";
import { type Row, row, us } from "./memory-journal.ts";

const STOP_MS = 5000;
const events = faultAt(1000, 1020, STOP_MS);
const plan = readByNobody();
const [first] = plan.producers as [ProducerRef];

interface Sends extends Place {
  untilMs?: number;
  everyMs?: number;
}

function sends(ackedMs: (dueMs: number) => number | null, more: Sends = {}): Row[] {
  const { producer = 1, partition = 0, untilMs = STOP_MS, everyMs = 10 } = more;
  return Array.from({ length: untilMs / everyMs }, (_, seq) => {
    const at = ackedMs(seq * everyMs);
    const intent = row.intent(producer, partition, seq, 1, seq * everyMs);
    if (at === null) return [intent];
    return [intent, row.outcome(producer, partition, seq, 1, OUTCOME.acked, -1, at)];
  }).flat();
}

const fine = (dueMs: number) => dueMs + 2;
const never = (fromMs: number) => (dueMs: number) => (dueMs >= fromMs ? null : dueMs + 2);
const downUntil = (upMs: number) => (dueMs: number) =>
  dueMs > 1000 && dueMs < upMs ? upMs : dueMs + 2;

/** `partitions` of each log, and these producers. */
function judging(producers: Partial<ProducerRef>[], partitions = 1): Judging {
  return {
    ...plan,
    faultStep: "disaster",
    logs: plan.logs.map((log) => ({ ...log, partitions })),
    producers: producers.map((one) => ({ ...first, ...one })),
  };
}

const one = { id: 1 };
const two = { id: 2, name: "two" };

describe("a partition whose clients differ", () => {
  it("has the recovery of the one that never came back, though its time so far is shorter", () => {
    const late = (dueMs: number) => dueMs + (dueMs === 4100 ? 300 : 2);
    for (const [slow, open] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const producer = [
        ...sends(downUntil(4180), { producer: slow }),
        ...sends(late, { producer: open }),
      ];
      const { recoveries } = judgedAll({ producer, events, judging: judging([one, two]) });
      expect(recoveries[0]?.measure).to.include({ censored: true, value: 4112 - 1020 });
    }
  });

  it("is open as a whole when one of its partitions is, and that one has no upper bound", () => {
    const producer = [...sends(fine), ...sends(never(2000), { partition: 1 })];
    const { recoveries } = judgedAll({ producer, events, judging: judging([one], 2) });
    expect(recoveries[0]?.measure).to.include({ censored: true, high: null });
    const [whole, open] = recoveries[0]?.partitions ?? [];
    expect(whole).to.include({ censored: false, rtoMs: 0, highMs: 12, firstMissedAtMs: null });
    expect(open).to.include({ censored: true, highMs: null, firstMissedAtMs: 2000 });
  });

  it("is listed by its number, whichever producer used it first", () => {
    const logs = judging([one, two], 2);
    const producer = [...sends(fine, { partition: 1 }), ...sends(fine, { producer: 2 })];
    const { recoveries } = judgedAll({ producer, events, judging: logs });
    expect(recoveries[0]?.partitions.map(({ partition }) => partition)).to.deep.equal([0, 1]);
  });
});

describe("a client that was killed", () => {
  it("is missed until the workload ends, not until the others stopped by plan", () => {
    const producer = sends(fine, { producer: 2, untilMs: 4500 });
    const killed = sends(fine, { untilMs: 4400 });
    const { recoveries } = judgedAll({ producer, killed, events, judging: judging([one, two]) });
    // From 4410 on it is 590 ms to the end, and but 80 ms to where the other one stopped.
    expect(recoveries[0]?.measure.censored).to.equal(true);
    const closed = judgedAll({
      producer: [...producer, ...killed],
      events,
      judging: judging([one, two]),
    });
    expect(closed.recoveries[0]?.measure.censored).to.equal(false);
  });

  it("does not say when clients stopped by plan", () => {
    const stopped = (evidence: { producer?: Row[]; killed?: Row[] }) => {
      const { ledger, chronicle } = bookOf({ ...evidence, events, judging: judging([one, two]) });
      return (stoppedByPlanUs(ledger, chronicle) - us(0)) / 1000;
    };
    const living = sends(fine, { producer: 2, untilMs: 3000 });
    expect(stopped({ producer: living, killed: sends(fine) })).to.equal(2990);
    expect(stopped({ killed: sends(fine, { untilMs: 4000 }) })).to.equal(STOP_MS);
    expect(stopped({ producer: sends(fine, { untilMs: 9000 }) })).to.equal(STOP_MS);
  });
});

describe("the viewpoint of the consumers", () => {
  const producer = sends(fine);
  const groupReader = (id: number, group: string, logs: number[]) => ({
    ...{ kind: "group" as const, region: "r", id, name: `${group}-${id}`, group, logs },
  });
  const handed = (reader: number, atMs: (dueMs: number) => number | null): Row[] =>
    Array.from({ length: STOP_MS / 10 }, (_, seq) => {
      const at = atMs(seq * 10);
      const place = { log: 1, partition: 0, offset: seq, atMs: at ?? 0 };
      const record = { producer: 1, seq, count: 1 };
      return at === null ? [] : [row.found(ROW.delivered, reader, place, record)];
    }).flat();
  const consume = (readers: ReturnType<typeof groupReader>[], consumer: Row[]) => {
    const all = { ...judging([one]), readers: [...plan.readers, ...readers] };
    const { recoveries } = judgedAll({ producer, consumer, events, judging: all });
    return recoveries.find(({ viewpoint }) => viewpoint === "consume")?.measure.value;
  };

  it("is that of the slowest group", () => {
    const readers = [groupReader(1, "g", [1]), groupReader(2, "h", [1])];
    const both = [...handed(1, downUntil(1500)), ...handed(2, downUntil(2100))];
    expect(consume(readers, both)).to.equal(1090);
  });

  it("takes a group for a reader when any of its members reads the log, and no other", () => {
    const elsewhere = { ...groupReader(2, "g", []) };
    const members = [groupReader(1, "g", [1]), elsewhere];
    expect(consume(members, handed(1, downUntil(1500)))).to.equal(490);
    const stranger = groupReader(3, "idle", []);
    expect(consume([groupReader(1, "g", [1]), stranger], handed(1, downUntil(1500)))).to.equal(490);
  });

  it("takes in a log that only the heir of its producer writes to", () => {
    const heir = { ...two, log: 2, takesOverFrom: 1 };
    const other = { ...(plan.logs[0] as (typeof plan.logs)[number]), id: 2, topic: "later" };
    const base = judging([one, heir]);
    const logs = [...base.logs, { ...other, partitions: 1 }];
    const readers = [...plan.readers, groupReader(1, "g", [2])];
    const { recoveries } = judgedAll({ producer, events, judging: { ...base, logs, readers } });
    expect(recoveries.map(({ viewpoint }) => viewpoint)).to.include("consume");
  });
});

describe("the viewpoint of the cluster", () => {
  const canary = { id: 3, name: "probe", kind: "canary" as const };
  /** The probe's recovery while the application's is none. */
  const cluster = (probe: Partial<ProducerRef>, rows = sends(downUntil(1800), { producer: 3 })) => {
    const producer = [...sends(fine), ...rows];
    const { recoveries } = judgedAll({ producer, events, judging: judging([one, probe]) });
    return recoveries.find(({ viewpoint }) => viewpoint === "cluster");
  };

  it("is a probe's of a cluster that the application uses", () => {
    // 12 ms before its ack could not be seen: the distance of 10 and a round trip of 2.
    expect(cluster(canary)?.measure.value).to.equal(790 - 12 / 2);
    expect(cluster({ ...canary, kind: "readiness" })).to.equal(undefined);
    expect(cluster({ ...canary, kind: "application" })).to.equal(undefined);
  });

  it("is not that of a control, nor of a probe of another cluster", () => {
    expect(cluster({ ...canary, control: true })).to.equal(undefined);
    expect(cluster({ ...canary, log: 3 })).to.equal(undefined);
  });

  it("may be earlier by the round trip of the probe that was under way, not by the quickest", () => {
    // The first after the stall take 50 ms: they had to connect. Later ones take 2.
    const connecting = (dueMs: number) =>
      dueMs >= 1800 && dueMs < 1900 ? dueMs + 50 : downUntil(1800)(dueMs);
    const probe = cluster(canary, sends(connecting, { producer: 3 }))?.measure;
    expect(probe?.low).to.equal(1800 - 1020 - 10 - 50);
    const own = judgedAll({ producer: sends(connecting), events, judging: judging([one]) });
    expect(own.recoveries[0]?.measure.low).to.equal(1800 - 1020 - 10 - 2);
  });
});

describe("the viewpoint of a fresh client", () => {
  const probe = { id: 3, name: "probe", kind: "canary" as const };
  const fresh = { ...probe, id: 4, name: "fresh", fresh: true };
  const views = (...producers: Partial<ProducerRef>[]) => {
    const rows = [...sends(downUntil(1800), { producer: 3 })];
    const anew = [...sends(downUntil(2600), { producer: 4 })];
    const producer = [...sends(fine), ...rows, ...anew];
    const { recoveries } = judgedAll({ producer, events, judging: judging([one, ...producers]) });
    return new Map(recoveries.map(({ viewpoint, measure }) => [viewpoint, measure]));
  };

  it("is its own, beside that of the probe and of the application", () => {
    const told = views(probe, fresh);
    expect(told.get("produce")?.value).to.equal(0);
    expect(told.get("cluster")?.value).to.equal(790 - 12 / 2);
    // It ends with its ack, as an application's does: to connect is what it is asked about.
    expect(told.get("fresh")).to.deep.equal({
      value: 1590,
      low: 1568,
      high: 1600,
      censored: false,
    });
  });

  it("is there where fresh clients are, and no control", () => {
    expect(views(probe).has("fresh")).to.equal(false);
    expect(views({ ...fresh, control: true }).has("fresh")).to.equal(false);
    expect(views(fresh).has("cluster")).to.equal(false);
  });
});
