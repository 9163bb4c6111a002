/**
 * Goal: what the journal says of a record is true whatever the client does. The client is a fake
 * that answers when the test says so.
 */
import { expect } from "chai";
import { OUTCOME } from "../../../src/history/journal-format.ts";
import type {
  OutgoingRecord,
  SendAnswer,
  SendClient,
  Sending,
} from "../../../src/kafka/send-client.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import { WorkloadProducer } from "../../../src/workload/producer.ts";
import type { ProducerSpec } from "../../../src/workload/protocol.ts";
import { FakeContext, until } from "./fake-context.ts";

interface Call {
  client: number;
  sending: Sending;
  partition: number;
  records: OutgoingRecord[];
  flushedBefore: boolean;
  resolve: (answer: SendAnswer[]) => void;
  reject: (error: Error) => void;
}

const TOPIC = "orders";

class Bench {
  readonly context = new FakeContext();
  readonly calls: Call[] = [];
  readonly closed: number[] = [];
  readonly producer: WorkloadProducer;

  constructor(spec: Partial<ProducerSpec> = {}) {
    const log = { id: 7, cluster: "c", topic: TOPIC, partitions: 2, role: "workload", region: "r" };
    const full: ProducerSpec = {
      producer: 3,
      name: "p",
      runTag: 1,
      address: { cluster: "c", bootstrap: [] },
      log: log as ProducerSpec["log"],
      ratePerSecond: 1000,
      recordBytes: 64,
      acks: "all",
      idempotent: false,
      lingerMs: 1,
      batchRecordsMax: 10,
      client: {},
      t0Us: monotonicUs() - 100_000,
      ...spec,
    };
    this.producer = new WorkloadProducer(this.context, full, (_, n) => this.#client(n));
    this.producer.start();
  }

  #client(client: number): SendClient {
    return {
      lastMoveUs: monotonicUs(),
      connect: async () => {},
      close: async () => {
        this.closed.push(client);
      },
      send: (sending, partition, records) =>
        new Promise((resolve, reject) => {
          const { journal } = this.context;
          const flushedBefore = journal.flushed === journal.rows.length;
          this.calls.push({ client, sending, partition, records, flushedBefore, resolve, reject });
        }),
    };
  }

  open(partition: number): Call {
    const call = this.calls.findLast((candidate) => candidate.partition === partition);
    if (call === undefined) throw new Error(`no send to partition ${partition}`);
    return call;
  }

  outcomes(): (number | boolean | string)[][] {
    return this.context.journal.of("outcome").map((row) => row.slice(3, 8));
  }
}

const ack = (partition: number, baseOffset: string): SendAnswer[] => [
  { topicName: TOPIC, partition, errorCode: 0, baseOffset },
];
const brokerError = (code: number) =>
  Object.assign(new Error(`code ${code}`), { name: "KafkaJSProtocolError", code });

describe(WorkloadProducer.name, () => {
  it("writes to the partitions it begins with and to none before", async () => {
    const bench = new Bench({ partitionFirst: 1 });
    await until(() => bench.calls.length > 0);
    bench.open(1).resolve(ack(1, "0"));
    await until(() => bench.calls.length > 1);
    expect(new Set(bench.calls.map(({ partition }) => partition))).to.deep.equal(new Set([1]));
    await bench.producer.stop();
  });

  it("sends one partition a call, one call a partition, and journals intents first", async () => {
    const bench = new Bench();
    await until(() => bench.calls.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(bench.calls.map((call) => call.partition)).to.deep.equal([0, 1]);
    expect(bench.calls.every((call) => call.flushedBefore)).to.equal(true);
    expect(bench.context.journal.of("intent").map((row) => row.slice(1, 6))).to.deep.equal([
      [3, 7, 0, 0, 10],
      [3, 7, 1, 0, 10],
    ]);
    await bench.producer.stop();
  });

  it("makes records that verify, with the due time of the schedule", async () => {
    const t0Us = monotonicUs() - 50_000;
    const bench = new Bench({ t0Us });
    await until(() => bench.calls.length === 2);
    const record = bench.open(1).records[2];
    const codec = new PayloadCodec(1);
    const verified = codec.verify(record?.value ?? null, record?.key ?? null);
    const { defect, producer, partition, seq, dueUs } = verified;
    expect([defect, producer, partition, seq, dueUs]).to.deep.equal([0, 3, 1, 2, t0Us + 5_000]);
    await bench.producer.stop();
  });

  it("takes an ack only when it names this topic, this partition and an offset", async () => {
    const bench = new Bench();
    await until(() => bench.calls.length === 2);
    bench.open(0).resolve(ack(0, "40"));
    bench.open(1).resolve(ack(0, "40"));
    await until(() => bench.context.journal.of("outcome").length === 2);
    expect(bench.outcomes()).to.deep.equal([
      [0, 0, 10, OUTCOME.acked, 40],
      [1, 0, 10, OUTCOME.indeterminate, 0],
    ]);
    await bench.producer.stop();
  });

  it("knows nothing of a record that no broker was to answer for, and makes no news of it", async () => {
    const bench = new Bench({ acks: "0" });
    await until(() => bench.calls.length === 2);
    bench.open(0).resolve([]);
    await until(() => bench.context.journal.of("outcome").length === 1);
    expect(bench.outcomes()).to.deep.equal([[0, 0, 10, OUTCOME.indeterminate, 0]]);
    expect(bench.context.told().filter((what) => what.startsWith("send-"))).to.deep.equal([]);
    bench.open(1).reject(new Error("no broker"));
    await until(() => bench.context.told().includes("send-indeterminate"));
    await bench.producer.stop();
  });

  it("goes on with the records after an unclear batch, and never sends one twice", async () => {
    const bench = new Bench();
    await until(() => bench.calls.length === 2);
    bench.open(0).reject(new Error("timed out"));
    await until(() => bench.calls.length === 3);
    expect(bench.context.journal.of("intent").at(-1)?.slice(3, 6)).to.deep.equal([0, 10, 10]);
    await bench.producer.stop();
  });
});

describe(`the answers to a ${WorkloadProducer.name}`, () => {
  it("calls a refusal failed, but not after more than one attempt", async () => {
    const bench = new Bench();
    await until(() => bench.calls.length === 2);
    bench.open(0).sending.attempts = 1;
    bench.open(0).reject(brokerError(29));
    bench.open(1).sending.attempts = 2;
    bench.open(1).reject(brokerError(29));
    await until(() => bench.context.journal.of("outcome").length === 2);
    const codes = bench.outcomes().map((row) => row[3]);
    expect(codes).to.deep.equal([OUTCOME.failed, OUTCOME.indeterminate]);
    await bench.producer.stop();
  });
});

describe(`the client of a ${WorkloadProducer.name}`, () => {
  it("gives an idempotent producer a new client after an unclear answer", async () => {
    const bench = new Bench({ idempotent: true });
    await until(() => bench.calls.length === 2);
    bench.open(0).reject(new Error("retries exhausted"));
    await until(() => bench.calls.length === 3);
    expect(bench.open(0).client).to.equal(2);
    expect(bench.closed).to.deep.equal([]); // partition 1 still waits on the first
    bench.open(1).resolve(ack(1, "0"));
    await until(() => bench.closed.length === 1);
    expect(bench.context.told()).to.include("renewed");
    await bench.producer.stop();
  });

  it("keeps the client when it is not idempotent, or was told to", async () => {
    for (const spec of [{}, { idempotent: true, client: { renewAfterGiveUp: false } }]) {
      const bench = new Bench(spec);
      await until(() => bench.calls.length === 2);
      bench.open(0).reject(new Error("retries exhausted"));
      await until(() => bench.calls.length === 3);
      expect(bench.open(0).client).to.equal(1);
      await bench.producer.stop();
    }
  });

  it("calls off what is in flight when something was thrown outside every promise", async () => {
    const bench = new Bench();
    await until(() => bench.calls.length === 2);
    const [first] = bench.calls;
    for (const crashed of bench.context.crashed) crashed("Broker not connected");
    expect(bench.outcomes().map((row) => row[3])).to.deep.equal([3, 3]);
    expect(first?.sending.cancelled).to.equal(true);
    await until(() => bench.calls.length === 4);
    expect(bench.open(0).client).to.equal(2);
    first?.resolve(ack(0, "1")); // too late: its outcome is written
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(bench.outcomes().length).to.equal(2);
    await bench.producer.stop();
  });

  it("stops: sends what is due, then says what was neither sent nor answered", async () => {
    const bench = new Bench({ t0Us: monotonicUs() - 30_000 });
    await until(() => bench.calls.length === 2);
    bench.open(0).resolve(ack(0, "0"));
    const drained = await bench.producer.drain(60);
    const { journal } = bench.context;
    const sum = (kind: string, at: number) =>
      journal.of(kind).reduce((total, row) => total + Number(row[at]), 0);
    expect(drained.unanswered).to.be.greaterThan(0);
    expect(drained.unsent).to.equal(sum("unsent", 5));
    expect(sum("intent", 5)).to.equal(sum("outcome", 5));
    expect(sum("intent", 5) + drained.unsent).to.equal(bench.producer.figures(monotonicUs()).due);
    expect(journal.closed).to.equal(true);
    expect(bench.calls.filter((call) => !call.sending.cancelled).length).to.equal(1);
  });
});

describe("a producer that is told to change", () => {
  it("goes on at another rate, and journals rows whose records are due at even distances", async () => {
    const t0Us = monotonicUs() - 10_000;
    const bench = new Bench({ t0Us, ratePerSecond: 100, batchRecordsMax: 5000 });
    const { fromUs } = bench.producer.load({ fromUs: 0, ratePerSecond: 20_000, overUs: 200_000 });
    expect(fromUs).to.be.within(t0Us, monotonicUs());
    await until(() => bench.calls.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 250));
    bench.open(0).resolve(ack(0, "0"));
    await until(() => bench.context.journal.of("outcome").length > 0);
    await until(() => bench.calls.length === 3);
    bench.open(0).resolve(ack(0, "70"));
    await until(() => bench.context.journal.of("outcome").length > 2);
    const rows = bench.context.journal.of("intent").filter((row) => row[3] === 0);
    const answers = bench.outcomes().filter(([partition]) => partition === 0);
    // The second send holds what came due while the rate rose: several rows, one after another.
    const [, ...second] = rows;
    expect(second.length).to.be.greaterThan(2);
    const run = answers
      .slice(1)
      .map(([, seq, count, , offset]) => [Number(seq), Number(count), Number(offset)]);
    for (const [at, [seq = 0, count = 0, offset = 0]] of run.entries()) {
      const next = run[at + 1];
      if (next) expect(next.slice(0, 3)).to.deep.equal([seq + count, next[1], offset + count]);
    }
    expect(run[0]?.[2]).to.equal(70);
    await bench.producer.stop();
  });

  it("sends a record of another size alone, and tells what became of it", async () => {
    const bench = new Bench({ recordBytes: 64, idempotent: false });
    await until(() => bench.calls.length === 2);
    const told = bench.producer.single(0, 2_097_152);
    let twice = "";
    await bench.producer.single(0, 100).catch((error: Error) => {
      twice = error.message;
    });
    expect(twice).to.contain("such a record to send");
    bench.open(0).resolve(ack(0, "0"));
    await until(() => bench.calls.length === 3);
    const { records } = bench.open(0);
    expect(records.map(({ value }) => value.length)).to.deep.equal([2_097_152]);
    const verified = new PayloadCodec(1).verify(records[0]?.value ?? null, records[0]?.key ?? null);
    expect([verified.defect, verified.partition, verified.seq]).to.deep.equal([0, 0, 10]);
    bench.open(0).reject(brokerError(10));
    expect(await told).to.deep.equal({ seq: 10, outcome: "failed", offset: 0 });
    await until(() => bench.calls.length === 4);
    expect(bench.open(0).records[0]?.value.length).to.equal(64);
    await bench.producer.stop();
  });
});
