/** Goal: of a cluster that lost a part of itself, the RPO is what the living part lacked. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { ROW } from "../../../src/history/journal-format.ts";
import type { MetricId } from "../../../src/history/judging.ts";
import { acked, end, seen } from "./hand-written.ts";
import { exactly, measure, open, plan } from "./measuring.ts";
import { type Row, row } from "./memory-journal.ts";

const producer = acked(0, 4, 0);

describe("what the living part of a cluster held", () => {
  const reader = { id: 150, name: "held", kind: "audit" as const, region: "r", logs: [1] };
  const wounded = { ...plan(), readers: [...plan().readers, { ...reader, beforeHeal: true }] };
  const at = { log: 1, partition: 0, offset: 0, atMs: 3000 };
  const living = (complete: boolean) => [
    row.found(ROW.seen, 150, at, { producer: 1, seq: 0, count: 3 }),
    row.end(150, 1, 0, 0, 3, 3100, complete),
  ];
  const healed = [seen(1, 0, 0, 4), end(1, 4), end(3, 0)];
  const of = (metric: MetricId, audit: Row[], events: NewEvent[] = []) =>
    measure(metric, { producer, audit, events, judging: wounded });

  it("is what the RPO is measured on", () => {
    expect(of("rpo.records", [...living(true), ...healed])).to.deep.equal(exactly(1));
    expect(of("stranded.records", [...living(true), ...healed])).to.deep.equal(exactly(1));
    expect(of("unread.records", [...living(true), ...healed])).to.deep.equal(exactly(0));
  });

  it("leaves the RPO open where it was not read, and what is lost as it is", () => {
    const part = [...living(false), ...healed];
    expect(of("unread.records", part).inconclusive).to.equal(
      "what survivors held of orders/0 on primary before the heal was not read to its end",
    );
    expect(of("unread.records", healed).inconclusive).to.equal(
      "what survivors held of orders/0 on primary before the heal was not read",
    );
    expect(of("lost.records", part)).to.deep.equal(exactly(0));
    expect(of("unread.records", [...living(true), ...part]).value).to.equal(null);
  });

  it("is open where two clients disagree about the log", () => {
    const read = [...living(true), ...healed];
    const rpo = (log: number) =>
      of("rpo.records", read, [{ type: "audit.disagreement", log, partition: 0, detail: "why" }]);
    expect(rpo(1)).to.deep.equal(open("two clients disagree about orders: why", 1));
    expect(rpo(3)).to.deep.equal(exactly(1));
  });

  it("is nothing of a cluster that is gone: nothing of it need be read", () => {
    const judging = { ...plan(), failedClusters: ["primary"] };
    const audit = [seen(1, 0, 0, 4), end(1, 4, { complete: false }), end(3, 0)];
    expect(measure("rpo.records", { producer, audit, judging })).to.deep.equal(exactly(4));
  });
});
