/** The swimlanes: what was up, degraded or down when, and what happened to it, from the history. */
import { z } from "zod";
import type { HistoryEvent } from "../history/events.ts";
import { round } from "./buckets.ts";
import type { Chronicle, FaultStory } from "./chronicle.ts";
import { SIZE } from "./limits.ts";
import { operatorMark } from "./operator-marks.ts";
import type { FaultResult, Lane, Result } from "./result.ts";
import type { World } from "./world.ts";

type Bar = Lane["bars"][number];
type State = Bar["state"];
type HealedEvent = Extract<HistoryEvent, { type: "fault.healed" }>;

const namedSchema = z.object({
  name: z.string(),
  region: z.string().optional(),
  cluster: z.string().optional(),
});
type Named = z.infer<typeof namedSchema>;
/** Of the plan's topology, only what says which region something lies in. */
const topologySchema = z.object({
  regions: z.array(namedSchema).default([]),
  nodes: z.array(namedSchema).default([]),
  replications: z.array(namedSchema).default([]),
});

export function timelineOf(
  world: World,
  chronicle: Chronicle,
  topology: object,
): Result["timeline"] {
  const parsed = topologySchema.safeParse(topology);
  const places = parsed.success ? parsed.data : { regions: [], nodes: [], replications: [] };
  const lanes = new LaneBook(chronicle);
  for (const { name } of places.regions) lanes.open(`region:${name}`, "region", name, name);
  for (const log of world.judging.logs.filter(({ role }) => role !== "loopback")) {
    lanes.open(`cluster:${log.cluster}`, "cluster", log.cluster, log.region);
  }
  for (const { name, region } of places.nodes) lanes.lane(`node:${name}`, "node", name, region);
  for (const { name, region } of places.replications) {
    lanes.lane(`node:${name}`, "replication", name, region);
  }
  for (const event of chronicle.events) {
    takeEvent(lanes, event);
    if (event.type === "fault.healed") revive(lanes, chronicle, event);
  }
  for (const death of clientDeaths(chronicle)) lanes.turn(death.lane, death.atUs, "down");
  for (const story of chronicle.faults) takeFault(lanes, places.nodes, story);
  return {
    fromMs: round(chronicle.ms(chronicle.originUs)),
    toMs: round(chronicle.ms(chronicle.workloadEndUs)),
    lanes: lanes.list(),
  };
}

const KIND_ORDER = [
  "region",
  "cluster",
  "node",
  "link",
  "replication",
  "producer",
  "canary",
  "consumer",
  "watcher",
  "operator",
];

class LaneBook {
  readonly #chronicle: Chronicle;
  readonly #lanes = new Map<string, Lane>();
  readonly #removed = new Set<string>();

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle;
  }

  lane(id: string, kind: string, label: string, region?: string): Lane {
    let lane = this.#lanes.get(id);
    if (!lane) {
      lane = { id, kind, label, region: region ?? null, bars: [], markers: [] };
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  has(id: string): boolean {
    return this.#lanes.has(id);
  }

  /** A lane that is up from the start. */
  open(id: string, kind: string, label: string, region?: string): void {
    const lane = this.lane(id, kind, label, region);
    if (lane.bars.length > 0) return;
    lane.bars.push({ fromMs: this.#ms(this.#chronicle.startedUs), toMs: null, state: "up" });
  }

  /** Ends the running bar and begins the next. */
  turn(id: string, atUs: number, state: State): void {
    const lane = this.#lanes.get(id);
    if (!lane) return;
    const last = lane.bars.at(-1);
    if (last?.state === state && last.toMs === null) return;
    if (last && last.toMs === null) last.toMs = Math.max(this.#ms(atUs), last.fromMs);
    lane.bars.push({ fromMs: this.#ms(atUs), toMs: null, state });
  }

  /** Up again, if it was down. */
  revive(id: string, atUs: number): void {
    const last = this.#lanes.get(id)?.bars.at(-1);
    if (last && last.state !== "up" && !this.#removed.has(id)) this.turn(id, atUs, "up");
  }

  /** Down for good. */
  remove(id: string, atUs: number): void {
    this.turn(id, atUs, "down");
    this.#removed.add(id);
  }

  mark(id: string, atUs: number, kind: string, label: string): void {
    const markers = this.#lanes.get(id)?.markers;
    if (!markers || markers.length >= SIZE.markersPerLaneMax) return;
    markers.push({ atMs: this.#ms(atUs), kind, label });
  }

  list(): Lane[] {
    const lanes = [...this.#lanes.values()].filter(
      ({ bars, markers }) => bars.length + markers.length > 0,
    );
    for (const lane of lanes) lane.markers.sort((a, b) => a.atMs - b.atMs);
    const order = (lane: Lane) => KIND_ORDER.indexOf(lane.kind);
    return lanes.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
  }

  #ms(us: number): number {
    return round(this.#chronicle.ms(us));
  }
}

const NODE_STATES = {
  started: "starting",
  restarted: "starting",
  ready: "up",
  resumed: "up",
  died: "down",
  paused: "degraded",
} as const;

function takeEvent(lanes: LaneBook, event: HistoryEvent): void {
  switch (event.type) {
    case "node.state": {
      // Agents are no nodes: their clients have lanes of their own.
      const id = `node:${event.node}`;
      if (event.state === "removed") lanes.remove(id, event.tUs);
      else lanes.turn(id, event.tUs, NODE_STATES[event.state]);
      if (event.state === "died") lanes.mark(id, event.tUs, "died", `${event.node} died`);
      return;
    }
    case "client.started": {
      const id = `client:${event.client}`;
      lanes.lane(id, event.kind, event.client, event.region);
      lanes.turn(id, event.tUs, "up");
      if (event.origin !== "initial") {
        lanes.mark(id, event.tUs, event.origin, `${event.client} started (${event.origin})`);
      }
      return;
    }
    case "client.event": {
      const label = event.detail === undefined ? event.event : `${event.event}: ${event.detail}`;
      lanes.mark(`client:${event.client}`, event.tUs, event.event, label);
      return;
    }
    default: {
      const mark = operatorMark(event);
      if (mark) operator(lanes, event.tUs, mark.kind, mark.label);
    }
  }
}

/** What is between nodes: mended, it says nothing of who lives at its ends. */
const OF_LINKS = new Set(["refuse", "stall", "blackhole", "degrade"]);

/** The proof that a node was healed is a proof that it lives. */
function revive(lanes: LaneBook, { faults }: Chronicle, { step, tUs }: HealedEvent): void {
  const injecting = faults.find((story) => story.injecting.step === step)?.injecting;
  if (!injecting || OF_LINKS.has(injecting.fidelity)) return;
  for (const target of injecting.targets) lanes.revive(`node:${target}`, tUs);
}

function operator(lanes: LaneBook, atUs: number, kind: string, label: string): void {
  lanes.lane("operator", "operator", "operator");
  lanes.mark("operator", atUs, kind, label);
}

/** The role of the agents that run each kind of client. */
const AGENT_ROLES: Record<string, string> = {
  producer: "producers",
  consumer: "consumers",
  canary: "canary",
  watcher: "observer",
};

/** A client is down when the agent it ran in died: same region, role and origin. */
function clientDeaths(chronicle: Chronicle): { lane: string; atUs: number }[] {
  const agents = new Map(chronicle.of("agent.started").map((event) => [event.agent, event]));
  return chronicle.of("node.state").flatMap(({ node, state, tUs }) => {
    const agent = state === "died" ? agents.get(node) : undefined;
    // After the workload everything is taken down; that is no event of the run.
    if (!agent || tUs > chronicle.workloadEndUs) return [];
    return chronicle
      .of("client.started")
      .filter(
        ({ kind, region, origin }) =>
          AGENT_ROLES[kind] === agent.role && region === agent.region && origin === agent.origin,
      )
      .map(({ client }) => ({ lane: `client:${client}`, atUs: tUs }));
  });
}

/** What a fault takes away is down (or degraded) from its beginning until it was healed. */
function takeFault(lanes: LaneBook, nodes: readonly Named[], story: FaultStory): void {
  const { injecting, effective, healed } = story;
  const beganUs = story.began?.highUs ?? injecting.tUs;
  for (const place of injecting.affects) {
    const id = laneOf(lanes, place);
    if (id === "") continue;
    lanes.turn(id, beganUs, depthOf(story, nodes, place));
    lanes.mark(id, injecting.tUs, "fault", `${injecting.step}: ${injecting.kind}`);
    if (effective) lanes.mark(id, effective.tUs, "effective", `in effect: ${effective.proof}`);
    if (!healed) continue;
    lanes.turn(id, healed.tUs, "up");
    lanes.mark(id, healed.tUs, "healed", `healed: ${healed.proof}`);
  }
  operator(lanes, injecting.tUs, "fault", `${injecting.step}: ${injecting.kind}`);
}

/** A cluster that lost some of its nodes is degraded, not down. */
function depthOf({ injecting }: FaultStory, nodes: readonly Named[], place: string): State {
  if (injecting.fidelity === "degrade" || injecting.fidelity === "pause") return "degraded";
  const cluster = place.startsWith("cluster:") ? place.slice("cluster:".length) : undefined;
  const members = nodes.filter((node) => node.cluster === cluster);
  const some = members.some(({ name }) => !injecting.targets.includes(name));
  return some ? "degraded" : "down";
}

function laneOf(lanes: LaneBook, place: string): string {
  if (place.includes("->")) {
    lanes.open(`link:${place}`, "link", place);
    return `link:${place}`;
  }
  return (
    [place, `region:${place}`, `cluster:${place}`, `node:${place}`].find((id) => lanes.has(id)) ??
    ""
  );
}

/** The faults as the result lists them. */
export function faultsOf(chronicle: Chronicle): FaultResult[] {
  const at = (event: { tUs: number } | undefined) =>
    event ? round(chronicle.ms(event.tUs)) : null;
  return chronicle.faults.map((story) => {
    const { injecting, injected, effective, unproven, healing, healed, healFailed, began } = story;
    const problem = unproven?.reason ?? healFailed?.reason;
    const later = story === chronicle.fault && story !== chronicle.faults[0];
    return {
      step: injecting.step,
      ...(later ? { t0: true } : {}),
      kind: injecting.kind,
      fidelity: injecting.fidelity,
      targets: injecting.targets,
      affects: injecting.affects,
      injectingAtMs: round(chronicle.ms(injecting.tUs)),
      injectedAtMs: at(injected),
      beganLowMs: began ? round(chronicle.ms(began.lowUs)) : null,
      beganHighMs: began ? round(chronicle.ms(began.highUs)) : null,
      effectiveAtMs: at(effective),
      proof: effective?.proof ?? null,
      healingAtMs: at(healing),
      healedAtMs: at(healed),
      healProof: healed?.proof ?? null,
      ...(problem === undefined ? {} : { problem }),
    };
  });
}
