/** What somebody did to the system, or was told of it, on the lane of the operator. */
import type { HistoryEvent } from "../history/events.ts";

export function operatorMark(event: HistoryEvent): { kind: string; label: string } | undefined {
  switch (event.type) {
    case "failover.detected":
      return { kind: "detected", label: `loss detected: ${event.by}` };
    case "failover.decided":
      return { kind: "decided", label: "failover decided" };
    case "cluster.started":
      return { kind: "booted", label: `${event.cluster} booted, with its topics` };
    case "failover.restarted":
      return { kind: "restarted", label: `started ${event.clients.join(", ")}` };
    case "condition.waiting":
      return { kind: "waiting", label: `${event.step} waits until ${event.condition}` };
    case "condition.met":
      return { kind: "met", label: `${event.step}: ${event.seen}` };
    case "condition.missed":
      return { kind: "missed", label: `${event.step} waited in vain: ${event.seen}` };
    case "guard.tripped":
      return { kind: "guard", label: `guard: ${event.condition}; ${event.seen}` };
    case "topic.created":
      return { kind: "created", label: `${event.step}: ${event.topic} was made` };
    case "load.changed":
      return { kind: "load", label: `${event.client} goes to ${event.ratePerSecond}/s` };
    case "record.sent":
      return { kind: "sent", label: `${event.step}: ${event.bytes} bytes, ${event.outcome}` };
    case "exec.ended": {
      const code = event.exitCode ?? "no end";
      return { kind: "exec", label: `${event.step}: ${event.tool} ended with ${code}` };
    }
    case "config.altered": {
      const set = Object.entries(event.after).map(([key, value]) => `${key}=${value}`);
      return { kind: "config", label: `${event.step}: ${event.topic} ${set.join(", ")}` };
    }
    case "step.started":
      return { kind: "step", label: `${event.step}: ${event.label}` };
    default:
      return undefined;
  }
}
