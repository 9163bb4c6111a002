/** Goal: our batches are Kafka's, and the walker trusts the batch header, not the records' count. */
import { Buffer } from "node:buffer";
import { createRecordsBatch, Reader, readRecordsBatches } from "@platformatic/kafka";
import { expect } from "chai";
import {
  type AbortedTransaction,
  type RecordVisitor,
  singleRecordBatch,
  viewOf,
  walkBatches,
} from "../../../src/kafka/record-batch.ts";
import { crc32c } from "../../../src/kernel/crc32c.ts";

type Found = [number, string | undefined, string | undefined];

function walk(
  bytes: Buffer,
  from: number,
  aborted?: AbortedTransaction[],
): { found: Found[]; next: number; epoch: number } {
  const found: Found[] = [];
  const visitor: RecordVisitor = {
    record: (offset, all, keyAt, keyBytes, at, length) => {
      const [key, value] = [viewOf(all, keyAt, keyBytes), viewOf(all, at, length)];
      found.push([offset, key?.toString(), value?.toString()]);
    },
  };
  const { next, epoch } = walkBatches(bytes, from, visitor, aborted);
  return { found, next, epoch };
}

/** A batch as a broker stores it: made by the other library, put at an offset. */
function stored(
  base: number,
  values: string[],
  o: { compression?: "gzip"; lastDelta?: number } = {},
) {
  const messages = values.map((value) => ({ topic: "t", value: Buffer.from(value) }));
  const batch = Buffer.from(createRecordsBatch(messages, o).buffer);
  batch.writeBigInt64BE(BigInt(base), 0);
  batch.writeInt32BE(7, 12);
  if (o.lastDelta !== undefined) batch.writeInt32BE(o.lastDelta, 23);
  return batch;
}

function control(base: number): Buffer {
  const batch = stored(base, ["marker"]);
  batch.writeInt16BE(batch.readInt16BE(21) | 32, 21);
  return batch;
}

describe(singleRecordBatch.name, () => {
  it("is read back by the other library, with a right CRC", () => {
    for (const size of [0, 1, 62, 63, 64, 500, 9000, 200_000]) {
      const value = Buffer.alloc(size, 0x61);
      const bytes = singleRecordBatch(Buffer.from("key-1"), value, 1_795_000_000_123);
      const [batch] = readRecordsBatches(Reader.from(bytes));
      expect(batch?.records.length).to.equal(1);
      expect(batch?.records[0]?.key?.toString()).to.equal("key-1");
      expect(batch?.records[0]?.value?.equals(value)).to.equal(true);
      expect(batch?.firstTimestamp).to.equal(1_795_000_000_123n);
      expect(batch?.producerId).to.equal(-1n);
      expect(batch?.crc).to.equal(crc32c(bytes, 21, bytes.length));
      expect(batch?.length).to.equal(bytes.length - 12);
    }
  });
});

describe(walkBatches.name, () => {
  it("gives offsets, keys and values of batch after batch", () => {
    const bytes = Buffer.concat([stored(10, ["a", "b"]), stored(12, ["c"])]);
    const { found, next, epoch } = walk(bytes, 10);
    expect(found.map(([offset, , value]) => [offset, value])).to.deep.equal([
      [10, "a"],
      [11, "b"],
      [12, "c"],
    ]);
    expect([next, epoch]).to.deep.equal([13, 7]);
  });

  it("leaves out what lies before the asked offset", () => {
    expect(walk(stored(10, ["a", "b", "c"]), 12).found.map(([offset]) => offset)).to.deep.equal([
      12,
    ]);
  });

  it("passes over transaction markers and compaction's holes by the next offset", () => {
    const bytes = Buffer.concat([stored(0, ["a"], { lastDelta: 4 }), control(5), stored(6, ["b"])]);
    const { found, next } = walk(bytes, 0);
    expect(found.map(([offset]) => offset)).to.deep.equal([0, 6]);
    expect(next).to.equal(7);
    expect(walk(control(5), 5)).to.deep.include({ found: [], next: 6 });
  });

  it("leaves a batch that a fetch cut off for the next fetch", () => {
    const whole = stored(0, ["a"]);
    const bytes = Buffer.concat([whole, stored(1, ["b"])]);
    for (let length = whole.length; length < bytes.length; length += 1) {
      expect(walk(bytes.subarray(0, length), 0)).to.deep.include({ next: 1 });
    }
    expect(walk(Buffer.alloc(0), 3)).to.deep.equal({ found: [], next: 3, epoch: -1 });
  });

  it("inflates a compressed batch", () => {
    const { found } = walk(stored(3, ["a", "b"], { compression: "gzip" }), 3);
    expect(found.map(([offset, , value]) => [offset, value])).to.deep.equal([
      [3, "a"],
      [4, "b"],
    ]);
  });

  it("refuses record formats from before Kafka 0.11", () => {
    const old = stored(0, ["a"]);
    old.writeInt8(1, 16);
    expect(() => walk(old, 0)).to.throw("version 1");
  });
});

describe("a walk over transactions", () => {
  /** A batch, or a marker, of a producer's transaction. */
  function transactional(base: number, producerId: number, values: string[], marker = false) {
    const batch = stored(base, values);
    batch.writeInt16BE(batch.readInt16BE(21) | 16 | (marker ? 32 : 0), 21);
    batch.writeBigInt64BE(BigInt(producerId), 43);
    return batch;
  }
  const bytes = Buffer.concat([
    transactional(10, 1, ["a", "b"]),
    transactional(12, 2, ["c"]),
    stored(13, ["plain"]),
    transactional(14, 1, ["abort"], true),
    transactional(15, 1, ["d"]),
    transactional(16, 2, ["commit"], true),
    transactional(17, 1, ["commit"], true),
    transactional(18, 1, ["e"]),
    transactional(19, 1, ["abort"], true),
  ]);
  const read = (from: number, aborted: { producerId: number; firstOffset: number }[]) => {
    const { found, next } = walk(bytes, from, aborted);
    return { found: found.map(([offset, , value]) => `${offset} ${value}`), next };
  };

  it("passes over what was aborted, and over nothing else, markers aside", () => {
    const aborted = [
      { producerId: 1, firstOffset: 18 },
      { producerId: 1, firstOffset: 10 },
    ];
    expect(read(10, aborted)).to.deep.equal({ found: ["12 c", "13 plain", "15 d"], next: 20 });
    expect(read(11, aborted).found).to.deep.equal(["12 c", "13 plain", "15 d"]);
  });

  it("gives everything when nothing is said to be aborted", () => {
    expect(read(10, []).found).to.deep.equal(["10 a", "11 b", "12 c", "13 plain", "15 d", "18 e"]);
  });
});
