/**
 * Goal: what a new client met is journalled as it was, and the next one starts whatever became of it.
 * The clients are fakes that connect and answer when the test says so.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type { SendAnswer, SendClient, Sending } from "../../../src/kafka/send-client.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { FreshClients } from "../../../src/workload/fresh-clients.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import { FLAG } from "../../../src/workload/payload-format.ts";
import type { CanarySpec } from "../../../src/workload/protocol.ts";
import { FakeContext, until } from "./fake-context.ts";

const TOPIC = "orders";

interface Send {
  partition: number;
  sending: Sending;
  value: Buffer;
  key: Buffer;
  resolve: (answer: SendAnswer[]) => void;
  reject: (error: Error) => void;
}

/** One client, as it was made: the test connects it and answers its sends. */
class FakeClient implements SendClient {
  readonly lastMoveUs = 0;
  readonly sends: Send[] = [];
  closed = 0;
  readonly id: string;
  readonly #connected = Promise.withResolvers<void>();

  constructor(id: string) {
    this.id = id;
  }

  connect(): Promise<void> {
    return this.#connected.promise;
  }

  let(): void {
    this.#connected.resolve();
  }

  refuse(): void {
    this.#connected.reject(new Error("nobody there"));
  }

  send(sending: Sending, partition: number, [record]: { key: Buffer; value: Buffer }[]) {
    return new Promise<SendAnswer[]>((resolve, reject) => {
      const { key, value } = record ?? { key: Buffer.alloc(0), value: Buffer.alloc(0) };
      this.sends.push({ partition, sending, key, value, resolve, reject });
    });
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

const ack = (partition: number, baseOffset = "5"): SendAnswer[] => [
  { topicName: TOPIC, partition, errorCode: 0, baseOffset },
];

class Bench {
  readonly context = new FakeContext();
  readonly clients: FakeClient[] = [];
  readonly fresh: FreshClients;
  readonly t0Us: number;

  /** The first client is due at once, the others long after the test. */
  constructor(spec: Partial<CanarySpec> = {}) {
    this.t0Us = spec.t0Us ?? monotonicUs();
    const log = { id: 7, cluster: "c", topic: TOPIC, partitions: 2, role: "workload", region: "r" };
    const full: CanarySpec = {
      producer: 3,
      name: "fresh",
      runTag: 1,
      address: { cluster: "c", bootstrap: [] },
      log: log as CanarySpec["log"],
      intervalMs: 60_000,
      recordBytes: 64,
      timeoutMs: 5000,
      fresh: { client: {} },
      ...spec,
      t0Us: this.t0Us,
    };
    this.fresh = new FreshClients(this.context, full, (_spec, id) => {
      const client = new FakeClient(id);
      this.clients.push(client);
      return client;
    });
    this.fresh.start();
  }

  async client(n: number): Promise<FakeClient> {
    await until(() => this.clients.length > n);
    return this.clients[n] as FakeClient;
  }

  async connected(n: number): Promise<FakeClient> {
    const client = await this.client(n);
    client.let();
    await until(() => client.sends.length === 2);
    return client;
  }

  /** [partition, seq, code, offset] */
  outcomes(): unknown[] {
    return this.context.journal
      .of("outcome")
      .map(([, , , partition, seq, , code, offset]) => [partition, seq, code, offset]);
  }

  waitingUs(): number {
    return this.fresh.figures().oldestUnackedDueUs;
  }
}

describe("a fresh client", () => {
  it("sends one record to every partition once it is connected, journalled before", async () => {
    const bench = new Bench();
    const client = await bench.client(0);
    expect(bench.context.journal.rows).to.deep.equal([]);
    expect(bench.waitingUs()).to.equal(bench.t0Us);
    await bench.connected(0);
    expect(bench.context.journal.flushed).to.equal(2);
    expect(bench.context.journal.of("intent").map((row) => row.slice(1, 6))).to.deep.equal([
      [3, 7, 0, 0, 1],
      [3, 7, 1, 0, 1],
    ]);
    expect(client.sends.map(({ partition }) => partition)).to.deep.equal([0, 1]);
    const codec = new PayloadCodec(1);
    for (const { partition, key, value } of client.sends) {
      const found = codec.verify(value, key);
      expect(found).to.include({ defect: 0, producer: 3, partition, seq: 0, dueUs: bench.t0Us });
      expect(found.flags & FLAG.canary).to.equal(FLAG.canary);
    }
    await bench.fresh.stop();
  });

  it("is acked partition by partition, and gone when all are", async () => {
    const bench = new Bench();
    const client = await bench.connected(0);
    client.sends[1]?.resolve(ack(1, "9"));
    await until(() => bench.outcomes().length === 1);
    expect(client.closed).to.equal(0);
    client.sends[0]?.resolve(ack(0));
    await until(() => client.closed === 1);
    expect(bench.outcomes()).to.deep.equal([
      [1, 0, OUTCOME.acked, 9],
      [0, 0, OUTCOME.acked, 5],
    ]);
    expect(bench.fresh.figures()).to.include({ due: 2, acked: 2, oldestUnackedDueUs: 0 });
    await bench.fresh.stop();
  });

  it("has nothing acked by an answer for another partition, nor by an error", async () => {
    const bench = new Bench();
    const client = await bench.connected(0);
    client.sends[0]?.resolve(ack(1));
    client.sends[1]?.reject(
      Object.assign(new Error("no"), { name: "KafkaJSProtocolError", code: 10 }),
    );
    await until(() => client.closed === 1);
    expect(bench.outcomes()).to.deep.equal([
      [0, 0, OUTCOME.indeterminate, 0],
      [1, 0, OUTCOME.failed, 0],
    ]);
    expect(bench.fresh.figures()).to.include({ acked: 0, failed: 1, indeterminate: 1 });
    expect(bench.waitingUs()).to.equal(bench.t0Us);
    await bench.fresh.stop();
  });

  it("has sent nothing when it never was connected", async () => {
    const bench = new Bench();
    (await bench.client(0)).refuse();
    await until(() => bench.context.journal.of("unsent").length === 2);
    expect(bench.context.journal.of("intent")).to.deep.equal([]);
    expect(bench.waitingUs()).to.equal(bench.t0Us);
    await bench.fresh.stop();
  });
});

describe("a fresh client that is given up", () => {
  it("leaves what it sent unclear, and sends no more", async () => {
    const bench = new Bench({ timeoutMs: 60 });
    const client = await bench.connected(0);
    client.sends[0]?.resolve(ack(0));
    await until(() => client.closed === 1);
    expect(bench.outcomes()).to.deep.equal([
      [0, 0, OUTCOME.acked, 5],
      [1, 0, OUTCOME.indeterminate, 0],
    ]);
    expect(client.sends[1]?.sending.cancelled).to.equal(true);
    client.sends[1]?.resolve(ack(1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bench.outcomes()).to.have.length(2);
    await bench.fresh.stop();
  });

  it("is closed once more when it connects after all, and sends nothing", async () => {
    const bench = new Bench({ timeoutMs: 20 });
    const client = await bench.client(0);
    await until(() => bench.context.journal.of("unsent").length === 2);
    client.let();
    await until(() => client.closed === 2);
    expect(client.sends).to.deep.equal([]);
    await bench.fresh.stop();
  });

  it("is so when the probe stops, and its journal is closed", async () => {
    const bench = new Bench();
    await bench.connected(0);
    await bench.fresh.stop();
    await bench.fresh.stop();
    expect(bench.outcomes()).to.have.length(2);
    expect(bench.context.journal.closed).to.equal(true);
  });
});

describe("fresh clients, one after another", () => {
  it("start on time, whatever became of the one before, under names of their own", async () => {
    const bench = new Bench({ intervalMs: 20 });
    const third = await bench.client(2);
    expect(bench.clients.map(({ id }) => id).slice(0, 3)).to.deep.equal([
      "fresh-0",
      "fresh-1",
      "fresh-2",
    ]);
    third.let();
    await until(() => third.sends.length === 2);
    const due = bench.context.journal.of("intent").map((row) => row[7]);
    expect(due).to.deep.equal([bench.t0Us + 40_000, bench.t0Us + 40_000]);
    await bench.fresh.stop();
  });

  it("wait since the first that was not served, until one is that was due after the last such", async () => {
    const bench = new Bench({ intervalMs: 20 });
    (await bench.client(0)).refuse();
    (await bench.client(1)).refuse();
    const third = await bench.connected(2);
    await until(() => bench.waitingUs() === bench.t0Us);
    for (const { partition, resolve } of third.sends) resolve(ack(partition));
    await until(() => third.closed === 1);
    // Those after it are on their way.
    expect(bench.waitingUs()).to.not.equal(bench.t0Us);
    await bench.fresh.stop();
  });

  it("leave nothing of one in memory for longer than until the next", async () => {
    const bench = new Bench({ intervalMs: 20 });
    (await bench.client(0)).refuse();
    const { journal } = bench.context;
    await until(() => journal.of("unsent").length === 2);
    await until(() => journal.flushed === 2);
    await bench.fresh.stop();
  });

  it("are no load: beyond sixty at a time none starts, and its records are unsent", async () => {
    const bench = new Bench({ intervalMs: 1, t0Us: monotonicUs() - 100_000 });
    await until(() => bench.context.journal.of("unsent").length > 0);
    expect(bench.clients).to.have.length(60);
    expect(bench.fresh.takeLateUs()).to.be.at.least(90_000);
    expect(bench.fresh.takeLateUs()).to.be.below(90_000);
    await bench.fresh.stop();
  });
});
