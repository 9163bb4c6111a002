/**
 * A whole run on the fake runtime: agents that do as they are told and report a healthy system, and
 * the history that the run left.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DrillOptions, runDrill } from "../../src/drill/drill.ts";
import type { DrillOutcome } from "../../src/drill/run-context.ts";
import type { Plan } from "../../src/experiment/plan.ts";
import type { EventType, HistoryEvent } from "../../src/history/events.ts";
import { readHistory } from "../../src/history/history-reader.ts";
import { monotonicUs } from "../../src/kernel/clock.ts";
import type { FakeContainer } from "../../src/runtime/fake/fake-container.ts";
import { FakeRuntime } from "../../src/runtime/fake/fake-runtime.ts";
import type { AgentStats } from "../../src/workload/protocol.ts";
import {
  type Handlers,
  producerStats,
  readerStats,
  sayEvent,
  scripted,
  stats,
} from "./scripted-agents.ts";
import { temporaryFolder } from "./temporary.ts";

const STATS_US = 200_000;
const STATS_COUNT = 10;
const RATE = 100;

export class DrillWorld {
  readonly plan: Plan;
  readonly runtime: FakeRuntime;
  /** Of the run to come; another one for each. */
  folder = temporaryFolder("drill");
  readonly interrupt = new AbortController();
  readonly notes: string[] = [];
  readonly stages: string[] = [];
  /** Requests the agents got, as "agent-east-observer cluster.ready". */
  readonly asked: string[] = [];
  /** Called when a stage begins: the place to let something happen. */
  onStage: (name: string) => void = () => {};
  /** Called with every note. */
  onNote: (text: string) => void = () => {};

  constructor(plan: Plan, handlers: Handlers = {}) {
    this.plan = plan;
    const all = { ...this.#healthy(), ...handlers };
    const answer = scripted(all);
    this.runtime = new FakeRuntime({
      script: (line, agent) => {
        this.asked.push(`${agent.name} ${(JSON.parse(line) as { op: string }).op}`);
        answer(line, agent);
      },
    });
  }

  run(options: Partial<DrillOptions> = {}): Promise<DrillOutcome> {
    return runDrill({
      plan: this.plan,
      folder: this.folder,
      runtime: this.runtime,
      interrupt: this.interrupt.signal,
      toolVersion: "0.0.0",
      keep: false,
      progress: {
        stage: (_number, _total, name) => {
          this.stages.push(name);
          this.onStage(name);
        },
        note: (text) => {
          this.notes.push(text);
          this.onNote(text);
        },
        status: () => {},
      },
      ...options,
    });
  }

  events(): HistoryEvent[] {
    const { events, problems } = readHistory(join(this.folder, "history.ndjson"));
    if (problems.length > 0) throw new Error(`the history is damaged: ${problems[0]?.detail}`);
    return events;
  }

  eventsOf<T extends EventType>(...types: T[]): Extract<HistoryEvent, { type: T }>[] {
    return this.events().filter((event): event is Extract<HistoryEvent, { type: T }> =>
      types.some((type) => type === event.type),
    );
  }

  log(name: string): string {
    return readFileSync(join(this.folder, "logs", `${name}.log`), "utf8");
  }

  #healthy(): Handlers {
    const start = { journal: "journal.bin" };
    const states = [{ partition: 0, leader: 1, leaderEpoch: 1, replicas: [1], isr: [1] }];
    return {
      ...this.#places(),
      "cluster.ready": () => ({ brokers: [1], features: {}, tookMs: 1 }),
      "topics.create": () => ({}),
      "topic.describe": () => states,
      "cluster.clear": () => ({ topics: ["orders"], groups: ["billing"] }),
      "cluster.census": () => ({
        views: [{ at: "b:1", topics: [] }],
        groups: [],
        quorum: { leader: 1, voters: [{ id: 1, behind: 0 }] },
      }),
      "log.bounds": () => [{ partition: 0, start: 0, end: 10 }],
      "canary.seed": () => ({ offsets: [0] }),
      "group.commit": () => ({}),
      "group.offsets": () => [10],
      "health.begin": () => ({}),
      "producer.start": ({ producer }, agent) => {
        sayHistory(agent, (acked) => ({ producers: [producerStats(producer, acked)] }));
        return start;
      },
      "consumer.start": ({ reader }, agent) => {
        sayHistory(agent, (seen) => ({ readers: [readerStats(reader, seen, 5000)] }));
        return start;
      },
      "watch.start": ({ reader }, agent) => {
        sayHistory(agent, (seen) => ({ readers: [readerStats(reader, seen, 5000)] }));
        return start;
      },
      "canary.start": () => start,
      "producer.stop": () => ({ unsent: 0, unanswered: 0 }),
      "consumer.stop": () => ({}),
      "canary.stop": () => ({}),
      "watch.stop": () => ({}),
      audit: ({ logs }) => ({
        journal: "audit.bin",
        logs: logs.map(({ id }) => {
          const read = { start: 0, end: 10, records: 10, complete: true };
          return { log: id, partition: 0, ...read };
        }),
      }),
    };
  }

  /** What depends on where things are, and on whether they live. */
  #places(): Handlers {
    return {
      "probe.connect": ({ host }, { region }) => ({
        outcome: this.runtime.probe(region, host),
        tookMs: this.runtime.roundTripMs(region, host),
      }),
      "watchdog.start": ({ name, addresses }, agent) => {
        const watched = new Set(addresses.map((address) => address.split(":")[0]));
        this.runtime.onDeath((death) => {
          if (!watched.has(death.name)) return;
          const found = { healthy: false, detail: "1 probe failed" };
          sayEvent(agent, { event: "watchdog", tUs: monotonicUs(), name, ...found });
        });
        return {};
      },
    };
  }
}

/** Reports of the last two seconds at the planned rate, said at once. */
export function sayHistory(
  agent: FakeContainer,
  parts: (total: number) => Partial<AgentStats>,
): void {
  const nowUs = monotonicUs();
  for (let n = STATS_COUNT; n >= 0; n -= 1) {
    const total = ((STATS_COUNT - n) * STATS_US * RATE) / 1e6;
    sayEvent(agent, stats({ tUs: nowUs - n * STATS_US, ...parts(total) }));
  }
}

/** Timers now pending in the process, mocha's own among them: a run must not leave one more. */
export async function pendingTimers(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
}
