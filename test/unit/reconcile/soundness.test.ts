/** Goal: whatever the numbers rest on and is absent or doubtful becomes a sentence, with its scope. */
import { expect } from "chai";
import type { HistoryEvent, NewEvent } from "../../../src/history/events.ts";
import { Chronicle } from "../../../src/reconcile/chronicle.ts";
import {
  balanceProblems,
  experimentProblems,
  healthFacts,
  journalRows,
} from "../../../src/reconcile/soundness.ts";
import { World } from "../../../src/reconcile/world.ts";
import { readByNobody } from "./hand-written.ts";
import { us } from "./memory-journal.ts";

const plan = readByNobody();
const world = new World(plan);

function chronicle(events: NewEvent[], judging = plan): Chronicle {
  const told = events.map((event, seq) => {
    return { ...event, seq, prev: "", tUs: event.tUs ?? us(seq) } as HistoryEvent;
  });
  return new Chronicle(told, judging);
}

describe(journalRows.name, () => {
  const opened = (file: string): NewEvent => ({
    type: "journal.opened",
    agent: "east",
    file,
    role: "producer",
  });
  const read = (file: string) => ({
    file,
    agent: "east",
    role: "producer",
    rows: 5,
    state: "closed" as const,
    detail: "",
  });

  it("holds what was read and announced, wherever it lies, in order of names", () => {
    const told = chronicle([opened("journals/b.bin"), opened("a.bin")]);
    const rows = journalRows(told, [read("b.bin"), read("journals/a.bin")]);
    expect(rows.map(({ file, state }) => [file, state])).to.deep.equal([
      ["b.bin", "unlisted"],
      ["journals/a.bin", "closed"],
    ]);
    const plain = journalRows(chronicle([opened("b.bin"), opened("a.bin")]), [
      read("b.bin"),
      read("a.bin"),
    ]);
    expect(plain).to.deep.equal([read("a.bin"), read("b.bin")]);
  });

  it("names a journal that is missing, and one that nobody announced", () => {
    expect(journalRows(chronicle([opened("a.bin")]), [])).to.deep.equal([
      {
        file: "a.bin",
        agent: "east",
        role: "producer",
        rows: 0,
        state: "missing",
        detail: "the history announces it, and it is not there",
      },
    ]);
    expect(journalRows(chronicle([]), [read("c.bin")])).to.deep.equal([
      { ...read("c.bin"), state: "unlisted", detail: "the history does not announce it" },
    ]);
  });
});

describe(experimentProblems.name, () => {
  const reached: NewEvent = { type: "steady.reached", checks: [] };
  const injecting: NewEvent = {
    type: "fault.injecting",
    step: "cut",
    kind: "link.partition",
    fidelity: "blackhole",
    targets: [],
    affects: [],
  };
  const injected: NewEvent = { type: "fault.injected", step: "cut" };
  const effective: NewEvent = { type: "fault.effective", step: "cut", proof: "probed" };
  const sentences = (events: NewEvent[], faultStep?: string) => {
    const judging = faultStep === undefined ? plan : { ...plan, faultStep };
    const problems = experimentProblems(new World(judging), chronicle(events, judging));
    expect(problems.every(({ scope }) => scope === "all")).to.equal(true);
    return problems.map(({ sentence }) => sentence);
  };

  it("has none when all that was planned happened, from a steady state", () => {
    expect(sentences([reached, injecting, injected, effective], "cut")).to.deep.equal([]);
    expect(sentences([reached])).to.deep.equal([]);
  });

  it("says that there was no steady state, and which checks did not hold", () => {
    expect(sentences([])).to.deep.equal(["the steady state was not reached"]);
    const checks = ["acked-rate", "replication-lag"].map((check) => ({ check, detail: "" }));
    expect(sentences([{ type: "steady.missed", checks }])).to.deep.equal([
      "the steady state was not reached (acked-rate, replication-lag)",
    ]);
    expect(sentences([{ type: "steady.missed", checks: [] }])).to.deep.equal([
      "the steady state was not reached",
    ]);
  });

  it("says what was waited for in vain", () => {
    const missed: NewEvent = { type: "condition.missed", step: "cut", condition: "c", seen: "s" };
    expect(sentences([reached, missed])).to.deep.equal([
      "cut waited in vain until c; last seen: s",
    ]);
  });

  it("says of each fault what was not shown of it", () => {
    const of = (...events: NewEvent[]) => sentences([reached, ...events], "cut");
    expect(of()).to.deep.equal(["the fault cut was never injected"]);
    expect(of(injecting, injected)).to.deep.equal([
      "nothing proves that cut (link.partition) took effect",
    ]);
    expect(of(injecting, effective)).to.deep.equal([
      "the injection of cut (link.partition) never returned",
    ]);
    const unproven: NewEvent = { type: "fault.unproven", step: "cut", reason: "it answered" };
    expect(of(injecting, injected, effective, unproven)).to.deep.equal([
      "cut (link.partition) was not proven to have taken effect: it answered",
    ]);
  });
});

describe(balanceProblems.name, () => {
  it("names the account that does not tie, and by how much", () => {
    const tied = { title: "sent", rows: [], ties: true, difference: 0 };
    const broken = { title: "acked", rows: [], ties: false, difference: -3 };
    expect(balanceProblems([tied, broken])).to.deep.equal([
      { scope: "all", sentence: 'the account "acked" does not tie out: -3 records' },
    ]);
  });
});

const sample = (atMs: number, more: object = {}): NewEvent => ({
  type: "health",
  tUs: us(atMs),
  agent: "east",
  loopDelayP999Us: 0,
  loopDelayMaxUs: 0,
  lateSendMaxUs: 0,
  cpuThrottledUs: 0,
  journalWriteMaxUs: 0,
  ...more,
});
const host = (atMs: number, more: object = {}): NewEvent => ({
  type: "health.host",
  tUs: us(atMs),
  stealMs: 0,
  cpuBusyPercent: 10,
  intervalMs: 1000,
  ...more,
});
/** Steady from 1000 to 9000 ms; stalls are beyond 200 ms. */
const facts = (...samples: NewEvent[]) =>
  healthFacts(
    world,
    chronicle([
      { type: "workload.started", tUs: us(0), t0Us: us(0) },
      { type: "steady.reached", tUs: us(1000), checks: [] },
      ...samples,
      { type: "workload.stopped", tUs: us(9000), producers: 1 },
    ]),
  );
const sentences = (...samples: NewEvent[]) =>
  facts(...samples).problems.map(({ scope, sentence }) => {
    expect(scope).to.equal("timing");
    return sentence;
  });

describe(healthFacts.name, () => {
  it("tells every fact, its limit and its unit", () => {
    const { facts: told, problems } = facts(
      sample(2000, {
        loopDelayP999Us: 12_345.678,
        loopDelayMaxUs: 70_000,
        lateSendMaxUs: 20_000,
        cpuThrottledUs: 30_000,
        journalWriteMaxUs: 5000,
      }),
      sample(3000, { loopDelayP999Us: 9000, cpuThrottledUs: 40_000, lateSendMaxUs: 4000 }),
      host(2000, { stealMs: 40, cpuBusyPercent: 87.654 }),
      host(3000),
    );
    expect(problems).to.deep.equal([]);
    expect(told).to.deep.equal([
      { name: "event-loop delay, p99.9, worst agent", value: 9, limit: 50, unit: "ms" },
      { name: "latest send, by the client's own fault", value: 20, limit: 100, unit: "ms" },
      { name: "longest journal write", value: 5, limit: 100, unit: "ms" },
      { name: "CPU throttled, all agents", value: 70, limit: 100, unit: "ms" },
      { name: "CPU stolen from this machine", value: 2, limit: 5, unit: "%" },
      { name: "longest event-loop delay", value: 70, limit: null, unit: "ms" },
      { name: "CPU busy, worst second", value: 87.65, limit: null, unit: "%" },
      { name: "health samples", value: 2, limit: null, unit: "samples" },
    ]);
  });

  it("has no stolen time where nobody watched the machine", () => {
    const stolen = facts(sample(2000)).facts.find(({ name }) => name.includes("stolen"));
    expect(stolen?.value).to.equal(0);
  });

  it("doubts times from beyond each limit on, and not at it", () => {
    const at = (more: object) => sentences(sample(2000, more));
    expect(at({ loopDelayP999Us: 50_000 })).to.deep.equal([]);
    expect(at({ loopDelayP999Us: 50_010 })).to.deep.equal([
      "event-loop delay, p99.9, worst agent: 50.01 ms, more than the limit of 50 ms",
    ]);
    expect(at({ lateSendMaxUs: 100_000, journalWriteMaxUs: 100_000 })).to.deep.equal([]);
    expect(at({ lateSendMaxUs: 101_000, journalWriteMaxUs: 102_000 })).to.have.length(2);
    expect(at({ cpuThrottledUs: 100_000 })).to.deep.equal([]);
    expect(at({ cpuThrottledUs: 100_001 })).to.have.length(1);
    const stolen = (stealMs: number) => sentences(sample(2000), host(2000, { stealMs }));
    expect(stolen(50)).to.deep.equal([]);
    expect(stolen(51)).to.deep.equal([
      "CPU stolen from this machine: 5.1 %, more than the limit of 5 %",
    ]);
  });

  it("takes the last word of each agent, and the worst of them", () => {
    const of = (agent: string, atMs: number, loopDelayP999Us: number) =>
      sample(atMs, { agent, loopDelayP999Us });
    expect(sentences(of("a", 2000, 90_000), of("a", 3000, 10_000), of("b", 3000, 1))).to.deep.equal(
      [],
    );
    expect(sentences(of("a", 2000, 90_000), of("b", 3000, 1))).to.have.length(1);
  });
});

describe("health that counts", () => {
  it("looks at what was measured: from the steady state to the end of the workload", () => {
    const late = { lateSendMaxUs: 900_000 };
    const only = (atMs: number) => sentences(sample(5000), sample(atMs, late)).length;
    expect([999.999, 1000, 9000, 9000.001].map(only)).to.deep.equal([0, 1, 1, 0]);
    const steal = (atMs: number) => sentences(sample(5000), host(atMs, { stealMs: 500 })).length;
    // A sample of the host is of the second before it.
    expect([999.999, 1000, 9000, 10_000, 10_000.001].map(steal)).to.deep.equal([0, 1, 1, 1, 0]);
  });

  it("doubts times when nobody reported, once there was a workload", () => {
    expect(sentences()).to.deep.equal(["no agent reported its health"]);
    expect(healthFacts(world, chronicle([])).problems).to.deep.equal([]);
  });

  it("does not hold against an agent what a fault did to it, nor excuse another", () => {
    const state = (atMs: number, what: "paused" | "resumed", expected = true): NewEvent => ({
      type: "node.state",
      tUs: us(atMs),
      node: "east",
      state: what,
      expected,
    });
    const late = (atMs: number, agent = "east") => sample(atMs, { agent, lateSendMaxUs: 900_000 });
    const frozen = [state(3000, "paused"), state(4000, "resumed"), sample(2000)];
    const count = (...samples: NewEvent[]) => sentences(...frozen, ...samples).length;
    expect(count(late(2999.999))).to.equal(1);
    expect(count(late(3000), late(6000))).to.equal(0);
    expect(count(late(6000.001))).to.equal(1);
    expect(count(late(3500, "west"))).to.equal(1);
    expect(sentences(sample(2000), state(3000, "paused"), late(8999))).to.deep.equal([]);
    const own = [state(3000, "paused", false), state(4000, "resumed", false)];
    expect(sentences(...own, sample(2000), late(3500))).to.deep.equal([
      "latest send, by the client's own fault: 900 ms, more than the limit of 100 ms",
    ]);
    expect(sentences(sample(2000), state(2500, "resumed"), late(2600))).to.have.length(1);
    const blink = [state(3000, "paused"), state(3000, "resumed")];
    expect(sentences(sample(2000), ...blink, late(8000))).to.have.length(1);
    // A resumption of before, or of another, thaws nothing.
    const other = { ...state(3200, "resumed"), node: "west" } as NewEvent;
    const early = [state(2500, "resumed"), other, state(3000, "paused"), sample(2000)];
    expect(sentences(...early, late(8000))).to.deep.equal([]);
  });
});
