/**
 * What the history says, put in order: when the run began and ended, when the fault began, when
 * somebody noticed and acted.
 *
 * **When did the fault begin?** Naive rule: at the `fault.injected` event. Counter-example: killing
 * three brokers takes the engine 400 ms, and the first is dead 300 ms before the call returns, so
 * every RTO comes out up to 400 ms too good. Real rule: T0 is an interval. It cannot be before the
 * call (`fault.injecting`), nor after the first death the engine reported (`dieUs`), nor after the
 * call returned. Its width is printed as part of every number that starts at it.
 */
import type { EventOf, EventType, HistoryEvent } from "../history/events.ts";
import type { Judging } from "../history/judging.ts";

export interface Interval {
  lowUs: number;
  highUs: number;
}

/** Everything said about one fault. */
export interface FaultStory {
  injecting: EventOf<"fault.injecting">;
  injected?: EventOf<"fault.injected">;
  effective?: EventOf<"fault.effective">;
  unproven?: EventOf<"fault.unproven">;
  healing?: EventOf<"fault.healing">;
  healed?: EventOf<"fault.healed">;
  healFailed?: EventOf<"heal.failed">;
  began?: Interval;
}

export interface FailoverStory {
  detectedUs?: number;
  decidedUs?: number;
  /** The last of the cold clusters it had to boot was ready. */
  bootedUs?: number;
  restartedUs?: number;
}

export class Chronicle {
  readonly events: readonly HistoryEvent[];
  /** Zero of every `…Ms` in the result: the start of the workload, or of the run. */
  readonly originUs: number;
  readonly startedUs: number;
  readonly endedUs: number;
  /** When producers stopped making records due; the run's end when the history does not say. */
  readonly workloadEndUs: number;
  readonly faults: FaultStory[];
  /** The fault that the plan names as T0. */
  readonly fault: FaultStory | undefined;
  readonly failover: FailoverStory;
  readonly #byType: ReadonlyMap<EventType, readonly HistoryEvent[]>;

  constructor(events: readonly HistoryEvent[], judging: Judging) {
    this.events = [...events].sort((a, b) => a.seq - b.seq);
    this.#byType = Map.groupBy(this.events, ({ type }) => type);
    this.startedUs = this.first("run.started")?.tUs ?? this.events[0]?.tUs ?? 0;
    this.originUs = this.first("workload.started")?.t0Us ?? this.startedUs;
    const last = Math.max(this.startedUs, ...lastTimes(this.events));
    this.endedUs = this.last("run.ended")?.tUs ?? last;
    this.workloadEndUs = this.last("workload.stopped")?.tUs ?? this.endedUs;
    this.faults = collectFaults(this.events);
    this.fault = this.faults.find((story) => story.injecting.step === judging.faultStep);
    this.failover = this.#failoverStory(judging.failoverStep);
  }

  /** Every event of a type, in order; the same list each time, so not to be changed. */
  of<T extends EventType>(type: T): readonly EventOf<T>[] {
    return (this.#byType.get(type) ?? []) as unknown as readonly EventOf<T>[];
  }

  first<T extends EventType>(type: T): EventOf<T> | undefined {
    return this.of(type)[0];
  }

  last<T extends EventType>(type: T): EventOf<T> | undefined {
    return this.of(type).at(-1);
  }

  /** Microseconds on the run's clock → milliseconds after the workload started. */
  ms(us: number): number {
    return (us - this.originUs) / 1000;
  }

  /** T0: when the fault began; undefined when nothing was broken. */
  get t0(): Interval | undefined {
    return this.fault?.began;
  }

  /**
   * Until when a stall is laid at the fault's door: the start of its healing, or of another fault,
   * whichever comes first. What stalls after that has another cause.
   */
  get attributionEndUs(): number {
    const { began, healing } = this.fault ?? {};
    if (!began) return this.workloadEndUs;
    const later = this.faults
      .map(({ injecting }) => injecting.tUs)
      .filter((tUs) => tUs > began.highUs);
    return Math.min(this.workloadEndUs, healing?.tUs ?? Infinity, ...later);
  }

  #failoverStory(step: string | undefined): FailoverStory {
    const story: FailoverStory = {};
    const of = (
      type: "failover.detected" | "failover.decided" | "failover.restarted" | "cluster.started",
    ) => this.of(type).findLast((event) => event.step === step)?.tUs;
    const [detected, decided, booted, restarted] = [
      of("failover.detected"),
      of("failover.decided"),
      of("cluster.started"),
      of("failover.restarted"),
    ];
    if (detected !== undefined) story.detectedUs = detected;
    if (decided !== undefined) story.decidedUs = decided;
    if (booted !== undefined) story.bootedUs = booted;
    if (restarted !== undefined) story.restartedUs = restarted;
    return story;
  }
}

/** The latest time of the last few events: agents report a little out of order. */
function lastTimes(events: readonly HistoryEvent[]): number[] {
  return events.slice(-64).map((event) => event.tUs);
}

function collectFaults(events: readonly HistoryEvent[]): FaultStory[] {
  const stories = new Map<string, FaultStory>();
  for (const event of events) {
    if (event.type === "fault.injecting") {
      if (!stories.has(event.step)) stories.set(event.step, { injecting: event });
      continue;
    }
    if (!("step" in event)) continue;
    const story = stories.get(event.step);
    if (!story) continue;
    if (event.type === "fault.injected") story.injected ??= event;
    else if (event.type === "fault.effective") story.effective ??= event;
    else if (event.type === "fault.unproven") story.unproven ??= event;
    else if (event.type === "fault.healing") story.healing ??= event;
    else if (event.type === "fault.healed") story.healed ??= event;
    else if (event.type === "heal.failed") story.healFailed ??= event;
  }
  for (const story of stories.values()) {
    const began = beganWithin(story);
    if (began) story.began = began;
  }
  return [...stories.values()].sort((a, b) => a.injecting.tUs - b.injecting.tUs);
}

/** See the head of this file. Undefined when the call never returned: nobody knows then. */
function beganWithin({ injecting, injected }: FaultStory): Interval | undefined {
  if (!injected) return undefined;
  // A death before the call has another cause; one reported after it returned does not narrow.
  const deaths = (injected.dieUs ?? []).filter((us) => us >= injecting.tUs);
  return { lowUs: injecting.tUs, highUs: Math.min(injected.tUs, ...deaths) };
}
