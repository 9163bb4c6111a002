/**
 * Goal: what living replicas hold is read from each of them to the end of its own log, leader or not;
 * what was not read to its end is never called complete, and what nobody living holds is known empty.
 */
import { expect } from "chai";
import { auditReplicas } from "../../../src/workload/replica-auditor.ts";
import { FakeContext } from "../../unit/workload/fake-context.ts";
import { ReplicaBroker } from "./replica-broker.ts";

const TOPIC = "orders";
const READER = 201;
const LOG = {
  id: 1,
  cluster: "c",
  topic: TOPIC,
  partitions: 1,
  role: "workload" as const,
  region: "r",
};
const records = (count: number) => Array.from({ length: count }, (_, n) => Buffer.from(`v${n}`));

async function audited(brokers: ReplicaBroker[], replicas: number[], stallMs = 2000) {
  const context = new FakeContext();
  for (const broker of brokers) broker.partitions = [{ leader: 9, epoch: 3, replicas }];
  const living = brokers.map(({ id, address }) => ({ id, address }));
  const address = { cluster: "c", bootstrap: living.map((one) => one.address) };
  const spec = { address, reader: READER, runTag: 1, log: LOG, brokers: living, stallMs };
  const { partitions } = await auditReplicas(context, spec);
  /** Start, end and whether complete, of each reading; and the offsets that were met. */
  const ends = context.journal.of("end").map((row) => row.slice(4, 7));
  const offsets = context.journal.of("bad").map((row) => row[4]);
  expect(context.journal.closed).to.equal(true);
  return { partitions, ends, offsets };
}

describe("the audit of living replicas", () => {
  it("reads each to the end of its own log, beyond the high watermark", async () => {
    await using one = await new ReplicaBroker(4, TOPIC, records(3)).listen();
    await using two = await new ReplicaBroker(5, TOPIC, records(5)).listen();
    const { partitions, ends, offsets } = await audited([one, two], [9, 4, 5]);
    expect(partitions).to.deep.equal([
      {
        partition: 0,
        leader: 9,
        read: [
          { broker: 4, end: 3, records: 3, complete: true },
          { broker: 5, end: 5, records: 5, complete: true },
        ],
      },
    ]);
    expect(ends).to.deep.equal([
      [0, 3, true],
      [0, 5, true],
    ]);
    expect(offsets).to.deep.equal([0, 1, 2, 0, 1, 2, 3, 4]);
  });

  it("calls a replica that stops answering incomplete, and goes on with the next", async () => {
    await using one = await new ReplicaBroker(4, TOPIC, records(3)).listen();
    await using two = await new ReplicaBroker(5, TOPIC, records(3)).listen();
    one.stopsAt = 2;
    const { partitions } = await audited([one, two], [4, 5], 600);
    expect(partitions[0]?.read).to.deep.equal([
      { broker: 4, end: 3, records: 2, complete: false },
      { broker: 5, end: 3, records: 3, complete: true },
    ]);
  });

  it("knows a partition empty that has no replica among the living", async () => {
    await using one = await new ReplicaBroker(4, TOPIC, records(3)).listen();
    const { partitions, ends } = await audited([one], [1, 2, 3]);
    expect(partitions).to.deep.equal([{ partition: 0, leader: 9, read: [] }]);
    expect(ends).to.deep.equal([[0, 0, true]]);
  });

  it("knows nothing of a topic that nobody describes", async () => {
    const one = await new ReplicaBroker(4, TOPIC, records(3)).listen();
    const { address } = one;
    await one[Symbol.asyncDispose]();
    const gone = { id: 4, address, partitions: [] } as unknown as ReplicaBroker;
    const { partitions, ends } = await audited([gone], [4], 300);
    expect(partitions).to.deep.equal([{ partition: 0, leader: -1, read: [] }]);
    expect(ends).to.deep.equal([[0, 0, false]]);
  });
});
