/** Goal: records taken in runs are found to be what they are when each is checked by itself. */
import { expect } from "chai";
import fc from "fast-check";
import { type JournalRow, ROW } from "../../../src/history/journal-format.ts";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { JournalWriter } from "../../../src/history/journal-writer.ts";
import { walkBatches } from "../../../src/kafka/record-batch.ts";
import { FoundRecords } from "../../../src/workload/found-records.ts";
import { LagHistogram } from "../../../src/workload/lag-histogram.ts";
import { PayloadCodec } from "../../../src/workload/payload.ts";
import { RecordLog } from "../../../src/workload/record-log.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { batchOf, type Sent } from "./batches.ts";

const codec = new PayloadCodec(1);
const log = { id: 4, cluster: "c", topic: "orders", partitions: 3, region: "r" };
const logs = [{ ...log, role: "workload" as const }];
const HEADER_BYTES = 61;

const streams = fc.record({
  producer: fc.constantFrom(1, 2),
  partition: fc.constantFrom(0, 7),
  bytes: fc.constantFrom(40, 50, 60, 100, 300, 5000),
  seq: fc.constantFrom(0, 999, 2 ** 32 - 3, 2 ** 40),
  count: fc.integer({ min: 1, max: 30 }),
  keyed: fc.boolean(),
  /** A byte of the batch that is hurt, if it is there, and how. */
  hurtAt: fc.option(fc.nat(6000)),
  bit: fc.nat(7),
  compressed: fc.boolean(),
  hole: fc.constantFrom(0, 0, 1),
});

const dir = temporaryFolder("record-runs");
let journals = 0;

/** Closes a journal and reads it. */
function rowsOf(journal: JournalWriter): JournalRow[] {
  journal.close();
  const rows: JournalRow[] = [];
  readJournal(journal.path, (block) => {
    for (let i = 0; i < block.rows; i += 1) rows.push(block.row(i));
  });
  return rows;
}

/** What a reader journals of these batches; in runs, or one by one. */
function read(fetches: Buffer[], inRuns: boolean, from = 0) {
  journals += 1;
  const identity = { run: "r", agent: `a${journals}`, role: "watcher" };
  const journal = JournalWriter.open(dir, identity);
  const records = new RecordLog({ journal, reader: 9, kind: ROW.seen, runTag: 1, logs });
  let inRun = 0;
  let broken = "";
  let next = from;
  for (const [n, bytes] of fetches.entries()) {
    const { record, run } = records.fetched("orders", 2, 5000 + n);
    const counting: typeof run = (stretch) => {
      const taken = run(stretch);
      inRun += taken;
      return taken;
    };
    try {
      next = walkBatches(bytes, next, inRuns ? { record, run: counting } : { record }).next;
    } catch (error) {
      broken = (error as Error).message;
    }
  }
  const figures = records.takeFigures();
  const rows = rowsOf(journal);
  return { found: { rows, figures, broken, next }, inRun };
}

function sent(producer: number, count: number, bytes = 100): Sent[] {
  return Array.from({ length: count }, (_, seq) => {
    const key = codec.key(2, seq);
    const identity = { producer, partition: 2, seq };
    return { key, value: codec.encode(bytes, identity, 100 + seq, key) };
  });
}

describe("records taken in runs", () => {
  it("are nearly all of a stream's, and give one row", () => {
    for (const bytes of [56, 100, 512, 4000]) {
      const { found, inRun } = read([batchOf(0, sent(1, 1000, bytes))], true);
      expect(found.rows.length).to.equal(1);
      expect(found.rows[0]).to.include({ count: 1000, seqFirst: 0, offset: 0, producer: 1 });
      expect(found.figures).to.include({ seen: 1000, lagMaxUs: 4900 });
      // Only the first has nothing to go on from.
      expect(inRun).to.equal(999);
    }
  });

  it("are journalled and counted as each by itself, whatever is in the batches", function () {
    // Every reader makes its tables anew.
    this.timeout(60_000);
    let taken = 0;
    fc.assert(
      fc.property(fc.array(streams, { maxLength: 8 }), fc.boolean(), (all, together) => {
        let offset = 0;
        const batches = all.map((one, n) => {
          const { producer, partition, seq, count, bytes, keyed, hurtAt, bit, compressed } = one;
          const records = Array.from({ length: count }, (_, i) => {
            const identity = { producer, partition, seq: seq + i };
            const key = keyed ? codec.key(partition, seq + i) : null;
            return { key, value: codec.encode(bytes, identity, 10 * n + i, key) };
          });
          const batch = batchOf(offset, records, compressed ? "gzip" : undefined);
          const at = HEADER_BYTES + (hurtAt ?? batch.length);
          if (at < batch.length && !compressed) batch[at] = (batch[at] as number) ^ (1 << bit);
          offset += count + one.hole;
          return batch;
        });
        const fetches = together ? [Buffer.concat(batches)] : batches;
        const { found, inRun } = read(fetches, true);
        taken += inRun;
        expect(found).to.deep.equal(read(fetches, false).found);
      }),
      { numRuns: 15 },
    );
    expect(taken).to.be.greaterThan(60);
  });
});

describe("a run", () => {
  it("leaves no flipped bit of a record's key or value unfound", () => {
    const records = sent(1, 6);
    const batch = batchOf(0, records);
    const { key, value } = records[4] as Sent;
    const valueAt = batch.indexOf(value);
    const keyAt = batch.lastIndexOf(key as Buffer, valueAt);
    const bytes = [
      ...Array.from(key as Buffer, (_, n) => keyAt + n),
      ...Array.from(value, (_, n) => valueAt + n),
    ];
    expect([bytes.length, valueAt - keyAt]).to.deep.equal([104, 6]);
    const fetches: Buffer[] = [];
    for (const at of bytes) {
      for (let bit = 0; bit < 8; bit += 1) {
        const hurt = Buffer.from(batch);
        hurt.writeBigInt64BE(BigInt(6 * fetches.length), 0);
        hurt[at] = (hurt[at] as number) ^ (1 << bit);
        fetches.push(hurt);
      }
    }
    const { found, inRun } = read(fetches, true);
    const bad = found.rows.filter(({ kind }) => kind === ROW.bad);
    expect(bad.map(({ offset }) => offset)).to.deep.equal(fetches.map((_, n) => 6 * n + 4));
    expect(inRun).to.be.greaterThan(2 * fetches.length);
  });

  it("goes on from nothing that lies before the offset that was asked for", () => {
    const batch = batchOf(0, sent(0, 20));
    for (const from of [0, 1, 19]) {
      const { found } = read([batch], true, from);
      expect(found).to.deep.equal(read([batch], false, from).found);
      expect(found.figures.seen).to.equal(20 - from);
    }
  });

  it("ends before the offset that a reader stops at", () => {
    const journal = JournalWriter.open(dir, { run: "r", agent: "until", role: "audit" });
    const records = new RecordLog({ journal, reader: 9, kind: ROW.seen, runTag: 1, logs });
    const { record, run } = records.fetched("orders", 2, 1);
    const offsets: number[] = [];
    walkBatches(batchOf(0, sent(1, 20)), 0, {
      record: (offset, ...place) => {
        offsets.push(offset);
        if (offset < 7) record(offset, ...place);
      },
      run: (stretch) => {
        stretch.until = 7;
        return run(stretch);
      },
    });
    expect(offsets).to.deep.equal([0, ...Array.from({ length: 13 }, (_, n) => 7 + n)]);
    expect(records.takeFigures().seen).to.equal(7);
    journal.close();
  });
});

describe("the rows of runs", () => {
  it("begins anew where another fetch begins, though a stream like it was met before", () => {
    const journal = JournalWriter.open(dir, { run: "r", agent: "anew", role: "audit" });
    const records = new RecordLog({ journal, reader: 9, kind: ROW.delivered, runTag: 1, logs });
    // The second begins with the very offset and number at which a reader that met nothing stands.
    for (const [n, producer] of [1, 1, 2].entries()) {
      walkBatches(batchOf(0, sent(producer, 5)), 0, records.fetched("orders", n, 5000 + n));
    }
    const told = rowsOf(journal).map(
      ({ kind, partition, producer, seqFirst, count, offset, tUs }) => {
        return [kind, partition, producer, seqFirst, count, offset, tUs];
      },
    );
    expect(told).to.deep.equal([
      [ROW.delivered, 0, 1, 0, 5, 0, 5000],
      [ROW.delivered, 1, 1, 0, 5, 0, 5001],
      [ROW.delivered, 2, 2, 0, 5, 0, 5002],
    ]);
    expect(records.takeFigures()).to.include({ seen: 15, partitionsSeen: 3, lastSeenUs: 5002 });
  });

  it("begins a row of its own when the one before was written to disk already", () => {
    const journal = JournalWriter.open(dir, { run: "r", agent: "flushed", role: "audit" });
    const records = new RecordLog({ journal, reader: 9, kind: ROW.seen, runTag: 1, logs });
    const { record, run } = records.fetched("orders", 2, 5000);
    const taken: number[] = [];
    walkBatches(batchOf(7, sent(1, 1000)), 0, {
      record,
      run: (stretch) => {
        journal.flush();
        const count = run(stretch);
        if (count > 0) taken.push(count);
        return count;
      },
    });
    const rows = rowsOf(journal).map(({ seqFirst, count, offset }) => [seqFirst, count, offset]);
    let seq = 1;
    const wanted = taken.map((count) => {
      seq += count;
      return [seq - count, count, 7 + seq - count];
    });
    expect(taken.length).to.be.greaterThan(1);
    expect(rows).to.deep.equal([[0, 1, 7], ...wanted]);
    expect(seq).to.equal(1000);
  });
});

describe("the figures of a partition", () => {
  it("keep when its newest record was due, whatever comes later, in a run or by itself", () => {
    const journal = JournalWriter.open(dir, { run: "r", agent: "newest", role: "audit" });
    const reading = new PayloadCodec(1);
    const figures = { all: { seen: 0, lag: new LagHistogram() }, newest: { dueUs: 0 } };
    const place = { kind: ROW.seen, reader: 9, log: 4, partition: 2, tUs: 5000 };
    const found = new FoundRecords(journal, reading, place, figures);
    const due = (seq: number, dueUs: number): Sent => {
      const identity = { producer: 1, partition: 2, seq };
      return { key: null, value: codec.encode(100, identity, dueUs, null) };
    };
    const read = (base: number, ...dues: number[]) => {
      reading.newBytes();
      const taken: number[] = [];
      walkBatches(
        batchOf(
          base,
          dues.map((dueUs, n) => due(base + n, dueUs)),
        ),
        base,
        {
          record: (offset, ...place) => found.take(offset, reading.verifyIn(...place)),
          run: (stretch) => {
            const count = found.takeRun(stretch);
            if (count > 0) taken.push(count);
            return count;
          },
        },
      );
      return [...taken, figures.newest.dueUs];
    };
    expect(read(0, 70)).to.deep.equal([70]);
    expect(read(1, 20, 90, 40)).to.deep.equal([3, 90]);
    expect(read(4, 30, 50)).to.deep.equal([2, 90]);
    // Not the next one: each by itself, until one goes on from another.
    expect(read(16, 10)).to.deep.equal([90]);
    expect(figures.all.seen).to.equal(7);
    journal.close();
  });
});
