/** Goal: a lane says of a node that it lives again once its heal was proven, and never of what was removed. */
import { expect } from "chai";
import type { NewEvent } from "../../../src/history/events.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
import { timelineOf } from "../../../src/reconcile/timeline.ts";
import { World } from "../../../src/reconcile/world.ts";
import { us } from "./memory-journal.ts";
import { eventsOf } from "./synthetic-rows.ts";
import { SyntheticRun } from "./synthetic-run.ts";

const NODE = "primary-east-1";
const WORKER = "mm2-primary-standby";
const topology = {
  regions: [{ name: "east" }, { name: "west" }],
  nodes: [{ name: NODE, cluster: "primary", region: "east" }],
  replications: [{ name: WORKER, region: "west" }],
};

function barsOf(name: string, told: NewEvent[]): [string, number][] {
  const run = new SyntheticRun();
  run.tampering.events = (events) => [...events, ...told];
  const chronicle = new Chronicle(eventsOf(run, []), run.judging);
  const { lanes } = timelineOf(new World(run.judging), chronicle, topology);
  const lane = lanes.find(({ id }) => id === `node:${name}`);
  return (lane?.bars ?? []).map(({ state, fromMs }) => [state, fromMs]);
}

const state = (node: string, is: "started" | "ready" | "died" | "removed", ms: number) =>
  ({ type: "node.state", node, state: is, tUs: us(ms) }) as NewEvent;

const fault = (step: string, targets: string[], injectMs: number, healMs: number): NewEvent[] => [
  {
    type: "fault.injecting",
    step,
    kind: "broker.kill",
    fidelity: "crash",
    targets,
    affects: [],
    tUs: us(injectMs),
  },
  { type: "fault.healing", step, tUs: us(healMs - 100) },
  { type: "fault.healed", step, proof: "answered", tUs: us(healMs) },
];

describe(timelineOf.name, () => {
  it("has a node down from its death to the proof that it lives, each time", () => {
    const [kill = [], again = []] = [
      fault("kill", [NODE], 5000, 6000),
      fault("again", [NODE], 7000, 8000),
    ].map(([injecting, ...heal]) => [injecting as NewEvent, ...heal]);
    const told = [state(NODE, "started", 0), state(NODE, "ready", 900)];
    const died = [state(NODE, "died", 5010), state(NODE, "died", 7010)];
    const events = [...told, ...kill, ...again, ...died].sort(
      (a, b) => (a.tUs ?? 0) - (b.tUs ?? 0),
    );
    expect(barsOf(NODE, events)).to.deep.equal([
      ["starting", 0],
      ["up", 900],
      ["down", 5010],
      ["up", 6000],
      ["down", 7010],
      ["up", 8000],
    ]);
  });

  it("has a node down whose link was mended while it was dead", () => {
    const [cut, ...mended] = fault("cut", [NODE], 5000, 7000);
    const [kill, ...lives] = fault("kill", [NODE], 6000, 9000);
    const cutOff = { ...cut, kind: "broker.isolate", fidelity: "blackhole" } as NewEvent;
    const events = [state(NODE, "ready", 900), cutOff, kill as NewEvent, state(NODE, "died", 6010)];
    expect(barsOf(NODE, [...events, ...mended, ...lives])).to.deep.equal([
      ["up", 900],
      ["down", 6010],
      ["up", 9000],
    ]);
  });

  it("has what was removed down for good, whatever heals later", () => {
    const told = [state(WORKER, "ready", 900), state(WORKER, "removed", 5500)];
    const events = [...told, ...fault("dark", [WORKER], 5000, 6000)];
    events.sort((a, b) => (a.tUs ?? 0) - (b.tUs ?? 0));
    expect(barsOf(WORKER, events).at(-1)).to.deep.equal(["down", 5500]);
  });
});
