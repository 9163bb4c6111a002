/**
 * Agents for the fake runtime that speak the protocol: each operation is a function, and what a test
 * does not script is refused by name.
 */
import { monotonicUs } from "../../src/kernel/clock.ts";
import type { AgentScript, FakeContainer } from "../../src/runtime/fake/fake-container.ts";
import type {
  AgentEvent,
  AgentRequest,
  AgentStats,
  Answer,
  Ask,
  Operation,
} from "../../src/workload/protocol.ts";

export type Handlers = {
  [O in Operation]?: (ask: Ask<O>, agent: FakeContainer) => Answer<O> | Promise<Answer<O>>;
};

/** hello and bye are answered as a real agent does, unless a test scripts them. */
const POLITE: Handlers = {
  hello: () => ({ monotonicUs: monotonicUs(), pid: 1, node: "v24.0.0" }),
  bye: (_ask, agent) => {
    setImmediate(() => agent.exit(0));
    return {};
  },
};

/** An agent program made of handlers. One that returns a promise that never settles is silent. */
export function scripted(handlers: Handlers): AgentScript {
  const all = { ...POLITE, ...handlers };
  return (line, agent) => {
    const { id, op, ask } = JSON.parse(line) as AgentRequest;
    const handler = all[op] as ((ask: unknown, agent: FakeContainer) => unknown) | undefined;
    const answered = new Promise((resolve) => {
      if (handler === undefined) throw new Error(`this agent has no ${op}`);
      resolve(handler(ask, agent));
    });
    answered.then(
      (value) => agent.say(JSON.stringify({ re: id, ok: true, value })),
      (error: Error) => agent.say(JSON.stringify({ re: id, ok: false, error: error.message })),
    );
  };
}

export function sayEvent(agent: FakeContainer, event: AgentEvent): void {
  agent.say(JSON.stringify(event));
}

/** Statistics of an agent with nothing to tell, but for what is given. */
export function stats(parts: Partial<AgentStats> = {}): AgentStats {
  return {
    event: "stats",
    tUs: monotonicUs(),
    producers: [],
    readers: [],
    health: {
      loopDelayP999Us: 0,
      loopDelayMaxUs: 0,
      lateSendMaxUs: 0,
      cpuThrottledUs: 0,
      journalWriteMaxUs: 0,
    },
    journals: [],
    ...parts,
  };
}

export function producerStats(
  producer: number,
  acked: number,
  oldestUnackedDueUs = 0,
): AgentStats["producers"][number] {
  const none = { failed: 0, indeterminate: 0 };
  return { producer, due: acked, acked, ...none, lastAckUs: 0, oldestUnackedDueUs };
}

export function readerStats(
  reader: number,
  seen: number,
  lagP99Us = 0,
  partitionsSeen = 1,
): AgentStats["readers"][number] {
  return { reader, seen, lastSeenUs: 0, lagP99Us, lagMaxUs: lagP99Us, partitionsSeen };
}
