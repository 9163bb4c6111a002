import { expect } from "chai";
import { AgentClient } from "../../../src/drill/agent-client.ts";
import { Monitor } from "../../../src/drill/monitor.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import type { AgentStats } from "../../../src/workload/protocol.ts";
import { WrittenHistory } from "../../support/histories.ts";
import { producerStats, readerStats, stats } from "../../support/scripted-agents.ts";

const agent = new AgentClient({
  name: "agent-east-producers",
  region: "east",
  role: "producers",
  pipe: { write() {}, onLine() {}, onExit() {} },
  onEvent: () => {},
  onExit: () => {},
});

/** A monitor, and a way to tell it what an agent reported so many ms ago. */
function monitored() {
  const written = new WrittenHistory();
  const monitor = new Monitor(written.history);
  const nowUs = monotonicUs();
  const report = (agoMs: number, parts: Partial<AgentStats>) =>
    monitor.receive(agent, stats({ tUs: nowUs - agoMs * 1000, ...parts }));
  return { monitor, report, written };
}

/** Reports every 200 ms from `fromMs` ago until `toMs` ago. */
function every200(fromMs: number, toMs: number, report: (agoMs: number, n: number) => void): void {
  for (let agoMs = fromMs, n = 0; agoMs >= toMs; agoMs -= 200, n += 1) report(agoMs, n);
}

describe(Monitor.name, () => {
  it("gives acks a second over the window, not over all time", () => {
    const { monitor, report } = monitored();
    every200(4000, 2200, (agoMs) => report(agoMs, { producers: [producerStats(1, 0)] }));
    every200(2000, 0, (agoMs, n) => report(agoMs, { producers: [producerStats(1, n * 20)] }));
    expect(monitor.ackRate(1, 1900)?.rate).to.be.closeTo(100, 1e-9);
    expect(monitor.ackRate(1, 3900)?.rate).to.be.lessThan(60);
    expect(monitor.ackRate(2, 1900)).to.equal(undefined);
  });

  it("gives no rate for a window that the reports do not cover", () => {
    const { monitor, report } = monitored();
    every200(1000, 0, (agoMs, n) => report(agoMs, { readers: [readerStats(1, n)] }));
    expect(monitor.seenRate(1, 5000)).to.equal(undefined);
    expect(monitor.seenRate(1, 1000)?.rate).to.be.closeTo(5, 1);
  });

  it("gives no rate when reports have stopped", () => {
    const { monitor, report } = monitored();
    every200(6000, 2000, (agoMs, n) => report(agoMs, { readers: [readerStats(1, n)] }));
    expect(monitor.seenRate(1, 5000)).to.equal(undefined);
  });

  it("gives no rate from one report, however short the window", () => {
    const { monitor, report } = monitored();
    report(0, { producers: [producerStats(1, 50)] });
    expect(monitor.ackRate(1, 100)).to.equal(undefined);
  });

  it("takes the worst lag of the window, of reports that saw records", () => {
    const { monitor, report } = monitored();
    report(5000, { readers: [readerStats(1, 1, 9_000_000)] });
    report(800, { readers: [readerStats(1, 2, 40_000)] });
    report(600, { readers: [readerStats(1, 3, 70_000)] });
    report(400, { readers: [readerStats(1, 3, 8_000_000)] });
    expect(monitor.lagMs(1, 1000)).to.equal(70);
    expect(monitor.lagMs(1, 500)).to.equal(undefined);
    expect(monitor.lagMs(2, 1000)).to.equal(undefined);
  });

  it("tells how long a producer has waited for its oldest record", () => {
    const { monitor, report } = monitored();
    expect(monitor.waitingMs(1)).to.equal(undefined);
    report(0, { producers: [producerStats(1, 5, monotonicUs() - 3_000_000)] });
    expect(monitor.waitingMs(1)).to.be.closeTo(3000, 50);
    report(0, { producers: [producerStats(1, 6, 0)] });
    expect(monitor.waitingMs(1)).to.equal(0);
  });
});

describe("health in the history", () => {
  const busy = (loopDelayMaxUs: number) => ({ ...stats().health, loopDelayMaxUs });

  it("is the worst of each second, once a second", () => {
    const { report, written } = monitored();
    report(3000, { health: busy(1) });
    report(2800, { health: busy(900) });
    report(2600, { health: busy(2) });
    report(2000, { health: busy(3) });
    report(1000, { health: busy(4) });
    expect(written.of("health").map(({ loopDelayMaxUs }) => loopDelayMaxUs)).to.deep.equal([
      1, 900, 4,
    ]);
    expect(written.of("health")[0]?.agent).to.equal(agent.name);
  });

  it("comes with how far the journals are", () => {
    const { report, written } = monitored();
    const journals = [{ file: "a.bin", blocks: 2, crc: 7 }];
    report(2000, { journals });
    report(1900, { journals });
    report(900, {});
    expect(written.of("journal.progress").map((event) => event.journals)).to.deep.equal([journals]);
  });
});

describe(`what ${Monitor.name} records`, () => {
  const health = (lateSendMaxUs: number) => ({ ...stats().health, lateSendMaxUs });
  const journals = (blocks: number) => [{ file: "a.bin", blocks, crc: blocks }];

  it("tells of the last part of a second when asked, with its worst, and once", () => {
    const { monitor, report, written } = monitored();
    report(700, { health: health(1) });
    report(500, { health: health(9), journals: journals(2) });
    report(300, { health: health(2), journals: journals(3) });
    expect(written.of("health").map((event) => event.lateSendMaxUs)).to.deep.equal([1]);
    monitor.flush();
    monitor.flush();
    expect(written.of("health").map((event) => event.lateSendMaxUs)).to.deep.equal([1, 9]);
    expect(written.of("journal.progress").map((event) => event.journals)).to.deep.equal([
      journals(3),
    ]);
  });
});
