/** Goal: our own requests are, byte for byte, what the library's codec makes or reads. */
import { fetchV12, produceV9, Writer } from "@platformatic/kafka";
import { expect } from "chai";
import { Cursor } from "../../../src/kafka/cursor.ts";
import { electBody, parseElected } from "../../../src/kafka/elect-leaders.ts";
import { FUTURE_REPLICA, fetchBody, parseFetchAnswer } from "../../../src/kafka/fetch.ts";
import { parseProduceAnswer, produceBody } from "../../../src/kafka/produce.ts";
import { singleRecordBatch } from "../../../src/kafka/record-batch.ts";

describe(produceBody.name, () => {
  it("is the library's request around the same batch", () => {
    for (const size of [10, 100, 120, 20_000]) {
      const key = Buffer.from("k");
      const value = Buffer.alloc(size, 1);
      const timestamp = 1_795_000_000_000;
      const batch = singleRecordBatch(key, value, timestamp);
      const ours = produceBody({ topic: "orders", partition: 11, batch, timeoutMs: 900 });
      const message = { topic: "orders", partition: 11, key, value, timestamp: BigInt(timestamp) };
      const theirs = produceV9.createRequest(-1, 900, [message], {});
      expect(ours.length).to.equal(theirs.length);
      // They differ only where the broker writes itself: leader epoch, and no producer's sequence.
      const head = ours.length - batch.length - 3;
      expect(ours.subarray(0, head).equals(theirs.buffer.subarray(0, head))).to.equal(true);
    }
  });
});

describe(parseProduceAnswer.name, () => {
  const answer = (topics: { name: string; partitions: number[] }[]) =>
    Writer.create().appendArray(topics, (w, topic) => {
      w.appendString(topic.name).appendArray(topic.partitions, (w2, index) => {
        w2.appendInt32(index).appendInt16(6).appendInt64(77n).appendInt64(-1n).appendInt64(0n);
        w2.appendArray([], () => {}).appendString(null);
      });
    }).buffer;

  it("gives the only partition", () => {
    expect(parseProduceAnswer(answer([{ name: "t", partitions: [4] }]))).to.deep.equal({
      topic: "t",
      partition: 4,
      errorCode: 6,
      baseOffset: 77,
    });
  });

  it("gives nothing when there is none, or more than one", () => {
    expect(parseProduceAnswer(answer([]))).to.equal(undefined);
    expect(parseProduceAnswer(answer([{ name: "t", partitions: [] }]))).to.equal(undefined);
    expect(parseProduceAnswer(answer([{ name: "t", partitions: [1, 2] }]))).to.equal(undefined);
  });
});

describe("fetch", () => {
  it("asks as a consumer, or as a replica, and is the same request but for that", () => {
    const asks = [{ topic: "a", partition: 0, offset: 5, lastEpoch: -1 }];
    const limits = { maxWaitMs: 1, maxBytes: 2, partitionMaxBytes: 3 };
    const consumer = Buffer.from(fetchBody(asks, limits).buffer);
    const replica = Buffer.from(fetchBody(asks, limits, FUTURE_REPLICA).buffer);
    expect([consumer.readInt32BE(0), replica.readInt32BE(0)]).to.deep.equal([-1, -3]);
    expect(replica.subarray(4).equals(consumer.subarray(4))).to.equal(true);
  });

  it("groups partitions by topic in one request", () => {
    const ask = { offset: 5, lastEpoch: -1 };
    const asks = [
      { topic: "a", partition: 0, ...ask },
      { topic: "b", partition: 1, ...ask },
      { topic: "a", partition: 2, ...ask },
    ];
    const cursor = new Cursor(
      fetchBody(asks, { maxWaitMs: 1, maxBytes: 2, partitionMaxBytes: 3 }).buffer,
    );
    cursor.at = 25; // replica, wait, sizes, isolation, session
    expect([cursor.compactLength(), cursor.compactString()]).to.deep.equal([2, "a"]);
    expect([cursor.compactLength(), cursor.int32()]).to.deep.equal([2, 0]);
  });

  it("reads offsets, errors, record bytes and where histories part", () => {
    const bytes = Writer.create()
      .appendInt32(0)
      .appendInt16(0)
      .appendInt32(0)
      .appendArray(["t"], (w, topic) => {
        w.appendString(topic).appendArray(
          [0, 1],
          (w2, partition) => {
            w2.appendInt32(partition)
              .appendInt16(partition)
              .appendInt64(2n ** 40n + 9n);
            w2.appendInt64(0n).appendInt64(0n);
            w2.appendArray([1], (w3) => w3.appendInt64(1n).appendInt64(2n)).appendInt32(-1);
            w2.appendUnsignedVarInt(4).append(Buffer.from("abc"));
            if (partition === 0) w2.appendTaggedFields();
            else {
              w2.appendUnsignedVarInt(1).appendUnsignedVarInt(0).appendUnsignedVarInt(12);
              w2.appendInt32(3).appendInt64(42n);
            }
          },
          true,
          false,
        );
      })
      .appendTaggedFields().buffer;
    const { partitions } = parseFetchAnswer(bytes);
    expect(partitions.map((p) => [p.partition, p.errorCode, p.divergesAt])).to.deep.equal([
      [0, 0, -1],
      [1, 1, 42],
    ]);
    expect(partitions[0]?.highWatermark).to.equal(2 ** 40 + 9);
    expect(partitions[1]?.records.toString()).to.equal("abc");
    expect(fetchV12.api.version).to.equal(12);
  });
});

describe(Cursor.name, () => {
  it("reads varints of every length, and refuses endless ones", () => {
    for (const value of [0, 1, 127, 128, 300, 16_384, 2 ** 31 - 1]) {
      const { buffer } = Writer.create().appendUnsignedVarInt(value);
      expect(new Cursor(buffer).uvarint()).to.equal(value);
    }
    for (const value of [0, -1, 1, -64, 64, -12_345, 2 ** 30]) {
      const { buffer } = Writer.create().appendVarInt(value);
      expect(new Cursor(buffer).varint()).to.equal(value);
    }
    expect(() => new Cursor(Buffer.alloc(6, 0xff)).uvarint()).to.throw(RangeError);
  });

  it("reads offsets beyond 32 bits exactly", () => {
    const { buffer } = Writer.create()
      .appendInt64(2n ** 52n + 1n)
      .appendInt64(-1n);
    const cursor = new Cursor(buffer);
    expect([cursor.int64(), cursor.int64()]).to.deep.equal([2 ** 52 + 1, -1]);
  });
});

describe("elect leaders", () => {
  it("is asked as the protocol's version 2 has it", () => {
    const topics = [{ topic: "ab", partitions: [1, 258] }];
    const body = electBody({ type: "unclean", topics, timeoutMs: 4000 });
    const bytes = [
      [1], // unclean
      [2, 3, 97, 98, 3, 0, 0, 0, 1, 0, 0, 1, 2, 0], // one topic, two partitions, no tags
      [0, 0, 15, 160, 0], // 4000 ms, no tags
    ].flat();
    expect([...body.buffer]).to.deep.equal(bytes);
    expect([...electBody({ type: "preferred", topics: [], timeoutMs: 0 }).buffer][0]).to.equal(0);
  });

  it("reads every partition's outcome, with the controller's words", () => {
    const answer = Writer.create()
      .appendInt32(7)
      .appendInt16(0)
      .appendArray([{ name: "a" }, { name: "b" }], (w, { name }) => {
        w.appendString(name).appendArray([0, 84], (inner, code) => {
          inner.appendInt32(3).appendInt16(code);
          inner.appendString(code === 0 ? null : "not needed");
        });
      })
      .appendTaggedFields().buffer;
    const of = (topic: string) => [
      { topic, partition: 3, errorCode: 0, reason: "" },
      { topic, partition: 3, errorCode: 84, reason: "not needed" },
    ];
    const { errorCode, elected } = parseElected(Buffer.from(answer.slice()));
    expect(errorCode).to.equal(0);
    expect(elected).to.deep.equal([...of("a"), ...of("b")]);
  });
});
