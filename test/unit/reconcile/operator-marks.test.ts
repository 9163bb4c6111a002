/** Goal: what somebody did or was told stands on the operator's lane in words, and nothing else does. */
import { expect } from "chai";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import { operatorMark } from "../../../src/reconcile/operator-marks.ts";

const markOf = (event: NewEvent) =>
  operatorMark({ ...event, seq: 0, prev: "", tUs: 0 } as HistoryEvent);

const step = "s";
const condition = "isr of orders is 2";
const cluster = "standby";
const exec = { step, node: "n", tool: "kafka-topics", args: [], output: "", tookMs: 1 };
const sent = { producer: 1, partition: 0, recordSeq: 7, offset: 3 };

const MARKS: [NewEvent, string, string][] = [
  [{ type: "failover.detected", step, by: "watchdog" }, "detected", "loss detected: watchdog"],
  [{ type: "failover.decided", step }, "decided", "failover decided"],
  [{ type: "cluster.started", step, cluster }, "booted", "standby booted, with its topics"],
  [{ type: "failover.restarted", step, clients: ["a", "b"] }, "restarted", "started a, b"],
  [
    { type: "condition.waiting", step, condition, withinMs: 1, forMs: 0 },
    "waiting",
    "s waits until isr of orders is 2",
  ],
  [{ type: "condition.met", step, condition, seen: "isr is 2", sinceUs: 0 }, "met", "s: isr is 2"],
  [
    { type: "condition.missed", step, condition, seen: "isr is 1" },
    "missed",
    "s waited in vain: isr is 1",
  ],
  [
    { type: "guard.tripped", condition, seen: "isr is 0" },
    "guard",
    "guard: isr of orders is 2; isr is 0",
  ],
  [{ type: "topic.created", step, cluster, topic: "late" }, "created", "s: late was made"],
  [
    { type: "load.changed", step, client: "one", ratePerSecond: 250, overMs: 0 },
    "load",
    "one goes to 250/s",
  ],
  [
    { type: "record.sent", step, ...sent, bytes: 2048, outcome: "failed" },
    "sent",
    "s: 2048 bytes, failed",
  ],
  [{ type: "exec.ended", ...exec, exitCode: 0 }, "exec", "s: kafka-topics ended with 0"],
  [{ type: "exec.ended", ...exec, exitCode: null }, "exec", "s: kafka-topics ended with no end"],
  [
    {
      type: "config.altered",
      step,
      cluster,
      topic: "orders",
      before: { "retention.ms": "9" },
      after: { "retention.ms": "1", "min.insync.replicas": "2" },
    },
    "config",
    "s: orders retention.ms=1, min.insync.replicas=2",
  ],
  [{ type: "step.started", step, label: "kill b1" }, "step", "s: kill b1"],
];

describe(operatorMark.name, () => {
  for (const [event, kind, label] of MARKS) {
    it(`says of ${event.type}: ${label}`, () => {
      expect(markOf(event)).to.deep.equal({ kind, label });
    });
  }

  it("says nothing of what nobody did", () => {
    const events: NewEvent[] = [
      { type: "step.ended", step, outcome: "done" },
      { type: "fault.injected", step },
      { type: "warning", code: "W", message: "m" },
    ];
    expect(events.map(markOf)).to.deep.equal([undefined, undefined, undefined]);
  });
});
