/** Goal: the journal tells where a group stood, what it was given and what was confirmed, in order. */
import { expect } from "chai";
import type {
  GroupClient,
  GroupHandlers,
  PartitionOffset,
} from "../../../src/kafka/group-client.ts";
import { monotonicUs } from "../../../src/kernel/clock.ts";
import { WorkloadConsumer } from "../../../src/workload/consumer.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import type { ConsumerSpec } from "../../../src/workload/protocol.ts";
import { FakeContext, until } from "./fake-context.ts";

const codec = new PayloadCodec(1);

function message(offset: number, seq: number) {
  const key = codec.key(0, seq);
  const value = codec.encode(64, { producer: 9, partition: 0, seq }, monotonicUs(), key);
  return { offset: String(offset), key, value };
}

class Bench {
  readonly context = new FakeContext();
  readonly clients: { handlers: GroupHandlers; closed: boolean }[] = [];
  readonly commits: PartitionOffset[][] = [];
  readonly consumer: WorkloadConsumer;
  committed = 5;
  /** What a commit waits for. */
  held: Promise<void> = Promise.resolve();

  constructor() {
    const log = {
      id: 7,
      cluster: "c",
      topic: "orders",
      partitions: 2,
      role: "workload",
      region: "r",
    };
    const spec: ConsumerSpec = {
      reader: 4,
      name: "c",
      group: "g",
      runTag: 1,
      address: { cluster: "c", bootstrap: [] },
      logs: [log as ConsumerSpec["logs"][number]],
      commitEveryMs: 5,
      client: {},
    };
    this.consumer = new WorkloadConsumer(this.context, spec, {
      client: (_, handlers) => this.#client(handlers),
      committed: async (_, partitions) =>
        partitions.map(({ partition }) => (partition === 0 ? this.committed : -1)),
    });
    this.consumer.start();
  }

  #client(handlers: GroupHandlers): GroupClient {
    const client = { handlers, closed: false };
    this.clients.push(client);
    return {
      lastMoveUs: monotonicUs(),
      start: async () => {},
      close: async () => {
        client.closed = true;
      },
      commit: async (offsets) => {
        this.commits.push(offsets);
        await this.held;
      },
    };
  }

  async joined(): Promise<GroupHandlers> {
    await until(() => this.clients.length > 0);
    const handlers = this.clients.at(-1)?.handlers;
    if (handlers === undefined) throw new Error("no client");
    handlers.joined([{ topic: "orders", partitions: [0, 1] }]);
    return handlers;
  }

  batch(handlers: GroupHandlers, next: number): Promise<void> {
    const messages = [message(5, 0), message(6, 1)];
    return handlers.batch({ topic: "orders", partition: 0, messages, next });
  }

  kinds(): string[] {
    return this.context.journal.rows.map(([kind]) => kind);
  }
}

describe(WorkloadConsumer.name, () => {
  it("journals where the group stands before it joins, and again when it was assigned", async () => {
    const bench = new Bench();
    const handlers = await bench.joined();
    await bench.batch(handlers, 7);
    const rows = bench.context.journal.of("resume").map((row) => row.slice(1, 5));
    expect(rows).to.deep.equal([
      [4, 7, 0, 5],
      [4, 7, 1, -1],
      [4, 7, 0, 5],
      [4, 7, 1, -1],
    ]);
    expect(bench.kinds().indexOf("delivered")).to.equal(4);
    await bench.consumer.stop();
  });

  it("commits past control records, and journals a commit only when it was confirmed", async () => {
    const bench = new Bench();
    const handlers = await bench.joined();
    await bench.batch(handlers, 9); // two records, then two offsets of markers
    await until(() => bench.commits.length > 0);
    expect(bench.commits[0]).to.deep.equal([{ topic: "orders", partition: 0, offset: 9 }]);
    expect(bench.kinds()).to.not.include("commit");
    const { journal } = bench.context;
    expect(journal.flushed).to.be.at.least(bench.kinds().lastIndexOf("delivered") + 1);
    handlers.committed([{ topic: "orders", partition: 0, offset: 9 }]);
    expect(journal.of("commit").map((row) => row.slice(1, 5))).to.deep.equal([[4, 7, 0, 9]]);
    const before = bench.commits.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.commits.length).to.equal(before); // nothing new: nothing to commit
    await bench.consumer.stop();
  });

  it("ends with a commit of all it was given, and is given nothing behind it", async () => {
    const bench = new Bench();
    const handlers = await bench.joined();
    const { promise, resolve: release } = Promise.withResolvers<void>();
    bench.held = promise;
    await bench.batch(handlers, 7);
    await until(() => bench.commits.length === 1);
    await bench.batch(handlers, 9); // the first commit is under way, and knows nothing of it
    const stopped = bench.consumer.stop();
    const delivered = bench.kinds().filter((kind) => kind === "delivered").length;
    await bench.batch(handlers, 11);
    release();
    await stopped;
    expect(bench.commits.at(-1)).to.deep.equal([{ topic: "orders", partition: 0, offset: 9 }]);
    expect(bench.kinds().filter((kind) => kind === "delivered")).to.have.length(delivered);
  });

  it("forgets what was processed before a rebalance", async () => {
    const bench = new Bench();
    const handlers = await bench.joined();
    await bench.batch(handlers, 7);
    handlers.joined([{ topic: "orders", partitions: [1] }]);
    const before = bench.commits.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.commits.length).to.equal(before);
    await bench.consumer.stop();
  });
});

describe(`${WorkloadConsumer.name}, disturbed`, () => {
  it("starts a new client when kafkajs will not restart, and no longer hears the old one", async () => {
    const bench = new Bench();
    const old = await bench.joined();
    await until(() => bench.context.told().includes("connected"));
    old.crashed("connection lost", true);
    expect(bench.clients.length).to.equal(1);
    old.crashed("not retriable", false);
    await until(() => bench.clients.length === 2);
    expect(bench.clients[0]?.closed).to.equal(true);
    await bench.batch(old, 7);
    expect(bench.kinds()).to.not.include("delivered");
    expect(bench.context.told()).to.include.members(["crashed-restarting", "crashed", "renewed"]);
    await bench.consumer.stop();
  });

  it("tells a record that is not what was sent from one that is", async () => {
    const bench = new Bench();
    const handlers = await bench.joined();
    const hurt = message(5, 0);
    hurt.value[50] = (hurt.value[50] ?? 0) ^ 1;
    await handlers.batch({ topic: "orders", partition: 0, messages: [hurt], next: 6 });
    expect(bench.context.journal.of("bad").map((row) => row.slice(1, 5))).to.deep.equal([
      [4, 7, 0, 5],
    ]);
    await bench.consumer.stop();
  });
});
