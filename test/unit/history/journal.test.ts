/** Goal: what an agent writes into a journal is what a judge reads, whatever way it was flushed. */
import fs from "node:fs";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import type { WriteCall } from "../../../src/history/disk.ts";
import { DEFECT, type JournalRow, OUTCOME, ROW } from "../../../src/history/journal-format.ts";
import { readJournal } from "../../../src/history/journal-reader.ts";
import { JournalWriter } from "../../../src/history/journal-writer.ts";
import { DrillError } from "../../../src/kernel/errors.ts";
import {
  arbitraryGroups,
  buildJournal,
  readBytes,
  row,
  useTemporaryFolder,
} from "./journal-builder.ts";

const identity = { run: "run-1", agent: "east-agent", role: "consumer" };

function rowsOf(file: string): JournalRow[] {
  const rows: JournalRow[] = [];
  readJournal(file, (block) => {
    for (let i = 0; i < block.rows; i += 1) rows.push(block.row(i));
  });
  return rows;
}

describe(JournalWriter.name, () => {
  const folder = useTemporaryFolder();

  it("puts every field where the reader finds it", () => {
    const journal = JournalWriter.open(folder.dir, identity);
    journal.intent(1, 2, 3, 4, 5, 6, 7, 8);
    journal.outcome(1, 2, 3, 4, 5, OUTCOME.acked, 99, 6);
    journal.unsent(1, 2, 3, 4, 5, 6, 7, 8);
    journal.delivered(1, 2, 3, 40, 5, 6, 70, 8);
    journal.commit(1, 2, 3, 41, 9);
    journal.resume(1, 2, 3, -1, 10);
    journal.seen(1, 2, 3, 40, 5, 6, 70, 8);
    journal.bad(1, 2, 3, 40, DEFECT.body, 5, 6, 70, 8);
    journal.end(1, 2, 3, 10, 20, true, 8);
    journal.close();
    const none = { code: 0, producer: 0, sourcePartition: 0, count: 0, seqFirst: 0, offset: 0 };
    const base = { ...none, actor: 1, log: 2, partition: 3, aux1: 0, aux2: 0 };
    const due = { ...base, count: 5, seqFirst: 4, tUs: 6, aux1: 7, aux2: 8 };
    const record = { producer: 5, sourcePartition: 6, count: 1, seqFirst: 70, offset: 40, tUs: 8 };
    expect(rowsOf(journal.path)).to.deep.equal([
      { ...due, kind: ROW.intent },
      { ...due, kind: ROW.outcome, code: OUTCOME.acked, offset: 99, aux1: 0, aux2: 0 },
      { ...due, kind: ROW.unsent },
      { ...base, kind: ROW.delivered, ...record },
      { ...base, kind: ROW.commit, offset: 41, tUs: 9 },
      { ...base, kind: ROW.resume, offset: -1, tUs: 10 },
      { ...base, kind: ROW.seen, ...record },
      { ...base, kind: ROW.bad, code: DEFECT.body, ...record },
      { ...base, kind: ROW.end, code: 1, offset: 10, aux1: 20, tUs: 8 },
    ]);
  });

  it("gives back random rows, written in random flush groups", () => {
    fc.assert(
      fc.property(arbitraryGroups, fc.boolean(), (groups, closed) => {
        const built = buildJournal(folder.dir, groups, { closed });
        const { verdict, rows } = readBytes(folder.dir, built.file, built.bytes, {
          progress: built.progress,
          run: "run-1",
        });
        expect(rows).to.deep.equal(built.rows);
        expect(verdict.state).to.equal(closed ? "closed" : "open-end");
        expect(verdict.rows).to.equal(built.rows.length);
        expect(verdict.blocks).to.equal(built.progress.at(-1)?.blocks);
        expect(verdict.crcLast).to.equal(built.progress.at(-1)?.crc);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the rows of a journal", () => {
  const folder = useTemporaryFolder();

  it("merge when records go on from each other, and not otherwise", () => {
    const journal = JournalWriter.open(folder.dir, identity);
    journal.seen(1, 1, 0, 10, 7, 0, 100, 5);
    journal.seen(1, 1, 0, 11, 7, 0, 101, 5);
    journal.seen(1, 1, 0, 12, 7, 0, 102, 5);
    journal.seen(1, 1, 0, 14, 7, 0, 103, 5); // a gap in the offsets
    journal.seen(1, 1, 0, 15, 7, 0, 105, 5); // a gap in the seqs
    journal.seen(1, 1, 0, 16, 8, 0, 106, 5); // another producer
    journal.seen(1, 1, 1, 17, 8, 0, 107, 5); // another partition
    journal.seen(1, 1, 1, 18, 8, 1, 108, 5); // another source partition
    journal.seen(1, 2, 1, 19, 8, 1, 109, 5); // another log
    journal.seen(2, 2, 1, 20, 8, 1, 110, 5); // another reader
    journal.seen(2, 2, 1, 21, 8, 1, 111, 6); // another time
    journal.delivered(2, 2, 1, 22, 8, 1, 112, 6); // another kind
    journal.delivered(2, 2, 1, 22, 8, 1, 112, 6); // the same once more
    journal.flush();
    journal.delivered(2, 2, 1, 23, 8, 1, 113, 6); // another block
    journal.close();
    const counts = rowsOf(journal.path).map(({ count }) => count);
    expect(counts).to.deep.equal([3, ...Array(11).fill(1)]);
  });

  it("are flushed when a block is full", () => {
    const journal = JournalWriter.open(folder.dir, identity, { rowsPendingMax: 4 });
    for (let n = 0; n < 10; n += 1) journal.append(row(n));
    expect(journal.pending).to.equal(2);
    expect(journal.progress().blocks).to.equal(3);
    journal.close();
    expect(rowsOf(journal.path)).to.deep.equal(Array.from({ length: 10 }, (_, n) => row(n)));
  });

  it("have ids that fit, and are never half written", () => {
    const journal = JournalWriter.open(folder.dir, identity);
    expect(() => journal.commit(65_536, 0, 0, 0, 0)).to.throw("16 bits");
    expect(() => journal.seen(1, 1, 1, 1, 70_000, 1, 1, 1)).to.throw("16 bits");
    journal.close();
    expect(rowsOf(journal.path)).to.deep.equal([]);
  });
});

describe("the file of a journal", () => {
  const folder = useTemporaryFolder();

  it("is a new one each time, numbered", () => {
    const first = JournalWriter.open(folder.dir, identity);
    const second = JournalWriter.open(folder.dir, identity);
    expect(first.header.file).to.equal("east-agent.consumer.1.bin");
    expect(second.header.file).to.equal("east-agent.consumer.2.bin");
    expect(() => JournalWriter.open(folder.dir, { ...identity, file: first.header.file })).to.throw(
      "EEXIST",
    );
    first.close();
    second.close();
    second.close();
  });

  it("tells the longest write since it was last asked", () => {
    const slow: WriteCall = (fd, bytes, from, length, position) => {
      const untilMs = performance.now() + 3;
      while (performance.now() < untilMs);
      return fs.writeSync(fd, bytes, from, length, position);
    };
    const journal = JournalWriter.open(folder.dir, identity, { write: slow });
    expect(journal.takeWriteMaxUs()).to.be.at.least(2900);
    expect(journal.takeWriteMaxUs()).to.equal(0);
    journal.close();
  });
});

describe("a full disk", () => {
  const folder = useTemporaryFolder();

  /** A disk with room for `bytesMax`: it first writes short, then says ENOSPC. */
  function diskOf(bytesMax: number): WriteCall {
    return (fd, bytes, from, length, position) => {
      const room = Math.min(length, bytesMax - position);
      if (room <= 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      return fs.writeSync(fd, bytes, from, room, position);
    };
  }

  it("is named, with the file, and leaves a journal valid up to its last whole block", () => {
    const journal = JournalWriter.open(folder.dir, identity, { write: diskOf(500) });
    journal.append(row(1));
    journal.flush();
    const before = journal.progress();
    for (let n = 0; n < 20; n += 1) journal.append(row(n));
    for (const _ of [1, 2]) {
      expect(() => journal.flush())
        .to.throw(DrillError, journal.path)
        .with.property("code", "E_DISK_FULL");
    }
    journal.close();
    expect(journal.progress()).to.deep.equal(before);
    const verdict = readJournal(journal.path, undefined, { progress: [before] });
    expect(verdict.state).to.equal("open-end");
    expect(verdict.rows).to.equal(1);
  });

  it("is named when not even the header fits", () => {
    expect(() => JournalWriter.open(folder.dir, identity, { write: diskOf(10) }))
      .to.throw(DrillError)
      .with.property("code", "E_DISK_FULL");
    const file = path.join(folder.dir, "east-agent.consumer.1.bin");
    expect(readJournal(file).state).to.equal("torn-end");
  });

  it("is told from other errors of the disk", () => {
    const broken: WriteCall = () => {
      throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    };
    expect(() => JournalWriter.open(folder.dir, identity, { write: broken })).to.throw("EIO");
  });
});
