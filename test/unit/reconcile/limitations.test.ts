/** Goal: what the evidence cannot show is said where it is so, with its numbers, and nowhere else. */
import { expect } from "chai";
import type { Catalogue } from "../../../src/history/catalogue.ts";
import type { NewEvent } from "../../../src/history/events.ts";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { Judging } from "../../../src/history/judging.ts";
import { limitsOf } from "../../../src/reconcile/limitations.ts";
import { bookOf, faultAt, readByNobody } from "./hand-written.ts";
import { type Row, row } from "./memory-journal.ts";

interface Told {
  judging?: Judging;
  events?: NewEvent[];
  producer?: Row[];
  catalogue?: Catalogue;
}

const plan = { ...readByNobody(), faultStep: "disaster" };

/** Beyond the two that are always said. */
function limitsBeyond({ judging = plan, events = [], producer = [], catalogue }: Told): string[] {
  const { ledger, chronicle } = bookOf({ judging, events, producer });
  const limits = limitsOf({ world: ledger.world, chronicle, ledger, catalogue });
  expect(limits.slice(0, 2)).to.deep.equal([
    "One host, containers, a simulated WAN: times and losses hold for this set-up and load, and " +
      "for another machine only after measuring there.",
    "A stall shorter than 200 ms is not seen; recovery is told from 1 s without a missed send.",
  ]);
  return limits.slice(2);
}

function warmed(warm: boolean, served: number): NewEvent {
  const world = { id: "w", warm, bootedBy: "run-0", served, facts: [] };
  return { type: "run.started", run: "r", wall: "", tool: "", planSha256: "", world };
}

describe(limitsOf.name, () => {
  it("has nothing to add to a sound run without a fault", () => {
    const producer = [
      row.intent(1, 0, 0, 4, 0),
      row.outcome(1, 0, 0, 2, OUTCOME.acked, 0, 5),
      row.outcome(1, 0, 2, 2, OUTCOME.failed, -1, 5),
    ];
    expect(limitsBeyond({ producer, events: [warmed(false, 0)] })).to.deep.equal([]);
  });

  it("names what a quick variant scales down", () => {
    const row = { row: "A1", source: [] };
    const quick = { ...row, scaled: "session 45 s -> 6 s" } as Catalogue;
    expect(limitsBeyond({ catalogue: quick })).to.deep.equal([
      "A quick variant of A1: timers scaled down: session 45 s -> 6 s. Its numbers hold for these " +
        "timers, not for the shipped ones.",
    ]);
    expect(limitsBeyond({ catalogue: row as Catalogue })).to.deep.equal([]);
  });

  it("tells of warm nodes who booted them and how often they were used", () => {
    const told = (runs: string) =>
      `The Kafka nodes were warm: run run-0 booted them, and ${runs} used them before. They were ` +
      "proven whole, topics and groups are new; their JVMs have compiled their code and their " +
      "caches are filled.";
    expect(limitsBeyond({ events: [warmed(true, 1)] })).to.deep.equal([told("1 run")]);
    expect(limitsBeyond({ events: [warmed(true, 3)] })).to.deep.equal([told("3 runs")]);
  });

  it("gives the width of T0, and says of a crash what it leaves in the kernel", () => {
    const width =
      "The fault began within an interval of 20.5 ms; every recovery time carries that width and " +
      "the distance between due sends as its bounds.";
    const crash =
      "A killed process loses what it held in memory, not what the kernel had not yet written: the " +
      "loss of unflushed pages with the power is not part of this fault.";
    const events = faultAt(100, 120.5, 900);
    expect(limitsBeyond({ events })).to.deep.equal([width, crash]);
    const paused = events.map((event) =>
      event.type === "fault.injecting" ? { ...event, fidelity: "pause" as const } : event,
    );
    expect(limitsBeyond({ events: paused })).to.deep.equal([width]);
    const { faultStep: _, ...unnamed } = plan;
    expect(limitsBeyond({ events, judging: unnamed })).to.deep.equal([crash]);
  });
});

describe("the limits of what was sent and kept", () => {
  it("count what has no answer, or none that says anything, of the application", () => {
    const producer = [
      row.intent(1, 0, 0, 9, 0),
      row.outcome(1, 0, 0, 2, OUTCOME.acked, 0, 5),
      row.outcome(1, 0, 2, 1, OUTCOME.failed, -1, 5),
      row.outcome(1, 0, 3, 1, OUTCOME.aborted, -1, 5),
      row.outcome(1, 0, 4, 2, OUTCOME.indeterminate, -1, 5),
      row.intent(2, 1, 0, 1, 0),
    ];
    expect(limitsBeyond({ producer })).to.deep.equal([
      "6 records have an unknown outcome (indeterminate or unanswered); they are no part of the " +
        "RPO, and are shown beside it.",
    ]);
    const producers = plan.producers.map((one) => ({ ...one, kind: "canary" as const }));
    expect(limitsBeyond({ producer, judging: { ...plan, producers } })).to.deep.equal([]);
  });

  it("say of whom replicas were read when nobody who lived led them", () => {
    const read = (broker: number) => ({ broker, end: 5, records: 5, complete: true });
    const events: NewEvent[] = [
      {
        type: "audit.replicas",
        log: 1,
        gone: ["b1", "b2"],
        partitions: [
          { partition: 0, leader: -1, read: [read(12), read(3)] },
          { partition: 1, leader: 0, read: [read(3)] },
          { partition: 2, leader: 2, read: [] },
        ],
      },
      { type: "audit.replicas", log: 9, gone: ["b4"], partitions: [] },
    ];
    const told = (gone: string, topic: string, leaderless: string, from: string, brokers: string) =>
      `Before the heal of ${gone} not every partition of ${topic} was led by who lived ` +
      `(${leaderless} by nobody). What survives was read from the living replicas of ${from} ` +
      `(brokers ${brokers}): no client could read it then, and an unclean election keeps the log ` +
      "of one of them.";
    expect(limitsBeyond({ events })).to.deep.equal([
      told("b1, b2", "orders", "1 of 3", "primary", "3, 12"),
      told("b4", "log 9", "0 of 0", "its cluster", "none"),
    ]);
  });

  it("say that an ack nobody gave proves nothing", () => {
    const [one, two] = plan.producers;
    if (!one || !two) throw new Error("two producers");
    const silent = { ...plan, producers: [one, { ...two, acks: "0" as const }] };
    expect(limitsBeyond({ judging: silent })).to.deep.equal([
      "With acks=0 the client reports success without an answer; such acks prove nothing.",
    ]);
  });

  it("say that nothing copies a log to where the application went", () => {
    const away = { ...plan, survivingCluster: "standby" };
    expect(limitsBeyond({ judging: away })).to.deep.equal([]);
    const alone = { ...away, logs: away.logs.filter(({ role }) => role === "workload") };
    expect(limitsBeyond({ judging: alone })).to.deep.equal([
      "Nothing in the plan copies some logs to the surviving cluster: their records count as " +
        "missing without an audit, because there is nothing to audit.",
    ]);
  });
});
