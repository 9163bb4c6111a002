/**
 * Goal: probes of a partition reach its current leader as soon as that is possible, and each is
 * answered exactly once. The connection is a fake; time is a number.
 */

import { Writer } from "@platformatic/kafka";
import { expect } from "chai";
import type { BrokerConnection, Endpoint } from "../../../src/kafka/broker-connection.ts";
import {
  type Line,
  type Probe,
  type ProbeAnswer,
  ProbeLines,
} from "../../../src/kafka/probe-lines.ts";
import { parseProduceAnswer } from "../../../src/kafka/produce.ts";

class FakeConnection {
  readonly endpoint: Endpoint;
  connected = true;
  gone: () => void = () => {};
  readonly sent: ((error: Error | null, answer?: unknown) => void)[] = [];

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  onClose(gone: () => void): void {
    this.gone = gone;
  }

  send(_request: unknown, answered: (error: Error | null, answer?: unknown) => void): void {
    this.sent.push(answered);
  }

  destroy(): void {
    this.connected = false;
  }
}

const A = { host: "a", port: 1 };
const B = { host: "b", port: 2 };
const settle = () => new Promise((resolve) => setImmediate(resolve));

class Bench {
  readonly opened: FakeConnection[] = [];
  readonly answers: [number, ProbeAnswer][] = [];
  readonly lines: ProbeLines;
  readonly unsent: number[] = [];
  refuse = false;
  #seq = 0;

  constructor() {
    this.lines = new ProbeLines({
      clientId: "c",
      topic: "t",
      partition: 0,
      timeoutMs: 1000,
      intervalMs: 20,
      answered: ({ seq }, answer) => this.answers.push([seq, answer]),
      open: async (endpoint) => {
        if (this.refuse) throw new Error("refused");
        const connection = new FakeConnection(endpoint);
        this.opened.push(connection);
        return connection as unknown as BrokerConnection;
      },
    });
  }

  /** One tick: sends over the line there is; else the record opens one of its own. */
  probe(nowUs: number): boolean {
    const seq = this.#seq;
    this.#seq += 1;
    const line = this.lines.free(nowUs);
    if (line !== undefined) {
      this.#send(line, seq, nowUs);
      return true;
    }
    this.lines.open(nowUs, (fresh) => {
      if (fresh === undefined) this.unsent.push(seq);
      else this.#send(fresh, seq, nowUs + 1); // to open it took a moment
    });
    return false;
  }

  #send(line: Line, seq: number, nowUs: number): void {
    const probe: Probe = { seq, dueUs: nowUs, sentUs: nowUs };
    this.lines.reserve(line, probe);
    this.lines.send(line, probe, Buffer.alloc(1));
  }

  /** A first line, opened for no record. */
  async aim(nowUs: number): Promise<void> {
    this.lines.aim(A);
    this.lines.open(nowUs, () => {});
    await settle();
  }
}

const acked = (offset: number) => ({ topic: "t", partition: 0, errorCode: 0, baseOffset: offset });

describe(ProbeLines.name, () => {
  it("opens a line when a leader is known, and sends over it", async () => {
    const bench = new Bench();
    expect(bench.probe(1e6)).to.equal(false);
    bench.lines.aim(A);
    expect(bench.lines.aimed).to.equal(false);
    expect(bench.probe(1e6)).to.equal(false);
    await settle();
    expect(bench.lines.aimed).to.equal(true);
    expect(bench.probe(1.02e6)).to.equal(true);
    bench.opened[0]?.sent[0]?.(null, acked(5));
    bench.opened[0]?.sent[1]?.(null, acked(6));
    expect(bench.answers.map(([seq, { offset }]) => [seq, offset])).to.deep.equal([
      [1, 5],
      [2, 6],
    ]);
  });

  it("turns to a new leader at once, and keeps the old line for its answers", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1.02e6);
    bench.lines.aim(B);
    expect(bench.probe(1.04e6)).to.equal(false);
    await settle();
    expect(bench.opened.map(({ endpoint, sent }) => [endpoint.host, sent.length])).to.deep.equal([
      ["a", 1],
      ["b", 1],
    ]);
    bench.opened[0]?.sent[0]?.(null, acked(1));
    expect(bench.answers.length).to.equal(1);
    bench.lines.sweep(1.05e6);
    expect(bench.opened[0]?.connected).to.equal(false);
  });

  it("opens a line for each record while the newest keeps silent, long before the timeout", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1.02e6);
    expect(bench.probe(1.1e6)).to.equal(true);
    expect(bench.opened.length).to.equal(1);
    expect(bench.probe(1.3e6)).to.equal(false);
    expect(bench.probe(1.32e6)).to.equal(false);
    await settle();
    expect(bench.opened.map(({ sent }) => sent.length)).to.deep.equal([2, 1, 1]);
    // The newest is trusted again, until it too keeps a record waiting.
    expect(bench.probe(1.34e6)).to.equal(true);
  });

  it("tries again with each record that is refused, and says which were never sent", async () => {
    const bench = new Bench();
    bench.lines.aim(A);
    bench.refuse = true;
    for (const nowUs of [1e6, 1.02e6, 1.04e6]) {
      bench.probe(nowUs);
      await settle();
    }
    expect(bench.unsent).to.deep.equal([0, 1, 2]);
    bench.refuse = false;
    bench.probe(1.06e6);
    await settle();
    expect(bench.opened.map(({ sent }) => sent.length)).to.deep.equal([1]);
  });
});

describe(`the limits of ${ProbeLines.name}`, () => {
  it("keeps to a few lines that stand, and goes on with those", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1e6);
    for (let tick = 1; tick < 20; tick += 1) {
      bench.probe(1e6 + tick * 0.3e6);
      await settle();
    }
    expect(bench.opened.length).to.equal(16);
    expect(bench.probe(9e6)).to.equal(true);
  });

  it("gives up a probe at its timeout, answers it once, and leaves the others waiting", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1.02e6);
    bench.probe(1.1e6);
    bench.lines.sweep(2.03e6);
    expect(bench.answers).to.deep.equal([[0, { offset: -1, errorCode: 0 }]]);
    bench.opened[0]?.sent[0]?.(null, acked(1));
    bench.opened[0]?.sent[1]?.(null, acked(2));
    expect(bench.answers.map(([seq, { offset }]) => [seq, offset])).to.deep.equal([
      [0, -1],
      [1, 2],
    ]);
  });
});

describe(`the answers of ${ProbeLines.name}`, () => {
  it("answers everything a lost connection carried, and opens another", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1.02e6);
    bench.probe(1.04e6);
    bench.opened[0]?.gone();
    bench.opened[0]?.sent[0]?.(new Error("closed"));
    expect(bench.answers.map(([seq]) => seq)).to.deep.equal([0, 1]);
    expect(bench.probe(1.1e6)).to.equal(false);
    await settle();
    expect(bench.probe(1.12e6)).to.equal(true);
    expect(bench.opened.length).to.equal(2);
  });

  it("passes a broker's error on, and doubts an answer about another partition", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    bench.probe(1.02e6);
    bench.probe(1.03e6);
    bench.probe(1.04e6);
    const [sent = []] = bench.opened.map((connection) => connection.sent);
    sent[0]?.(null, { ...acked(1), errorCode: 6, baseOffset: -1 });
    sent[1]?.(null, { ...acked(1), partition: 1 });
    sent[2]?.(null, parseProduceAnswer(Writer.create().appendArray([], () => {}).buffer));
    expect(bench.answers.map(([, answer]) => answer)).to.deep.equal([
      { offset: -1, errorCode: 6 },
      { offset: -1, errorCode: 0 },
      { offset: -1, errorCode: 0 },
    ]);
  });

  it("has room for few probes a line", async () => {
    const bench = new Bench();
    await bench.aim(1e6);
    const sent = Array.from({ length: 40 }, (_, n) => bench.probe(1.02e6 + n));
    expect(sent.filter(Boolean).length).to.equal(16);
    expect(bench.lines.oldestDueUs()).to.equal(1.02e6);
    bench.lines.close();
    expect(bench.answers.length).to.equal(16);
  });
});
