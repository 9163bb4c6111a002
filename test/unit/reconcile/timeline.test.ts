/**
 * Goal: each lane shows when something was up, degraded or down, and what happened to it, as the
 * history told it.
 *
 * Method: events by hand, in ms after the workload's start; the run starts at -100 and ends at 9000.
 */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { faultsOf, timelineOf } from "../../../src/reconcile/timeline.ts";
import { World } from "../../../src/reconcile/world.ts";
import { bookOf, readByNobody } from "./hand-written.ts";
import { us } from "./memory-journal.ts";

const judging = { ...readByNobody(), faultStep: "cut" };
const TOPOLOGY = {
  regions: [{ name: "east" }, { name: "west" }],
  nodes: [
    { name: "k1", region: "east", cluster: "primary" },
    { name: "k2", region: "east", cluster: "primary" },
  ],
  replications: [{ name: "mm2", region: "west" }],
};
const at = (atMs: number, event: object): NewEvent => ({ tUs: us(atMs), ...event }) as NewEvent;
const started = [
  at(-100, { type: "run.started" }),
  at(-50, { type: "workload.started", t0Us: us(0) }),
];
const ended = [at(9000, { type: "workload.stopped", producers: 1 })];

function told(events: NewEvent[], topology: object = TOPOLOGY) {
  const { chronicle } = bookOf({ judging, events: [...started, ...events, ...ended] });
  return { timeline: timelineOf(new World(judging), chronicle, topology), chronicle };
}

function lane(id: string, events: NewEvent[], topology: object = TOPOLOGY) {
  const found = told(events, topology).timeline.lanes.find((one) => one.id === id);
  return (
    found && {
      bars: found.bars.map(({ fromMs, toMs, state }) => `${fromMs}-${toMs ?? ""} ${state}`),
      markers: found.markers.map(({ atMs, kind, label }) => `${atMs} ${kind}: ${label}`),
    }
  );
}

const node = (atMs: number, state: string, name = "k1") =>
  at(atMs, { type: "node.state", node: name, state });
const injecting = (more: object = {}) =>
  at(2000, {
    ...{ type: "fault.injecting", step: "cut", kind: "node.kill", fidelity: "crash" },
    ...{ targets: ["k1"], affects: ["k1"], ...more },
  });
const injected = at(2040, { type: "fault.injected", step: "cut" });
const effective = at(2100, { type: "fault.effective", step: "cut", proof: "it is gone" });
const healed = at(5000, { type: "fault.healed", step: "cut", proof: "it answers" });

describe("the lanes", () => {
  it("are regions and clusters from the start, and of the others those that were heard of", () => {
    const { timeline } = told([node(10, "ready"), node(10, "ready", "unknown")]);
    expect(timeline).to.include({ fromMs: 0, toMs: 9000 });
    expect(
      timeline.lanes.map(({ id, kind, label, region }) => [id, kind, label, region]),
    ).to.deep.equal([
      ["region:east", "region", "east", "east"],
      ["region:west", "region", "west", "west"],
      ["cluster:primary", "cluster", "primary", "r"],
      ["cluster:standby", "cluster", "standby", "r"],
      ["node:k1", "node", "k1", "east"],
    ]);
    expect(lane("region:east", [])).to.deep.equal({ bars: ["-100- up"], markers: [] });
  });

  it("have no places where the topology is none, and none for the loopback", () => {
    const { timeline } = told([node(10, "ready")], { regions: "none" });
    expect(timeline.lanes.map(({ id }) => id)).to.deep.equal([
      "cluster:primary",
      "cluster:standby",
    ]);
    const logs = judging.logs.map((log) => ({ ...log, role: "loopback" as const }));
    const plan = { ...judging, logs };
    const { chronicle } = bookOf({ judging: plan, events: started });
    expect(timelineOf(new World(plan), chronicle, {}).lanes).to.deep.equal([]);
  });
});

describe("the lane of a node", () => {
  it("turns with each state that is another, and marks a death", () => {
    const states = [
      "started",
      "ready",
      "ready",
      "paused",
      "resumed",
      "died",
      "restarted",
      "removed",
    ];
    expect(
      lane(
        "node:k1",
        states.map((state, n) => node(100 * n, state)),
      ),
    ).to.deep.equal({
      bars: [
        "0-100 starting",
        "100-300 up",
        "300-400 degraded",
        "400-500 up",
        "500-600 down",
        "600-700 starting",
        "700- down",
      ],
      markers: ["500 died: k1 died"],
    });
  });
});

describe("the lane of a client", () => {
  const client = (atMs: number, origin: string, name = "app") =>
    at(atMs, { type: "client.started", client: name, kind: "producer", region: "east", origin });
  const agent = (role: string, more: object = {}) =>
    at(-80, {
      type: "agent.started",
      agent: "a-1",
      region: "east",
      origin: "initial",
      role,
      ...more,
    });
  const app = "client:app";

  it("is up from its start, which is marked when it is not the first, with what it told", () => {
    const events = [
      client(-10, "initial"),
      at(500, { type: "client.event", client: "app", event: "error", detail: "no leader" }),
      at(600, { type: "client.event", client: "app", event: "reconnected" }),
      client(800, "failover", "heir"),
    ];
    expect(lane(app, events)).to.deep.equal({
      bars: ["-10- up"],
      markers: ["500 error: error: no leader", "600 reconnected: reconnected"],
    });
    expect(lane("client:heir", events)).to.deep.equal({
      bars: ["800- up"],
      markers: ["800 failover: heir started (failover)"],
    });
  });

  it("is down when the agent that it ran in died, while there was work", () => {
    const of = (atMs: number, ...more: NewEvent[]) =>
      lane(app, [...more, client(-10, "initial"), node(atMs, "died", "a-1")])?.bars;
    expect(of(3000, agent("producers"))).to.deep.equal(["-10-3000 up", "3000- down"]);
    const up = ["-10- up"];
    expect(of(9001, agent("producers"))).to.deep.equal(up);
    expect(of(3000, agent("consumers"))).to.deep.equal(up);
    expect(of(3000, agent("producers", { region: "west" }))).to.deep.equal(up);
    expect(of(3000, agent("producers", { origin: "failover" }))).to.deep.equal(up);
    expect(of(3000)).to.deep.equal(up);
  });
});

describe("what a fault takes away", () => {
  const events = (more: object = {}) => [
    node(-20, "ready"),
    injecting(more),
    injected,
    effective,
    healed,
  ];

  it("is down from its beginning to its healing, with marks for what was shown of it", () => {
    expect(lane("node:k1", events())).to.deep.equal({
      bars: ["-20-2040 up", "2040-5000 down", "5000- up"],
      markers: [
        "2000 fault: cut: node.kill",
        "2100 effective: in effect: it is gone",
        "5000 healed: healed: it answers",
      ],
    });
    expect(lane("operator", events())?.markers).to.deep.equal(["2000 fault: cut: node.kill"]);
    expect(lane("node:k1", events().slice(0, 2))?.bars).to.deep.equal([
      "-20-2000 up",
      "2000- down",
    ]);
  });

  it("is degraded where it is only slow or paused, or a cluster of which some nodes live", () => {
    const bars = (id: string, more: object) => lane(id, events(more))?.bars[1];
    for (const fidelity of ["degrade", "pause"]) {
      expect(bars("node:k1", { fidelity })).to.equal("2040-5000 degraded");
    }
    const named = { affects: ["cluster:primary"] };
    expect(bars("cluster:primary", named)).to.equal("2040-5000 degraded");
    expect(bars("cluster:primary", { ...named, targets: ["k1", "k2"] })).to.equal("2040-5000 down");
    expect(bars("region:east", { affects: ["east"] })).to.equal("2040-5000 down");
  });

  it("has a lane for a link, and is no lane's where nobody knows the place", () => {
    expect(lane("link:east->west", events({ affects: ["east->west"] }))?.bars).to.deep.equal([
      "-100-2040 up",
      "2040-5000 down",
      "5000- up",
    ]);
    const { timeline } = told(events({ affects: ["mars"] }));
    expect(
      timeline.lanes.filter(({ markers }) => markers.length > 0).map(({ id }) => id),
    ).to.deep.equal(["operator"]);
  });
});

describe(faultsOf.name, () => {
  it("tells each fault with its instants and proofs, and null for what is not known", () => {
    const second = at(3000, {
      ...{ type: "fault.injecting", step: "second", kind: "k", fidelity: "crash" },
      ...{ targets: [], affects: [] },
    });
    const failed = at(5500, { type: "heal.failed", step: "second", reason: "no way" });
    const healing = at(4900, { type: "fault.healing", step: "cut" });
    const { chronicle } = told([injecting(), injected, effective, healing, healed, second, failed]);
    const [cut, other] = faultsOf(chronicle);
    expect(cut).to.deep.equal({
      ...{ step: "cut", kind: "node.kill", fidelity: "crash", targets: ["k1"], affects: ["k1"] },
      ...{ injectingAtMs: 2000, injectedAtMs: 2040, beganLowMs: 2000, beganHighMs: 2040 },
      ...{ effectiveAtMs: 2100, proof: "it is gone", healingAtMs: 4900, healedAtMs: 5000 },
      healProof: "it answers",
    });
    expect(other).to.include({ injectedAtMs: null, beganLowMs: null, beganHighMs: null });
    expect(other).to.include({
      effectiveAtMs: null,
      proof: null,
      healedAtMs: null,
      problem: "no way",
    });
    expect(other).to.not.have.property("t0");
  });

  it("marks the fault that recovery counts from when it is not the first", () => {
    const first = at(1000, {
      ...{ type: "fault.injecting", step: "before", kind: "k", fidelity: "crash" },
      ...{ targets: [], affects: [] },
    });
    const unproven = at(1500, { type: "fault.unproven", step: "before", reason: "it answered" });
    const faults = faultsOf(told([first, unproven, injecting(), injected]).chronicle);
    expect(faults.map(({ step, t0, problem }) => [step, t0, problem])).to.deep.equal([
      ["before", undefined, "it answered"],
      ["cut", true, undefined],
    ]);
  });
});
