/**
 * Goal: a topic that was deleted and made again begins anew, and that is no defect of Kafka's.
 *
 * Method: four records acked at the offsets 0 to 3 of a log, then four more at the same offsets.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import type { Result } from "../../../src/reconcile/result.ts";
import { acked, end, faultAt, judgedAll, readByNobody, seen } from "./hand-written.ts";
import type { Row } from "./memory-journal.ts";

const producer = [...acked(0, 4, 0), ...acked(4, 4, 0)];
/** The mirror got both incarnations; the source holds the second. */
const audit = [seen(1, 0, 4, 4), end(1, 4), seen(3, 0, 0, 8), end(3, 8)];

function events(kind: string, cluster = "primary"): NewEvent[] {
  return faultAt(10, 20, 5000).map((event) =>
    event.type === "fault.injecting"
      ? { ...event, kind, targets: ["orders"], affects: [`cluster:${cluster}`] }
      : event,
  );
}

function found(told: NewEvent[], rows: { producer?: Row[]; audit?: Row[] } = {}) {
  const judging = { ...readByNobody("standby"), faultStep: "disaster" };
  const { anomalies, limits }: Result = judgedAll({
    producer,
    audit,
    ...rows,
    events: told,
    judging,
  });
  const classes = anomalies.map(({ class: name }) => name);
  return { classes, limit: limits.find((one) => one.includes("made anew")) };
}

describe("a topic that is deleted and made again", () => {
  it("has offsets that name two records, and no defect is made of it", () => {
    for (const kind of ["topic.recreate", "topic.delete"]) {
      const { classes, limit } = found(events(kind));
      expect(classes, kind).to.deep.equal([]);
      expect(limit, kind).to.contain("orders on primary");
    }
  });

  it("is that of its cluster alone, and of a fault that does so", () => {
    for (const told of [events("topic.recreate", "standby"), events("broker.kill")]) {
      const { classes, limit } = found(told);
      expect(classes).to.include.members(["duplicate-acked-offset", "reordered"]);
      expect(limit).to.equal(undefined);
    }
  });

  it("is still read: what comes twice or out of order within one log is found", () => {
    const twice = [seen(1, 0, 4, 4), seen(1, 4, 5, 1), end(1, 5), seen(3, 0, 0, 4), end(3, 4)];
    const late = [seen(1, 0, 6, 2), seen(1, 2, 4, 2), end(1, 4), seen(3, 0, 0, 4), end(3, 4)];
    expect(found(events("topic.recreate"), { audit: twice }).classes).to.include(
      "duplicate-append",
    );
    expect(found(events("topic.recreate"), { audit: late }).classes).to.include("reordered");
  });
});
